"""Changes that loosen: more power for somebody, fewer approvals, comments that leave the house. They wait for a second
person, where there is one.

Whoever may change people or the policy asks for such a change; another administrator, or somebody of the leadership,
confirms or refuses it within some days. Where there is nobody second it takes effect at once. Either way it is on the
record, and the approvers of the levels that it is about are told once it has taken effect.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from access.permissions import Permission, may
from model.content import fixed_text
from model.errors import BadInput, Conflict
from model.language import _, number
from model.person import Person
from model.route import EXPERT
from model.words import Role
from store import audit, deciders, loosenings, notices, people
from store.db import Tx
from store.keys import keys

WAITS = timedelta(days=7)
"""How long it waits for a second person."""
THING = "loosening"
CONFIRM, LOOSENED, SETTLED = "confirm", "loosened", "loosening settled"
"""Kinds of notices: it waits for me; it took effect at a level of mine; what became of what I asked for."""
_MOST_TYPED = 5000
_ENDED = {
    loosenings.IN_FORCE: "loosening.confirmed",
    loosenings.REFUSED: "loosening.refused",
    loosenings.TAKEN_BACK: "loosening.taken_back",
    loosenings.OVER: "loosening.over",
}


class Kind(StrEnum):
    """What is changed."""

    POLICY = "policy"
    MATTER = "matter"
    SIGNAL = "signal"
    OPINION = "opinion"
    ROLES = "roles"
    ACCESS = "access"
    DEPUTY = "deputy"
    LINK = "link"
    SECOND_FACTOR = "second factor"
    REQUIRED = "required"
    ALONE = "alone"


# --- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Power:
    """What somebody may do that others are bound by: decide, confirm, or change who decides."""

    roles: frozenset[Role] = frozenset()
    levels: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.roles or self.levels)

    @property
    def decides(self) -> frozenset[int]:
        """The levels at which it decides; 0 stands for the experts'."""
        return self.levels | ({EXPERT} if Role.EXPERT in self.roles else frozenset())


POWERFUL = frozenset({Role.EXPERT, Role.APPROVER, Role.LEADERSHIP, Role.ADMIN})
"""Not the community manager: what one writes takes its route, whoever writes it."""


def power(roles: frozenset[Role], levels: frozenset[int], *, active: bool = True) -> Power:
    """The power of these roles and levels; somebody who may not log in has none."""
    if not active:
        return Power()
    return Power(roles & POWERFUL, levels if Role.APPROVER in roles else frozenset())


def power_of(person: Person) -> Power:
    """The power that somebody has now."""
    return power(person.roles, person.levels, active=person.active)


def gained(had: Power, has: Power) -> Power:
    """What somebody can do afterwards and could not before: where there is any, the change loosens."""
    return Power(has.roles - had.roles, has.levels - had.levels)


def lent(person: Person, deputy: Person) -> Power:
    """What a deputy can decide in somebody's place and could not before; where there is any, to name them loosens."""
    gain = gained(power_of(deputy), power(person.roles, person.levels))
    return Power(gain.roles & {Role.EXPERT}, gain.levels)


def no_more_required(before: frozenset[Role], after: frozenset[Role]) -> frozenset[Role]:
    """The roles for which a second factor is required no more: where there is any, the change loosens."""
    return before - after


