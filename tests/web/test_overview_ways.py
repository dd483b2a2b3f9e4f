"""A click in a chart of the overview or of the report for the board leads to what the bar or the mark counts: each page
is opened at the address that a point gives, and shows as many."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from analysis import figures
from analysis.figures import Sign, What
from model.content import Target
from model.person import Person
from model.queue import EVERY, WAITING, Filters
from model.tally import Ours
from model.words import Channel, PublicationState, Role
from response import policies as in_force
from store import comments as comment_rows
from store import goals, metrics, queue, rollups
from store import publications as publication_rows
from store.db import Store
from store.schema import (
    cases,
    comments,
    matter_goals,
    people,
    policies,
    responses,
    sources,
    submissions,
    threads,
)
from tests.installation import Team, add
from tests.web.test_overview import calm_weeks, left, seen_by
from tests.web.test_overview_cards import DAY, NOW, case
from tests.web.test_pages import text
from web.ui.narrowed import narrowed
from web.ui.overview import ways
from web.ui.overview.cards import Numbers

HOUR = timedelta(hours=1)
TODAY = NOW.date()


@pytest.fixture
def house(here: Team) -> Team:
    in_force.ensure(here.store)
    left(here.store, calm_weeks(), "It was nice.", begin=True)
    with here.store.write() as tx:
        for number in range(2, 6):
            tx.execute(insert(threads).values(id=number, source_id=1, url=f"https://blog.example/{number}", title=""))
    return here


Cards = dict[str, tuple[Numbers, Any]]


@contextmanager
def drawn(store: Store, who: Person, page: str, module: str, **address: str) -> Iterator[Cards]:
    """The numbers of each card of a page and where its clicks lead."""
    kept: Cards = {}

    def card(key: str, *of: Any, **_more: Any) -> None:
        kept[key] = of[3], of[4] if len(of) > 4 else None

    with patch(f"{module}.card", card), seen_by(store, who, page, **address) as app:
        assert not app.exception
        yield kept


def shown(store: Store, who: Person, way: tuple[str, Any]) -> str:
    """What stands where a click led."""
    page, address = way
    with seen_by(store, who, page.removeprefix("pages/").removesuffix(".py"), **address) as app:
        assert not app.exception
        return unescape(text(app))


OVERVIEW, BOARD = "web.ui.overview.blocks", "web.ui.board.blocks"


# --- ages ------------------------------------------------------------------------------------------------------------


def test_a_bar_of_ages_leads_to_its_cases_whoever_is_on_them(house: Team) -> None:
    for number, age in enumerate((HOUR, 5 * HOUR, 23 * HOUR, 10 * DAY), start=1):
        case(house.store, number, age, thread=number)
    with drawn(house.store, house.alice, "overview", OVERVIEW) as cards:
        numbers, behind = cards["ages"]
        every = [behind.of({"point_index": place}) for place in range(4)]
    assert [row[1] for row in numbers.rows] == [1, 2, 0, 1]
    for (page, address), counted, name in zip(every, [1, 2, 0, 1], WAITING, strict=True):
        assert (page, address) == ("pages/queue.py", {"show": EVERY.key, "waiting": name})
        filters = Filters.read(address, frozenset())
        with house.store.read() as tx:
            assert len(queue.ids(tx, EVERY, filters, house.alice.id, NOW)) == counted
            assert queue.ids(tx, EVERY, Filters.read(filters.said(), frozenset()), 1, NOW) == queue.ids(
                tx, EVERY, filters, 1, NOW
            )
    said = shown(house.store, house.alice, every[1])
    assert "4 to 24 h" in said and "Take this filter off" in said
    assert "All open" in shown(house.store, house.alice, behind.all)
    assert Filters.read({"waiting": "soon"}, frozenset()) == Filters()


# --- what went out ---------------------------------------------------------------------------------------------------


def sent(store: Store, what: list[tuple[int, bool, tuple[str, ...], datetime]]) -> None:
    """Responses that went out, by number: with a case or without, to channels, at a moment."""
    with store.write() as tx:
        by, policy = tx.execute(select(people.c.id)).scalars().first(), tx.execute(select(policies.c.id)).scalar()
        if not tx.execute(select(cases.c.id)).first():
            one = {"thread_id": 1, "lead_comment_id": 1, "lead_revision": 1, "severity": 1, "headline": ""}
            tx.execute(insert(cases).values(id=1, **one, matters=[], opened_at=NOW, due_at=NOW, state="open"))
        for number, of_case, channels, at in what:
            said = {"state": "published", "author_id": by, "saved_by": by, "saved_at": at, "created_at": at}
            tx.execute(insert(responses).values(id=number, case_id=1 if of_case else None, draft="Words.", **said))
            of = {"response_id": number, "version_number": 1, "content_hash": "", "policy_id": policy, "route": {}}
            of |= {"by": by, "at": at, "approval_until": at, "send_until": at, "ended_at": at}
            tx.execute(insert(submissions).values(id=number, **of))
            for channel in channels:
                values = {"submission_id": number, "response_id": number, "content_hash": "", "not_before": at}
                values |= {"state": PublicationState.PUBLISHING, "changed_at": at}
                target = Target(Channel(channel), None, None, None, None)
                made = publication_rows.add(tx, target=target, **values)
                out = PublicationState.PUBLISHED
                publication_rows.move(tx, made, PublicationState.PUBLISHING, out, at, published_at=at)


def noon(ago: int) -> datetime:
    return datetime(NOW.year, NOW.month, NOW.day, 12, tzinfo=UTC) - ago * DAY


def test_a_mark_leads_to_what_went_out_then_and_to_nothing_else(house: Team) -> None:
    lead = add(house.store, house.alice, "Lea", Role.LEADERSHIP)
    some = [(1, True, ("blog",), noon(3)), (2, True, ("blog",), noon(3)), (3, True, ("blog",), noon(4))]
    some += [
        (4, False, ("mastodon",), noon(3)),
        (5, False, ("blog", "facebook"), noon(3)),
        (6, True, ("blog",), noon(2)),
    ]
    sent(house.store, some)
    for who in (house.alice, lead):
        with drawn(house.store, who, "overview", OVERVIEW) as cards:
            _numbers, behind = cards["volume"]
        for what, ids in ((Ours.REPLY, {1, 2}), (Ours.POST, {4}), (Ours.STATEMENT, {5})):
            x = (TODAY - 3 * DAY).isoformat()
            way = behind.of({"curve_number": 5, "x": x, "y": 0, "customdata": [2, what.value]})
            said = shown(house.store, who, way)
            assert {number for number in range(1, 7) if f"Response {number}" in said} == ids
            assert ("queue?case=1" in said) == (who is house.alice and what is Ours.REPLY)
            assert ("Blog and Facebook" in said) == (what is Ours.STATEMENT)
        bar = behind.of({"curve_number": 0, "x": TODAY.isoformat(), "y": 4})
        assert (bar is None) == (who is lead), "the comments are for those who may read them"
    assert "Response 3" in shown(house.store, lead, behind.all)


def test_further_back_goes_on_where_a_page_of_what_went_out_ends(house: Team) -> None:
    sent(house.store, [(number, True, ("blog",), noon(3)) for number in range(1, 31)])
    day = (TODAY - 3 * DAY).isoformat()
    address = {"out": "reply", "since": day, "until": day}
    first = shown(house.store, house.alice, ("pages/costs.py", address))
    assert "Response 30" in first and "Response 6<" in first and "Response 5<" not in first
    with house.store.read() as tx:
        last = publication_rows.of_response(tx, 6)[0].id
    rest = shown(house.store, house.alice, ("pages/costs.py", {**address, "before": str(last)}))
    assert "Response 5<" in rest and "Response 6<" not in rest and "Further back" not in rest


# --- days, matters ---------------------------------------------------------------------------------------------------


def test_the_part_of_a_bar_that_needed_a_person_leads_to_those_alone() -> None:
    found = ways.of_days(date(2026, 3, 2), date(2026, 3, 20), weekly=False, narrowed={})
    page, calm = found.of({"curve_number": 0, "x": "2026-03-04"})
    _page, grave = found.of({"curve_number": 1, "x": "2026-03-04 00:00"})
    assert (page, calm) == (ways.SEARCH, {"kind": "comments", "since": "2026-03-04", "until": "2026-03-04"})
    assert grave == {**calm, "flag": "flagged"}
    weekly = ways.of_days(date(2026, 3, 4), date(2026, 3, 20), weekly=True, narrowed={})
    ends = [weekly.of({"curve_number": 0, "x": x})[1] for x in ("2026-03-02", "2026-03-09", "2026-03-16")]
    days = [(one["since"][-2:], one["until"][-2:]) for one in ends]
    assert days == [("04", "08"), ("09", "15"), ("16", "20")], "what of a week is in the period"


def test_the_mark_of_an_early_sign_leads_to_the_comments_about_its_matter_on_its_day(house: Team) -> None:
    moments = [noon(9) + n * timedelta(minutes=1) for n in range(7)]
    left(house.store, moments, "They were rude.", matter="discrimination")
    sign = Sign(What.MATTER, "discrimination", TODAY - 9 * DAY, 7, 0.1, 8, 1e-9)
    told = patch.object(figures, "earlier_signs", lambda *_args: [sign])
    with told, drawn(house.store, house.alice, "overview", OVERVIEW) as cards:
        _numbers, behind = cards["volume"]
    way = behind.of({"curve_number": 3, "x": (TODAY - 9 * DAY).isoformat(), "y": 0.5, "customdata": [0, "sign"]})
    said = shown(house.store, house.alice, way)
    assert (said.count("They were rude."), said.count("It was nice.")) == (7, 0)


def various(store: Store) -> None:
    """Twelve comments of nine days ago: five in thread 2; negative ones and first ones of their authors among them, one
    that is suspected spam and one of ours."""
    left(store, [noon(9) + n * timedelta(minutes=1) for n in range(12)], "They were rude.", matter="discrimination")
    with store.write() as tx:
        ids = sorted(tx.execute(select(comments.c.id).order_by(comments.c.id.desc()).limit(12)).scalars())
        with rollups.recounted(tx, ids):
            for place, number in enumerate(ids):
                values = {"thread_id": 2 if place < 5 else 1, "sentiment": -0.5 if place % 2 else 0.5}
                values |= {"first_here": place % 3 == 0, "ours": place == 11, "spam": place == 9, "flagged": place != 9}
                tx.execute(update(comments).where(comments.c.id == number).values(**values))


def behind_sign(store: Store, who: Person, sign: Sign) -> tuple[str, dict[str, str]] | None:
    """Where the sentence of an early sign leads, as a page and its address."""
    told = patch.object(figures, "early_signs", lambda *_args: [sign])
    with told, seen_by(store, who, "overview") as page:
        assert not page.exception
        said = next(one.proto.body for one in page.get("html") if "lh-signs" in one.proto.body)
    found = re.search(r"<li>.*<a href='/(\w+)\?([^']*)'", said)
    return (f"pages/{found[1]}.py", dict(parse_qsl(unescape(found[2])))) if found else None


def test_the_sentence_of_an_early_sign_leads_to_what_it_counts(house: Team) -> None:
    various(house.store)
    day = TODAY - 9 * DAY
    with house.store.read() as tx:
        (whole,) = [one.tally for one in metrics.days(tx, day, day, ZoneInfo("UTC"))]
        busiest, most = metrics.busiest(tx, day, day)[day]
        assert metrics.busiest(tx, day, day)[day] == (1, 7), "two more of thread 1 are there each day"
    assert (whole.negative, whole.new_authors, most, whole.spam) == (4, 3, 7, 1)
    for what, counted in ((What.NEGATIVE, 4), (What.NEW_AUTHORS, 3), (What.THREAD, 9), (What.COMMENTS, 14)):
        # The list of a post, or of a day, has spam and what is ours as well, and says so.
        sign = Sign(what, "", day, counted, 0.1, 8, 1e-9)
        with patch.object(figures, "earlier_signs", lambda *_args, sign=sign: [sign]):
            way = behind_sign(house.store, house.alice, sign)
        assert way is not None
        assert shown(house.store, house.alice, way).count("Reader ") == counted, what
    assert busiest == 1
    lead = add(house.store, house.alice, "Lea", Role.LEADERSHIP)
    assert behind_sign(house.store, lead, sign) is None, "comments are for those who may read them"


def test_behind_a_sign_are_not_the_comments_of_a_source_that_is_too_new_for_signs(house: Team) -> None:
    left(house.store, [noon(1) + n * timedelta(minutes=1) for n in range(6)], "It was new.")
    new = {"kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW, "channel": "blog"}
    with house.store.write() as tx:
        tx.execute(insert(sources).values(id=2, name="The new one", **new))
        tx.execute(insert(threads).values(id=9, source_id=2, url="https://blog.example/9", title=""))
        ids = sorted(tx.execute(select(comments.c.id).order_by(comments.c.id.desc()).limit(3)).scalars())
        with rollups.recounted(tx, ids):
            tx.execute(update(comments).where(comments.c.id.in_(ids)).values(source_id=2, thread_id=9))
    way = behind_sign(house.store, house.alice, Sign(What.COMMENTS, "", TODAY - DAY, 5, 0.1, 8, 1e-9))
    assert way is not None
    said = shown(house.store, house.alice, way)
    assert (said.count("It was new."), said.count("It was nice.")) == (3, 2)
    assert "without The new one" in said and "days of UTC" in said


def test_the_days_behind_a_sign_are_those_that_it_is_counted_by() -> None:
    auckland, day = ZoneInfo("Pacific/Auckland"), date(2026, 3, 4)
    for what, without, begin in (
        (What.COMMENTS, (), datetime(2026, 3, 3, 11, tzinfo=UTC)),
        (What.NEGATIVE, (), datetime(2026, 3, 3, 11, tzinfo=UTC)),
        (What.NEGATIVE, (7, 3), datetime(2026, 3, 4, tzinfo=UTC)),
        (What.THREAD, (), datetime(2026, 3, 4, tzinfo=UTC)),
        (What.MATTER, (), datetime(2026, 3, 4, tzinfo=UTC)),
    ):
        _page, address = ways.of_sign(Sign(what, "harm", day, 9, 1, 8, 1e-9), 5, without)
        with patch("web.ui.words.matters", lambda: {"harm": "Harm"}):
            found = narrowed(address, auckland)
        assert (found.since, found.until) == (begin, begin + DAY)
        assert found.without == set(without)
        assert (found.thread_id, found.matters) == (
            5 if what is What.THREAD else None,
            ("harm",) if what is What.MATTER else (),
        )


def test_what_is_counted_is_looked_for_among_the_newest(house: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    various(house.store)
    monkeypatch.setattr(comment_rows, "LOOKED_AT", 30)
    with house.store.read() as tx:
        assert comment_rows.page(tx, only="negative") != []
        assert len(comment_rows.page(tx, only="first")) == 3
    monkeypatch.setattr(comment_rows, "LOOKED_AT", 10)
    with house.store.read() as tx:
        assert comment_rows.page(tx, only="negative") == []
        assert comment_rows.page(tx, only="first") == []


def test_matters_and_posts_lead_to_as_many_comments_as_their_bars_count(house: Team) -> None:
    left(house.store, [noon(n) for n in (1, 2, 6, 7, 8)], "They were rude.", matter="discrimination")
    with drawn(house.store, house.alice, "overview", OVERVIEW) as cards:
        for key in ("matters", "posts"):
            numbers, behind = cards[key]
            said = shown(house.store, house.alice, behind.of({"point_index": 0}))
            assert said.count("Reader ") == numbers.rows[0][1], key


# --- the report for the board ----------------------------------------------------------------------------------------


def test_each_chart_of_the_report_has_its_numbers_and_leads_to_what_it_counts(house: Team) -> None:
    left(house.store, [noon(n) for n in (12, 11, 11, 3)], "They were rude.", matter="discrimination")
    since, until = TODAY - 20 * DAY, TODAY - 10 * DAY
    address = {"period": "own", "since": since.isoformat(), "until": until.isoformat()}
    with drawn(house.store, house.alice, "board", BOARD, **address) as cards:
        assert all(numbers.rows for numbers, _behind in cards.values())
        (volume, of_days), (matters, of_matters) = cards["volume"], cards["matters"]
        of_share = cards["share"][1]
    day = (TODAY - 11 * DAY).isoformat()
    row = next(one for one in volume.rows if str(one[0]) == day)
    whole, grave = (of_days.of({"curve_number": part, "x": day}) for part in (0, 1))
    assert (shown(house.store, house.alice, whole).count("Reader "), row[1]) == (row[1], 4)
    assert shown(house.store, house.alice, grave).count("They were rude.") == row[2] == 2
    assert shown(house.store, house.alice, of_share.of({"curve_number": 0, "x": day})).count("Reader ") == 2
    said = shown(house.store, house.alice, of_matters.of({"point_index": 0}))
    assert (said.count("They were rude."), matters.rows[0][1]) == (3, 3), "and none of after the period"
    lead = add(house.store, house.alice, "Lea", Role.LEADERSHIP)
    with drawn(house.store, lead, "board", BOARD, **address) as cards:
        assert {behind for _numbers, behind in cards.values()} == {None}


def test_the_report_of_a_goal_leads_to_the_comments_about_its_matters(house: Team) -> None:
    with house.store.write() as tx:
        goal_id = goals.add(tx, "Trust", "", by=house.alice.id, at=NOW)
        tx.execute(insert(matter_goals).values(matter="discrimination", goal_id=goal_id))
    left(house.store, [noon(12), noon(11)], "They were rude.", matter="discrimination")
    since, until = (TODAY - 20 * DAY).isoformat(), (TODAY - 10 * DAY).isoformat()
    address = {"period": "own", "since": since, "until": until, "goal": str(goal_id)}
    with drawn(house.store, house.alice, "board", BOARD, **address) as cards:
        _numbers, behind = cards["volume"]
        way = behind.of({"curve_number": 1, "x": (TODAY - 11 * DAY).isoformat()})
    assert way[1]["only"] == "flagged"
    said = shown(house.store, house.alice, way)
    assert (said.count("They were rude."), said.count("It was nice.")) == (1, 0)
    assert shown(house.store, house.alice, behind.all).count("They were rude.") == 2


def test_the_tables_of_the_report_have_files_and_ways(house: Team) -> None:
    with house.store.write() as tx:
        goal_id = goals.add(tx, "Trust", "", by=house.alice.id, at=NOW)
    files: dict[str, bytes] = {}

    def kept(_label: str, file: Any, name: str, *_more: Any, **_of: Any) -> None:
        files[name] = file

    with patch("streamlit.download_button", kept), seen_by(house.store, house.alice, "board", period="month") as page:
        assert not page.exception
        assert f"/board?period=month&goal={goal_id}" in unescape(text(page))
    assert "Trust" in files["goals.csv"].decode()
