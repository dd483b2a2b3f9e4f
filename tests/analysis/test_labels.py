"""What reasons are called: stored in English, shown in the reader's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import assess, labels, matters, spam
from model.assessment import Subject
from model.language import using

WORDS = st.text(max_size=30)
LABELS = st.one_of(
    WORDS,
    st.builds(lambda n: labels.LINKS.format(n=n), st.integers(2, 5000)),
    st.builds(lambda name, words: labels.QUOTING.format(name=name, words=words), WORDS, WORDS),
    st.builds(lambda said: labels.INCOMPLETE.format(signals=said), WORDS),
)


@given(label=LABELS, cut=st.integers(0, 60))
def test_in_english_every_label_is_as_it_was_stored(label: str, cut: int) -> None:
    assert labels.said(label) == label
    assert labels.said(label[:cut]) == label[:cut]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your guide hit my daughter.", "Kinder und Menschen in unserer Obhut („hit my daughter“)"),
        ("See http://a.example http://b.example http://c.example", "3 Links"),
        ("I hate {this} horrible, disgusting, evil, worthless fraud!", "Sehr negative Worte"),
        ("a " * 60_000, "Nicht vollständig eingeschätzt (die ganze Länge): jemand sollte hinsehen"),
    ],
)
def test_a_reason_is_said_in_the_readers_language_with_the_words_of_the_comment(text: str, said: str) -> None:
    found = [one.label for one in assess(Subject(text)).reasons]
    with using("de"):
        assert said in [labels.said(one) for one in found], found


def test_what_was_not_assessed_is_said_in_words() -> None:
    assert labels.said(labels.INCOMPLETE.format(signals="sentiment, matters")) == (
        "Not assessed in full (its tone, what it is about): a person should look"
    )


def test_every_matter_and_list_has_a_name_in_the_other_language() -> None:
    with using("de"):
        names = [*(one.name for one in matters.load()), *(one.label for one in spam.load().lists)]
        assert [name for name in names if labels.said(name) == name] == []
