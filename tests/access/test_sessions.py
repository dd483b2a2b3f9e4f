"""Log-in, and how long it lasts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from access import limits, passwords, sessions
from access.sessions import Visitor
from model.errors import NotAllowed
from model.person import Person
from store import people as rows
from store.db import Store
from store.schema import audit, log_in_attempts
from store.schema import sessions as sessions_table
from tests.installation import PASSWORD, Team, enter, set_up

FROM = "192.0.2.1"


def log_in(store: Store, email: str = "alice@example.org", password: str = PASSWORD, address: str = FROM) -> str:
    return sessions.log_in(store, email, password, address)


def test_a_log_in_is_a_session_and_a_log_out_its_end(here: Team) -> None:
    token = log_in(here.store, " Alice@Example.ORG ")
    visitor = sessions.visitor(here.store, token)
    assert visitor is not None and visitor.person == here.alice
    other = enter(here.store, here.alice)

    sessions.log_out(here.store, visitor)
    assert sessions.visitor(here.store, token) is None
    assert sessions.visitor(here.store, other) is not None, "another browser stays logged in"


@pytest.mark.parametrize("token", ["", "guessed", "\ud800", "x" * 10_000])
def test_a_token_that_was_never_given_is_nobodys(here: Team, token: str) -> None:
    assert sessions.visitor(here.store, token) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@example.org", "a wrong password"),
        ("nobody@example.org", PASSWORD),
        ("bob@example.org", PASSWORD),  # has not set a password yet
        ("charlie@example.org", PASSWORD),  # may not come in any more
        ("alice@example.org", ""),
        ("", ""),
    ],
)
def test_who_is_here_cannot_be_told_from_a_failed_log_in(
    here: Team, monkeypatch: pytest.MonkeyPatch, email: str, password: str
) -> None:
    with here.store.write() as tx:
        rows.change(tx, here.charlie.id, password_hash=passwords.hashed(PASSWORD))
    passwords.fits("once, so that nobody's hash is there", None)
    hashes = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: hashes.append(given) or verify(*given))

    with pytest.raises(sessions.LogInFailed) as failed:
        log_in(here.store, email, password)
    assert str(failed.value).startswith("This e-mail and password do not belong together.")
    assert len(hashes) == 1, "it takes one hash, whoever it is"


def test_a_session_is_no_use_to_somebody_who_may_not_come_in(here: Team) -> None:
    assert sessions.visitor(here.store, enter(here.store, here.charlie)) is None


def test_a_session_ends_after_eight_idle_hours(here: Team) -> None:
    with time_machine.travel("2026-05-04 08:00:00Z", tick=False) as clock:
        token = log_in(here.store)
        for _ in range(3):
            clock.shift(timedelta(hours=8, seconds=-1))
            assert sessions.visitor(here.store, token)
        clock.shift(timedelta(hours=8))
        assert sessions.visitor(here.store, token) is None


def test_a_session_ends_after_seven_days_however_busy(here: Team) -> None:
    with time_machine.travel("2026-05-04 08:00:00Z", tick=False) as clock:
        token = log_in(here.store)
        for _ in range(27):
            clock.shift(timedelta(hours=6))
            assert sessions.visitor(here.store, token)
        clock.shift(timedelta(hours=6))
        assert sessions.visitor(here.store, token) is None


def test_a_visit_is_written_once_a_minute_at_most(here: Team) -> None:
    def used() -> object:
        with here.store.read() as tx:
            return tx.execute(select(sessions_table.c.used_at).order_by(sessions_table.c.id.desc())).scalar()

    with time_machine.travel("2026-05-04 08:00:00Z", tick=False) as clock:
        token = log_in(here.store)
        first = used()
        clock.shift(timedelta(seconds=60))
        sessions.visitor(here.store, token)
        assert used() == first
        clock.shift(timedelta(seconds=1))
        sessions.visitor(here.store, token)
        assert used() != first


def test_a_busy_database_does_not_end_a_visit(here: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    token = log_in(here.store)
    monkeypatch.setattr("store.db._BUSY_MS", 1)
    here.store.engine.dispose()  # new connections wait a millisecond, not ten seconds
    with time_machine.travel(timedelta(minutes=2)), here.store.write():
        assert sessions.visitor(here.store, token)


def test_guessing_one_persons_password_has_to_rest(here: Team) -> None:
    with time_machine.travel("2026-05-04 08:00:00Z", tick=False) as clock:
        for number in range(8):
            clock.shift(timedelta(seconds=1))
            with pytest.raises(sessions.LogInFailed):
                log_in(here.store, password="guessed", address=f"192.0.2.{number}")
        with pytest.raises(limits.TooMany, match="Wait a quarter of an hour"):
            log_in(here.store, address="192.0.2.99")
        clock.shift(limits.WINDOW)
        assert log_in(here.store)


def test_guessing_from_one_address_has_to_rest(here: Team) -> None:
    for number in range(30):
        with pytest.raises(sessions.LogInFailed):
            log_in(here.store, f"person{number}@example.org")
    with pytest.raises(limits.TooMany):
        log_in(here.store)
    assert log_in(here.store, address="192.0.2.2")


def test_what_was_right_does_not_count(here: Team) -> None:
    for _ in range(10):
        assert log_in(here.store)
    with here.store.read() as tx:
        assert not tx.execute(select(log_in_attempts)).all()


def test_guesses_at_one_moment_do_not_pass_together(here: Team) -> None:
    def guess(number: int) -> type[Exception]:
        try:
            log_in(here.store, password=f"guess {number}")
        except (sessions.LogInFailed, limits.TooMany) as refused:
            return type(refused)
        raise AssertionError("A guess was right.")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(16)))
    assert outcomes.count(sessions.LogInFailed) == 8


def test_what_was_tried_is_not_kept_in_words(empty: Store) -> None:
    set_up(empty)
    with pytest.raises(sessions.LogInFailed):
        log_in(empty, "secret.person@example.org")
    with empty.read() as tx:
        subjects = list(tx.execute(select(log_in_attempts.c.subject)).scalars())
    assert len(subjects) == 2
    assert not any("secret" in subject or FROM in subject for subject in subjects)


# --- looked at and ended from elsewhere ------------------------------------------------------------------------------


def open_ones(here: Team, who: Person) -> list[str]:
    with here.store.read() as tx:
        return [one.browser for one in sessions.of_person(tx, who.id, datetime.now(UTC))]


def begun(here: Team, who: Person, browser: str) -> Visitor:
    with here.store.write() as tx:
        token = sessions.begin(tx, who.id, datetime.now(UTC), browser)
    found = sessions.visitor(here.store, token)
    assert found is not None
    return found


def test_sessions_are_listed_by_browser_and_each_is_ended_by_its_owner_or_an_administrator(here: Team) -> None:
    phone, desk = begun(here, here.bob, "Safari, iPhone"), begun(here, here.bob, "Firefox, Linux")
    alices = begun(here, here.alice, "Chrome, Windows")
    assert set(open_ones(here, here.bob)) == {"Safari, iPhone", "Firefox, Linux"}
    with pytest.raises(NotAllowed):
        sessions.end_one(here.store, here.bob, alices.session_id)
    with pytest.raises(NotAllowed):
        sessions.end_one(here.store, here.bob, 999)
    sessions.end_one(here.store, here.bob, phone.session_id)
    assert open_ones(here, here.bob) == ["Firefox, Linux"]
    sessions.end_one(here.store, here.alice, desk.session_id)
    assert open_ones(here, here.bob) == []


def test_everywhere_else_is_not_here(here: Team) -> None:
    _phone, desk = begun(here, here.bob, "Safari, iPhone"), begun(here, here.bob, "Firefox, Linux")
    begun(here, here.alice, "Chrome, Windows")
    assert sessions.end_others(here.store, desk) == 1
    assert open_ones(here, here.bob) == ["Firefox, Linux"]
    assert "Chrome, Windows" in open_ones(here, here.alice)
    with here.store.read() as tx:
        last = tx.execute(select(audit.c.action).order_by(audit.c.seq.desc()).limit(1)).scalar_one()
    assert last == "session.cut_others"
