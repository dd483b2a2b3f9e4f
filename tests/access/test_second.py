"""The second factor: its codes, its place in a log-in, and its end."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from access import limits, passwords, people, second, sessions
from access.permissions import Permission, may
from model.errors import BadInput, NotAllowed, NotFound
from model.person import Person
from model.words import Role
from store import people as rows
from store.db import Store
from store.keys import keys
from store.schema import audit, recovery_codes, second_factors
from tests.installation import PASSWORD, Team, add

FROM = "192.0.2.1"
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
# RFC 6238, appendix B, with SHA-1: its secret, and the last six of the eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("at", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert second.step_of(SECRET, code, datetime.fromtimestamp(at, UTC)) == at // 30


def test_an_app_reads_from_the_address_what_is_checked_here() -> None:
    read = pyotp.parse_uri(second.address(SECRET, "alice+x@example.org"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (SECRET, "alice+x@example.org", "Levelhead")
    assert second.step_of(SECRET, read.at(NOW), NOW)


@given(st.integers(0, 4 * 10**9), st.integers(-95, 95))
def test_a_clock_may_be_one_step_off_and_no_more(at: int, off: int) -> None:
    at += 95
    code = pyotp.TOTP(SECRET).at(at + off)
    found = second.step_of(SECRET, f" {code[:3]} {code[3:]} ", datetime.fromtimestamp(at, UTC))
    steps = (at + off) // 30 - at // 30
    # Two steps may have one code by chance.
    near = {pyotp.HOTP(SECRET).at(at // 30 + each) for each in (-1, 0, 1)}
    assert (found is not None) == (abs(steps) <= 1 or code in near)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_no_code_or_six_digits(code: str) -> None:
    found = second.step_of(SECRET, code, NOW)
    assert found is None or len("".join(code.split())) == 6


def test_recovery_codes_are_ten_and_may_be_typed_in_any_manner() -> None:
    codes = second.new_recovery_codes()
    assert len(set(codes)) == 10
    loose = codes[0].upper().replace("-", "  ")
    assert second.kept(1, codes[0]) == second.kept(1, loose)
    assert second.kept(1, codes[0]) != second.kept(2, codes[0])


def on(here: Team) -> tuple[str, list[str]]:
    """Alice has switched her second factor on; returns its secret and her recovery codes."""
    secret = second.new_secret()
    return secret, second.switch_on(here.store, here.alice, secret, pyotp.TOTP(secret).now())


def begun(store: Store) -> str:
    with pytest.raises(second.CodeAsked) as asked:
        sessions.log_in(store, "alice@example.org", PASSWORD, FROM)
    return asked.value.begun


def enter(store: Store, code: str, address: str = FROM) -> str:
    return sessions.enter_code(store, begun(store), code, address)


def test_a_code_is_asked_for_after_the_password_and_each_is_taken_once(here: Team) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        secret, _codes = on(here)
        code = pyotp.TOTP(secret).now()
        with pytest.raises(second.WrongCode, match="used already"):
            enter(here.store, code)  # it switched the second factor on
        clock.shift(30)
        code = pyotp.TOTP(secret).now()
        visitor = sessions.visitor(here.store, enter(here.store, code))
        assert visitor is not None and visitor.person == here.alice
        with pytest.raises(second.WrongCode):
            enter(here.store, code)
        clock.shift(30)
        with pytest.raises(second.WrongCode):
            enter(here.store, code)  # a code of the step before is taken, but not one that was used
        assert enter(here.store, pyotp.TOTP(secret).now())


def test_a_recovery_code_works_once_and_needs_no_key(here: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, codes = on(here)
    with here.store.write() as tx:
        tx.execute(second_factors.update().values(secret=b"of another key"))
    with pytest.raises(second.WrongCode, match="key is missing"):
        enter(here.store, pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30)))
    assert enter(here.store, codes[0])
    with pytest.raises(second.WrongCode):
        enter(here.store, codes[0])
    assert enter(here.store, codes[9].upper())


def test_guessing_codes_has_to_rest(here: Team) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        secret, codes = on(here)
        for number in range(8):
            clock.shift(1)
            with pytest.raises(second.WrongCode):
                enter(here.store, "abcdef", f"192.0.2.{number}")
        with pytest.raises(limits.TooMany):
            enter(here.store, codes[0], "192.0.2.99")
        clock.shift(limits.WINDOW)
        assert enter(here.store, pyotp.TOTP(secret).now())


def test_what_the_first_form_proved_does_not_last_and_cannot_be_made_up(here: Team) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        _secret, codes = on(here)
        proof = begun(here.store)
        clock.shift(second.BEGUN_LASTS + timedelta(seconds=1))
        late = f"{here.alice.id} {int((NOW + timedelta(minutes=5)).timestamp())} {proof.split()[2]}"
        for wrong in (
            proof,
            late,
            "",
            "1",
            "x y z",
            f"{10**30} {10**30} z",
            f"{here.alice.id} {10**30} z",
            f"{here.bob.id} {' '.join(proof.split()[1:])}",
        ):
            with pytest.raises(NotAllowed):
                sessions.enter_code(here.store, wrong, codes[0], FROM)
        proof = begun(here.store)
        with here.store.write() as tx:
            rows.change(tx, here.alice.id, password_hash=passwords.hashed("another of hers now"))
        with pytest.raises(NotAllowed):
            sessions.enter_code(here.store, proof, codes[0], FROM)


def test_a_one_time_link_is_no_way_around_it(here: Team) -> None:
    _secret, codes = on(here)
    token = people.new_link(here.store, here.alice, here.alice.id)
    with pytest.raises(second.CodeAsked) as asked:
        people.join(here.store, token, PASSWORD)
    assert sessions.enter_code(here.store, asked.value.begun, codes[0], FROM)


def test_it_is_switched_off_with_the_password_or_reset_by_an_administrator(here: Team) -> None:
    on(here)
    with pytest.raises(BadInput):
        second.switch_off(here.store, here.alice, "a wrong password")
    begun(here.store)
    second.switch_off(here.store, here.alice, PASSWORD)
    assert sessions.log_in(here.store, "alice@example.org", PASSWORD, FROM)

    on(here)
    with pytest.raises(NotAllowed):
        second.reset(here.store, here.bob, here.alice.id)
    with pytest.raises(NotAllowed, match="your own"):
        second.reset(here.store, here.alice, here.alice.id)
    second.reset_at_the_terminal(here.store, " Alice@example.org")
    assert sessions.log_in(here.store, "alice@example.org", PASSWORD, FROM)
    with pytest.raises(NotFound):
        second.reset(here.store, here.alice, here.bob.id)
    with here.store.read() as tx:
        actions = tx.execute(
            select(audit.c.action).where(audit.c.action.like("second%")).order_by(audit.c.seq)
        ).scalars()
        assert list(actions) == ["second_factor.on", "second_factor.off", "second_factor.on", "second_factor.reset"]
        assert tx.execute(select(recovery_codes)).all() == []


def test_neither_the_secret_nor_a_recovery_code_is_in_the_database(here: Team) -> None:
    secret, codes = on(here)
    with here.store.read() as tx:
        stored = str(tx.execute(select(second_factors)).all()) + str(tx.execute(select(recovery_codes)).all())
        assert keys().decrypt(tx.execute(select(second_factors.c.secret)).scalar_one()) == secret
    for word in (secret, *codes):
        assert word not in stored and word.replace("-", "") not in stored


# --- required for roles ----------------------------------------------------------------------------------------------


def required(here: Team) -> frozenset[Role]:
    with here.store.read() as tx:
        return second.required(tx)


def test_who_must_have_one_may_nothing_before_and_everything_of_theirs_afterwards(here: Team) -> None:
    token = enter_as(here, here.bob)
    assert second.require_of(here.store, here.alice, frozenset({Role.APPROVER}))
    seen = sessions.visitor(here.store, token)
    assert seen is not None and seen.must_set_up
    assert not any(may(seen.person, permission) for permission in Permission)
    secret = second.new_secret()
    second.switch_on(here.store, here.bob, secret, pyotp.TOTP(secret).now())
    seen = sessions.visitor(here.store, token)
    assert seen is not None and not seen.must_set_up and seen.person == here.bob
    alices = sessions.visitor(here.store, enter_as(here, here.alice))
    assert alices is not None and not alices.must_set_up, "another role"


def test_to_require_it_of_fewer_waits_for_a_second_person_and_of_more_for_nobody(here: Team) -> None:
    lena = add(here.store, here.alice, "Lena", Role.LEADERSHIP)
    enter_as(here, lena)
    both = frozenset({Role.APPROVER, Role.EXPERT})
    assert second.require_of(here.store, here.alice, both)
    with pytest.raises(BadInput, match="Lena"):
        second.require_of(here.store, here.alice, frozenset({Role.EXPERT, Role.ADMIN}))
    assert not second.require_of(here.store, here.alice, frozenset(), "Nobody has a phone.")
    assert required(here) == both
    with pytest.raises(NotAllowed):
        second.require_of(here.store, here.bob, frozenset())
    second.require_of_nobody(here.store)
    assert required(here) == frozenset()


def enter_as(here: Team, who: Person) -> str:
    with here.store.write() as tx:
        return sessions.begin(tx, who.id, datetime.now(UTC))
