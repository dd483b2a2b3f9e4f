"""An organisation's matters: what may be written as a phrase, and that what ships as grave is always looked for."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import SHIPPED, VERSION, Vocabulary, assess, matters, own
from analysis.own import Change, check, phrase, tailored
from analysis.phrases import pattern
from model.assessment import Subject
from model.errors import BadInput
from model.words import Severity

GRAVE = [one.key for one in matters.load() if one.severity >= Severity.HIGH]
LIGHT = next(one for one in matters.load() if one.severity < Severity.HIGH)
POND = Change("own-1", "The pond", "The heron pond.", Severity.MEDIUM, ("heron pond",), ("no heron pond",))
OURS = Vocabulary("3", (POND, Change(LIGHT.key, off=True)))


SHOWN = tuple(f"{n} herons died." for n in ("Two", "Three", "Four", "Five", "Six"))


def of(text: str, by: Vocabulary = OURS) -> tuple[str, ...]:
    return assess(Subject(text), by).matters


def test_a_comment_is_assessed_by_what_ships_and_what_is_the_organisations_own() -> None:
    found = assess(Subject("The Heron  pond smells. She called an ambulance."), OURS)
    assert found.matters == ("harm", "own-1") and found.severity is Severity.HIGH and found.version == f"{VERSION}+3"
    (reason,) = (one for one in found.reasons if one.matter == "own-1")
    assert reason.label == "The pond (“Heron  pond”)" and reason.text.endswith("smells.")
    assert of("There is no heron pond here.") == of("The heron pond smells.", SHIPPED) == ()
    assert assess(Subject("The heron pond smells."), SHIPPED).version == VERSION


def test_what_is_switched_off_is_looked_for_no_more_and_what_is_changed_by_its_new_severity() -> None:
    by_key = {one.key: one for one in tailored(OURS.changes)}
    assert LIGHT.key not in by_key and by_key["own-1"].severity is Severity.MEDIUM
    raised = tailored((Change(LIGHT.key, severity=Severity.CRITICAL, phrases=("heron pond",)),))
    changed = next(one for one in raised if one.key == LIGHT.key)
    assert changed.severity is Severity.CRITICAL and changed.phrases == (*LIGHT.phrases, "heron pond")


_CHANGES = st.builds(
    Change,
    st.just(GRAVE[0]),
    severity=st.none() | st.sampled_from(Severity),
    phrases=st.lists(st.sampled_from(["heron pond", "a heron"]), max_size=2).map(tuple),
    unless=st.lists(st.sampled_from(["no heron pond", "one more heron"]), max_size=2).map(tuple),
    off=st.booleans(),
)
HERONS = ("The heron pond smells.", "A heron died.", "No heron pond here.", "One more heron.")


@settings(max_examples=40)
@given(st.none() | _CHANGES, _CHANGES)
def test_what_asks_for_no_less_finds_whatever_was_found_and_as_gravely(before: Change | None, after: Change) -> None:
    had, has = own.tailored_one(GRAVE[0], before), own.tailored_one(GRAVE[0], after)
    if own.asks_less(before, after):
        return
    assert had and has and had.severity <= has.severity
    for text in HERONS:
        assert matters.Lookout(has).find(text) or not matters.Lookout(had).find(text)


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [
        (None, Change(LIGHT.key, off=True), True),
        (Change(LIGHT.key, off=True), Change(LIGHT.key), False),
        (Change(LIGHT.key, severity=Severity.HIGH), Change(LIGHT.key), True),
        (None, Change(LIGHT.key, unless=("one more heron",)), False),
        (None, Change(GRAVE[0], unless=("one more heron",)), True),
        (Change(GRAVE[0], phrases=("heron pond",)), Change(GRAVE[0]), True),
        (Change(GRAVE[0], examples=SHOWN), Change(GRAVE[0], examples=SHOWN[1:]), True),
        (Change(GRAVE[0], examples=SHOWN), Change(GRAVE[0], examples=(*SHOWN[1:], "A goose died.")), True),
        (Change(GRAVE[0], examples=SHOWN), Change(GRAVE[0], examples=(*SHOWN, "A goose died.")), False),
        (Change(GRAVE[0], examples=SHOWN), Change(GRAVE[0], examples=SHOWN, near_misses=("A heron sang.",)), True),
        (Change(GRAVE[0], examples=SHOWN[1:]), Change(GRAVE[0]), False),
        (Change(LIGHT.key, examples=SHOWN), Change(LIGHT.key), False),
        (Change("own-1", severity=Severity.HIGH, examples=SHOWN), Change("own-1", severity=Severity.HIGH), True),
    ],
)
def test_a_change_asks_for_less(before: Change | None, after: Change, less: bool) -> None:
    assert own.asks_less(before, after) is less


@given(
    st.sampled_from(GRAVE),
    st.none() | st.sampled_from(Severity),
    st.booleans(),
    st.lists(st.sampled_from(["heron pond", "a heron"]), max_size=2).map(tuple),
)
def test_what_ships_as_grave_keeps_its_words_and_its_severity_whatever_is_saved(
    key: str, severity: Severity | None, off: bool, phrases: tuple[str, ...]
) -> None:
    change = Change(key, severity=severity, off=off, phrases=phrases)
    ships = own.shipped(key)
    kept = next(one for one in tailored((change,)) if one.key == key)
    assert ships is not None and kept.severity >= ships.severity
    assert set(kept.phrases) >= set(ships.phrases) and kept.hints == ships.hints
    if off or (severity is not None and severity < ships.severity):
        with pytest.raises(BadInput, match="not lowered or switched off"):
            check(change)


@pytest.mark.parametrize("excuse", ["child", "child*", "my child", "abused my chil*"])
def test_an_excuse_that_could_silence_a_grave_matter_is_refused(excuse: str) -> None:
    with pytest.raises(BadInput, match="too wide an excuse"):
        check(Change("children", unless=(excuse,)))
    check(Change("children", unless=("a child's play",)))
    check(Change(LIGHT.key, unless=(excuse,)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("  Heron   POND ", "heron pond"),
        ("Kinder*", "kinder*"),
        ("l’hôpital", "l'hôpital"),
        ("co-op N 12", "co-op n 12"),
    ],
)
def test_words_are_a_phrase(typed: str, said: str) -> None:
    assert phrase(typed) == said


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "(a+)+",
        "a|b",
        "one ... two",
        "_",
        "a?",
        "ab*",
        "*",
        "x.y",
        "<kin>",
        "a b c d e f g",
        "w" * 61,
        "[ab]",
        "the",
        "and the",
    ],
)
def test_patterns_and_what_is_too_long_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        phrase(typed)


@given(st.text(max_size=70))
def test_whatever_is_typed_is_refused_or_a_plain_search_for_its_words(typed: str) -> None:
    try:
        said = phrase(typed)
    except BadInput:
        return
    # One fixed pattern a word and one between two of them: nothing that repeats holds a repetition.
    parts = re.findall(r"\((?!\?[:!<])|\{|\|", pattern(said).pattern)
    assert parts == ["{"] * said.count(" ")
    assert said == phrase(said)
