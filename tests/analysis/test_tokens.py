"""The words of a text as the models know them: by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import assess
from analysis.text import sentences
from analysis.tokens import NAME, Tokens, tokens, undisguised
from model.assessment import Subject

pytestmark = pytest.mark.values


def read(text: str) -> Tokens:
    return tokens(text, sentences(text))


TEXTS = st.text(st.sampled_from("ab1é.,!?$@*_-+#'\"/:wіїß🙂\n hpt"), max_size=60)


@given(TEXTS)
def test_a_text_is_read_as_it_is_where_something_of_a_kind_follows(text: str) -> None:
    """What has nothing of a kind in it is read in a quicker way, which must come to the same."""
    alone, followed = read(text), read(f"{text}\n@you")
    n = len(alone.words)
    assert followed.words[:n] == alone.words
    assert followed.spans[:n] == alone.spans
    assert followed.words[n:] == [NAME]


@given(TEXTS)
def test_each_word_keeps_its_place(text: str) -> None:
    found = read(text)
    assert len(found.words) == len(found.spans)
    assert all(found.words)
    places = [place for span in found.spans for place in span]
    assert places == sorted(places)
    assert all(start < end <= len(text) for start, end in found.spans)


@given(TEXTS)
def test_sentences_begin_at_their_first_word(text: str) -> None:
    found = read(text)
    last = len(found.words) - 1
    first = [
        next((at for at, span in enumerate(found.spans) if span.start >= one.start), last) for one in sentences(text)
    ]
    assert found.begins == (sorted({0, *first}) if found.words else [])


@given(TEXTS)
def test_what_a_disguise_is_taken_off_keeps_its_place(text: str) -> None:
    plain = undisguised(text)
    assert len(plain) == len(text)
    assert [a for a, b in zip(text, plain, strict=True) if a != b and a.isascii() and a.isalpha()] == []


@pytest.mark.parametrize(
    "disguised", ["I will k1ll you tonight.", "I will kіll you tonight.", "I will k1ll yоu t0night."]
)
def test_a_phrase_is_found_under_its_disguise_and_quoted_as_it_stands(disguised: str) -> None:
    plain, said = assess(Subject("I will kill you tonight.")), assess(Subject(disguised))
    assert plain.matters == said.matters == ("threats",)
    assert any(reason.text and reason.text in disguised for reason in said.reasons)
