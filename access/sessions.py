"""Log-in and sessions: rows of our own, looked up on every request and every rerun."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from access import passwords, tokens
from model.errors import LevelheadError
from model.person import Person
from store import audit, people
from store.db import Store, Tx
from store.keys import keys

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
_TOUCH = timedelta(minutes=1)
_WINDOW = timedelta(minutes=15)
_PER_EMAIL, _PER_ADDRESS = 8, 30


class LogInFailed(LevelheadError):
    """Wrong e-mail or password, or too many attempts; the message does not say which person exists."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is behind a request: the person, and the session with its token against forged forms."""

    person: Person
    session_id: int
    csrf: str


def log_in(store: Store, email: str, password: str, address: str) -> str:
    """Begins a session and returns its token, for the browser's cookie alone.

    Raises LogInFailed; after eight failures for one e-mail, or thirty from one address, within a quarter of an hour,
    whatever the password.
    """
    now = datetime.now(UTC)
    subjects = {
        keys().keyed_hash("attempts", f"email {email.strip().lower()}"): _PER_EMAIL,
        keys().keyed_hash("attempts", f"address {address}"): _PER_ADDRESS,
    }
    with store.read() as tx:
        if any(people.count_attempts(tx, who, now - _WINDOW) >= most for who, most in subjects.items()):
            raise LogInFailed("Too many attempts. Wait a quarter of an hour, or ask an administrator for a new link.")
        person = people.by_email(tx, email)
        stored = people.password_hash(tx, person.id) if person and person.active else None
    # Outside any transaction, as it takes a tenth of a second.
    right = passwords.fits(password, stored)
    with store.write() as tx:
        if not right or person is None:
            for who in subjects:
                people.add_attempt(tx, who, now, now - _WINDOW)
            token = ""
        else:
            token = begin(tx, person.id, now)
    if not token:
        raise LogInFailed("This e-mail and password do not belong together. Check both, or ask for a new link.")
    return token


def begin(tx: Tx, person_id: int, now: datetime) -> str:
    """A new session within another change; returns its token."""
    token = tokens.new()
    session_id = people.begin_session(
        tx,
        token_hash=tokens.stored(token),
        person_id=person_id,
        csrf=tokens.new(),
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
    if session is None or person is None or not person.active:
        return None
    if now - session.used_at > _TOUCH:
        with store.write() as tx:
            people.touch_session(tx, session.id, now)
    return Visitor(person, session.id, session.csrf)


def log_out(store: Store, visitor: Visitor) -> None:
    """Ends this session, in every tab."""
    now = datetime.now(UTC)
    with store.write() as tx:
        people.end_sessions(tx, visitor.person.id, now, visitor.session_id)
        audit.record(tx, "session.ended", "session", visitor.session_id, by=visitor.person.id, at=now)
