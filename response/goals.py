"""The organisation's strategic goals: entered once, archived and never deleted, and what is tagged with one.

Matters and responses carry at most one goal each. What is tagged with a goal that is archived stays so.
"""

from access.permissions import Permission, require
from analysis import approval
from model import clock
from model.content import fixed_text
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from response import matters as own_matters
from response import undo
from response.putting_back import TAG
from store import audit, cost, goals, responses
from store.db import Store, Tx
from store.goals import MOST, Goal

LONGEST_NAME, LONGEST_SENTENCE = 80, 300


def add(store: Store, by: Person, name: str, sentence: str) -> int:
    """Enters a goal; returns its id. Raises Conflict when one in use is called so, BadInput when MOST are in use."""
    require(by, Permission.GOALS)
    named, said = _name(name), _sentence(sentence)
    now = clock.now()
    with store.write() as tx:
        _room(tx)
        goal_id = goals.add(tx, named, said, by=by.id, at=now)
        audit.record(tx, "goal.added", "goal", goal_id, by=by.id, at=now)
    return goal_id


def change(store: Store, by: Person, goal_id: int, name: str, sentence: str, seen_version: int) -> None:
    """Another name or sentence. Raises Conflict when somebody changed the goal since it was seen."""
    require(by, Permission.GOALS)
    named, said = _name(name), _sentence(sentence)
    with store.write() as tx:
        _change(tx, _seen(_goal(tx, goal_id), seen_version), name=named, sentence=said)
        audit.record(tx, "goal.changed", "goal", goal_id, by=by.id)


def archive(store: Store, by: Person, goal_id: int, seen_version: int) -> None:
    """Nothing more is tagged with the goal; what was tagged stays, and its past can be read."""
    require(by, Permission.GOALS)
    now = clock.now()
    with store.write() as tx:
        goal = _seen(_goal(tx, goal_id), seen_version)
        if goal.archived_at is None:
            _change(tx, goal, archived_at=now)
            audit.record(tx, "goal.archived", "goal", goal_id, by=by.id, at=now)


def bring_back(store: Store, by: Person, goal_id: int, seen_version: int) -> None:
    """A goal that was archived is in use again."""
    require(by, Permission.GOALS)
    with store.write() as tx:
        goal = _seen(_goal(tx, goal_id), seen_version)
        if goal.archived_at is not None:
            _room(tx)
            _change(tx, goal, archived_at=None)
            audit.record(tx, "goal.back", "goal", goal_id, by=by.id)


def tag_matter(store: Store, by: Person, matter: str, goal_id: int | None) -> None:
    """Tags a matter with a goal in use, in place of the one before; None: with none."""
    require(by, Permission.GOALS)
    with store.write() as tx:
        if matter not in own_matters.known(tx):
            raise NotFound(_("There is no such matter. Load the page again."))
        if goal_id is not None:
            _in_use(tx, goal_id)
        if goals.of_matters(tx).get(matter) != goal_id:
            goals.tag_matter(tx, matter, goal_id)
            audit.record(tx, "matter.tagged", "goal", goal_id, by=by.id, matter=matter)


def tag_response(store: Store, by: Person, response_id: int, goal_id: int | None) -> None:
    """Tags a response with a goal in use, in place of the one before; None: with none. It can be undone for ten
    seconds. Neither what is approved nor the response's own text is changed by it."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        if responses.get(tx, response_id) is None:
            raise NotFound(_("There is no response {id}.", id=response_id))
        if goal_id is not None:
            _in_use(tx, goal_id)
        before = cost.goal_of(tx, response_id)
        if before == goal_id:
            return
        cost.tag(tx, response_id, goal_id, approval.of_response)
        undo.remember(tx, by, undo.TAGGED, TAG, response_id, now, former={"goal": before}, after={"goal": goal_id})
        audit.record(tx, "response.tagged", "response", response_id, by=by.id, at=now, goal=goal_id)


# --- what must hold --------------------------------------------------------------------------------------------------


def _name(typed: str) -> str:
    named = " ".join(fixed_text(typed).split())
    if not 1 <= len(named) <= LONGEST_NAME:
        raise BadInput(_("Give the goal a name of at most {most} characters.", most=LONGEST_NAME))
    return named


def _sentence(typed: str) -> str:
    said = " ".join(fixed_text(typed).split())
    if len(said) > LONGEST_SENTENCE:
        raise BadInput(_("Say it in one sentence of at most {most} characters.", most=LONGEST_SENTENCE))
    return said


def _room(tx: Tx) -> None:
    if goals.count(tx) >= MOST:
        raise BadInput(
            _("{most} goals are in use, and more than that nobody can keep in mind. Archive one first.", most=MOST)
        )


def _goal(tx: Tx, goal_id: int) -> Goal:
    found = goals.get(tx, goal_id)
    if found is None:
        raise NotFound(_("There is no goal {id}. Load the page again.", id=goal_id))
    return found


def _in_use(tx: Tx, goal_id: int) -> None:
    goal = _goal(tx, goal_id)
    if goal.archived_at is not None:
        raise Conflict(_("The goal '{name}' was archived. Choose another one.", name=goal.name))


def _seen(goal: Goal, version: int) -> Goal:
    if goal.version != version:
        raise _somebody_else()
    return goal


def _change(tx: Tx, goal: Goal, **values: object) -> None:
    if not goals.change(tx, goal, **values):
        raise _somebody_else()


def _somebody_else() -> Conflict:
    return Conflict(_("Somebody else changed this goal meanwhile. Look at it as it stands now."))
