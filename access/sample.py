"""To be one of the people of a sample without a password: by the code of the terminal, or as another one of them.

Only a sample knows this, whose people do not exist. Everywhere else each function here refuses.
"""

from datetime import UTC, datetime

from access import limits, sessions, tokens
from access.sessions import Visitor
from model.errors import NotAllowed, NotFound
from model.language import _
from model.person import Person
from model.words import Role
from store import people, sample
from store.db import Store, Tx

_CODE = "sample code"


def new_code(store: Store) -> str:
    """A new code for the address that is printed, which holds until the next start; empty where this is no sample."""
    code = tokens.new()
    with store.write() as tx:
        if not sample.is_sample(tx):
            return ""
        people.set_fact(tx, _CODE, tokens.stored(code))
    return code


def take_code(store: Store, stored: str) -> None:
    """Has the code of an installation's terminal open its sample as well; `stored` is what is stored of it."""
    with store.write() as tx:
        if sample.is_sample(tx) and stored:
            people.set_fact(tx, _CODE, stored)


def is_one(store: Store) -> bool:
    """Whether this installation is a sample."""
    with store.read() as tx:
        return sample.is_sample(tx)


def team(store: Store) -> list[Person]:
    """Whom one can be: everybody who may log in."""
    with store.read() as tx:
        return [one for one in people.everybody(tx) if one.active]


def enter(store: Store, code: str, address: str = "", browser: str = "") -> str:
    """Begins a session as the first community manager; returns its token.

    Raises NotAllowed for a code that was not printed last, and TooMany after thirty tries from one `address`.
    """
    now = datetime.now(UTC)
    limits.spend(store, now, limits.address(address))
    with store.write() as tx:
        stored = people.fact(tx, _CODE)
        if not sample.is_sample(tx) or not stored or not tokens.same(tokens.stored(code), stored):
            raise NotAllowed(_("This code is not the one that was printed. Each start prints a new one."))
        limits.give_back(tx, now, limits.address(address))
        first = next(one for one in people.everybody(tx) if one.active and Role.MANAGER in one.roles)
        return sessions.begin(tx, first.id, now, browser)


def become(store: Store, by: Visitor, person_id: int, browser: str = "") -> str:
    """Ends a visitor's session and begins one as somebody else of the sample; returns its token.

    Raises NotAllowed where this is no sample, and NotFound for somebody who is not there.
    """
    with store.write() as tx:
        if not sample.is_sample(tx):
            raise NotAllowed(_("Only in the sample can you be somebody else."))
        _require(tx, person_id)
        now = datetime.now(UTC)
        sessions.end(tx, by, now)
        return sessions.begin(tx, person_id, now, browser)


def _require(tx: Tx, person_id: int) -> None:
    person = people.get(tx, person_id)
    if person is None or not person.active:
        raise NotFound(_("There is no such person."))
