"""A text as each channel will show it: exactly its words, and nothing that a browser would follow or load."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.content import Target, fixed_text
from model.words import Channel
from response.hints import Hints
from web.ui import preview, sending

pytestmark = pytest.mark.values

TEXT = "The garden <b>\n\nOpen;\nsee https://x.example/a?b=1&c=2."


def seen(made: str) -> str:
    """What a reader sees of HTML, without blanks."""
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", made)).split())


@given(st.text(max_size=120).map(fixed_text), st.sampled_from(Channel), st.booleans())
def test_every_channel_shows_exactly_the_words(text: str, channel: Channel, post: bool) -> None:
    made = preview.drawn(text, preview.look_of(channel, post=post))
    assert seen(made) == "".join((text or "Nothing written yet.").split())
    assert not re.search(r"<(?!/?(?:p|br|span)\b)|href|src=", made)


@pytest.mark.parametrize(
    ("channel", "post", "shown"),
    [
        (
            Channel.BLOG,
            True,
            "<p class='lh-title' dir='auto'>The garden &lt;b&gt;</p><p dir='auto'>Open;<br>see https://x",
        ),
        (
            Channel.BLOG,
            False,
            "<p dir='auto'>Open;<br>see <span class='lh-address'>https://x.example/a?b=1&amp;c=2</span>.</p>",
        ),
        (Channel.X, True, "&lt;b&gt;\n\nOpen;\nsee <span class='lh-address'>"),
        (Channel.OTHER, False, "Open;<br>see https://x.example"),
    ],
)
def test_line_breaks_links_and_title_are_the_channels_own(channel: Channel, post: bool, shown: str) -> None:
    assert shown in preview.drawn(TEXT, preview.look_of(channel, post=post))


def test_there_is_one_preview_a_channel_and_its_count_where_the_channel_counts() -> None:
    targets = [Target(channel, None, None, None, None) for channel in (Channel.X, Channel.BLOG)]
    made = preview.previews(targets, "See https://x.example/a-long-address-of-forty-signs", "The association", 3)
    assert made.count("data-preview='3'") == 2
    assert "27 of 280 characters" in made
    assert made.count("data-counts") == 1


def test_hints_are_escaped_and_say_how_much_is_taken_up() -> None:
    made = sending.block(Hints(asked=("a?", "<b>?"), open=("<b>?",), dates=("today",)))
    assert "1 of 2 taken up" in made
    assert "“&lt;b&gt;?”" in made
    assert "today" in made
    assert sending.block(Hints()) == ""
