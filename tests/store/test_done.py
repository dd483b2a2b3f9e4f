"""What went out and what was closed, counted as it is done: the same as anybody would count from the rows."""

import importlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from model.content import Target
from model.tally import Ours
from model.words import CaseState, Channel, PublicationState
from store import cases as case_rows
from store import done, metrics
from store import publications as rows
from store.db import Store, Tx
from store.schema import (
    cases,
    closed_hours,
    people,
    policies,
    publications,
    published_days,
    published_hours,
    responses,
    submissions,
)
from tests.store.test_metrics import NOW, fill

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
SENT = (
    # The response, whether it has a case, the channel, and how long ago it went out; None: it did not.
    (1, True, "blog", timedelta()),
    (2, True, "blog", 20 * timedelta(minutes=1)),
    (3, False, "mastodon", HOUR),
    (4, False, "blog", 19 * HOUR),
    (4, False, "facebook", 20 * HOUR),
    (4, False, "blog", 18 * HOUR),
    (5, False, "blog", 40 * DAY),
    (5, False, "blog", 39 * DAY),
    (6, False, "blog", None),
    (7, True, "blog", None),
)


@pytest.fixture
def sent(database: Store) -> Iterator[Store]:
    """All of these on their way, and then out, in the order in which they stand."""
    fill(database, [(NOW, 1)])
    with database.write() as tx:
        ids = [_on_its_way(tx, *one) for one in _responses(tx)]
        for number, (*_more, ago) in zip(ids, SENT, strict=True):
            if ago is not None:
                _goes_out(tx, number, NOW - ago)
    yield database


def _responses(tx: Tx) -> list[tuple[int, str]]:
    who = {"name": "A", "email": "a@example.org", "created_at": NOW}
    by = tx.execute(insert(people).values(who).returning(people.c.id)).scalar_one()
    policy = tx.execute(insert(policies).values(number=1, source="", at=NOW).returning(policies.c.id)).scalar_one()
    case = {"thread_id": 1, "lead_comment_id": 1, "lead_revision": 1, "state": "open", "severity": 1}
    tx.execute(insert(cases).values(id=1, **case, headline="", matters=[], opened_at=NOW, due_at=NOW, version=1))
    for number, of_case in {one: of_case for one, of_case, *_more in SENT}.items():
        said = {"state": "approved", "author_id": by, "saved_by": by, "saved_at": NOW, "created_at": NOW}
        tx.execute(insert(responses).values(id=number, case_id=1 if of_case else None, **said))
        one = {"version_number": 1, "content_hash": "", "policy_id": policy, "route": {}, "by": by, "at": NOW}
        one |= {"approval_until": NOW, "send_until": NOW}
        tx.execute(insert(submissions).values(id=number, response_id=number, **one))
    return [(number, channel) for number, _case, channel, _ago in SENT]


def _on_its_way(tx: Tx, response_id: int, channel: str) -> int:
    values = {"submission_id": response_id, "response_id": response_id, "content_hash": "", "not_before": NOW}
    values |= {"state": PublicationState.PUBLISHING, "changed_at": NOW}
    return rows.add(tx, target=Target(Channel(channel), None, None, None, None), **values)


def _goes_out(tx: Tx, publication_id: int, at: datetime) -> None:
    was, out = PublicationState.PUBLISHING, PublicationState.PUBLISHED
    assert rows.move(tx, publication_id, was, out, at, published_at=at)
    assert not rows.move(tx, publication_id, was, out, at, published_at=at), "another worker was first"
    assert rows.move(tx, publication_id, out, out, at, problem="It stands there twice."), "it stays out"


def _kept(tx: Tx) -> list[Any]:
    tables = published_hours, published_days
    return [sorted(tuple(row) for row in tx.execute(select(table).where(table.c.n != 0))) for table in tables]


