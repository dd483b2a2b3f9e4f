"""Queries on people, their roles and levels, sessions, one-time links and the facts of the installation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ScalarSelect, String, cast, delete, func, insert, select, update

from model.person import Person
from model.words import Role
from store.db import Tx
from store.rows import record, records
from store.schema import facts, links, log_in_attempts, people, person_levels, person_roles, sessions

MAX_PEOPLE = 5000
MONITOR = "monitor"
"""The fact that holds the hash of the token with which a machine may ask how Levelhead runs."""


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that has not ended. Its token is known to the browser alone."""

    id: int
    person_id: int
    csrf: str
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A log-in that has not ended, as people see it: whose, since when, in which browser, when used last."""

    id: int
    person_id: int
    name: str
    browser: str
    created_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link with which a person sets a password."""

    id: int
    person_id: int
    expires_at: datetime
    used_at: datetime | None


def add(tx: Tx, name: str, email: str, now: datetime) -> int:
    values = {"name": name, "email": email, "active": True, "created_at": now}
    return int(tx.execute(insert(people).values(values).returning(people.c.id)).scalar_one())


def change(tx: Tx, person_id: int, **values: Any) -> None:
    tx.execute(update(people).where(people.c.id == person_id).values(**values))


def set_roles(tx: Tx, person_id: int, roles: frozenset[Role], levels: frozenset[int]) -> None:
    """Replaces a person's roles and levels."""
    tx.execute(delete(person_roles).where(person_roles.c.person_id == person_id))
    tx.execute(delete(person_levels).where(person_levels.c.person_id == person_id))
    if roles:
        tx.execute(insert(person_roles), [{"person_id": person_id, "role": role} for role in sorted(roles)])
    if levels:
        tx.execute(insert(person_levels), [{"person_id": person_id, "level": level} for level in sorted(levels)])


def get(tx: Tx, person_id: int) -> Person | None:
    found = _people(tx, people.c.id == person_id)
    return found[0] if found else None


def by_email(tx: Tx, email: str) -> Person | None:
    """The person with this address, whatever the case it is written in."""
    found = _people(tx, people.c.email == email.strip().lower())
    return found[0] if found else None


def everybody(tx: Tx) -> list[Person]:
    """All people by name, at most five thousand."""
    return _people(tx)


def _people(tx: Tx, *which: Any) -> list[Person]:
    rows = tx.execute(_PEOPLE.where(*which).order_by(people.c.name, people.c.id).limit(MAX_PEOPLE))
    return [
        Person(
            row.id,
            row.name,
            row.email,
            row.active,
            frozenset(map(Role, _parts(row.roles))),
            frozenset(map(int, _parts(row.levels))),
        )
        for row in rows
    ]


def _together(column: Column[Any]) -> ScalarSelect[Any]:
    """The values of somebody's rows, with a comma between them; null where there is none."""
    joined = func.aggregate_strings(cast(column, String), ",")
    return select(joined).where(column.table.c.person_id == people.c.id).correlate(people).scalar_subquery()


def _parts(joined: str | None) -> list[str]:
    return joined.split(",") if joined else []


# One statement for each of those who are here: whoever looks at a page is looked up with it.
_PEOPLE = select(
    people.c.id,
    people.c.name,
    people.c.email,
    people.c.active,
    _together(person_roles.c.role).label("roles"),
    _together(person_levels.c.level).label("levels"),
)


def password_hash(tx: Tx, person_id: int) -> str | None:
    return tx.execute(select(people.c.password_hash).where(people.c.id == person_id)).scalar()


def last_seen(tx: Tx) -> dict[int, datetime]:
    """When each person last used a session."""
    rows = tx.execute(select(sessions.c.person_id, func.max(sessions.c.used_at)).group_by(sessions.c.person_id))
    return {row[0]: row[1] for row in rows}


# --- sessions --------------------------------------------------------------------------------------------------------


def begin_session(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(sessions).values(**values).returning(sessions.c.id)).scalar_one())


def session(tx: Tx, token_hash: str, now: datetime, idle_since: datetime) -> Session | None:
    """The session of a token, if it neither ended nor expired and was used after `idle_since`."""
    row = tx.execute(
        select(sessions).where(
            sessions.c.token_hash == token_hash,
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > now,
            sessions.c.used_at > idle_since,
        )
    ).first()
    return record(Session, row) if row else None


