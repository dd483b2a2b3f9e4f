"""What approval costs, and how long first answers take: worked out of the record, and the same from the raw rows."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from analysis import approval
from model.cost import OWN_AUTHORITY, FirstResponse, LevelCost
from model.words import Action, DecisionKind
from response import approvals, cases, costing, deciding, drafts, moderation, outcomes
from store import audit, comments, cost, cost_sums, our_people, people, purge, responses, retention
from store.schema import cases as case_table
from store.schema import (
    first_response_days,
    first_response_months,
    first_responses,
    level_cost_days,
    level_cost_months,
    level_costs,
)
from store.schema import responses as response_table
from tests.ingest.interface import Interface
from tests.response.desk import TEXT, THREAD, Desk

K = DecisionKind
HOUR = 3600


def costs(desk: Desk, submission_id: int) -> dict[int, LevelCost]:
    """What the response of a submission has cost by now, by level."""
    costing.follow(desk.store)
    with desk.store.read() as tx:
        return {one.level: one for one in cost.costs_of(tx, desk.submission(submission_id).response_id)}


def first(desk: Desk, case_id: int) -> tuple[bool, int] | None:
    """Whether a case has an answer, and after how many seconds, or after how many it was closed without one."""
    costing.follow(desk.store)
    with desk.store.read() as tx:
        row = tx.execute(select(first_responses).where(first_responses.c.case_id == case_id)).first()
    return (row.answered, row.seconds) if row else None


def looks(desk: Desk, who: Any, submission_id: int) -> None:
    found = deciding.matter(desk.store, who, submission_id)
    deciding.looked(desk.store, who, found.response_id, found.version.number)


def sent_back(desk: Desk, who: Any, submission_id: int, text: str) -> int:
    """Changes are asked for, made, and the new version is sent; returns its submission."""
    desk.decides(who, submission_id, K.REQUEST_CHANGES, "Please change it.")
    desk.passes_on()
    response_id = desk.submission(submission_id).response_id
    drafts.save(desk.store, desk.alice, response_id, text, desk.response(response_id).version)
    return desk.sent(response_id)


def goes_out(desk: Desk, submission_id: int) -> None:
    (publication,) = desk.publications(desk.submission(submission_id).response_id)
    with desk.store.write() as tx:
        outcomes.published(tx, publication, f"wp:{900 + publication.id}", "", "", datetime.now(UTC), by=None)


def is_deleted(desk: Desk, submission_id: int) -> None:
    change(desk, submission_id, "comment.deleted", deleted_at=datetime.now(UTC))


def is_edited(desk: Desk, submission_id: int) -> None:
    desk.reads(1, f"You published my address, and that of {submission_id} more.", 3, "privacy")


def change(desk: Desk, submission_id: int, action: str, **values: Any) -> None:
    with desk.store.write() as tx:
        (target,) = responses.targets(tx, desk.submission(submission_id).response_id)
        assert target.comment_id is not None
        comments.change(tx, target.comment_id, **values)
        audit.record(tx, action, "comment", target.comment_id, by=None)


def we_answer_there(desk: Desk, _submission_id: int) -> None:
    mine = desk.reads(50, "It is off the page, says one of us.", 0)
    with desk.store.write() as tx:
        comments.change(tx, mine, ours=True, parent_identity="wp:1", published_at=datetime.now(UTC))


def is_given_up(desk: Desk, submission_id: int) -> None:
    drafts.withdraw(desk.store, desk.alice, desk.submission(submission_id).response_id)


def never_comes(desk: Desk, submission_id: int) -> None:
    desk.clock.shift(8 * 24 * HOUR)


# --- what one response costs -----------------------------------------------------------------------------------------


def test_each_level_is_told_how_long_it_had_it_and_how_long_somebody_looked(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.clock.shift(2 * HOUR)
    looks(desk, desk.bob, submission_id)
    desk.clock.shift(180)
    desk.approved(desk.bob, submission_id=submission_id)
    looks(desk, desk.carla, submission_id)
    desk.clock.shift(HOUR)
    assert costs(desk, submission_id)[2].since == datetime(2026, 3, 2, 11, 3, 11, tzinfo=UTC)
    desk.approved(desk.carla, submission_id=submission_id)
    found = costs(desk, submission_id)
    assert {level: (one.waited_s, one.looked_s, one.decided) for level, one in found.items()} == {
        1: (2 * HOUR + 180 + 11, 180, True),
        2: (HOUR + 11, costing.LOOK_LASTS.total_seconds(), True),
    }, "who had it open for an hour did not read for an hour"
    assert {(one.day, one.channel, one.action, one.times, one.since) for one in found.values()} == {
        ("2026-03-02", "blog", "reply", 1, None)
    }


def test_a_decision_without_a_look_on_record_says_nothing_of_minutes(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, submission_id=submission_id)
    assert (costs(desk, submission_id)[1].looks, costs(desk, submission_id)[1].looked_s) == (0, 0)


def test_a_change_belongs_to_the_level_that_asked_for_it(desk: Desk) -> None:
    one = desk.waiting(3)
    desk.approved(desk.bob, submission_id=one)
    two = sent_back(desk, desk.carla, one, TEXT + " We have told the 14 others.")
    assert costs(desk, two)[2].changed == "asked for", "nothing else was approved there yet"
    three = sent_back(desk, desk.bob, two, TEXT + " We have told the 15 others.")
    desk.approved(desk.bob, desk.carla, submission_id=three)
    found = costs(desk, three)
    assert {level: (c.changed, c.from_version, c.to_version, c.times) for level, c in found.items()} == {
        1: ("fact", 2, 3, 3),
        2: ("position", 1, 3, 2),
    }


def test_a_no_is_counted_where_it_was_said(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, submission_id=submission_id)
    desk.decides(desk.carla, submission_id, K.REJECT, "We say nothing.")
    desk.passes_on()
    assert {level: (one.refused, one.decided) for level, one in costs(desk, submission_id).items()} == {
        1: (False, True),
        2: (True, True),
    }


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (is_deleted, "deleted"),
        (is_edited, "edited"),
        (we_answer_there, "answered"),
        (never_comes, "expired"),
        (is_given_up, "withdrawn"),
    ],
)
def test_what_goes_cold_does_so_at_the_level_where_it_waited(
    desk: Desk, happens: Callable[[Desk, int], None], why: str
) -> None:
    submission_id = desk.waiting(3)
    desk.clock.shift(HOUR)
    desk.approved(desk.bob, submission_id=submission_id)
    desk.clock.shift(HOUR)
    happens(desk, submission_id)
    desk.clock.shift(HOUR)
    if why == "answered":  # nothing of it is about this response; the next thing that happens to it finds it
        desk.approved(desk.carla, submission_id=submission_id)
    assert {level: one.cold for level, one in costs(desk, submission_id).items()} == {1: "", 2: why}


def test_what_goes_cold_after_approval_is_not_the_cost_of_it(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    desk.clock.shift(HOUR)
    is_deleted(desk, submission_id)
    assert {one.cold for one in costs(desk, submission_id).values()} == {""}


def test_what_was_edited_and_sent_again_was_not_given_up(desk: Desk) -> None:
    one = desk.waiting(3)
    desk.clock.shift(HOUR)
    response_id = desk.submission(one).response_id
    drafts.save(desk.store, desk.alice, response_id, "Another text.", desk.response(response_id).version)
    two = desk.sent(response_id)
    desk.clock.shift(HOUR)
    is_given_up(desk, two)
    (found,) = costs(desk, two).values()
    assert (found.times, found.waited_s, found.decided, found.cold) == (2, 2 * HOUR, False, "withdrawn")
    with desk.store.read() as tx:
        (level,) = approval.costs(cost_sums.counted(tx, "2026"), cost.waits_now(tx, ""), datetime.now(UTC), ALL)
    assert (level.n, level.waits.n, level.waited.over, level.cold_in_all) == (1, 1, 0, 1)


ALL = frozenset(one.value for one in Action)


def test_what_was_taken_back_within_its_seconds_cost_nobody_anything(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    assert set(costs(desk, submission_id)) == {1}
    desk.clock.shift(9)
    drafts.take_back(desk.store, desk.alice, desk.submission(submission_id).response_id)
    assert costs(desk, submission_id) == {}
    with desk.store.read() as tx:
        assert tx.execute(select(level_cost_days)).all() == [], "nor is it in any day"


def test_own_authority_is_counted_beside_the_levels_and_has_no_wait(desk: Desk) -> None:
    submission_id = desk.waiting(1)
    (found,) = costs(desk, submission_id).values()
    assert (found.level, found.times, found.waited_s) == (OWN_AUTHORITY, 0, 0)
    with desk.store.read() as tx:
        (level,) = approval.costs(cost_sums.counted(tx, ""), [], datetime.now(UTC), ALL)
    assert (level.n, level.waits.n) == (1, 0)


def test_what_is_done_to_a_comment_is_counted_apart(desk: Desk, blog: Interface) -> None:
    case_id = desk.opened(4, "threat")
    lead = desk.comment(desk.case(case_id).lead_comment_id)
    moderation.ask(desk.store, desk.alice, lead.id, Action.HOLD, "A threat.", lead.revision, case_id)
    costing.follow(desk.store)
    with desk.store.read() as tx:
        lines, still, now = cost_sums.counted(tx, ""), cost.waits_now(tx, ""), datetime.now(UTC)
    assert approval.costs(lines, still, now, frozenset({"reply"})) == []
    assert [one.n for one in approval.costs(lines, still, now, frozenset({"hold"}))] == [1]


def test_what_waits_again_is_one_wait_that_goes_on(desk: Desk) -> None:
    one = desk.waiting(2)
    desk.clock.shift(3 * HOUR)
    sent_back(desk, desk.bob, one, "Another text, as you wish.")
    desk.clock.shift(5 * HOUR)
    costing.follow(desk.store)
    with desk.store.read() as tx:
        (level,) = approval.costs(cost_sums.counted(tx, ""), cost.waits_now(tx, ""), datetime.now(UTC), ALL)
    assert (level.n, level.waits.n, level.waited.median) == (1, 1, None)
    assert level.waited.longest == pytest.approx(8 * HOUR, rel=0.06)


def test_the_responses_behind_a_figure_are_found_by_level_and_outcome(desk: Desk) -> None:
    refused = desk.waiting(2)
    desk.decides(desk.bob, refused, K.REJECT, "No.")
    desk.passes_on()
    desk.sent(desk.written(desk.opened(2, number=2, thread=f"{THREAD}/2")))
    costing.follow(desk.store)
    with desk.store.read() as tx:
        ids = {
            outcome: [one.cost.response_id for one in cost.behind(tx, 1, ["reply"], outcome)]
            for outcome in ("", *cost.OUTCOMES)
        }
    mine = desk.submission(refused).response_id
    assert ids == {"": [mine + 1, mine], "changed": [], "refused": [mine], "cold": []}


# --- first answers ---------------------------------------------------------------------------------------------------


def test_a_first_answer_is_words_of_ours_that_reached_the_channel(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    case_id = desk.response(desk.submission(submission_id).response_id).case_id
    assert case_id is not None
    desk.clock.shift(HOUR)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    assert first(desk, case_id) is None, "approved is not said"
    goes_out(desk, submission_id)
    assert first(desk, case_id) == (True, HOUR + 22)


def test_what_one_of_us_wrote_on_the_blog_is_an_answer_too(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.clock.shift(HOUR)
    mine = desk.reads(50, "It is off the page, says one of us.", 0)
    with desk.store.write() as tx:
        comments.change(tx, mine, ours=True, parent_identity="wp:1", at=datetime.now(UTC))
        our_people.add_answer(tx, case_id, mine, datetime.now(UTC))
        audit.record(tx, "case.answered_there", "case", case_id, by=None, comment=mine)
    assert first(desk, case_id) == (True, HOUR)


def test_a_dismissed_case_waited_until_then_and_nobody_waited_for_an_answer_to_spam(desk: Desk) -> None:
    dismissed = desk.opened(3)
    spam = desk.opened(3, number=2, thread=f"{THREAD}/2")
    open_one = desk.opened(2, number=3, thread=f"{THREAD}/3")
    desk.clock.shift(HOUR)
    cases.dismiss(desk.store, desk.alice, dismissed, desk.case(dismissed).version, "Nothing to say.")
    cases.mark_spam(desk.store, desk.alice, spam, desk.case(spam).version)
    assert (first(desk, dismissed), first(desk, spam)) == ((False, HOUR), None)
    with desk.store.read() as tx:
        still = cost.waiting_cases(tx, datetime(2026, 3, 1, tzinfo=UTC))
        lines = cost_sums.counted_first(tx, "2026-03-02")
    assert [one.case_id for one in still] == [open_one]
    every, *_rest = approval.first(lines, [(one.severity, one.channel, HOUR) for one in still])
    assert (every.answered, every.closed, every.open, every.waits.n) == (0, 1, 1, 2)
    cases.reopen(desk.store, desk.alice, dismissed)
    assert first(desk, dismissed) is None


# --- a long story, and the raw rows ----------------------------------------------------------------------------------


def story(desk: Desk, after_each: Callable[[], None]) -> None:
    """Several responses at once, with all that can become of them."""
    made = [
        desk.sent(desk.written(desk.opened(severity, number=number, thread=f"{THREAD}/{number}")))
        for number, severity in enumerate((3, 3, 2, 2, 1, 3), start=1)
    ]
    after_each()
    for who, which in ((desk.bob, 0), (desk.bob, 1), (desk.carla, 0), (desk.bob, 5)):
        desk.clock.shift(HOUR)
        looks(desk, who, made[which])
        desk.decides(who, made[which])
        after_each()
        desk.passes_on()
        after_each()
    goes_out(desk, made[0])
    again = sent_back(desk, desk.carla, made[1], TEXT + " Sorry.")
    after_each()
    desk.approved(desk.bob, desk.carla, submission_id=again)
    decision = desk.decides(desk.bob, made[2], K.REJECT, "No.")
    after_each()
    approvals.undo(desk.store, desk.bob, decision)
    after_each()
    desk.clock.shift(HOUR)
    is_deleted(desk, made[2])
    after_each()
    is_given_up(desk, made[3])
    after_each()
    desk.clock.shift(9 * 24 * HOUR)
    after_each()


def rows(desk: Desk) -> list[set[Any]]:
    with desk.store.read() as tx:
        tables = (level_costs, level_cost_days, first_responses, first_response_days)
        tables += (level_cost_months, first_response_months)
        return [{tuple(row) for row in tx.execute(select(table))} for table in tables]


def from_the_raw_rows(desk: Desk) -> list[set[Any]]:
    """All these tables as the raw rows alone make them."""
    level_rows: list[LevelCost] = []
    case_rows: list[FirstResponse] = []
    with desk.store.read() as tx:
        for response_id in tx.execute(select(response_table.c.id)).scalars().all():
            response = responses.get(tx, response_id)
            assert response is not None
            level_rows += costing.costs_of(tx, response, datetime.now(UTC))
        for case_id in tx.execute(select(case_table.c.id)).scalars().all():
            case = cost.waiting(tx, case_id)
            assert case is not None
            case_rows += [found] if (found := costing.first_response(case)) else []
    by_day: Counter[Any] = Counter()
    for one in level_rows:
        for (what, step), n in approval.of_response(one).items():
            by_day[one.day, one.level, one.channel, one.action, what, step] += n
    first_by_day: Counter[Any] = Counter()
    for each in case_rows:
        for (what, step), n in approval.of_case(each).items():
            first_by_day[each.day, each.severity, each.channel, what, step] += n

    def plain(some: Any) -> set[Any]:
        return {tuple(getattr(one, name) for name in one.__dataclass_fields__) for one in some}

    return [
        plain(level_rows),
        {(*key, n) for key, n in by_day.items() if n},
        plain(case_rows),
        {(*key, n) for key, n in first_by_day.items()},
        by_month(by_day),
        by_month(first_by_day),
    ]


def by_month(days: Counter[Any]) -> set[Any]:
    found: Counter[Any] = Counter()
    for (day, *key), n in days.items():
        found[day[:7], *key] += n
    return {(*key, n) for key, n in found.items() if n}


@pytest.mark.parametrize("each_time", [True, False])
def test_the_roll_ups_are_what_the_raw_rows_make_whenever_they_are_brought_up_to_date(
    desk: Desk, each_time: bool
) -> None:
    story(desk, (lambda: costing.follow(desk.store)) if each_time else (lambda: None))
    costing.follow(desk.store)
    found = rows(desk)
    assert found == from_the_raw_rows(desk)
    assert all(found)
    assert {row[-1] for row in found[0]} == {"", "deleted", "withdrawn", "expired"}
    with desk.store.write() as tx:  # the mark is lost, as with an older backup: all of it is worked out once more
        people.drop_fact(tx, cost._MARK)
    costing.follow(desk.store)
    assert rows(desk) == found


def test_the_figures_survive_the_purge_of_old_cases(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    two = sent_back(desk, desk.bob, submission_id, TEXT + " Sorry.")
    desk.approved(desk.bob, desk.carla, submission_id=two)
    goes_out(desk, two)
    costing.follow(desk.store)
    before = rows(desk)
    desk.clock.shift(timedelta(days=400))
    with desk.store.write() as tx:
        retention.change(tx, "cases", 30, by=None, at=datetime.now(UTC))
    assert purge.Purge(desk.store).run(("cases",))
    costing.follow(desk.store)
    assert rows(desk) == before == from_the_raw_rows(desk)
