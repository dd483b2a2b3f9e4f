"""The workflow of a response: which moves are legal, and where a submission stands after its decisions. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from model.errors import Conflict
from model.language import _
from model.route import Step
from model.words import DecisionKind, Quorum, ResponseState
from response.escalation import NO_LADDER, Ladder, stand_ins
from response.states import STATE

S = ResponseState


class Move(StrEnum):
    """What can happen to a response."""

    SUBMIT = "submit"
    TAKE_BACK = "take back"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    HOLD = "hold"
    RELEASE = "release"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


LEGAL: dict[tuple[ResponseState, Move], ResponseState] = {
    (S.DRAFT, Move.SUBMIT): S.WAITING,
    (S.CHANGES_REQUESTED, Move.SUBMIT): S.WAITING,
    (S.WAITING, Move.APPROVE): S.APPROVED,
    (S.WAITING, Move.RETURN): S.CHANGES_REQUESTED,
    (S.WAITING, Move.REJECT): S.REJECTED,
    (S.WAITING, Move.HOLD): S.HELD,
    (S.APPROVED, Move.HOLD): S.HELD,
    (S.HELD, Move.RELEASE): S.APPROVED,
    (S.APPROVED, Move.PUBLISH): S.PUBLISHED,
    # Whoever edits or takes back starts again: approvals of what was there before are stale.
    (S.WAITING, Move.TAKE_BACK): S.DRAFT,
    (S.APPROVED, Move.TAKE_BACK): S.DRAFT,
    (S.HELD, Move.TAKE_BACK): S.DRAFT,
    (S.CHANGES_REQUESTED, Move.TAKE_BACK): S.DRAFT,
    (S.DRAFT, Move.WITHDRAW): S.WITHDRAWN,
    (S.CHANGES_REQUESTED, Move.WITHDRAW): S.WITHDRAWN,
    (S.WAITING, Move.WITHDRAW): S.WITHDRAWN,
    (S.HELD, Move.WITHDRAW): S.WITHDRAWN,
    (S.APPROVED, Move.WITHDRAW): S.WITHDRAWN,
}


def after(state: ResponseState, move: Move) -> ResponseState:
    """The state after a move. Raises Conflict when the move is not legal from there."""
    try:
        return LEGAL[state, move]
    except KeyError:
        raise Conflict(
            _("This response is already '{state}', so it cannot be changed this way.", state=STATE[state])
        ) from None


class Outcome(StrEnum):
    """Where a submission stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes requested"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that counts: at which step (index into the route), by whom, what, and whether in another's place."""

    step: int
    person_id: int
    kind: DecisionKind
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """`step` is the index of the step that waits (the number of steps when none does), `asked` who may decide there
    now. Nobody asked while waiting means that the step cannot be decided: it is never skipped. `instead` are those of
    them who would decide in the place of the step's level, each with the level that they do it from."""

    outcome: Outcome
    step: int
    asked: frozenset[int]
    instead: frozenset[tuple[int, int]] = frozenset()


def standing(
    steps: tuple[Step, ...],
    decided: tuple[Decided, ...],
    deciders: dict[int, frozenset[int]],
    editors: frozenset[int],
    ladder: Ladder = NO_LADDER,
    out: Mapping[int, frozenset[int]] = MappingProxyType({}),
) -> Standing:
    """Where a submission stands.

    `deciders` has, for each level, the ids of those who may decide there now; `editors` those who wrote or edited any
    version, who can never approve it. One reject ends it, and so does a request for changes. A person counts once on
    one response, whatever the number of levels that list them. `ladder` says which steps went up to a higher level: an
    approval from there counts like one of the level itself. `out` are those at each step who handed it on: they are not
    asked, unless the others are too few.
    """
    for decision in decided:
        if decision.kind is DecisionKind.REJECT:
            return Standing(Outcome.REJECTED, decision.step, frozenset())
        if decision.kind is DecisionKind.REQUEST_CHANGES:
            return Standing(Outcome.CHANGES_REQUESTED, decision.step, frozenset())
    counted = editors | {decision.person_id for decision in decided}
    for index, step in enumerate(steps):
        here = {d.person_id for d in decided if d.step == index} - editors
        instead = {d.person_id for d in decided if d.step == index and d.instead} - editors
        left = deciders.get(step.level, frozenset()) - counted
        if not _reached(step.quorum, len(here), len(left), len(instead)):
            others = stand_ins(ladder, index, step.level, deciders)
            more = frozenset((person, level) for person, level in others.items() if person not in counted)
            able = left | {person for person, _ in more}
            asked = _without(step.quorum, len(here), able, out.get(index, frozenset()))
            return Standing(Outcome.WAITING, index, asked, frozenset(one for one in more if one[0] in asked))
    return Standing(Outcome.APPROVED, len(steps), frozenset())


def _without(quorum: Quorum | int, approvals: int, able: frozenset[int], out: frozenset[int]) -> frozenset[int]:
    """Who is asked once some have handed it on; all who are able, where the others could not reach the quorum."""
    if quorum is Quorum.ALL:
        return able
    needed = 1 if quorum is Quorum.ANY else int(quorum)
    rest = able - out
    return rest if approvals + len(rest) >= needed else able


def handed_out(handed: Sequence[tuple[int, int, int]]) -> dict[int, frozenset[int]]:
    """Who has handed on each step, from (step, from, to) in their order: whoever it was handed back to has not."""
    found: dict[int, frozenset[int]] = {}
    for step, giver, taker in handed:
        found[step] = (found.get(step, frozenset()) | {giver}) - {taker}
    return found


def _reached(quorum: Quorum | int, approvals: int, left: int, instead: int) -> bool:
    """Whether a step has its approvals. Where all are needed, each in another's place is one for one who is missing."""
    if quorum is Quorum.ALL:
        return approvals > 0 and left <= instead
    return approvals >= (1 if quorum is Quorum.ANY else int(quorum))
