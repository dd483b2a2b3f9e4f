"""Going up: whatever the order of decisions, timers and people who come and leave, no step gets through with less."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from model.route import EXPERT, Step
from model.words import DecisionKind, Quorum
from response.escalation import Ladder, next_up, stand_ins
from response.workflow import Decided, Outcome, Standing, standing

LEVELS = (1, 2, 3, 4, 5)
K = DecisionKind


def step(level: int, quorum: Quorum | int = Quorum.ANY) -> Step:
    return Step(level, f"Level {level}", quorum, 3600, ("rule",))


def people(*ids: int) -> frozenset[int]:
    return frozenset(ids)


# --- by example ------------------------------------------------------------------------------------------------------


def test_those_above_are_asked_as_well_and_those_of_the_level_still_may() -> None:
    team = {1: people(1), 2: people(2), 3: people(3)}
    now = standing((step(1),), (), team, people(), Ladder(LEVELS, {0: 2}))
    assert now == Standing(Outcome.WAITING, 0, people(1, 2), frozenset({(2, 2)}))


def test_it_goes_up_to_the_next_level_that_has_somebody_who_is_not_asked_yet() -> None:
    team = {1: people(1), 3: people(9), 4: people(1), 5: people(5)}
    assert next_up(Ladder(LEVELS), 0, 1, team, people(9, 1)) == 5
    assert next_up(Ladder(LEVELS), 0, 1, team, people(1)) == 3
    assert next_up(Ladder(LEVELS, {0: 3}), 0, 1, team, people(1)) == 5
    assert next_up(Ladder(LEVELS, {0: 5}), 0, 1, team, people()) is None
    assert next_up(Ladder((1, 2)), 0, 1, team, people()) is None, "only levels of the policy"


def test_somebody_at_two_levels_decides_as_one_of_the_lower() -> None:
    team = {1: people(1), 2: people(1, 2), 3: people(2, 3)}
    assert stand_ins(Ladder(LEVELS, {0: 3}), 0, 1, team) == {2: 2, 3: 3}


def test_above_the_expert_is_level_one() -> None:
    assert next_up(Ladder((0, 1, 2)), 0, EXPERT, {1: people(4)}, people()) == 1


def test_where_all_are_needed_one_who_stands_in_is_one_for_one() -> None:
    team, up = {1: people(1, 2, 3), 2: people(8, 9)}, Ladder(LEVELS, {0: 2})
    own, other = Decided(0, 1, K.APPROVE), Decided(0, 8, K.APPROVE, instead=True)
    route = (step(1, Quorum.ALL),)
    assert standing(route, (own,), team, people(), up).outcome is Outcome.WAITING
    assert standing(route, (own, other), team, people(), up).outcome is Outcome.WAITING
    third = Decided(0, 9, K.APPROVE, instead=True)
    assert standing(route, (own, other, third), team, people(), up).outcome is Outcome.APPROVED


def test_where_two_are_needed_two_are_needed() -> None:
    team, up = {1: people(1), 2: people(8)}, Ladder(LEVELS, {0: 2})
    first = Decided(0, 1, K.APPROVE)
    now = standing((step(1, 2),), (first,), team, people(), up)
    assert (now.outcome, now.asked) == (Outcome.WAITING, people(8))
    second = Decided(0, 8, K.APPROVE, instead=True)
    assert standing((step(1, 2),), (first, second), team, people(), up).outcome is Outcome.APPROVED


def test_whoever_stood_in_counts_once_and_not_again_at_their_own_level() -> None:
    team, up = {1: people(1), 2: people(2)}, Ladder(LEVELS, {0: 2})
    stood_in = Decided(0, 2, K.APPROVE, instead=True)
    assert standing((step(1), step(2)), (stood_in,), team, people(), up) == Standing(Outcome.WAITING, 1, frozenset())


# --- in whatever order -----------------------------------------------------------------------------------------------


@dataclass
class World:
    """A submission as the rows have it: who is there, what was decided, and how far up each step went."""

    steps: tuple[Step, ...]
    team: dict[int, frozenset[int]]
    editors: frozenset[int]
    decided: tuple[Decided, ...] = ()
    raised: dict[int, int] = field(default_factory=dict)

    @property
    def levels(self) -> tuple[int, ...]:
        return tuple(sorted({*LEVELS, *(one.level for one in self.steps)}))

    def now(self) -> Standing:
        return standing(self.steps, self.decided, self.team, self.editors, Ladder(self.levels, self.raised))

    def up(self, now: Standing) -> bool:
        without = self.editors | {one.person_id for one in self.decided} | now.asked
        level = self.steps[now.step].level
        higher = next_up(Ladder(self.levels, self.raised), now.step, level, self.team, without)
        if higher is not None:
            self.raised[now.step] = higher
        return higher is not None

    def kept(self) -> Standing:
        """Where it stands once what nobody can decide has gone up, as is done at once."""
        now = self.now()
        if now.outcome is Outcome.WAITING and not now.asked:
            self.up(now)
        return self.now()


ids = st.integers(1, 7)
routes = st.lists(st.integers(EXPERT, 4), unique=True, min_size=1, max_size=3).flatmap(
    lambda levels: st.tuples(
        *(
            st.builds(step, st.just(level), st.sampled_from([Quorum.ANY, Quorum.ALL, 1, 2, 3]))
            for level in sorted(levels)
        )
    )
)
worlds = st.builds(
    World,
    routes,
    st.dictionaries(st.integers(EXPERT, 5), st.frozensets(ids, max_size=4)),
    st.frozensets(ids, min_size=1, max_size=2),
)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), st.integers(0, 100)),
        st.tuples(st.just("timer"), st.just(0)),
        st.tuples(st.just("people"), st.tuples(st.integers(EXPERT, 5), st.frozensets(ids, max_size=3))),
    ),
    max_size=16,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds, happenings)
def test_no_step_gets_through_with_less_and_nobody_who_could_decide_is_forgotten(  # type: ignore[no-untyped-def]
    world: World, things
) -> None:
    for what, more in things:
        now = world.kept()
        if now.outcome is not Outcome.WAITING:
            break
        before = dict(world.raised)
        if what == "approve" and now.asked:
            who = sorted(now.asked)[more % len(now.asked)]
            instead = who in dict(now.instead)
            world.decided = (*world.decided, Decided(now.step, who, K.APPROVE, instead))
        elif what == "timer":
            world.up(now)
            assert world.now().outcome is Outcome.WAITING, "silence is no consent"
            assert now.asked <= world.now().asked, "those who were asked still may"
        elif what == "people":
            world.team = {**world.team, more[0]: more[1]}
        after = world.kept()
        assert all(world.raised[one] >= level for one, level in before.items()), "it never comes down"
        counted = world.editors | {one.person_id for one in world.decided}
        assert not after.asked & counted
        if after.outcome is Outcome.WAITING:
            level = world.steps[after.step].level
            could = {who for rung in world.levels if rung >= level for who in world.team.get(rung, frozenset())}
            assert after.asked <= could
            assert after.asked or not could - counted, "somebody at the level or above is asked"
    event(world.now().outcome)
    event(f"went up {len(world.raised)}")
    deciders = [one.person_id for one in world.decided]
    assert len(deciders) == len(set(deciders)), "one person counts once"
    assert not world.editors & set(deciders)
    end = world.now()
    for index in range(end.step if end.outcome is Outcome.WAITING else len(world.steps)):
        here = [one for one in world.decided if one.step == index]
        quorum = world.steps[index].quorum
        assert len(here) >= (quorum if isinstance(quorum, int) else 1)
        if quorum is Quorum.ALL:
            own = world.team.get(world.steps[index].level, frozenset()) - world.editors - set(deciders)
            assert len(own) <= sum(one.instead for one in here)
