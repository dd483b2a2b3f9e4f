"""All 60 days of the sample: what its weeks leave on the record, beside what is known of the last two of them."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from analysis import approval
from analysis.changes import Change
from analysis.figures import Calm, What
from ingest.__main__ import Bar
from ingest.sample.association import ALL, EARLIER, LASTS, Place, load
from ingest.sample.fill import fill
from ingest.sample.house import House
from model import clock
from model.tally import Ours
from model.words import Language
from store import audit, cost_sums, metrics, people
from store.db import Store
from store.schema import (
    cases,
    comments,
    decisions,
    gaps,
    hand_offs,
    metadata,
    policies,
    publication_attempts,
    publications,
    responses,
    sources,
    submissions,
    threads,
)
from tests.installation import PASSWORD, installation
from web.ui.overview import gather
from web.ui.overview.cost import KINDS

END = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
START = END - LASTS - EARLIER
DAY = timedelta(days=1)
events = metadata.tables["audit"]


@pytest.mark.sqlite  # as `make sample` makes it; what could depend on the database is tried by its last 14 days
def test_what_sixty_days_leave_on_the_record(tmp_path: Path) -> None:
    """Filled once as `make sample` does, which takes some seconds; each function below looks at one thing."""
    with installation(tmp_path, LEVELHEAD_SECOND_LOOK="off") as store:  # the story is the same with it
        parts: list[tuple[float, int]] = []
        fill(store, end=END, password=PASSWORD, progress=lambda part, said: parts.append((part, said)))
        assert parts == sorted(parts), "progress never runs back"
        assert parts[-1] == (1, len(load().said))
        about_two_thousand_comments_of_twelve_threads_and_four_channels_are_read(store)
        the_record_holds_and_its_times_never_run_back(store)
        before_the_last_two_weeks_everything_came_to_an_end(store)
        what_approval_costs_has_something_true_to_show(store)
        one_reply_went_through_five_levels_and_the_same_kind_later_at_level_0(store)
        a_source_that_broke_says_so_on_the_record_and_is_mended(store)
        leadership_sees_a_verdict_what_is_usual_and_where_strangers_came(store)
        leadership_sees_what_approval_costs_and_what_went_out(store)


def counted(store: Store, column: object, *which: object) -> Counter[object]:
    with store.read() as tx:
        return Counter(tx.execute(select(column).where(*which)).scalars())  # type: ignore[call-overload]


def about_two_thousand_comments_of_twelve_threads_and_four_channels_are_read(store: Store) -> None:
    with store.read() as tx:
        placed = select(sources.c.channel, func.count()).join(comments, comments.c.source_id == sources.c.id)
        by_channel = {row[0]: row[1] for row in tx.execute(placed.group_by(sources.c.channel))}
        assert tx.execute(select(func.count()).select_from(threads)).scalar_one() == 12
        assert tx.execute(select(func.count()).select_from(gaps)).scalar_one() == 0
        assert tx.execute(select(publication_attempts)).first() is None
    assert set(by_channel) == {"blog", "facebook", "mastodon", "instagram"}
    assert min(by_channel.values()) > 200
    assert 1_850 <= sum(by_channel.values()) <= 2_150
    spoken = counted(store, comments.c.language)
    assert len([one for one in spoken if one not in (Language.ENGLISH, Language.UNKNOWN)]) >= 8


def the_record_holds_and_its_times_never_run_back(store: Store) -> None:
    with store.read() as tx:
        assert audit.verify(tx).holds
        times = list(tx.execute(select(events.c.at).order_by(events.c.seq)).scalars())
    assert times == sorted(times)
    assert times[-1] <= END


def before_the_last_two_weeks_everything_came_to_an_end(store: Store) -> None:
    with store.read() as tx:
        left = tx.execute(select(cases.c.id).where(cases.c.state == "open", cases.c.opened_at < END - LASTS)).all()
        assert left == []
        assert tx.execute(select(func.count()).where(cases.c.state == "open")).scalar_one() == 12
        assert len([one for one in people.everybody(tx) if one.active]) == 6
        ended = counted(store, cases.c.outcome, cases.c.opened_at < END - LASTS)
    assert set(ended) == {"answered", "dismissed", "spam"}
    assert min(ended.values()) >= 10


def what_approval_costs_has_something_true_to_show(store: Store) -> None:
    earlier = submissions.c.at < END - LASTS
    ended = counted(store, submissions.c.ended_as, earlier)
    assert ended["published"] >= 20
    assert ended["changes requested"] >= 10
    assert ended["rejected"] >= 2
    assert ended["stale"] >= 4, "answers that went cold, and were taken back"
    assert set(counted(store, decisions.c.kind)) == {"approve", "request changes", "reject"}
    with store.read() as tx:
        whole = hand_offs.join(publications, publications.c.id == hand_offs.c.publication_id)
        whole = whole.join(responses, responses.c.id == publications.c.response_id)
        posted = select(hand_offs.c.state).select_from(whole).where(responses.c.case_id.is_not(None))
        assert set(tx.execute(posted).scalars()) == {"verified"}


def one_reply_went_through_five_levels_and_the_same_kind_later_at_level_0(store: Store) -> None:
    with store.read() as tx:
        query = (
            select(submissions.c.route, submissions.c.at, threads.c.title)
            .join(responses, responses.c.id == submissions.c.response_id)
            .join(cases, cases.c.id == responses.c.case_id)
            .join(threads, threads.c.id == cases.c.thread_id)
            .where(submissions.c.ended_as == "published")
            .order_by(submissions.c.at)
        )
        sent = [(row.title, {step["level"] for step in row.route["steps"]}, row.at) for row in tx.execute(query)]
        assert tx.execute(select(func.count()).select_from(policies)).scalar_one() == 4
    five = [at for title, levels, at in sent if levels >= {1, 2, 3, 4, 5} and title == "Who can name these faces?"]
    none = [at for title, levels, at in sent if not levels and title.startswith("St Agatha's")]
    assert five
    assert len(none) >= 3
    assert max(five) < min(none)


def a_source_that_broke_says_so_on_the_record_and_is_mended(store: Store) -> None:
    with store.read() as tx:
        (blog,) = tx.execute(select(sources).where(sources.c.channel == "blog")).mappings()
        failed = tx.execute(select(events.c.at).where(events.c.action == "source.failed")).scalars().all()
        said = select(comments.c.published_at, comments.c.read_at).where(comments.c.source_id == blog["id"])
        waited = [row for row in tx.execute(said) if row.read_at - row.published_at > DAY]
    assert (blog["problem"], blog["failures"], blog["failing_since"], blog["next_read_at"]) == ("", 0, None, None)
    assert len(failed) == 1
    assert len(waited) >= 5, "what was said meanwhile was read when it was open again"
    assert len({row.read_at for row in waited}) == 1


def leadership_sees_what_approval_costs_and_what_went_out(store: Store) -> None:
    with store.read() as tx:
        since = (START - DAY).date()
        lines = cost_sums.counted(tx, since.isoformat())
        found = {one.part: one for one in approval.costs(lines, [], END, KINDS["replies"])}
        sent = {
            what: sum(days.values()) for what, days in metrics.published(tx, since, END.date(), ZoneInfo("UTC")).items()
        }
    assert set(found) >= {0, 1, 2, 3, 4, 5}
    for level in range(1, 6):
        assert found[level].looks >= 5, "how long people looked is on record"
        assert 1 <= (found[level].minutes or 0) <= 14
    assert {kind for one in found.values() for kind in one.changed} == set(Change)
    assert sum(one.cold_in_all for one in found.values()) >= 4
    assert sum(one.refused for one in found.values()) >= 4
    assert min(sent[Ours.POST], sent[Ours.STATEMENT]) >= 5
    assert sent[Ours.REPLY] >= 30


def leadership_sees_a_verdict_what_is_usual_and_where_strangers_came(store: Store) -> None:
    with store.read() as tx:
        seen = gather.see(tx, END, ZoneInfo("Europe/London"), ALL)
    assert seen.calm in (Calm.BUSIER, Calm.NOT_CALM), "the pool"
    assert len(seen.weeks) - 1 >= 6
    assert seen.apart == ["Millbrook on Instagram"]
    assert all(one.usual for one in seen.matters)
    posts = {(one.day, seen.sign_posts[one.day][1]) for one in seen.earlier_signs if one.what is What.THREAD}
    strangers = (START + 38 * DAY).date()
    assert posts == {(strangers, "St Agatha's: what we know, and what we do not")}
    assert {one.day for one in seen.earlier_signs} == {strangers}


def test_while_a_site_is_closed_its_row_says_why_and_since_when_and_it_is_tried_less_and_less(tmp_path: Path) -> None:
    with installation(tmp_path) as store:
        house = House(store, load(), START)
        with clock.at(START):
            house.found(PASSWORD)
        (blog,) = (place for place in house.association.places if place.closed)
        assert blog.closed
        at, pauses = START + blog.closed.since, []
        while pause := _tried(house, blog, at):
            pauses.append(pause)
            row = _row(store, house.sources["blog"])
            assert row["problem"].startswith("blog.millbrook.example does not allow this to be read.")
            assert (row["failures"], row["failing_since"]) == (len(pauses), START + blog.closed.since)
            assert row["next_read_at"] is None, "nothing of the sample is ever asked"
            at += pause
        assert pauses == sorted(pauses)
        assert at >= START + blog.closed.until
        assert (row := _row(store, house.sources["blog"]))["failures"] == 0
        assert (row["problem"], row["failing_since"]) == ("", None)


def _tried(house: House, place: Place, at: datetime) -> timedelta | None:
    with clock.at(at):
        return house.try_in_vain(place)


def _row(store: Store, source_id: int) -> Mapping[str, Any]:
    with store.read() as tx:
        return dict(tx.execute(select(sources).where(sources.c.id == source_id)).mappings().one())


def test_a_log_gets_a_line_for_each_tenth_of_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar(60)
    for part in range(1001):
        bar(part / 1000, part)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "Making the sample: day 60 of 60"