def open_sessions(
    tx: Tx, now: datetime, idle_since: datetime, person_id: int | None = None, limit: int = 50
) -> list[OpenSession]:
    """The sessions that have not ended, of one person or of everybody, the last used first."""
    query = (
        select(sessions, people.c.name)
        .join(people, people.c.id == sessions.c.person_id)
        .where(sessions.c.ended_at.is_(None), sessions.c.expires_at > now, sessions.c.used_at > idle_since)
        .order_by(sessions.c.used_at.desc(), sessions.c.id.desc())
    )
    if person_id is not None:
        query = query.where(sessions.c.person_id == person_id)
    return records(OpenSession, tx.execute(query.limit(limit)))


def whose_session(tx: Tx, session_id: int) -> int | None:
    """The person of a session, ended or not."""
    return tx.execute(select(sessions.c.person_id).where(sessions.c.id == session_id)).scalar()


def touch_session(tx: Tx, session_id: int, now: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.id == session_id).values(used_at=now))


def end_sessions(tx: Tx, person_id: int, now: datetime, session_id: int | None = None, but: int | None = None) -> int:
    """Ends all sessions of a person, or the one named, or all `but` one; returns how many."""
    mine = update(sessions).where(sessions.c.person_id == person_id, sessions.c.ended_at.is_(None))
    if session_id is not None:
        mine = mine.where(sessions.c.id == session_id)
    if but is not None:
        mine = mine.where(sessions.c.id != but)
    return int(tx.execute(mine.values(ended_at=now)).rowcount)


# --- one-time links and attempts -------------------------------------------------------------------------------------


def add_link(tx: Tx, token_hash: str, person_id: int, now: datetime, expires_at: datetime) -> None:
    """A new link; the person's earlier ones are void."""
    tx.execute(update(links).where(links.c.person_id == person_id, links.c.used_at.is_(None)).values(used_at=now))
    values = {"token_hash": token_hash, "person_id": person_id, "created_at": now, "expires_at": expires_at}
    tx.execute(insert(links).values(values))


def link(tx: Tx, token_hash: str, now: datetime) -> Link | None:
    """A link that can still be used."""
    row = tx.execute(
        select(links).where(links.c.token_hash == token_hash, links.c.used_at.is_(None), links.c.expires_at > now)
    ).first()
    return record(Link, row) if row else None


def use_link(tx: Tx, link_id: int, now: datetime) -> bool:
    """Uses a link up; False when somebody was faster."""
    mine = update(links).where(links.c.id == link_id, links.c.used_at.is_(None))
    return tx.execute(mine.values(used_at=now)).rowcount == 1


def count_attempts(tx: Tx, subject: str, since: datetime) -> int:
    query = select(func.count()).select_from(log_in_attempts)
    return int(tx.execute(query.where(log_in_attempts.c.subject == subject, log_in_attempts.c.at > since)).scalar_one())


def add_attempt(tx: Tx, subject: str, now: datetime, forget_before: datetime) -> None:
    """Notes an attempt; those older than `forget_before` go."""
    tx.execute(
        delete(log_in_attempts).where(log_in_attempts.c.subject == subject, log_in_attempts.c.at < forget_before)
    )
    tx.execute(insert(log_in_attempts).values(subject=subject, at=now))


def drop_attempt(tx: Tx, subject: str, at: datetime) -> None:
    """Forgets the attempt of this moment."""
    tx.execute(delete(log_in_attempts).where(log_in_attempts.c.subject == subject, log_in_attempts.c.at == at))


# --- facts -----------------------------------------------------------------------------------------------------------


def fact(tx: Tx, name: str) -> Any:
    """A fact of the installation, None when it is not known."""
    return tx.execute(select(facts.c.value).where(facts.c.name == name)).scalar()


def set_fact(tx: Tx, name: str, value: Any) -> None:
    if tx.execute(update(facts).where(facts.c.name == name).values(value=value)).rowcount == 0:
        tx.execute(insert(facts).values(name=name, value=value))


def drop_fact(tx: Tx, name: str) -> None:
    tx.execute(delete(facts).where(facts.c.name == name))
