"""How long a text is as a channel counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.words import Channel
from response.lengths import FORMS, clusters, form_of, is_advice, length

pytestmark = pytest.mark.values

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1ea"
THUMB = "\U0001f44d\U0001f3fd"
LINK = "https://www.example.org/a/very/long/address?of=a&page=that&nobody=types#by-hand"


@pytest.mark.parametrize(
    ("channel", "text", "expected"),
    [
        (Channel.BLOG, "Grüße", 5),
        (Channel.BLOG, "Gru\u0308\u00dfe", 5),
        (Channel.BLOG, f"{FAMILY}{FLAG}{THUMB}\u2764\ufe0f", 4),
        (Channel.BLOG, f"{FLAG}{FLAG}", 2),
        (Channel.BLOG, f"See {LINK}", 4 + len(LINK)),
        (Channel.X, f"See {LINK}", 27),
        (Channel.X, f"{LINK} {LINK}", 47),
        (Channel.X, "日本", 4),
        (Channel.X, f"{FAMILY}{FLAG}", 4),
        (Channel.X, "Gru\u0308\u00dfe – “so”", 12),
        (Channel.MASTODON, f"{FAMILY} {LINK}", 25),
        (Channel.BLUESKY, f"{FAMILY} {LINK}", 2 + len(LINK)),
        (Channel.BLOG, "", 0),
    ],
)
def test_lengths_are_those_that_the_channel_counts(channel: Channel, text: str, expected: int) -> None:
    assert length(text, FORMS[channel]) == expected


def test_every_channel_has_its_form_and_the_tightest_counts() -> None:
    assert set(FORMS) == set(Channel)
    assert form_of(frozenset({Channel.BLOG, Channel.X, Channel.FACEBOOK}))[0] is Channel.X
    assert form_of(frozenset())[0] is Channel.OTHER
    assert is_advice(Channel.BLOG) and not is_advice(Channel.X)


@given(st.text())
def test_no_sign_is_lost_or_counted_twice(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert length(text, FORMS[Channel.BLOG]) <= len(text)
