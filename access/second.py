"""The second factor: a code that an app on a person's phone shows for half a minute (TOTP, RFC 6238), or one of ten
recovery codes, asked for after the password.

The secret is encrypted with the installation's key. While that key is missing no code of an app can be checked.
Recovery codes still work then, as they need no key, and an administrator can reset the second factor.
"""

import secrets
from datetime import datetime, timedelta

import pyotp

from access import limits, passwords, tokens
from access.loosening import Change, Kind, about, no_more_required, power_of, takes_effect
from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, Conflict, LevelheadError, NotAllowed, NotFound
from model.language import _
from model.person import Person
from model.words import Role
from store import audit, deciders, own_key, people, second_factors
from store.db import Store, Tx
from store.keys import KeyMissing, keys
from store.loosenings import Loosening

STEP_S = 30
DIGITS = 6
RECOVERY_CODES = 10
BEGUN_LASTS = timedelta(minutes=5)
"""How long after the password the code may be entered."""
# Without those that are taken for one another; twelve of these are 59 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_ISSUER = "Levelhead"
_WINDOW = 1
_LARGEST_ID = 2**31 - 1
_REQUIRED = "second factor required"


class CodeAsked(LevelheadError):
    """The password was right, and now the code is asked for: `begun` proves the first to the second form."""

    def __init__(self, begun: str) -> None:
        super().__init__(_("Enter the code that your app shows."))
        self.begun = begun


class WrongCode(LevelheadError):
    """Neither the code of the app nor an unused recovery code."""


# --- rules -----------------------------------------------------------------------------------------------------------


