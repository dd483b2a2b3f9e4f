"""A source that was just added: it makes nothing look unusual, and takes nothing from what was compared before."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from analysis.figures import Calm
from response import goals
from store import rollups
from store.db import Store
from store.schema import assessments, revisions
from tests.installation import set_up
from tests.store.test_metrics import NOW, Left, by_chance, fill
from web.ui.board import gather as board
from web.ui.board import saying as board_saying
from web.ui.board.period import Period
from web.ui.overview import charts, gather, saying
from web.ui.overview.gather import Seen

UTC = ZoneInfo("UTC")


def seen(store: Store) -> Seen:
    with store.read() as tx:
        return gather.see(tx, NOW, UTC, 60)


def of_new_source(seed: int, days: int, most: int) -> list[Left]:
    """What a source brings that began so many days ago: something on its first day, and as much today as it likes."""
    chance = random.Random(seed)
    left = [(NOW - timedelta(minutes=chance.randrange(days * 1440)), 3) for _ in range(chance.randrange(most))]
    return [(NOW - timedelta(days=days), 3), *left, *[(NOW - timedelta(minutes=n), 3) for n in range(12)]]


def about(store: Store, matter: str, first: int, until: int) -> None:
    """Comments turn out to be about a matter."""
    ids = list(range(first, until))
    judged = {"flagged": True, "severity": 1, "sentiment": 0, "worst": 0, "negative": 0, "spam": 0, "focus_start": 0}
    judged |= {"focus_end": 0, "matters": [matter], "reasons": [], "degraded": [], "version": "1", "at": NOW}
    with store.write() as tx, rollups.recounted(tx, ids):
        tx.execute(insert(assessments), [{"comment_id": n, "revision": 1, **judged} for n in ids])


@pytest.mark.parametrize("seed", range(6))
def test_a_new_source_changes_no_verdict_no_range_and_no_sign(empty: Store, seed: int) -> None:
    """However much it brings, up to as much as all others; after it alone nothing is said."""
    old = [(at, 1) for at, _ in by_chance(700, 100)]
    fill(empty, old)
    about(empty, "law", 1, 400)
    before = seen(empty)
    chance = random.Random(seed)
    fill(empty, added := of_new_source(seed, chance.randrange(1, 35), 40), first=701)
    about(empty, "harm", 701 + len(added) - 12, 701 + len(added) - 4)
    about(empty, "law", 701, 701 + len(added) - 12)
    about(empty, "law", 701 + len(added) - 4, 701 + len(added))
    after = seen(empty)
    assert before.calm is not Calm.NO_PAST
    assert len(before.weeks) == 9
    assert (after.calm, after.weeks, after.signs) == (before.calm, before.weeks, before.signs)
    assert after.now.comments > before.now.comments
    assert after.apart == [""]
    harm, law = (next(one for one in after.matters if one.name == name) for name in ("harm", "law"))
    assert (harm.now, harm.compared, harm.usual) == (8, 0, None), "nobody but the new source speaks of it"
    was = next(one for one in before.matters if one.name == "law")
    assert law.now >= was.now + 4
    assert (law.compared, law.usual) == (was.now, was.usual)
    assert law.usual is not None
    assert f"; compared: {was.now}, usual {law.usual.middle:g}" in charts.compared([law], {})[0][2]
    assert f"; compared: {was.now}, usually {law.usual.middle:g}" in saying.matters([law], {})
    heads, rows = saying.matter_table(after.matters, {}, "comments", "usual")
    assert heads == ["matter", "comments", "of these compared", "usual"]
    assert {row[2] for row in rows} == {None, was.now}
    assert saying.flagged_share(after.now, after.weeks)[1].startswith("compared: ")


def test_where_it_brings_most_of_all_nothing_is_said_and_after_five_weeks_it_is_compared(empty: Store) -> None:
    fill(empty, [(at, 1) for at, _ in by_chance(200, 100)])
    many = [(NOW - timedelta(days=34) + timedelta(hours=n), 3) for n in range(0, 816, 2)]
    fill(empty, many + [(NOW - timedelta(minutes=n), 3) for n in range(100)], first=201)
    assert (seen(empty).calm, len(seen(empty).weeks), seen(empty).apart) == (Calm.NO_PAST, 1, [])
    with empty.read() as tx:
        later = gather.see(tx, NOW + timedelta(days=3), UTC, 60)
    assert (len(later.weeks), later.apart) == (5, [])
    assert later.weeks[0] == later.now


def test_a_report_compares_like_with_like_too(empty: Store) -> None:
    fill(empty, [(at, 1) for at, _ in by_chance(700, 100)])
    whole = Period(NOW.date() - timedelta(days=20), NOW.date())

    def report() -> board.Report:
        with empty.read() as tx:
            return board.gather(tx, whole, NOW, UTC, {})

    before = report()
    assert (before.compared, list(before.apart)) == (before.now, [])
    fill(empty, of_new_source(1, 30, 40), first=701)
    after = report()
    assert (after.compared, after.weeks, after.calm) == (before.compared, before.weeks, before.calm)
    assert after.now.comments > before.now.comments
    assert after.apart == [""]
    fill(empty, [(NOW - timedelta(minutes=n), 3) for n in range(600)], first=900)
    assert (report().calm, report().weeks, report().apart) == (Calm.NO_PAST, [], [])


def test_a_matter_that_a_new_source_alone_speaks_of_is_no_sign_and_one_of_the_others_is(empty: Store) -> None:
    """A rise of a matter is found among the others' comments, and hides behind nothing that the new source said."""
    fill(empty, [(NOW - timedelta(days=day, hours=hour), 1) for day in range(1, 100) for hour in range(6)])
    new = [(NOW - timedelta(days=day, hours=hour), 3) for day in range(20) for hour in range(6)]
    fill(empty, [*new, *[(NOW - timedelta(minutes=n), 3) for n in range(9)]], first=595)
    about(empty, "harm", 595, 724)
    assert [one for one in seen(empty).signs if one.subject] == []
    fill(empty, [(NOW - timedelta(minutes=n), 1) for n in range(9)], first=724)
    about(empty, "harm", 724, 733)
    assert [(one.subject, one.count) for one in seen(empty).signs if one.subject] == [("harm", 9)]


