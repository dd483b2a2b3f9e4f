"""The workflow of a response: which moves are legal, and where a submission stands after its decisions. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from model.errors import Conflict
from model.route import Step
from model.words import DecisionKind, Quorum, ResponseState

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
        raise Conflict(f"This response is already '{state.value}', so it cannot be changed this way.") from None


class Outcome(StrEnum):
    """Where a submission stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes requested"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that counts: at which step (index into the route), by whom, what."""

    step: int
    person_id: int
    kind: DecisionKind


@dataclass(frozen=True, slots=True)
class Standing:
    """`step` is the index of the step that waits (the number of steps when none does), `asked` who may decide there
    now. Nobody asked while waiting means that the step cannot be decided: it is never skipped."""

    outcome: Outcome
    step: int
    asked: frozenset[int]


def standing(
    steps: tuple[Step, ...],
    decided: tuple[Decided, ...],
    deciders: dict[int, frozenset[int]],
    editors: frozenset[int],
) -> Standing:
    """Where a submission stands.

    `deciders` has, for each level, the ids of those who may decide there now; `editors` those who wrote or edited any
    version, who can never approve it. One reject ends it, and so does a request for changes. A person counts once on
    one response, whatever the number of levels that list them.
    """
    for decision in decided:
        if decision.kind is DecisionKind.REJECT:
            return Standing(Outcome.REJECTED, decision.step, frozenset())
        if decision.kind is DecisionKind.REQUEST_CHANGES:
            return Standing(Outcome.CHANGES_REQUESTED, decision.step, frozenset())
    counted = editors | {decision.person_id for decision in decided}
    for index, step in enumerate(steps):
        here = {d.person_id for d in decided if d.step == index} - editors
        left = deciders.get(step.level, frozenset()) - counted
        if not _reached(step.quorum, len(here), len(left)):
            return Standing(Outcome.WAITING, index, left)
    return Standing(Outcome.APPROVED, len(steps), frozenset())


def _reached(quorum: Quorum | int, approvals: int, left: int) -> bool:
    if quorum is Quorum.ALL:
        return approvals > 0 and left == 0
    return approvals >= (1 if quorum is Quorum.ANY else int(quorum))
