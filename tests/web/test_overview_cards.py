"""What the cards of the overview say, by values that anybody can work out: the usual range of the four figures, the
numbered posts, the ages of open cases, and the minutes of people."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from analysis.approval import Cost
from analysis.waiting import Lengths
from model.cost import OWN_AUTHORITY
from model.tally import Day, Tally
from response import policies
from store import done, rollups
from store.db import Store
from store.schema import cases, comments, revisions, sources, threads
from tests.installation import Team
from tests.web.test_overview import seen_by
from tests.web.test_pages import text
from web.ui.overview import charts, trust
from web.ui.overview import cost as shown
from web.ui.overview.trust import _Approval

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
WEEKS = tuple(range(1, 9))


@pytest.fixture
def house(here: Team) -> Team:
    policies.ensure(here.store)
    with here.store.write() as tx:
        kept = {"kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}
        tx.execute(insert(sources).values(id=1, name="Blog", channel="blog", **kept))
        for number in range(1, 5):
            of = {"source_id": 1, "url": f"https://blog.example/{number}", "title": f"Post {number}"}
            tx.execute(insert(threads).values(id=number, **of))
    return here


def left(store: Store, at: datetime, count: int, *, flagged: int = 0, sentiment: float = 0, thread: int = 1) -> None:
    """So many comments at one moment, the first of them flagged."""
    with store.write() as tx:
        first = len(tx.execute(comments.select()).all()) + 1
        rows = [
            {"id": n, "source_id": 1, "thread_id": thread, "identity": str(n), "external_id": "", "at": at}
            | {"read_at": at, "text_hash": "", "flagged": n < first + flagged, "sentiment": sentiment}
            for n in range(first, first + count)
        ]
        tx.execute(insert(comments), rows)
        said = [{"comment_id": row["id"], "number": 1, "text": "It was nice.", "read_at": at} for row in rows]
        tx.execute(insert(revisions), said)
        rollups.count(tx, range(first, first + count))


def case(store: Store, number: int, opened: timedelta, closed: timedelta | None = None, thread: int = 1) -> None:
    """A case that was opened so long ago, and closed so long ago."""
    one = {"thread_id": thread, "lead_comment_id": 1, "lead_revision": 1, "severity": 1, "headline": "", "matters": []}
    one |= {"state": "closed" if closed is not None else "open", "opened_at": NOW - opened, "due_at": NOW}
    with store.write() as tx, done.closing(tx, [number]):
        tx.execute(insert(cases).values(id=number, closed_at=None if closed is None else NOW - closed, **one))


def drawn(page: AppTest, key: str) -> dict[str, Any]:
    """What a chart of the page is made of."""
    spec: dict[str, Any] = next(
        json.loads(one.proto.spec) for one in page.get("plotly_chart") if f"chart-{key}" in one.proto.id
    )
    return spec


# --- what is usual ---------------------------------------------------------------------------------------------------


def test_each_of_the_four_figures_has_the_middle_half_of_its_eight_weeks(house: Team) -> None:
    """20, 24 ... 48 comments a week, each week in four a quarter of them flagged and in four the half; sentiments from
    -0.24 to +0.32; and the longest wait of each 4, 8 ... 32 hours. Quartiles are interpolated, by hand here."""
    left(house.store, NOW - 66 * DAY, 1)
    for week in WEEKS:
        count, share = 16 + 4 * week, 4 if week % 2 else 2
        left(house.store, NOW - (7 * week + 3) * DAY, count, flagged=count // share, sentiment=(week - 4) * 0.08)
        case(house.store, week, (7 * week + 2) * DAY + timedelta(hours=4 * week), (7 * week + 2) * DAY)
    left(house.store, NOW - 2 * DAY, 60, flagged=30, sentiment=0.25)
    case(house.store, 9, timedelta(hours=12), timedelta(hours=10))
    with seen_by(house.store, house.alice) as page:
        assert not page.exception
        said = [(one.label, one.value, one.delta) for one in page.metric][:4]
    assert said == [
        ("Comments in seven days", "60", "usual 27 to 41"),
        ("Needed a person", "50%", "usual 25% to 50%"),
        ("Mean sentiment", "+0.25", "usual -0.10 to +0.18"),
        ("Longest wait", "2 h", "usual 11 h to 25 h"),
    ]


def test_of_three_weeks_of_past_nothing_is_said_to_be_usual(house: Team) -> None:
    for week in range(4):
        left(house.store, NOW - (7 * week + 3) * DAY, 30)
    with seen_by(house.store, house.alice) as page:
        assert {one.delta for one in page.metric[:3]} == {"too little past to compare"}


# --- the numbered posts ----------------------------------------------------------------------------------------------


def test_a_post_has_its_number_on_the_day_of_its_first_comment() -> None:
    days = tuple(Day(date(2026, 3, n), Tally(comments=5)) for n in range(1, 9))
    made = charts.over_time(days, (date(2026, 3, 2), date(2026, 3, 5)), (), False)
    lines = [(shape.x0, shape.x1) for shape in made.layout.shapes if shape.yref == "paper"]
    assert lines == [(date(2026, 3, 2), date(2026, 3, 2)), (date(2026, 3, 5), date(2026, 3, 5))]
    assert [(one.x, one.text) for one in made.layout.annotations] == [
        (date(2026, 3, 2), "1"),
        (date(2026, 3, 5), "2"),
    ]


def test_the_posts_that_began_in_the_time_are_numbered_in_their_order_and_named(house: Team) -> None:
    left(house.store, NOW - 90 * DAY, 2, thread=1)
    left(house.store, NOW - 20 * DAY, 9, thread=1)
    left(house.store, NOW - 12 * DAY, 3, thread=2)
    left(house.store, NOW - 30 * DAY, 2, thread=3)
    with seen_by(house.store, house.alice) as page:
        marks = [(one["x"][:10], one["text"]) for one in drawn(page, "volume")["layout"]["annotations"]]
        said = text(page)
    days = [(NOW - ago * DAY).date().isoformat() for ago in (30, 12)]
    assert marks == [(days[0], "1"), (days[1], "2")], "the first post had begun before"
    assert "Posts: 1 Post 3, 2 Post 2." in said


# --- ages ------------------------------------------------------------------------------------------------------------


def test_open_cases_stand_in_the_bar_of_their_age(house: Team) -> None:
    left(house.store, NOW - 12 * DAY, 1)
    ages = [timedelta(hours=1), timedelta(hours=5), timedelta(hours=23), 10 * DAY]
    for number, age in enumerate(ages, start=1):
        case(house.store, number, age, thread=number)
    case(house.store, 5, 20 * DAY, 9 * DAY)
    with seen_by(house.store, house.alice) as page:
        bars = drawn(page, "ages")["data"][0]
        said = text(page)
    assert bars["x"] == ["under 4 h", "4 to 24 h", "1 to 3 days", "over 3 days"]
    assert bars["text"] == ["1", "2", "0", "1"]
    assert "The oldest open case is 10 d old" in said
    assert "Open cases by age, n = 4" in said


# --- minutes ---------------------------------------------------------------------------------------------------------


def test_minutes_of_people_are_those_of_the_level_and_pale_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    some = Lengths({3: 30}, {})
    many, few = Cost(1, "", 30, some, looks=25, looked_s=1530), Cost(2, "", 30, some, looks=3, looked_s=90)
    own = Cost(OWN_AUTHORITY, "", 9, Lengths({}, {}))
    found: list[Any] = []
    monkeypatch.setattr(trust, "card", lambda *of: found.append(of))
    trust._minutes(_Approval([own, many, few], [own, many, few], "replies", 60))
    ((key, title, _line, made, numbers, _behind),) = found
    assert (key, title) == ("minutes", shown.minutes_finding([many, few]))
    assert (list(made.data[0].x), list(made.data[0].marker.opacity)) == ([25.5, 1.5], [1, 0.45])
    assert list(made.data[1].text) == [" 26 min, 1.0 a decision", " 2 min, 3 decisions"]
    assert [list(row)[-2:] for row in numbers.rows] == [[25, 25.5], [3, 1.5]]
    assert (many.minutes, few.minutes, own.minutes) == (pytest.approx(1.02), 0.5, None)
