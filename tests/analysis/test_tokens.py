"""The words of a text as the models know them: by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tokens import NAME, tokens

pytestmark = pytest.mark.values

TEXTS = st.text(st.sampled_from("ab1é.,!?$@*_-+#'\"/:wіїß🙂\n hpt"), max_size=60)


@given(TEXTS)
def test_a_text_is_read_as_it_is_where_something_of_a_kind_follows(text: str) -> None:
    """What has nothing of a kind in it is read in a quicker way, which must come to the same."""
    alone, followed = tokens(text), tokens(f"{text}\n@you")
    n = len(alone.words)
    assert [column[:n] for column in followed] == list(alone)
    assert followed.words[n:] == [NAME]


@given(TEXTS)
def test_each_word_keeps_its_place(text: str) -> None:
    found = tokens(text)
    assert len(found.words) == len(found.starts) == len(found.ends)
    assert all(found.words)
    places = [place for both in zip(found.starts, found.ends, strict=True) for place in both]
    assert places == sorted(places)
    assert all(start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))
