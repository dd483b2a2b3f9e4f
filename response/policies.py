"""The policy in force: its versions in the database, the one that ships, and the variants to choose from."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from access.loosening import Change, Kind, takes_effect
from access.permissions import Permission, require
from analysis import matters, own
from model import clock
from model.errors import Conflict
from model.language import _
from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import matters as own_matters
from response import policy as rules
from response import policy_text
from response.policy import Policy
from response.policy_changes import loosened_levels
from response.policy_text import PolicyError
from response.seen import require_seen
from store import audit, deciders, policies
from store.db import Store, Tx
from store.loosenings import Loosening

SHIPPED = ROOT / "data" / "policy.yaml"
VARIANTS = ROOT / "data" / "policies"


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy version that new responses are routed by."""

    id: int
    number: int
    source: str
    policy: Policy


@lru_cache(maxsize=1)
def known_matters() -> frozenset[str]:
    """The keys of the matters that a rule may name."""
    return frozenset(matter.key for matter in matters.load())


def _readable(source: str) -> frozenset[str]:
    """The same, with whatever is called like a matter of the organisation's own: which of these there are, is looked up
    when a text is to be saved."""
    return known_matters() | frozenset(own.KEY.findall(source))


@lru_cache(maxsize=32)
def read(source: str) -> Policy:
    """A policy's text as a policy; raises PolicyError."""
    return policy_text.parse(source, _readable(source))


def problems(source: str) -> list[tuple[int, str]]:
    """What keeps a text that can be read from being saved, whoever there is to decide: each with its line."""
    policy = policy_text.formed(source)
    found = policy_text.contradictions(policy, _readable(source))
    old = rules.unsaid(policy)
    return [(policy_text.line_of(source, one.path), one.text) for one in [*found, *([old] if old else [])]]


def proposed(source: str) -> Policy:
    """The same for a text that is to be saved: it may leave nothing open that older texts could."""
    policy = read(source)
    problem = rules.unsaid(policy)
    if problem:
        raise PolicyError(policy_text.line_of(source, problem.path), problem.text)
    return policy


def usable(tx: Tx, source: str) -> Policy:
    """The same for a text that the people there are could satisfy now."""
    policy = proposed(source)
    _require_what_is_there(tx, source, policy)
    return policy


def _require_what_is_there(tx: Tx, source: str, policy: Policy) -> None:
    for strange in policy_text.unknown_matters(policy, own_matters.known(tx)):
        raise PolicyError(policy_text.line_of(source, strange.path), strange.text)
    problem = rules.unsatisfiable(policy, deciders.deciders(tx), deciders.with_role(tx, Role.MANAGER))
    if problem:
        raise PolicyError(policy_text.line_of(source, problem.path), problem.text)


def in_force(tx: Tx) -> InForce:
    """The newest version. Before anybody saved one that is the shipped policy, which `ensure` stored as version 1."""
    row = policies.newest(tx)
    if row is None:
        raise Conflict(_("There is no policy yet. Start Levelhead once with 'make run', which stores the shipped one."))
    return InForce(row.id, row.number, row.source, read(row.source))


def ensure(store: Store) -> None:
    """Stores the shipped policy as version 1 in a database that has none."""
    with store.write() as tx:
        if policies.newest(tx) is None:
            policy_id = policies.add(tx, 1, SHIPPED.read_text(), None, clock.now())
            audit.record(tx, "policy.shipped", "policy", policy_id, by=None, number=1)


def variants() -> dict[str, str]:
    """What can be chosen instead, by the policy's own name: the shipped one first."""
    sources = [SHIPPED.read_text(), *(path.read_text() for path in sorted(VARIANTS.glob("*.yaml")))]
    return {read(source).name: source for source in sources}


def save(store: Store, by: Person, source: str, seen_number: int, why: str = "") -> int:
    """Makes a text the policy in force; returns its number. What is in flight keeps the levels it has.

    Where it asks less of any response it waits for a second person, if there is one: then nothing changes yet, and the
    number is 0. Raises PolicyError with the line when it cannot be used or nobody could satisfy it, and Conflict when
    somebody saved another version since `seen_number`; in each case the old one stays.
    """
    require(by, Permission.POLICY)
    policy = proposed(source)
    with store.read() as tx:
        before = policies.newest(tx)
    # Outside of the change, as every kind of response is routed by both.
    less = loosened_levels(read(before.source), policy) if before else frozenset()
    now = clock.now()
    with store.write() as tx:
        _require_newest(tx, seen_number)
        if before:
            require_seen(before.number, seen_number)  # else it was not this one that was compared
        _require_what_is_there(tx, source, policy)
        change = Change(Kind.POLICY, levels=less, what={"source": source, "seen": seen_number})
        if less and not takes_effect(tx, by, change, why, now):
            return 0
        return _put(tx, source, by.id, seen_number, now)


def carry_out(tx: Tx, one: Loosening, confirmed_by: int, now: datetime) -> int:
    """A policy that was confirmed comes into force; returns its number. Raises what `save` does."""
    source, seen_number = one.what["source"], one.what["seen"]
    policy = proposed(source)
    _require_newest(tx, seen_number)
    _require_what_is_there(tx, source, policy)
    return _put(tx, source, one.by, seen_number, now, confirmed_by=confirmed_by)


def _require_newest(tx: Tx, seen_number: int) -> None:
    newest = policies.newest(tx)
    if newest:
        require_seen(newest.number, seen_number)


def _put(tx: Tx, source: str, by: int | None, seen_number: int, now: datetime, **more: object) -> int:
    number = seen_number + 1 if policies.newest(tx) else 1
    policy_id = policies.add(tx, number, source, by, now)
    audit.record(tx, "policy.saved", "policy", policy_id, by=by, at=now, number=number, **more)
    return number
