"""Our scores are vaderSentiment's own, to the last bit."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment import vaderSentiment as vader

from analysis.valence import compound, lexicon
from bench.generated import feeds

_TURNS = (
    *("no", "not", "nor", "or", "never", "so", "this", "without", "doubt", "least", "at", "very", "but", "kind", "of"),
    *("the", "bus", "stop", "yeah", "right", "sort", "just", "enough", "isn't", "don't", "it", "bad", "ass", "to"),
    *("die", "for", "kiss", "death", "beating", "heart", "bomb", "shit", "good", "awful", "terrible", "GREAT"),
)
_SIGNS = ["!", "!!!", "?", "??", "????", ":)", ":-(", "<3", "😀", "💔", "☺️", "a😀b", "İ", "ﬀ", "…", "'", '"', "("]


@cache
def _original() -> vader.SentimentIntensityAnalyzer:
    return vader.SentimentIntensityAnalyzer()


def _theirs(text: str) -> float:
    return float(_original().polarity_scores(text)["compound"])


def _shaped(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word, word, word.upper(), word.title(), f"{word}!", f"({word}),", f"{word}'s", f"😀{word}"])


_WORDS = st.one_of(
    st.sampled_from(_TURNS),
    st.sampled_from(_TURNS),
    st.sampled_from(sorted(lexicon().words)),
    st.sampled_from(sorted(vader.BOOSTER_DICT)),
    st.sampled_from(sorted(vader.NEGATE)),
).flatmap(_shaped)
_SENTENCES = st.lists(st.one_of(_WORDS, _WORDS, st.sampled_from(_SIGNS)), max_size=14).map(" ".join)


@settings(max_examples=1500)
@given(_SENTENCES)
def test_a_sentence_of_its_words_scores_as_vader_scores_it(sentence: str) -> None:
    assert compound(sentence) == _theirs(sentence)


@settings(max_examples=500)
@given(st.text(max_size=60))
def test_any_text_scores_as_vader_scores_it(text: str) -> None:
    assert compound(text) == _theirs(text)


def test_comments_score_as_vader_scores_them() -> None:
    for made in feeds(2, 100, seed=21):
        for paragraph in {paragraph for one in made for paragraph in one.paragraphs}:
            assert compound(paragraph) == _theirs(paragraph)


@pytest.mark.parametrize(
    "text",
    [
        "It is good, but bad, but good, good but awful and good",
        "Not such a badass after all. GREAT but no good, no!",
        "The least good, at least good, very least good, least good",
        "never so good, never this bad, without a doubt bad, without doubt good",
        "good good good but good good bad bad",
    ],
)
def test_odd_rules_are_kept(text: str) -> None:
    assert compound(text) == _theirs(text)
