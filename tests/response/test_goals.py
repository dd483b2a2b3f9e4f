"""Goals: who may change them, how many there are, what is tagged with one, and that its costs go along."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from analysis import approval
from model import clock
from model.cost import ONCE, LevelCost
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.person import Person
from response import costing, goals, last, undo
from store import cost, cost_sums
from store import goals as rows
from store.goals import Goal
from store.schema import goal_cost_days, goal_cost_months, response_goals
from tests.response.desk import THREAD, Desk


def known(desk: Desk, *, archived: bool = True) -> dict[str, Goal]:
    with desk.store.read() as tx:
        return {one.name: one for one in rows.every(tx, archived=archived)}


def of(desk: Desk, response_id: int) -> int | None:
    with desk.store.read() as tx:
        return cost.goal_of(tx, response_id)


def takes_back(desk: Desk, who: Person) -> undo.Undone:
    with desk.store.read() as tx:
        offered = last.offer(tx, who, clock.now())
    assert offered is not None
    return last.take_back(desk.store, who, offered)


def test_leaders_and_administrators_enter_goals_and_nobody_else_does(desk: Desk) -> None:
    goal_id = goals.add(desk.store, desk.charlie, "  Trust   us ", "People here believe what we say.")
    goals.add(desk.store, desk.alice, "Grow", "")
    (first, *_rest) = [one for one in known(desk).values() if one.id == goal_id]
    assert (first.name, first.sentence, first.version) == ("Trust us", "People here believe what we say.", 1)
    changes: list[Callable[[Person], object]] = [
        lambda who: goals.add(desk.store, who, "Another", ""),
        lambda who: goals.change(desk.store, who, goal_id, "Another", "", 1),
        lambda who: goals.archive(desk.store, who, goal_id, 1),
        lambda who: goals.bring_back(desk.store, who, goal_id, 1),
        lambda who: goals.tag_matter(desk.store, who, "privacy", goal_id),
    ]
    for who in (desk.dave, desk.bob, desk.dora):
        for change in changes:
            with pytest.raises(NotAllowed, match="You may not change the organisation's goals"):
                change(who)
    with pytest.raises(NotAllowed, match="work on cases"):
        goals.tag_response(desk.store, desk.charlie, 1, goal_id)
    assert desk.audit_holds()


def test_a_goal_has_a_name_of_its_own_and_is_changed_by_who_has_seen_it(desk: Desk) -> None:
    goal_id = goals.add(desk.store, desk.charlie, "Trust", "")
    for name in ("", " \n ", "x" * 81):
        with pytest.raises(BadInput, match="a name of at most 80 characters"):
            goals.add(desk.store, desk.charlie, name, "")
    with pytest.raises(BadInput, match="at most 300 characters"):
        goals.change(desk.store, desk.charlie, goal_id, "Trust", "x" * 301, 1)
    with pytest.raises(Conflict, match="There is a goal called 'Trust'"):
        goals.add(desk.store, desk.alice, "Trust", "")
    goals.change(desk.store, desk.charlie, goal_id, "Be trusted", "Yes.", 1)
    with pytest.raises(Conflict, match="Somebody else changed this goal"):
        goals.change(desk.store, desk.alice, goal_id, "Trust", "", 1)
    assert known(desk)["Be trusted"].sentence == "Yes."


def test_what_is_archived_stays_and_makes_room_and_its_name_free(desk: Desk) -> None:
    ids = [goals.add(desk.store, desk.charlie, f"Goal {n}", "") for n in range(rows.MOST)]
    with pytest.raises(BadInput, match="20 goals are in use"):
        goals.add(desk.store, desk.charlie, "One more", "")
    goals.archive(desk.store, desk.charlie, ids[0], 1)
    again = goals.add(desk.store, desk.charlie, "Goal 0", "")
    assert {one.id for one in known(desk, archived=False).values()} == {*ids[1:], again}
    goals.archive(desk.store, desk.charlie, ids[1], 1)
    with pytest.raises(Conflict, match="There is a goal called 'Goal 0'"):
        goals.bring_back(desk.store, desk.charlie, ids[0], 2)
    goals.bring_back(desk.store, desk.charlie, ids[1], 2)
    assert desk.actions()[-2:] == ["goal.archived", "goal.back"]


def test_a_matter_has_one_goal_and_an_archived_one_is_given_to_nothing_more(desk: Desk) -> None:
    one, two = (goals.add(desk.store, desk.charlie, name, "") for name in ("Trust", "Grow"))
    with pytest.raises(NotFound, match="no such matter"):
        goals.tag_matter(desk.store, desk.charlie, "dragons", one)
    with pytest.raises(NotFound, match="no goal 99"):
        goals.tag_matter(desk.store, desk.charlie, "privacy", 99)
    for goal_id in (one, two, two):
        goals.tag_matter(desk.store, desk.charlie, "privacy", goal_id)
    assert desk.actions().count("matter.tagged") == 2, "what changes nothing leaves no trace"
    goals.archive(desk.store, desk.charlie, two, 1)
    response_id = desk.written(desk.opened(3))
    for tag in (
        lambda: goals.tag_matter(desk.store, desk.charlie, "safety", two),
        lambda: goals.tag_response(desk.store, desk.alice, response_id, two),
    ):
        with pytest.raises(Conflict, match="The goal 'Grow' was archived"):
            tag()
    with desk.store.read() as tx:
        assert rows.of_matters(tx) == {"privacy": two}, "what was tagged stays so"


def test_a_goal_of_a_response_can_be_undone_and_touches_no_approval(desk: Desk) -> None:
    one, two = (goals.add(desk.store, desk.charlie, name, "") for name in ("Trust", "Grow"))
    submission_id = desk.waiting(3)
    response_id = desk.submission(submission_id).response_id
    before = desk.response(response_id)
    goals.tag_response(desk.store, desk.alice, response_id, one)
    goals.tag_response(desk.store, desk.alice, response_id, two)
    assert desk.response(response_id) == before, "what is being approved is the same"
    undone = takes_back(desk, desk.alice)
    assert (undone.what, undone.subject, undone.ids, of(desk, response_id)) == ("tagged", "tag", (response_id,), one)
    goals.tag_response(desk.store, desk.alice, response_id, None)
    goals.tag_response(desk.store, desk.dave, response_id, two)
    with pytest.raises(Conflict, match="Dave has chosen another goal since"):
        takes_back(desk, desk.alice)
    assert of(desk, response_id) == two
    desk.clock.shift(11)
    with desk.store.read() as tx:
        assert last.offer(tx, desk.dave, clock.now()) is None
    with pytest.raises(NotFound, match="no response 99"):
        goals.tag_response(desk.store, desk.alice, 99, one)
    assert [one for one in desk.actions() if "tagged" in one][-3:] == ["response.untagged"] + ["response.tagged"] * 2


# --- its costs go along ----------------------------------------------------------------------------------------------


def by_hand(desk: Desk) -> Counter[tuple[object, ...]]:
    """What stands in the days of the goals, added up from the rows."""
    found: Counter[tuple[object, ...]] = Counter()
    with desk.store.read() as tx:
        tags = {row.response_id: row.goal_id for row in tx.execute(select(response_goals))}
        for response_id, goal_id in tags.items():
            mine = cost.costs_of(tx, response_id)
            for one in mine:
                for (what, step), n in approval.of_response(one).items():
                    found[goal_id, one.day, one.level, one.channel, one.action, what, step] += n
            if mine:
                first: LevelCost = min(mine, key=lambda one: (one.day, one.level))
                found[goal_id, first.day, first.level, first.channel, first.action, ONCE, 0] += 1
    return found


def kept(desk: Desk) -> dict[tuple[object, ...], int]:
    """What does stand there; that of the months is all of it once more."""
    with desk.store.read() as tx:
        days = {tuple(row)[:-1]: row.n for row in tx.execute(select(goal_cost_days))}
        months = {tuple(row)[:-1]: row.n for row in tx.execute(select(goal_cost_months))}
    summed: Counter[tuple[object, ...]] = Counter()
    for (goal_id, day, *key), n in days.items():
        summed[goal_id, str(day)[:7], *key] += n
    assert months == summed
    return days


def test_what_a_response_costs_goes_with_its_goal_whenever_it_is_chosen(desk: Desk) -> None:
    one, two = (goals.add(desk.store, desk.charlie, name, "") for name in ("Trust", "Grow"))
    early = desk.written(desk.opened(3))
    goals.tag_response(desk.store, desk.alice, early, one)
    submission_id = desk.sent(early)
    late = desk.written(desk.opened(2, number=2, thread=f"{THREAD}/2"))
    desk.sent(late)
    costing.follow(desk.store)
    goals.tag_response(desk.store, desk.alice, late, one)
    assert kept(desk) == by_hand(desk) != {}
    desk.clock.shift(30 * 3600)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    costing.follow(desk.store)
    assert kept(desk) == by_hand(desk)
    with desk.store.read() as tx:
        counted = cost_sums.responses_of_goals(tx, [one, two], ["reply"], "2026-03-02", "2026-03-03")
        levels = approval.costs(cost_sums.counted_of_goal(tx, one, "", "9"), [], clock.now(), frozenset({"reply"}))
        waits = cost.waits_now(tx, "", "9", one)
        behind = [
            [found.cost.response_id for found in cost.behind(tx, 1, ["reply"], until=until, goal_id=goal)]
            for until, goal in (("2026-03-03", one), ("2026-03-02", one), ("2026-03-03", two), ("9", None))
        ]
    assert counted == {one: {"2026-03-02": 2}}, "the one that came to level 2 a day later is still one"
    assert [(level.part, level.n) for level in levels] == [(1, 2), (2, 1)]
    assert [wait.response_id for wait in waits] == [late]
    assert behind == [[late, early], [], [], [late, early]]
    goals.tag_response(desk.store, desk.alice, early, two)
    takes_back(desk, desk.alice)
    goals.tag_response(desk.store, desk.alice, late, None)
    assert kept(desk) == by_hand(desk)
