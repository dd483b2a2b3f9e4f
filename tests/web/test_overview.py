"""The overview: its sentence, its signs, and numbers and ways only for those who may have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import insert, update
from streamlit.testing.v1 import AppTest

from model.person import Person
from model.settings import ROOT
from model.tally import Day, Ours, Tally
from model.words import Role
from response import policies
from store import rollups
from store.db import Store
from store.schema import assessments, comments, revisions, sources, threads
from tests.installation import Team, add, enter
from tests.web.test_pages import TIMEOUT_S, text
from web.ui.overview import charts

NOW = datetime.now(UTC)
FORMULA = "=1+1 and slugs"


@contextmanager
def seen_by(store: Store, who: Person, page: str = "overview", **address: str) -> Iterator[AppTest]:
    token = enter(store, who)
    # Links to other pages need the whole dashboard.
    with patch("web.guard.session_token", lambda: token), patch("streamlit.page_link"):
        app = AppTest.from_file(ROOT / "pages" / f"{page}.py", default_timeout=TIMEOUT_S)
        for name, value in address.items():
            app.query_params[name] = value
        yield app.run()


def left(store: Store, moments: list[datetime], said: str, *, matter: str = "", begin: bool = False) -> None:
    """Comments that were left then, all with one text, of one matter or none; the first time with a blog."""
    with store.write() as tx:
        if begin:
            kept = {"kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}
            tx.execute(insert(sources).values(id=1, name="Blog", channel="blog", **kept))
            tx.execute(
                insert(threads).values(id=1, source_id=1, url="https://blog.example/1", title="Living with slugs")
            )
        first = 1 + (
            tx.execute(comments.select().with_only_columns(comments.c.id).order_by(comments.c.id.desc())).scalar() or 0
        )
        for number, at in enumerate(moments, start=first):
            row = {"id": number, "source_id": 1, "thread_id": 1, "identity": f"{number}", "external_id": "", "at": at}
            row |= {"read_at": at, "text_hash": "", "flagged": bool(matter), "author": f"Reader {number}"}
            tx.execute(insert(comments).values(**row))
            tx.execute(insert(revisions).values(comment_id=number, number=1, text=said, read_at=at))
            judged = {"flagged": bool(matter), "severity": 1, "sentiment": 0, "worst": 0, "negative": 0, "spam": 0}
            judged |= {"focus_start": 0, "focus_end": 0, "matters": [matter] if matter else [], "reasons": []}
            tx.execute(
                insert(assessments).values(comment_id=number, revision=1, **judged, degraded=[], version="1", at=at)
            )
        rollups.count(tx, list(range(first, first + len(moments))))


@pytest.fixture
def house(here: Team) -> Team:
    policies.ensure(here.store)
    return here


def calm_weeks() -> list[datetime]:
    """Two comments a day for ten weeks, none today; at one moment, so that a midnight lies between no two of a day."""
    return [NOW - timedelta(days=day) for day in range(1, 71) for _ in range(2)]


def heading(page: AppTest) -> str:
    return page.get("html")[0].proto.body


def test_a_source_without_a_comment_says_so(house: Team) -> None:
    left(house.store, [], "", begin=True)
    with seen_by(house.store, house.alice) as page:
        assert not page.exception
        assert "No comment in the last seven days" in heading(page)
        assert "no source was read yet" in heading(page)
        assert "There is nothing to show for this time yet." in text(page)


def test_a_new_site_is_compared_with_nothing(house: Team) -> None:
    left(house.store, [NOW - timedelta(hours=n) for n in range(1, 16)], "It was nice.", begin=True)
    with seen_by(house.store, house.alice) as page:
        assert "In the last seven days: 15 comments, 0 needed a person, nobody had to wait" in heading(page)
        assert [one.delta for one in page.metric][:1] == ["too little past to compare"]
        assert page.metric[1].value == "0 of 15"


def test_an_eruption_is_not_calm_and_says_against_what(house: Team) -> None:
    left(house.store, calm_weeks(), "It was nice.", begin=True)
    with seen_by(house.store, house.alice) as page:
        assert "As usual: " in heading(page) or "Calmer than usual: " in heading(page)
    left(house.store, [NOW] * 30, FORMULA, matter="discrimination")
    with seen_by(house.store, house.alice) as page:
        assert not page.exception
        assert "Not calm: " in heading(page)
        signs = next(html.proto.body for html in page.get("html") if "lh-signs" in html.proto.body)
        assert "Many comments: 3" in signs
        assert "Discrimination: 3" in signs
        assert "“Living with slugs”: 3" in signs
        assert "of the 8 weeks before" in signs


def test_leadership_reads_figures_and_no_comment(house: Team) -> None:
    left(house.store, calm_weeks(), "It was nice.", begin=True)
    left(house.store, [NOW - timedelta(hours=n) for n in range(6)], FORMULA, matter="discrimination")
    lead = add(house.store, house.alice, "Lea", Role.LEADERSHIP)
    for who, reads in ((lead, False), (house.alice, True)):
        with seen_by(house.store, who) as page:
            for key in ("numbers-words", "numbers-volume"):
                page.session_state[key] = True
            page.run()
            assert not page.exception
            assert "slugs" in text(page), "the word itself is for both"
            assert ("=1+1 and slugs" in text(page)) is reads


def test_the_list_of_comments_is_narrowed_down_by_its_address(house: Team) -> None:
    left(house.store, [NOW - timedelta(days=9), NOW - timedelta(days=1)], "It was nice.", begin=True)
    left(house.store, [NOW - timedelta(days=8), NOW - timedelta(hours=1)], "They were rude.", matter="discrimination")
    since = (NOW - timedelta(days=3)).date().isoformat()
    asked = (
        ({"matter": "discrimination"}, 0, 2),
        ({"matter": "discrimination", "since": since}, 0, 1),
        ({"thread": "1", "since": since}, 1, 1),
        ({"thread": "77"}, 0, 0),
        ({"matter": "nonsense", "since": "never"}, 2, 2),
    )
    for address, nice, rude in asked:
        with seen_by(house.store, house.alice, "comments", **address) as page:
            assert not page.exception
            shown = text(page)
            assert (shown.count("It was nice."), shown.count("They were rude.")) == (nice, rude), address
    with house.store.write() as tx:
        tx.execute(update(comments).where(comments.c.id == 4).values(ours=True))
    with seen_by(house.store, house.alice, "comments", matter="discrimination") as page:
        assert "about: Discrimination" in heading(page)
        assert text(page).count("They were rude.") == 1


def test_replies_posts_of_our_own_and_statements_have_a_shape_of_their_own_each() -> None:
    days = tuple(Day(date(2026, 3, n), Tally(comments=5)) for n in range(1, 5))
    ours = ((Ours.REPLY, days[0].day, 3), (Ours.POST, days[1].day, 1), (Ours.STATEMENT, days[1].day, 1))
    made = charts.over_time(days, (), (*ours, (Ours.POST, date(2025, 1, 1), 9)), False)
    marks = {trace.marker.symbol: trace for trace in made.data[3:]}
    assert set(marks) == {"triangle-up", "square", "star"}
    (told,) = marks["square"].customdata
    assert (marks["square"].x[0], *told) == (days[1].day, 1, "post"), "and none of another time"
    assert marks["square"].y != marks["star"].y, "both are seen on one day"
    charts.over_time((), (), ours, False)


def test_of_a_day_with_few_comments_no_percentage_is_said() -> None:
    days = (Day(date(2026, 3, 1), Tally(3, 1)), Day(date(2026, 3, 2), Tally(20, 5)))
    (bars,) = charts.share(days, False).data
    assert list(bars.hovertext) == ["1 of 3", "5 of 20 (25%)"]
