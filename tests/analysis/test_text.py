"""Cleaning, sentences, phrases and near keys."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import matters, spam
from analysis.phrases import Index, pattern
from analysis.similarity import _letters, near_key
from analysis.text import _END, LONGEST_SENTENCE, Span, clean, lowered, sentences

PLAIN_ENDS = re.compile(r"(?<![.!?…])[.!?…]++[\"')\]]*+(?=\s)|[。！？]+|\n+")
LETTERS = st.text(st.sampled_from("ab É e\u0301\u200b\u00ad\n\r’“İ\ud800😀.!?。 "), max_size=80)


@given(st.one_of(st.text(max_size=200), LETTERS))
def test_cleaning_keeps_the_way_back(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned.lower) == len(cleaned.text)
    assert "\x00" not in cleaned.text
    last = 0
    for place in range(len(cleaned.text)):
        start, end = cleaned.original(Span(place, place + 1))
        assert last <= start <= end <= len(text)
        last = start
    assert cleaned.original(Span(0, len(cleaned.text))).end == len(text)


@given(LETTERS)
def test_cleaning_composes_and_is_done_once(text: str) -> None:
    cleaned = clean(text).text
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned).text == cleaned


@given(st.one_of(st.text(max_size=300), LETTERS, st.text(st.sampled_from("a ,."), min_size=500, max_size=2_000)))
def test_sentences_cover_all_but_blanks(text: str) -> None:
    spans = sentences(text)
    last = 0
    for start, end in spans:
        assert text[last:start].strip() == ""
        assert 0 < end - start <= LONGEST_SENTENCE
        assert text[start:end].strip() == text[start:end]
        last = end
    assert text[last:].strip() == ""


@settings(max_examples=1000)
@given(st.text(st.sampled_from("a.!?…。！？\n\"')] \t"), max_size=40))
def test_the_ends_of_sentences_are_those_of_the_plain_pattern(text: str) -> None:
    assert [found.span() for found in _END.finditer(text)] == [found.span() for found in PLAIN_ENDS.finditer(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Ask Dr. Miller, e.g. on Monday. Thanks", ["Ask Dr. Miller, e.g. on Monday.", "Thanks"]),
        ("See http://a.example/b.c now. Fine", ["See http://a.example/b.c now.", "Fine"]),
        ("It costs 3.50 a day... Really?!", ["It costs 3.50 a day...", "Really?!"]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("一句。两句", ["一句。", "两句"]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        (" ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("fire exit", "The fire exit.", True),
        ("fire exit", "The fire-exit.", True),
        ("fire exit", "The fire. Exit!", False),
        ("fire exit", "The campfire exit", False),
        ("injur*", "two injuries", True),
        ("injur*", "uninjured", False),
        ("don't answer", "they dont answer", True),
        ("cat|dog bites", "the dog bites", True),
        ("(a cat|dogs) bite?", "my dogs", True),
        ("nobody ... answered", "nobody at the whole office ever answered", True),
        ("nobody ... answered", "nobody one two three four five six seven eight answered", False),
        ("N times", "called 14 times", True),
        ("the _ door", "the blue door", True),
        ("the _ door", "the door", False),
        ("very? late", "late", True),
    ],
)
def test_phrases(phrase: str, text: str, there: bool) -> None:
    lower = lowered(text)
    found = Index([(phrase, phrase)]).find(lower, sentences(lower))
    assert bool(found) == there
    assert bool(pattern(phrase).search(lower)) == there


@pytest.mark.parametrize("phrase", ["", "(a b", "a b)", "...", "a? ...", "_ _", "ab*", "a ? b", "(a|)"])
def test_what_is_no_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="is not a phrase"):
        Index([(phrase, None)])


def test_every_shipped_phrase_can_be_found() -> None:
    shipped = [p for matter in matters.load() for p in (*matter.phrases, *matter.hints, *matter.unless)]
    words = spam.load()
    shipped += [*words.praise, *words.templates, *(phrase for each in words.lists for phrase in each.phrases)]
    Index((phrase, None) for phrase in shipped)
    for phrase in shipped:
        assert phrase == phrase.lower().replace(" n ", " N ") or "N" in phrase
        assert pattern(phrase)


def test_the_matters_that_the_policy_names_are_there() -> None:
    keys = {matter.key for matter in matters.load()}
    assert {"despair", "threats"} <= keys
    assert all(matter.name and matter.definition and matter.severity for matter in matters.load())


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{name: Fog, severity: 9, definition: x, phrases: [fog]}", "'fog': 9 is not"),
        ("{name: Fog, severity: 1, definition: x, phrases: ['(fog']}", "'fog': .* missing"),
        ("{severity: 1, definition: x, phrases: [fog]}", "'fog': 'name'"),
        ("{name: F, severity: 1, definition: x, phrases: [<no>]}", "'fog': '<no>'"),
    ],
)
def test_a_damaged_matter_is_named(source: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        matters.parse("fog", source, {})


def test_near_keys() -> None:
    key = near_key("What a GREAT read, thank you! See https://a.example/1")
    assert len(key) == 16
    assert key == near_key("what a great read thank you see www.b.example/22 😀 3")
    assert key != near_key("What a great read, thank you! See you")
    assert near_key("Thank you!") == ""
    assert near_key("\ud800" * 100) == ""


@given(st.text(st.one_of(st.characters(max_codepoint=127), st.sampled_from("éßΣ²٣ı")), max_size=80))
def test_of_any_text_a_near_key_takes_the_letters(text: str) -> None:
    assert _letters(text) == "".join(re.findall(r"[^\W\d_]", text))