# --- on the rows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A change that loosens, to be made now or to wait. `levels` are those whose approvers are told; `wide`: also
    whoever can confirm, since it is about their power."""

    kind: Kind
    person_id: int | None = None
    levels: frozenset[int] = frozenset()
    what: dict[str, Any] = field(default_factory=dict)
    wide: bool = False


def about(
    kind: Kind, person: Person, gain: Power, roles: frozenset[Role] = frozenset(), levels: frozenset[int] = frozenset()
) -> Change:
    """A change that gives somebody power, or the way to it: `roles` and `levels` are those that they are to have."""
    what = {"roles": sorted(roles), "levels": sorted(levels), "had": had(person)}
    return Change(kind, person.id, gain.decides, what, wide=bool(gain.roles & {Role.ADMIN, Role.LEADERSHIP}))


def had(person: Person) -> dict[str, Any]:
    """What somebody has now: it must be the same when the change takes effect."""
    return {"roles": sorted(person.roles), "levels": sorted(person.levels), "active": person.active}


def seconds(tx: Tx, by: int | None, person_id: int | None) -> list[Person]:
    """Who can confirm a change: neither whoever asks for it nor whom it is about, and only who has been here."""
    able = [one for one in _confirmers(tx) if one.id not in (by, person_id)]
    here = loosenings.have_been_here(tx, [one.id for one in able])
    return [one for one in able if one.id in here]


def _confirmers(tx: Tx) -> list[Person]:
    return [one for one in people.everybody(tx) if may(one, Permission.CONFIRM)]


def takes_effect(tx: Tx, by: Person | None, change: Change, why: str, now: datetime) -> bool:
    """Whether a change that loosens is made now; else it is kept, and waits for a second person, who is told.

    Part of the change. Raises BadInput where it must wait and `why` is empty, Conflict where the same waits already.
    """
    asker = by.id if by else None
    second = seconds(tx, asker, change.person_id) if by else []
    if by and any(one.person_id == change.person_id for one in loosenings.waiting(tx, now, (change.kind,))):
        raise Conflict(_("This waits for a second person already. Whoever asked for it can take it back."))
    said = fixed_text(why)
    if second and not said:
        raise BadInput(
            _(
                "This gives more power, asks for less or lets more out, so it waits for a second person ({names})."
                " Say why: they read it.",
                names=", ".join(one.name for one in second[:3]),
            )
        )
    if len(said) > _MOST_TYPED:
        raise BadInput(_("This is longer than {most} characters; please shorten it.", most=number(_MOST_TYPED)))
    words_id, digest = audit.say(tx, keys(), "reason", said, by=asker, at=now) if said and asker else (None, "")
    if second:
        loosening_id = _add(tx, asker, change, now, loosenings.WAITING, words_id)
        audit.record(tx, "loosening.asked", THING, loosening_id, by=asker, at=now, **_said(change), reason=digest)
        _notice(tx, CONFIRM, {one.id for one in second}, loosening_id, now)
        return False
    loosening_id = _add(tx, asker, change, now, loosenings.IN_FORCE, words_id)
    audit.record(tx, "loosening.alone", THING, loosening_id, by=asker, at=now, **_said(change), reason=digest)
    tell(tx, loosening_id, {asker}, now)
    return True


def _add(tx: Tx, by: int | None, change: Change, now: datetime, state: str, words_id: int | None) -> int:
    return loosenings.add(
        tx,
        kind=change.kind,
        person_id=change.person_id,
        by=by,
        words_id=words_id,
        levels=sorted(change.levels),
        what={**change.what, "wide": change.wide},
        asked_at=now,
        until=now + WAITS,
        state=state,
        settled_at=None if state == loosenings.WAITING else now,
    )


def _said(change: Change) -> dict[str, Any]:
    """What the record holds of a change."""
    return {"kind": change.kind.value, "person": change.person_id, "levels": sorted(change.levels)}


def tell(tx: Tx, loosening_id: int, known: set[int | None], now: datetime) -> None:
    """Tells those whom it concerns that a change took effect, but for those who know it already: the approvers of its
    levels, whoever can confirm where it is about that, and the person whose log-in was reset."""
    one = loosenings.get(tx, loosening_id)
    assert one is not None
    by_level = deciders.deciders(tx)
    told = {person for level in one.levels for person in by_level.get(level, frozenset())}
    if one.what.get("wide"):
        told |= {person.id for person in _confirmers(tx)}
    if one.kind in (Kind.LINK, Kind.SECOND_FACTOR) and one.person_id is not None:
        told.add(one.person_id)
    elif one.person_id is not None:
        told.discard(one.person_id)
    _notice(tx, LOOSENED, {person for person in told if person not in known}, loosening_id, now)


def _notice(tx: Tx, kind: str, person_ids: Iterable[int], loosening_id: int, now: datetime) -> None:
    notices.tell(tx, person_ids, kind=kind, thing=THING, thing_id=loosening_id, since=now, due_at=now)


def alone_now(tx: Tx, by: Person, before: bool, now: datetime) -> None:
    """After somebody lost their power to confirm: where nobody second is left for `by`, all who decide are told.

    `before` says whether there was somebody second. Part of the change.
    """
    if not before or seconds(tx, by.id, None):
        return
    change = Change(Kind.ALONE, levels=frozenset(deciders.deciders(tx)), wide=True)
    loosening_id = _add(tx, by.id, change, now, loosenings.IN_FORCE, None)
    audit.record(tx, "loosening.nobody_second", THING, loosening_id, by=by.id, at=now, **_said(change))
    tell(tx, loosening_id, {by.id}, now)


def end(
    tx: Tx, loosening_id: int, state: str, by: int | None, now: datetime, answer: tuple[int, str] | None = None
) -> None:
    """Ends the waiting of a change; whoever asked for it is told what became of it, unless it was they. `answer` are
    the words typed to it, and their keyed hash. Raises Conflict where it waits no more."""
    words_id, digest = answer or (None, "")
    if not loosenings.settle(tx, loosening_id, state, now, by, words_id):
        raise Conflict(_("This waits no more: somebody was faster. Load the page again."))
    one = loosenings.get(tx, loosening_id)
    assert one is not None
    audit.record(
        tx, _ENDED[state], THING, loosening_id, by=by, at=now, kind=one.kind, person=one.person_id, reason=digest
    )
    if one.by not in (None, by):
        _notice(tx, SETTLED, {one.by}, one.id, now)
