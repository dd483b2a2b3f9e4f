"""Log-in and sessions: rows of our own, looked up on every request and every rerun."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from access import limits, passwords, second, tokens
from access.permissions import Permission, require
from model.errors import LevelheadError
from model.language import _
from model.person import Person
from store import audit, people
from store.db import Busy, Store, Tx
from store.people import OpenSession

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
_TOUCH = timedelta(minutes=1)
_LONGEST_NAME = 60


class LogInFailed(LevelheadError):
    """Wrong e-mail or password; the message does not say which person exists."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is behind a request: the person, and the session with its token against forged forms.

    Who must set up a second factor first has no role until then: nothing is allowed, wherever it is asked for.
    """

    person: Person
    session_id: int
    csrf: str
    must_set_up: bool = False


def log_in(store: Store, email: str, password: str, address: str, browser: str = "") -> str:
    """Begins a session and returns its token, for the browser's cookie alone. `browser` is what it says of itself.

    Raises LogInFailed; and TooMany after eight failures for one e-mail, or thirty from one address, within a quarter of
    an hour, whatever the password.
    """
    now = datetime.now(UTC)
    tried = (limits.email(email), limits.address(address))
    limits.spend(store, now, *tried)
    with store.read() as tx:
        person = people.by_email(tx, email)
        stored = people.password_hash(tx, person.id) if person and person.active else None
    # Outside any transaction, as it takes a tenth of a second.
    if not passwords.fits(password, stored) or person is None:
        raise LogInFailed(_("This e-mail and password do not belong together. Check both, or ask for a new link."))
    with store.write() as tx:
        limits.give_back(tx, now, *tried)
        begun = second.asked(tx, person.id, now)
        if not begun:
            return begin(tx, person.id, now, browser)
    raise second.CodeAsked(begun)


def enter_code(store: Store, begun: str, code: str, address: str, browser: str = "") -> str:
    """The second step of a log-in: begins a session and returns its token.

    Raises WrongCode; TooMany after eight wrong codes for one person, or thirty from one address, within a quarter of an
    hour; NotAllowed when the password was given too long ago.
    """
    now = datetime.now(UTC)
    with store.read() as tx:
        person = second.who(tx, begun, now)
    tried = (limits.code(person.id), limits.address(address))
    limits.spend(store, now, *tried)
    with store.write() as tx:
        second.take(tx, person.id, code, now)
        limits.give_back(tx, now, *tried)
        return begin(tx, person.id, now, browser)


def begin(tx: Tx, person_id: int, now: datetime, browser: str = "") -> str:
    """A new session within another change; returns its token."""
    token = tokens.new()
    session_id = people.begin_session(
        tx,
        token_hash=tokens.stored(token),
        person_id=person_id,
        csrf=tokens.new(),
        browser=browser[:_LONGEST_NAME],
        created_at=now,
        used_at=now,
        expires_at=now + LONGEST,
    )
    audit.record(tx, "session.began", "session", session_id, by=person_id, at=now)
    return token


def visitor(store: Store, token: str) -> Visitor | None:
    """Who a cookie's token belongs to, or None: unknown, ended, idle for eight hours, older than seven days."""
    if not token:
        return None
    now = datetime.now(UTC)
    with store.read() as tx:
        session = people.session(tx, tokens.stored(token), now, now - IDLE)
        person = people.get(tx, session.person_id) if session else None
        missing = person is not None and second.is_missing(tx, person)
    if session is None or person is None or not person.active:
        return None
    if now - session.used_at > _TOUCH:
        # A visit is not worth failing over: the next one notes itself.
        with suppress(Busy), store.note() as tx:
            people.touch_session(tx, session.id, now)
    if missing:
        person = replace(person, roles=frozenset(), levels=frozenset())
    return Visitor(person, session.id, session.csrf, missing)


def log_out(store: Store, visitor: Visitor) -> None:
    """Ends this session, in every tab."""
    with store.write() as tx:
        end(tx, visitor, datetime.now(UTC))


def end(tx: Tx, visitor: Visitor, now: datetime) -> None:
    """The same within another change."""
    people.end_sessions(tx, visitor.person.id, now, visitor.session_id)
    audit.record(tx, "session.ended", "session", visitor.session_id, by=visitor.person.id, at=now)


# --- looked at and ended from elsewhere ------------------------------------------------------------------------------


def of_person(tx: Tx, person_id: int, now: datetime) -> list[OpenSession]:
    """A person's sessions that have not ended, the last used first."""
    return people.open_sessions(tx, now, now - IDLE, person_id)


def of_everybody(tx: Tx, now: datetime) -> list[OpenSession]:
    """Everybody's, the last used first; at most fifty."""
    return people.open_sessions(tx, now, now - IDLE)


def end_one(store: Store, by: Person, session_id: int) -> None:
    """Ends a session of one's own, or anybody's for an administrator. One that has ended already stays so."""
    now = datetime.now(UTC)
    with store.write() as tx:
        whose = people.whose_session(tx, session_id)
        require(by, Permission.OWN if whose == by.id else Permission.PEOPLE)
        if whose is not None and people.end_sessions(tx, whose, now, session_id):
            audit.record(tx, "session.cut", "session", session_id, by=by.id, at=now, person=whose)


def end_others(store: Store, by: Visitor) -> int:
    """Ends all sessions of one's own but this one; returns how many there were."""
    require(by.person, Permission.OWN)
    now = datetime.now(UTC)
    with store.write() as tx:
        count = people.end_sessions(tx, by.person.id, now, but=by.session_id)
        if count:
            audit.record(tx, "session.cut_others", "person", by.person.id, by=by.person.id, at=now, n=count)
    return count
