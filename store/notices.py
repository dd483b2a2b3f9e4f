"""Queries on notices: what is to be told to whom and when, what became of it, and which addresses take no mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from store import jobs
from store.db import Tx
from store.rows import record, records
from store.schema import bounces, notices, waits

MOST = 40
"""Notices of one person that are looked at together."""


@dataclass(frozen=True, slots=True)
class Notice:
    """That something waits for a person. `version` is that of the thing, 0 where it has none; `how` is empty until it
    was planned; `settled_as` says what became of it."""

    id: int
    person_id: int
    kind: str
    thing: str
    thing_id: int
    version: int
    response_id: int | None
    case_id: int | None
    since: datetime
    how: str
    due_at: datetime
    attempts: int
    problem: str
    settled_at: datetime | None
    settled_as: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server said of an address that it will never take mail for."""

    person_id: int
    address: str
    said: str
    at: datetime


def add_all(tx: Tx, person_ids: Sequence[int], **values: Any) -> None:
    """A new notice for each of these people, to be planned at `due_at`. None of them may have it already (`known`)."""
    fresh = {"how": "", "attempts": 0, "problem": "", "settled_as": "", **values}
    if person_ids:
        tx.execute(insert(notices), [{**fresh, "person_id": person_id} for person_id in person_ids])


def tell(tx: Tx, person_ids: Iterable[int], *, kind: str, since: datetime, due_at: datetime, **about: Any) -> None:
    """A notice for each of these people who has it not yet. `about` has the thing and its id, and, where there are
    such, its version, response and case."""
    whole = {"version": 0, "response_id": None, "case_id": None, **about}
    wanted = set(person_ids) - known(tx, kind, whole["thing"], whole["thing_id"], whole["version"])
    add_all(tx, sorted(wanted), kind=kind, since=since, due_at=due_at, **whole)


def known(tx: Tx, kind: str, thing: str, thing_id: int, version: int) -> frozenset[int]:
    """The people who have this notice already, whatever became of it."""
    query = select(notices.c.person_id).where(
        notices.c.thing == thing,
        notices.c.thing_id == thing_id,
        notices.c.kind == kind,
        notices.c.version == version,
    )
    return frozenset(tx.execute(query.limit(5000)).scalars())


def get(tx: Tx, notice_id: int) -> Notice | None:
    row = tx.execute(select(notices).where(notices.c.id == notice_id)).first()
    return record(Notice, row) if row else None


def due_people(tx: Tx, now: datetime, limit: int = 200) -> list[int]:
    """The people for whom something is due and whom no job is about, longest first."""
    query = (
        select(notices.c.person_id)
        .where(notices.c.settled_at.is_(None), notices.c.due_at <= now, ~jobs.about("notices", notices.c.person_id))
        .group_by(notices.c.person_id)
        .order_by(func.min(notices.c.due_at))
    )
    return list(tx.execute(query.limit(limit)).scalars())


def due_of(tx: Tx, person_id: int, now: datetime) -> list[Notice]:
    """What is due for a person, in the order in which it began to wait; at most forty."""
    query = select(notices).where(
        notices.c.person_id == person_id, notices.c.settled_at.is_(None), notices.c.due_at <= now
    )
    return records(Notice, tx.execute(query.order_by(notices.c.since, notices.c.id).limit(MOST)))


def plan(tx: Tx, notice_id: int, how: str, due_at: datetime) -> None:
    """How and when it is sent."""
    tx.execute(update(notices).where(notices.c.id == notice_id).values(how=how, due_at=due_at))


def plan_anew(tx: Tx, person_id: int, now: datetime) -> None:
    """What was not sent yet is planned again: the person has changed how they want it."""
    mine = update(notices).where(notices.c.person_id == person_id, notices.c.settled_at.is_(None), notices.c.how != "")
    tx.execute(mine.values(how="", due_at=now))


def take(tx: Tx, one: Notice, now: datetime, until: datetime) -> bool:
    """Begins to send one; False when somebody else has, or when it is settled. Until `until` nobody else begins."""
    mine = update(notices).where(
        notices.c.id == one.id,
        notices.c.settled_at.is_(None),
        notices.c.due_at <= now,
        notices.c.attempts == one.attempts,
    )
    return tx.execute(mine.values(attempts=one.attempts + 1, due_at=until)).rowcount == 1