def _by_hand() -> list[Any]:
    """The same from what was sent."""
    first: dict[int, timedelta] = {}
    channels: dict[int, set[str]] = {}
    found: list[tuple[datetime, str]] = []
    for number, of_case, channel, ago in SENT:
        if ago is not None and of_case:
            found.append((NOW - ago, "reply"))
        elif ago is not None:
            first[number] = max(ago, first.get(number, ago))
            channels.setdefault(number, set()).add(channel)
    found += [(NOW - ago, "statement" if len(channels[one]) > 1 else "post") for one, ago in first.items()]
    slots = [Counter((int(at.timestamp()) // length, what) for at, what in found) for length in (3600, 86_400)]
    return [sorted((*key, n) for key, n in counts.items()) for counts in slots]


def test_what_went_out_is_told_apart_by_its_case_and_its_channels_and_counts_once(sent: Store) -> None:
    with sent.read() as tx:
        assert _kept(tx) == _by_hand()
        of_days = metrics.published(tx, NOW.date() - 30 * DAY, NOW.date(), LONDON)
        by_week = metrics.published_by_week(tx, NOW.date() - 50 * DAY, NOW.date())
    yesterday, today = date(2026, 4, 19), date(2026, 4, 20)
    assert of_days == {Ours.REPLY: {today: 2}, Ours.POST: {today: 1}, Ours.STATEMENT: {yesterday: 1}}
    monday = {Ours.REPLY: {today: 2}, Ours.POST: {today: 1, date(2026, 3, 9): 1}}
    assert by_week == {**monday, Ours.STATEMENT: {date(2026, 4, 13): 1}}


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"])
def test_days_of_what_went_out_are_the_readers(database: Store, name: str) -> None:
    """Clocks change in these weeks in Berlin and Auckland. An hour belongs to the day of its middle."""
    zone, moments = ZoneInfo(name), [NOW - timedelta(hours=5 * n) for n in range(200)]
    with database.write() as tx:
        done.add_published(tx, Counter((at, Ours.REPLY) for at in moments))
    with database.read() as tx:
        found = metrics.published(tx, date(2026, 3, 1), date(2026, 4, 22), zone)
    middles = [at.replace(minute=30).astimezone(zone).date() for at in moments]
    assert found[Ours.REPLY] == Counter(middles)


@given(st.lists(st.tuples(st.sampled_from(("blog", "x", "facebook")), st.integers(0, 10_000)), max_size=6))
def test_one_after_the_other_counts_as_all_at_once(some: list[tuple[str, int]]) -> None:
    out = [(number, channel, datetime.fromtimestamp(at, UTC)) for number, (channel, at) in enumerate(some)]
    for own in (True, False):
        summed: Counter[Any] = Counter()
        for number in range(len(out)):
            summed.update(done.counts(out[: number + 1], own=own))
            summed.subtract(done.counts(out[:number], own=own))
        assert +summed == done.counts(out, own=own)
        assert not -summed


def _closed(tx: Tx) -> dict[int, tuple[datetime, int]]:
    return {row.hour: (row.opened_at, row.longest_s) for row in tx.execute(select(closed_hours))}


def closed_by_hand(tx: Tx) -> dict[int, tuple[datetime, int]]:
    """What the roll-up of closed cases must say, from the cases themselves."""
    found: dict[int, tuple[datetime, int]] = {}
    for row in tx.execute(select(cases).where(cases.c.state == CaseState.CLOSED)):
        hour, lasted = (
            int(row.closed_at.timestamp()) // 3600,
            int(row.closed_at.timestamp()) - int(row.opened_at.timestamp()),
        )
        first, longest = found.get(hour, (row.opened_at, 0))
        found[hour] = (min(first, row.opened_at), max(longest, lasted))
    return found


def test_what_was_closed_is_known_by_hour_until_it_is_opened_again(database: Store) -> None:
    fill(database, [(NOW, 1), (NOW, 2), (NOW, 3)])
    ends = (NOW - 3 * HOUR, NOW - 3 * HOUR + timedelta(minutes=5), NOW - 9 * DAY)
    with database.write() as tx:
        for number in (1, 2, 3):
            one = {"thread_id": number, "lead_comment_id": 1, "lead_revision": 1, "state": "open", "severity": 1}
            opened = NOW - (9 + number) * DAY
            tx.execute(insert(cases).values(id=number, **one, headline="", matters=[], opened_at=opened, due_at=NOW))
            case_rows.change(tx, number, 1, state=CaseState.CLOSED, closed_at=ends[number - 1])
        assert _closed(tx) == closed_by_hand(tx)
        assert len(_closed(tx)) == 2
        case_rows.change(tx, 2, 2, state=CaseState.OPEN, closed_at=None)
        case_rows.change(tx, 1, 2, headline="Another one")
        assert _closed(tx) == closed_by_hand(tx), "the one that is left in its hour"
        every = [case for number in (1, 2, 3) if (case := case_rows.get(tx, number))]
        case_rows.change_all(tx, [(case, {"state": CaseState.CLOSED, "closed_at": NOW}) for case in every])
        assert _closed(tx) == closed_by_hand(tx)
        assert list(_closed(tx)) == [int(NOW.timestamp()) // 3600]
        for case in every:
            case_rows.change(tx, case.id, case.version + 1, state=CaseState.OPEN, closed_at=None)
        assert _closed(tx) == {}


def test_the_migration_fills_them_from_the_rows_that_are_there(sent: Store) -> None:
    migration = importlib.import_module("store.migrations.versions.0044_by_month")
    with sent.write() as tx, Operations.context(MigrationContext.configure(tx)):
        case_rows.change(tx, 1, 1, state=CaseState.CLOSED, closed_at=NOW + HOUR)
        before, closed = _kept(tx), _closed(tx)
        for table in (published_hours, published_days, closed_hours):
            tx.execute(delete(table))
        migration._fill(sent.sqlite)
        assert _kept(tx) == before
        assert _closed(tx) == closed == closed_by_hand(tx)
        assert tx.execute(select(publications.c.id)).all()