def test_the_report_by_goal_compares_like_with_like_too(empty: Store) -> None:
    whole = Period(NOW.date() - timedelta(days=13), NOW.date())
    fill(empty, [(at, 1) for at, _ in by_chance(700, 100)])
    about(empty, "law", 1, 400)
    about(empty, "harm", 400, 500)
    admin = set_up(empty)
    goal_ids = [goals.add(empty, admin, name, "") for name in ("Be fair", "Be safe")]
    goals.tag_matter(empty, admin, "law", goal_ids[0])
    goals.tag_matter(empty, admin, "harm", goal_ids[1])

    def report(goal_id: int | None = None) -> board.Report:
        with empty.read() as tx:
            return board.gather(tx, whole, NOW, UTC, {}, goal_id)

    alone, everything = report(goal_ids[0]), report()
    fill(empty, [(NOW - timedelta(days=n % 9, minutes=n), 3) for n in range(20)], first=701)
    about(empty, "law", 701, 711)
    after = report(goal_ids[0])
    assert after.now.comments == alone.now.comments + 10
    assert (after.compared, after.weeks, after.calm) == (alone.compared, alone.weeks, alone.calm)
    assert len(after.weeks) == 8
    assert after.apart == [""]
    fair = next(one for one in report().goals if one.goal.id == goal_ids[0])
    was = next(one for one in everything.goals if one.goal.id == goal_ids[0])
    assert (fair.now.comments, fair.compared, fair.usual) == (was.now.comments + 10, was.now.comments, was.usual)
    assert fair.usual is not None
    assert board_saying.goal_cells(fair)[2].startswith(f"compared: {fair.compared}, ")
    assert {one.goal.id: one.now.comments for one in after.goals} == {
        one.goal.id: one.now.comments for one in report().goals
    }, "the other goals have their comments in the report of one too"
    fill(empty, [(NOW - timedelta(hours=n), 3) for n in range(60)], first=721)
    about(empty, "law", 721, 781)
    swamped = report(goal_ids[0])
    assert (swamped.weeks, swamped.apart) == ([], []), "most that is about it comes from the new source"
    assert {one.goal.id: one.usual is not None for one in report().goals} == {goal_ids[0]: False, goal_ids[1]: True}


def test_the_words_of_a_new_source_do_not_rise(empty: Store) -> None:
    fill(empty, [(at, 1) for at, _ in by_chance(300, 60)])
    fill(empty, added := [(NOW - timedelta(hours=n), 3) for n in range(1, 20)], first=301)
    with empty.write() as tx:
        said = [{"comment_id": n, "number": 1, "text": "Was always nice.", "read_at": NOW} for n in range(1, 301)]
        said += [
            {"comment_id": 301 + n, "number": 1, "text": "Etwas Neues.", "read_at": NOW} for n, _ in enumerate(added)
        ]
        tx.execute(insert(revisions), said)
    found = gather.rising_words(empty, NOW)
    assert (found.rising, found.before > 20) == ([], True)
    assert found.now < 100