def again(tx: Tx, notice_id: int, due_at: datetime, problem: str) -> None:
    """Sending it failed and is tried again."""
    mine = update(notices).where(notices.c.id == notice_id, notices.c.settled_at.is_(None))
    tx.execute(mine.values(due_at=due_at, problem=problem))


def settle(tx: Tx, notice_id: int, as_what: str, now: datetime, problem: str = "") -> bool:
    """Ends a notice; False when it has ended already."""
    mine = update(notices).where(notices.c.id == notice_id, notices.c.settled_at.is_(None))
    return tx.execute(mine.values(settled_at=now, settled_as=as_what, problem=problem)).rowcount == 1


def drop(tx: Tx, notice_id: int) -> None:
    """A notice goes that was not sent: the same may be told anew."""
    tx.execute(delete(notices).where(notices.c.id == notice_id, notices.c.settled_as != "sent"))


def put_off(tx: Tx, kind: str, thing: str, thing_id: int, until: datetime) -> dict[int, datetime]:
    """What was not sent yet of a thing is not looked at before `until`; when it was due before, by its id."""
    about = notices.c.thing == thing, notices.c.thing_id == thing_id, notices.c.kind == kind
    query = select(notices.c.id, notices.c.due_at).where(*about, notices.c.settled_at.is_(None))
    due = {row.id: row.due_at for row in tx.execute(query.where(notices.c.due_at < until).limit(5000))}
    tx.execute(update(notices).where(notices.c.id.in_(due)).values(due_at=until))
    return due


def due_again(tx: Tx, due: Mapping[int, datetime]) -> None:
    """What was put off is due when it was before, where it was not sent since."""
    for notice_id, at in due.items():
        mine = update(notices).where(notices.c.id == notice_id, notices.c.settled_at.is_(None))
        tx.execute(mine.values(due_at=at))


def open_about(tx: Tx, kind: str, thing: str, thing_id: int) -> list[int]:
    """The notices of a thing that were not sent yet."""
    query = select(notices.c.id).where(
        notices.c.thing == thing,
        notices.c.thing_id == thing_id,
        notices.c.kind == kind,
        notices.c.settled_at.is_(None),
    )
    return list(tx.execute(query.limit(5000)).scalars())


def failing(tx: Tx, since: datetime, limit: int = 20) -> list[Notice]:
    """What was not sent since then, newest first."""
    query = select(notices).where(notices.c.settled_as == "not sent", notices.c.settled_at >= since)
    return records(Notice, tx.execute(query.order_by(notices.c.settled_at.desc()).limit(limit)))


def forget(tx: Tx, before: datetime, limit: int = 500) -> int:
    """Deletes what ended before then; returns how many. The record keeps what was sent and what was not."""
    old = select(notices.c.id).where(notices.c.settled_as != "", notices.c.settled_at < before).limit(limit)
    return int(tx.execute(delete(notices).where(notices.c.id.in_(old))).rowcount)


def asked(tx: Tx, submission_id: int) -> frozenset[int]:
    """Who is asked to decide on a submission now."""
    query = select(waits.c.person_id).where(waits.c.submission_id == submission_id)
    return frozenset(tx.execute(query).scalars())


# --- addresses that take no mail -------------------------------------------------------------------------------------


def bounce(tx: Tx, person_id: int, address: str, said: str, now: datetime) -> None:
    """A server said that it will never take mail for this address."""
    tx.execute(delete(bounces).where(bounces.c.person_id == person_id))
    tx.execute(insert(bounces).values(person_id=person_id, address=address, said=said, at=now))


def forget_bounce(tx: Tx, person_id: int) -> None:
    """The address is tried again."""
    tx.execute(delete(bounces).where(bounces.c.person_id == person_id))


def bounced(tx: Tx, person_ids: Sequence[int]) -> dict[int, Bounce]:
    """The addresses of these people that take no mail; the caller compares them with the present ones."""
    query = select(bounces).where(bounces.c.person_id.in_(list(person_ids)))
    return {one.person_id: one for one in records(Bounce, tx.execute(query.limit(5000)))}
