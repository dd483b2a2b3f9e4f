"""A gap and a webhook on the pages where people meet them."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from channels.feed.parse import parse
from ingest.missed import Missed, note
from ingest.take import take
from store import gaps, hooks
from store.sources import Source
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.ingest import reads
from tests.installation import Team, enter
from web.navigation import place

SAID = (Said(1, "<p>The first of them.</p>"), Said(90, "<p>The last of them.</p>"))
TIMEOUT_S = 60


@pytest.fixture
def source(here: Team) -> Source:
    """A source with a comment on either side of a gap that nothing can fill."""
    made = reads.source(here.store)
    take(here.store, made, parse(blogs.rss(SAID)), newest=False)
    with here.store.write() as tx:
        note(tx, made, Missed(SAID[0].moment, SAID[1].moment), "a forum", datetime.now(UTC))
        (gap,) = gaps.still_open(tx)
        gaps.change(tx, gap, way="", problem="Its feed no longer shows them.", next_at=None)
    return made


def shown(here: Team, page: str) -> AppTest:
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        return AppTest.from_file(place(page).script, default_timeout=TIMEOUT_S).run()


def text(page: AppTest) -> str:
    return "\n".join(str(element.proto) for element in page.main)


def test_a_gap_stands_in_the_list_between_the_comments_around_it(here: Team, source: Source) -> None:
    page = shown(here, "comments.py")
    assert not page.exception
    said = text(page)
    places = [said.index(words) for words in ("The last of them", "Possible gap from", "The first of them")]
    assert places == sorted(places)
    assert said.count("Possible gap from") == 1


def test_on_sources_a_person_says_that_the_gap_was_looked_at(here: Team, source: Source) -> None:
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_file(place("sources.py").script, default_timeout=TIMEOUT_S).run()
        assert "Possible gap from" in text(page)
        (looked,) = (one for one in page.button if one.label == "I have looked")
        looked.click()
        after = page.run()
    assert not after.exception
    assert "Possible gap from" not in text(after)
    with here.store.read() as tx:
        assert gaps.still_open(tx) == []


def test_the_secret_of_a_webhook_is_shown_once(here: Team, source: Source) -> None:
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_file(place("sources.py").script, default_timeout=TIMEOUT_S).run()
        (make,) = (one for one in page.button if one.label == "Make a webhook")
        make.click()
        made = page.run()
        assert not made.exception
        codes = [one.value for one in made.code]
        secret = codes[0]
        assert len(secret) >= 43
        assert sum(secret in one for one in codes) == 3, "alone, in the plugin and in the line for curl"
        assert all(f"/hook/{source.id}" in one for one in codes[1:])
        assert secret not in text(page.run())
    with here.store.read() as tx:
        hook = hooks.get(tx, source.id)
    assert hook is not None
    assert hook.made_at > datetime.now(UTC) - timedelta(minutes=5)
