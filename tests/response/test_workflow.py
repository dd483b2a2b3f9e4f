"""The workflow: every legal and every illegal move, and what must hold of where a submission stands."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import Conflict
from model.route import EXPERT, Step
from model.words import DecisionKind, Quorum, ResponseState
from response.workflow import LEGAL, Decided, Move, Outcome, Standing, after, standing

pytestmark = pytest.mark.values

S = ResponseState
K = DecisionKind

# Written out a second time on purpose: a move that becomes legal, or ends elsewhere, has to be meant twice.
EXPECTED = {
    S.DRAFT: {Move.SUBMIT: S.WAITING, Move.WITHDRAW: S.WITHDRAWN},
    S.WAITING: {
        Move.APPROVE: S.APPROVED,
        Move.RETURN: S.CHANGES_REQUESTED,
        Move.REJECT: S.REJECTED,
        Move.HOLD: S.HELD,
        Move.TAKE_BACK: S.DRAFT,
        Move.WITHDRAW: S.WITHDRAWN,
    },
    S.CHANGES_REQUESTED: {Move.SUBMIT: S.WAITING, Move.TAKE_BACK: S.DRAFT, Move.WITHDRAW: S.WITHDRAWN},
    S.APPROVED: {Move.HOLD: S.HELD, Move.PUBLISH: S.PUBLISHED, Move.TAKE_BACK: S.DRAFT, Move.WITHDRAW: S.WITHDRAWN},
    S.HELD: {Move.RELEASE: S.APPROVED, Move.TAKE_BACK: S.DRAFT, Move.WITHDRAW: S.WITHDRAWN},
    S.REJECTED: {},
    S.PUBLISHED: {},
    S.WITHDRAWN: {},
}


@pytest.mark.parametrize(("state", "move"), list(product(S, Move)))
def test_each_move_is_legal_as_the_table_says_and_refused_otherwise(state: S, move: Move) -> None:
    legal = EXPECTED[state]
    if move in legal:
        assert after(state, move) is legal[move]
    else:
        with pytest.raises(Conflict, match=f"already '{state.value}'"):
            after(state, move)


def test_only_what_waits_can_be_approved_and_only_what_is_approved_is_published() -> None:
    into: dict[S, set[S]] = {}
    for (state, _), to in LEGAL.items():
        into.setdefault(to, set()).add(state)
    assert into[S.PUBLISHED] == {S.APPROVED}
    assert into[S.APPROVED] == {S.WAITING, S.HELD}
    assert into[S.WAITING] == {S.DRAFT, S.CHANGES_REQUESTED}


# --- where a submission stands ---------------------------------------------------------------------------------------


def step(level: int, quorum: Quorum | int = Quorum.ANY) -> Step:
    return Step(level, f"Level {level}", quorum, 3600, ("rule",))


def approved(at: int, person: int) -> Decided:
    return Decided(at, person, K.APPROVE)


def people(*ids: int) -> frozenset[int]:
    return frozenset(ids)


ids = st.integers(1, 7)
quorums = st.sampled_from([Quorum.ANY, Quorum.ALL, 1, 2, 3])
routes = st.lists(st.integers(EXPERT, 5), unique=True, max_size=4).flatmap(
    lambda levels: st.tuples(*(st.builds(step, st.just(level), quorums) for level in sorted(levels)))
)
teams = st.dictionaries(st.integers(EXPERT, 5), st.frozensets(ids, max_size=5))
few = st.frozensets(ids, max_size=3)


def walked(
    steps: tuple[Step, ...], team: dict[int, frozenset[int]], editors: frozenset[int], picks: list[int]
) -> list[tuple[tuple[Decided, ...], Standing]]:
    """Each standing on the way when, again and again, one of those asked approves."""
    decided: tuple[Decided, ...] = ()
    found = [(decided, standing(steps, decided, team, editors))]
    for pick in picks:
        now = found[-1][1]
        if now.outcome is not Outcome.WAITING or not now.asked:
            break
        asked = sorted(now.asked)
        decided = (*decided, approved(now.step, asked[pick % len(asked)]))
        found.append((decided, standing(steps, decided, team, editors)))
    return found


picked = st.lists(st.integers(0, 100), min_size=12, max_size=12)


@given(routes, teams, few, picked)
def test_whoever_is_asked_may_decide_did_not_edit_and_has_not_decided(steps, team, editors, picks) -> None:  # type: ignore[no-untyped-def]
    for decided, now in walked(steps, team, editors, picks):
        if now.outcome is Outcome.WAITING:
            assert now.asked == team.get(steps[now.step].level, frozenset()) - editors - {d.person_id for d in decided}
        else:
            assert not now.asked


@given(routes, teams, few, picked)
def test_approved_means_that_each_step_has_its_own_people(steps, team, editors, picks) -> None:  # type: ignore[no-untyped-def]
    decided, now = walked(steps, team, editors, picks)[-1]
    if now.outcome is not Outcome.APPROVED:
        return
    counted: list[int] = []
    for index, one in enumerate(steps):
        here = [d.person_id for d in decided if d.step == index]
        allowed = team.get(one.level, frozenset()) - editors
        assert set(here) <= allowed
        assert len(here) >= (one.quorum if isinstance(one.quorum, int) else 1)
        if one.quorum is Quorum.ALL:
            assert allowed <= {d.person_id for d in decided}, "everybody at this level was heard"
        counted += here
    assert len(counted) == len(set(counted)), "one person counts once"


@given(routes, teams, few, picked)
def test_the_steps_are_walked_in_order_and_none_is_skipped(steps, team, editors, picks) -> None:  # type: ignore[no-untyped-def]
    places = [now.step for _, now in walked(steps, team, editors, picks)]
    assert places == sorted(places)
    assert all(later - earlier <= 1 for earlier, later in pairwise(places))


@given(routes, teams, few, st.lists(st.builds(approved, st.integers(0, 3), ids), max_size=8))
def test_any_number_of_decisions_by_editors_changes_nothing(steps, team, editors, decided) -> None:  # type: ignore[no-untyped-def]
    theirs = tuple(d for d in decided if d.person_id in editors)
    others = tuple(d for d in decided if d.person_id not in editors)
    assert standing(steps, others + theirs, team, editors) == standing(steps, others, team, editors)


@given(routes, teams, few, picked, st.sampled_from([K.REJECT, K.REQUEST_CHANGES]))
def test_one_reject_ends_it_wherever_it_stands(steps, team, editors, picks, kind) -> None:  # type: ignore[no-untyped-def]
    for decided, now in walked(steps, team, editors, picks):
        if now.outcome is Outcome.WAITING and now.asked:
            ended = standing(steps, (*decided, Decided(now.step, min(now.asked), kind)), team, editors)
            assert ended.outcome is (Outcome.REJECTED if kind is K.REJECT else Outcome.CHANGES_REQUESTED)
            assert not ended.asked


@given(routes, teams, few, picked, ids, st.integers(EXPERT, 5))
def test_a_new_person_at_a_level_never_approves_anything_by_being_there(  # type: ignore[no-untyped-def]
    steps, team, editors, picks, person, level
) -> None:
    decided, now = walked(steps, team, editors, picks)[-1]
    larger = {**team, level: team.get(level, frozenset()) | {person}}
    assert standing(steps, decided, larger, editors).step <= now.step


def test_no_step_at_all_is_own_authority() -> None:
    assert standing((), (), {}, people(1)) == Standing(Outcome.APPROVED, 0, frozenset())


@pytest.mark.parametrize("quorum", [Quorum.ANY, Quorum.ALL, 1, 2])
def test_a_level_with_nobody_waits_and_the_next_one_is_not_asked(quorum: Quorum | int) -> None:
    steps = (step(1, quorum), step(2))
    assert standing(steps, (), {2: people(3)}, people()) == Standing(Outcome.WAITING, 0, frozenset())
    # Nor is it passed when the only one there wrote the response.
    assert standing(steps, (), {1: people(9), 2: people(3)}, people(9)) == Standing(Outcome.WAITING, 0, frozenset())


def test_any_is_one_all_is_everybody_and_a_number_is_so_many() -> None:
    team = {1: people(1, 2, 3)}
    for quorum, needed in ((Quorum.ANY, 1), (1, 1), (2, 2), (Quorum.ALL, 3), (3, 3)):
        for count in range(needed + 1):
            decided = tuple(approved(0, person) for person in range(1, count + 1))
            done = standing((step(1, quorum),), decided, team, people()).outcome is Outcome.APPROVED
            assert done is (count == needed), f"{quorum} after {count}"


def test_somebody_listed_at_two_levels_counts_at_the_first_alone() -> None:
    steps, team = (step(1), step(2)), {1: people(1), 2: people(1, 2)}
    assert standing(steps, (approved(0, 1),), team, people()) == Standing(Outcome.WAITING, 1, people(2))
    alone = {1: people(1), 2: people(1)}
    assert standing(steps, (approved(0, 1),), alone, people()) == Standing(Outcome.WAITING, 1, frozenset())


def test_the_expert_comes_before_the_first_level() -> None:
    steps = (step(EXPERT), step(1))
    assert standing(steps, (), {EXPERT: people(5), 1: people(1)}, people()).asked == people(5)


def test_an_approval_at_a_later_step_does_not_count_for_an_earlier_one() -> None:
    now = standing((step(1), step(2)), (approved(1, 2),), {1: people(1, 2), 2: people(2)}, people())
    assert (now.outcome, now.step, now.asked) == (Outcome.WAITING, 0, people(1))


def test_an_approval_by_somebody_who_edited_is_not_counted() -> None:
    now = standing((step(1), step(2)), (approved(0, 1),), {1: people(1, 3), 2: people(2)}, people(1))
    assert (now.step, now.asked) == (0, people(3))
