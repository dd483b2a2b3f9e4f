"""How long ago something was: exact where the pointer rests on it, and for machines."""

import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from model import clock
from model.person import Person
from model.words import Role
from web import frame
from web.ui import team, words

NOW = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
THEN = NOW - timedelta(hours=3)
EXACT = "<time datetime='2026-03-13T12:30+00:00' title='Fri 13 Mar 2026, 13:30'>"


def said(text: str, **times: datetime) -> str:
    with clock.at(NOW), patch("web.ui.words.zone", lambda: ZoneInfo("Europe/Berlin")):
        return words.with_times(text, **{name: words.timed(at) for name, at in times.items()})


def test_it_is_said_in_the_place_that_a_sentence_keeps_for_it_and_the_sentence_is_shown_as_it_stands() -> None:
    assert said("<b>Bo</b> asks you, {ago}", ago=THEN) == f"&lt;b&gt;Bo&lt;/b&gt; asks you, {EXACT}3 h ago</time>"


def test_a_list_and_a_line_have_it_and_where_there_is_no_moment_there_is_none() -> None:
    bo = Person(1, "Bo", "bo@example.org", True, frozenset({Role.MANAGER}), frozenset())
    with clock.at(NOW), patch("web.ui.words.zone", lambda: ZoneInfo("Europe/Berlin")):
        assert f"seen {EXACT}3 h</time>" in team.row(bo, THEN)
        assert "not here yet" in team.row(bo, None) and "<time" not in team.row(bo, None)
        line = frame.quiet_line("Mail works; the last one went {when}.", when=words.timed(THEN))
    assert re.fullmatch(r"<p class='lh-quiet'>Mail works; the last one went <time .+>3 h ago</time>\.</p>", line)
    assert words.timed(None, "<never>") == "&lt;never&gt;"