def new_secret() -> str:
    """A secret for an app: 160 random bits in base32."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What an app reads from the picture."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=email, issuer_name=_ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step of half a minute whose code this is: of now, or of one before or after, as clocks differ; else None."""
    here = int(at.timestamp()) // STEP_S
    plain, found = "".join(code.split()), None
    for step in range(here - _WINDOW, here + _WINDOW + 1):
        # Each is compared, whichever fits: how long it takes says nothing.
        if tokens.same(pyotp.HOTP(secret, digits=DIGITS).at(step), plain):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes to be kept on paper, each in three groups."""
    drawn = ["".join(secrets.choice(_LETTERS) for _each in range(12)) for _number in range(RECOVERY_CODES)]
    return ["-".join((one[:4], one[4:8], one[8:])) for one in drawn]


def kept(person_id: int, code: str) -> str:
    """What is stored of a recovery code, however its groups were typed."""
    return tokens.stored(f"recovery {person_id} {''.join(code.lower().replace('-', ' ').split())}")


# --- who must have one -----------------------------------------------------------------------------------------------


def required(tx: Tx) -> frozenset[Role]:
    """The roles that nobody has the use of without a second factor."""
    return frozenset(Role(role) for role in people.fact(tx, _REQUIRED) or ())


def is_missing(tx: Tx, person: Person) -> bool:
    """Whether somebody has to set up a second factor before anything else."""
    return bool(person.roles & required(tx)) and not is_on(tx, person.id)


def require_of(store: Store, by: Person, roles: frozenset[Role], why: str = "") -> bool:
    """From now on these roles, and no others, are of use with a second factor alone.

    To require it of fewer waits for a second person, where there is one: then nothing changes yet, and this is False.
    """
    require(by, Permission.PEOPLE)
    now = clock.now()
    with store.write() as tx:
        before = required(tx)
        fewer = no_more_required(before, roles)
        what = {"fewer": sorted(fewer), "to": sorted(roles), "seen": sorted(before)}
        decides = fewer & {Role.APPROVER, Role.EXPERT}
        levels = frozenset(deciders.deciders(tx)) if decides else frozenset()
        if fewer and not takes_effect(tx, by, Change(Kind.REQUIRED, levels=levels, what=what, wide=True), why, now):
            return False
        if roles != before:
            _require_of(tx, roles, by.id, now)
    return True


def carry_out(tx: Tx, one: Loosening, confirmed_by: int, now: datetime) -> None:
    """To require it of fewer roles was confirmed. Raises Conflict where it is required of others by now."""
    if sorted(required(tx)) != one.what["seen"]:
        raise Conflict(_("A second factor is required of other roles by now. Refuse this; it can be asked for anew."))
    _require_of(tx, frozenset(map(Role, one.what["to"])), one.by, now, confirmed_by=confirmed_by)


def require_of_nobody(store: Store) -> None:
    """From the terminal, where nobody can set one up, as the key is missing."""
    with store.write() as tx:
        _require_of(tx, frozenset(), None, clock.now())


def _require_of(tx: Tx, roles: frozenset[Role], by: int | None, now: datetime, **more: object) -> None:
    people.set_fact(tx, _REQUIRED, sorted(roles))
    audit.record(tx, "second_factor.required", "facts", None, by=by, at=now, roles=sorted(roles), **more)


# --- at a log-in -----------------------------------------------------------------------------------------------------


def asked(tx: Tx, person_id: int, now: datetime) -> str:
    """What proves to the second form that the password was right; empty for somebody without a second factor."""
    if second_factors.get(tx, person_id) is None:
        return ""
    return _begun(person_id, int(now.timestamp()), people.password_hash(tx, person_id))


def _begun(person_id: int, at: int, password_hash: str | None) -> str:
    """That this person gave the right password at this moment; void with another password."""
    said = f"{person_id} {at}"
    return f"{said} {keys().keyed_hash('second factor asked', f'{said} {password_hash}')}"


def who(tx: Tx, begun: str, now: datetime) -> Person:
    """Who gave the right password just now. Raises NotAllowed when it was too long ago, or that was never given."""
    try:
        person_id, at = (int(part) for part in begun.split(" ")[:2])
        # A number beyond the column's is an error to PostgreSQL.
        person = people.get(tx, person_id) if 0 < person_id <= _LARGEST_ID else None
    except (ValueError, OverflowError):
        person, person_id, at = None, 0, 0
    right = tokens.same(begun, _begun(person_id, at, people.password_hash(tx, person_id))) if person else False
    # Only what was made here has a time that is one.
    in_time = timedelta(0) <= now - datetime.fromtimestamp(at, now.tzinfo) <= BEGUN_LASTS if right else False
    if person is None or not person.active or not in_time:
        raise NotAllowed(_("This took longer than five minutes. Log in with your password again."))
    return person


def take(tx: Tx, person_id: int, code: str, now: datetime) -> None:
    """Uses a code up. Raises WrongCode. Nothing is asked of somebody whose second factor was just reset."""
    factor = second_factors.get(tx, person_id)
    if factor is None:
        return
    if second_factors.take_recovery(tx, person_id, kept(person_id, code), now):
        left = second_factors.recovery_left(tx, person_id)
        audit.record(tx, "second_factor.recovered", "person", person_id, by=person_id, at=now, left=left)
        return
    try:
        step = step_of(keys().decrypt(factor.secret), code, now)
    except KeyMissing:
        raise WrongCode(
            _(
                "Codes of an app cannot be checked, as this installation's key is missing. Enter a recovery code, or"
                " ask an administrator to reset your second factor."
            )
        ) from None
    if step is None or not second_factors.take(tx, person_id, step):
        raise WrongCode(
            _("This is not the code that your app shows now, or it was used already. Wait for the next one.")
        )


# --- on and off ------------------------------------------------------------------------------------------------------


def is_on(tx: Tx, person_id: int) -> bool:
    """Whether this person is asked for a code."""
    return second_factors.get(tx, person_id) is not None


def switch_on(store: Store, me: Person, secret: str, code: str) -> list[str]:
    """From now on a code is asked for after my password. Returns the recovery codes, which are shown this once.

    The code shows that the app has the secret. Raises WrongCode, or KeyMissing without the installation's own key.
    """
    require(me, Permission.OWN)
    now = clock.now()
    step = step_of(secret, code, now)
    if step is None:
        raise WrongCode(
            _("This is not the code that belongs to this secret. Check the clock of your phone; try again.")
        )
    codes = new_recovery_codes()
    with store.write() as tx:
        own_key.require(tx, keys())
        if is_on(tx, me.id):
            raise Conflict(_("Your second factor is on already. Load the page again."))
        second_factors.put(tx, me.id, keys().encrypt(secret), step, [kept(me.id, one) for one in codes], now)
        audit.record(tx, "second_factor.on", "person", me.id, by=me.id, at=now)
    return codes


def switch_off(store: Store, me: Person, password: str) -> None:
    """From now on my password is enough. Raises BadInput for a wrong one, TooMany as at a log-in."""
    require(me, Permission.OWN)
    now = clock.now()
    limits.spend(store, now, limits.email(me.email))
    with store.read() as tx:
        stored = people.password_hash(tx, me.id)
    if not passwords.fits(password, stored):
        raise BadInput(_("This is not your password. Your second factor stays on."))
    with store.write() as tx:
        limits.give_back(tx, now, limits.email(me.email))
        if second_factors.drop(tx, me.id):
            audit.record(tx, "second_factor.off", "person", me.id, by=me.id, at=now)


def reset(store: Store, by: Person, person_id: int, why: str = "") -> bool:
    """An administrator takes away the second factor of somebody who lost the phone and the recovery codes.

    Never one's own: that takes the password, as whoever finds an open browser must not be able to. That of somebody who
    has power waits for a second person, where there is one: then nothing changes yet, and this is False.
    """
    require(by, Permission.PEOPLE)
    if by.id == person_id:
        raise NotAllowed(_("Switch your own second factor off on My settings, with your password."))
    now = clock.now()
    with store.write() as tx:
        person = people.get(tx, person_id)
        _require_one(tx, person_id)
        if (
            person
            and power_of(person)
            and not takes_effect(tx, by, about(Kind.SECOND_FACTOR, person, power_of(person)), why, now)
        ):
            return False
        take_away(tx, person_id, by.id, now)
    return True


def reset_at_the_terminal(store: Store, email: str) -> None:
    """The same for an administrator who is locked out. Raises NotFound."""
    now = clock.now()
    with store.write() as tx:
        person = people.by_email(tx, email)
        if person is None:
            raise NotFound(_("Nobody here has the address {email}.", email=email))
        _require_one(tx, person.id)
        if power_of(person):
            takes_effect(tx, None, about(Kind.SECOND_FACTOR, person, power_of(person)), "", now)
        take_away(tx, person.id, None, now)


def _require_one(tx: Tx, person_id: int) -> None:
    if not is_on(tx, person_id):
        raise NotFound(_("This person has no second factor."))


def take_away(tx: Tx, person_id: int, by: int | None, now: datetime, **more: object) -> None:
    """Takes a second factor away within another change. Raises NotFound where there is none."""
    _require_one(tx, person_id)
    second_factors.drop(tx, person_id)
    audit.record(tx, "second_factor.reset", "person", person_id, by=by, at=now, **more)
