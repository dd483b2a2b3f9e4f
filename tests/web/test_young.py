"""A source that was just added: it makes nothing look unusual, and takes nothing from what was compared before."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from analysis.figures import Calm
from store import rollups
from store.db import Store
from store.schema import assessments, revisions
from tests.store.test_metrics import NOW, Left, by_chance, fill
from web.ui.board import gather as board
from web.ui.board.period import Period
from web.ui.overview import gather, saying
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
    before = seen(empty)
    chance = random.Random(seed)
    fill(empty, added := of_new_source(seed, chance.randrange(1, 35), 40), first=701)
    about(empty, "harm", 701 + len(added) - 12, 701 + len(added))
    after = seen(empty)
    assert before.calm is not Calm.NO_PAST
    assert len(before.weeks) == 9
    assert (after.calm, after.weeks, after.signs) == (before.calm, before.weeks, before.signs)
    assert after.now.comments > before.now.comments
    assert after.apart == [""]
    assert {one.usual for one in after.matters} == {None}, "matters are not told apart by source"
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
