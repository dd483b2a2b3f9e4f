"""Matters by example: the rule by property, and what it finds by the real encoder."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Vocabulary, assess, assess_all, by_example, labels, own, pipeline
from analysis.by_example import FAR, Examples, Harmless, harmless
from analysis.own import LEAST_EXAMPLES, Change
from analysis.similarity import from_bytes, packed, unpacked
from analysis.stored import Damaged
from model.assessment import Subject
from model.language import using
from model.words import Severity

pytestmark = pytest.mark.values

SIZE = 512
PARKING = (
    "There was nowhere to park again.",
    "The car park was full by nine.",
    "We drove round for an hour looking for a space.",
    "Somebody had left a van across two bays.",
    "Why are there no parking spaces for members?",
)
PARKS = ("We went for a walk in the park.", "The children love the park.")
OURS = Change("own-1", "Parking", "Parking.", Severity.MEDIUM, examples=PARKING, near_misses=PARKS)
BY = Vocabulary("7", (OURS,))
LATE = "Lovely evening. Only that we could not find anywhere to leave the car, so we missed the start."


def some(seed: int, count: int) -> by_example.Floats:
    rows = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def beside(seed: int) -> Harmless:
    rows = some(seed, 50)
    return Harmless(rows.mean(axis=0), rows)


SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(1, 20), st.integers(0, 6))
def test_a_near_miss_is_never_found_and_the_order_of_the_examples_says_nothing(seed: int, n: int, m: int) -> None:
    mine, near, texts = some(seed, n), some(seed + 1, m), some(seed + 2, 10)
    by = Examples(mine, near, beside(seed + 3))
    if m:
        assert (by.scores(near) == -np.inf).all()
    assert (by.scores(mine) > -np.inf).all()
    other = Examples(mine[::-1].copy(), near[::-1].copy(), beside(seed + 3))
    assert by.scores(texts) == pytest.approx(other.scores(texts), abs=1e-3)
    without = Examples(mine, near[:0], beside(seed + 3)).scores(texts)
    kept = by.scores(texts) > -np.inf
    assert by.scores(texts)[kept] == pytest.approx(without[kept]), "a near miss does nothing but keep some out"
    assert [by.nearest(each) for each in mine] == list(range(n))


@given(SEEDS)
def test_a_score_is_counted_in_standard_deviations_of_what_is_harmless(seed: int) -> None:
    rows = some(seed, 50)
    calm = Harmless(np.zeros(SIZE, dtype=np.float32), rows)
    found = Examples(some(seed + 1, 5), rows[:0], calm).scores(rows)
    assert (found.mean(), found.std()) == pytest.approx((0, 1), abs=1e-3)


def test_packed_vectors_are_vectors_again() -> None:
    rows = some(5, 8)
    assert (unpacked(from_bytes(packed(rows))) * rows).sum(axis=1) == pytest.approx(1, abs=0.01)


def test_what_means_the_like_is_found_with_its_sentence_and_the_example() -> None:
    late, calm, near, rough = assess_all(
        [
            Subject(LATE),
            Subject("The park is beautiful in autumn."),
            Subject(PARKS[0]),
            Subject("Your staff shouted at my mother. There was no room left on your car park."),
        ],
        BY,
        tier=1,
    )
    assert late.flagged and late.matters == ("own-1",) and late.severity is Severity.MEDIUM
    (reason,) = late.reasons
    assert (reason.rule, reason.text) == ("example:own-1", LATE.partition(". ")[2])
    assert reason.label == f"Parking (like your example “{PARKING[2]}”)"
    assert LATE[slice(*late.focus)] == reason.text
    assert late.signal("concern").raised and not late.degraded
    assert not (calm.flagged or near.flagged)
    assert rough.matters == ("misconduct", "own-1"), "what ships is found as ever"
    with using("de"):
        assert labels.said(reason.label) == f"Parking (wie Ihr Beispiel „{PARKING[2]}“)"


def test_a_matter_that_its_words_have_found_is_not_told_twice() -> None:
    by = Vocabulary("8", (Change("own-1", "Parking", "", Severity.LOW, ("leave the car",), (), False, PARKING),))
    said = assess(Subject(LATE), by, tier=1)
    assert [one.rule for one in said.reasons] == ["matter:own-1"]


@pytest.mark.parametrize("fewer", [OURS.examples[1:], ()])
def test_with_fewer_examples_or_without_the_encoder_nothing_is_found_by_them(fewer: tuple[str, ...]) -> None:
    few = Vocabulary("9", (Change("own-1", "Parking", "", Severity.LOW, ("bays",), examples=fewer),))
    assert len(fewer) < LEAST_EXAMPLES
    assert not assess(Subject(LATE), few, tier=1).flagged
    assert not assess(Subject(LATE), BY, tier=0).flagged
    assert assess(Subject(LATE), BY, tier=0).degraded == ()


def test_where_its_file_is_damaged_that_is_said_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Damaged, match=r"harmless\.npz is missing"):
        harmless(tmp_path)
    monkeypatch.setattr(pipeline, "harmless", lambda: harmless(tmp_path))
    said = assess(Subject("Your staff shouted at my mother."), Vocabulary("10", (OURS,)), tier=1)
    assert said.degraded == ("examples",) and said.matters == ("misconduct",)


def test_where_the_matters_cannot_be_read_the_examples_have_failed_and_the_comment_is_assessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own, "load", lambda: 1 / 0)
    said = assess(Subject(LATE), Vocabulary("11", (OURS,)), tier=1)
    assert "examples" in said.degraded


def test_a_matter_with_enough_examples_needs_no_words() -> None:
    own.check(OURS)
    assert [matter.key for matter, _ in own.by_example((OURS, Change("own-2", phrases=("a heron",))))] == ["own-1"]
    assert own.by_example((Change("own-1", off=True, examples=PARKING),)) == []
    assert FAR > 3, "it was measured from there on: see docs/assessment.md"
