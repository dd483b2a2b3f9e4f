"""The trained models: what is read is what was learnt, damaged files are told plainly, and what they were made for
holds on threads and cases that they have not learnt from."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import assess, assess_all, by_meaning, by_words, chances, linear, models, nets, pipeline, stored
from analysis.nets import Net, Scale
from analysis.sentiment import NEUTRAL_WITHIN
from analysis.tokens import tokens
from analysis.training.fit import Space, words_of
from model.assessment import SIGNALS, Assessment, Subject
from tests.analysis.written import cases, of_label, threads
from tests.conftest import ROOT

FILES = ("words.npz", "profanity.npz", "meanings.npz")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped models that is read in their place."""
    copy = tmp_path / "models"
    shutil.copytree(stored.MODELS, copy)
    monkeypatch.setattr(chances, "MODELS", copy)
    for module in (by_words, by_meaning):
        monkeypatch.setattr(module, "MODELS", copy)
    models.at.cache_clear()
    yield copy
    for kept in (models.at, chances.of_rules, chances.chance):
        kept.cache_clear()


def missing(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:2000])


def other(file: Path) -> None:
    arrays = dict(np.load(file))
    about = json.loads(arrays.pop("about").tobytes())
    stored.write(file, "of another time", arrays, about)


def no_numbers(file: Path) -> None:
    arrays = {name: array.copy() for name, array in np.load(file).items()}
    about = json.loads(arrays.pop("about").tobytes())
    next(array for name, array in arrays.items() if array.dtype.kind == "f").flat[0] = np.nan
    stored.write(file, about["version"], arrays, about)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("harm", [missing, cut, other, no_numbers])
def test_a_damaged_file_is_named_and_the_rest_goes_on(folder: Path, file: str, harm: Callable[[Path], None]) -> None:
    harm(folder / file)
    there = models.at(1)
    assert there.tier == 0 or file != "meanings.npz"
    assert file in models.at(1).problem or file in models.at(0).problem
    said = assess(Subject("You never answered my three mails, and my son was hurt again."), tier=1)
    assert said.flagged
    assert [one.name for one in said.signals] == list(SIGNALS)
    assert bool(said.degraded) == (file != "meanings.npz")


def test_a_file_from_a_machine_of_another_byte_order_says_the_same(folder: Path) -> None:
    comment = Subject("You never answered my three mails, and my son was hurt again.")
    before = assess(comment, tier=1)
    for file in (folder / name for name in FILES):
        arrays = {name: array.copy() for name, array in np.load(file).items()}
        about = json.loads(arrays.pop("about").tobytes())
        turned = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in arrays.items()}
        stored.write(file, about["version"], turned, about)
    by_words._of.cache_clear()
    models.at.cache_clear()
    assert assess(comment, tier=1) == before


def test_words_are_read_once_for_both_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(by_words, "tokens", lambda lower, spans: read.append(lower) or tokens(lower, spans))
    subjects = [Subject("The garden is open."), Subject("The pool is closed.")]
    said = assess_all(subjects, tier=1)
    assert len(read) == len(subjects)
    assert [one.signal("abuse").score for one in said] == [
        assess(one, tier=1).signal("abuse").score for one in subjects
    ]


def test_the_sentiment_of_the_second_look_is_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """VADER knows no word of it; where VADER fails, nothing is told in its place."""
    comment = Subject("They left us standing in the rain for two hours and then shut the door.")
    first, second = assess(comment), assess(comment, tier=1)
    assert second.sentiment < -NEUTRAL_WITHIN < first.sentiment
    assert second.signal("negative").by == by_meaning.BY
    assert second.negative > first.negative
    praised = assess(Subject(f"{comment.text} I love this place, thank you, you are wonderful!"), tier=1)
    assert praised.worst == pytest.approx(second.worst, abs=0.3)
    assert praised.sentiment > second.sentiment
    monkeypatch.setattr(pipeline.sentiment, "mood", lambda _: 1 / 0)
    failed = assess(comment, tier=1)
    assert failed.degraded == ("sentiment", "negative")
    assert (failed.negative, failed.flagged) == (0, True)


def test_what_leads_a_talk_away_is_told_of_both_turns() -> None:
    """An answer says as much of it as the two turns as one text; the other signals are of the answer alone."""
    answer = "Of course it is, when it suits you."
    before = "Which committee appointed you? Nobody asked for your opinion, and you never listen to anybody."
    alone, said = assess(Subject(answer), tier=1), assess(Subject(answer, parent=before), tier=1)
    both = assess(Subject(f"{before} [SEP] {answer}"), tier=1)
    assert said.signal("derail").score == both.signal("derail").score > alone.signal("derail").score
    assert said.signal("abuse") == alone.signal("abuse")
    calm = assess(Subject(answer, parent="The reading room is open on Sundays from ten to four."), tier=1)
    assert calm.signal("derail").score < said.signal("derail").score
    together = assess_all([Subject("Thank you."), Subject(answer, parent=before), Subject(answer)], tier=1)
    assert [one.signal("derail") for one in together[1:]] == [said.signal("derail"), alone.signal("derail")]


def test_without_its_file_personal_data_has_no_probability_and_keeps_its_score(folder: Path) -> None:
    comment = Subject("Ring me on 0171 946 0123.")
    before = assess(comment).signal("personal_data")
    chances.of_rules.cache_clear()
    chances.chance.cache_clear()
    (folder / chances.FILE).unlink()
    after = assess(comment).signal("personal_data")
    assert before.chance is not None
    assert after == before._replace(chance=None)


def test_what_is_neutral_is_near_0_and_more_is_more() -> None:
    neutral = by_meaning.Neutral(0.4, 0.8)
    valences = np.linspace(-4, 4, 401)
    said = [neutral.sentiment(one) for one in valences]
    assert said == sorted(said)
    assert all(-1 < one < 1 for one in said)
    for valence, one in zip(valences, said, strict=True):
        inside = -0.4 < valence < 0.8
        assert inside == (abs(one) < NEUTRAL_WITHIN) or min(abs(valence + 0.4), abs(valence - 0.8)) < 1e-9


def test_what_is_read_is_what_was_learnt() -> None:
    """The rows that a model is fitted on, times its weights, are what it says when it is read."""
    texts = [
        "The garden is open, isn't it?",
        "OPEN the gaaarden!! 1d10t",
        "My garden, my rules: no id10ts.",
        "",
        "🙂 ok",
    ] * 4
    space = Space(texts)
    line = np.random.default_rng(1).normal(size=len(space.names))
    model = space.model(("one",), [line], [0.5])
    expected = space.rows(texts) @ line + 0.5
    said = [float(model.scores(model.values(words_of(text)).sum(axis=0))[0]) for text in texts]
    # A word that stands twice is longer as a vector than two words; what is read takes each by itself.
    assert np.allclose(said, expected, atol=0.15)
    assert np.allclose(said[0], expected[0], atol=1e-3)


def test_a_model_is_the_same_after_it_was_stored(tmp_path: Path) -> None:
    space = Space(["one two three"] * 5)
    model = space.model(("one", "two"), [np.ones(len(space.names)), np.zeros(len(space.names))], [0.0, 1.0])
    for name in ("first", "second"):
        linear.save(tmp_path / name, model, {"of": "a test"})
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    again, about = linear.load(tmp_path / "first")
    assert about["of"] == "a test"
    assert again.names == model.names
    assert np.allclose(again.rows, model.rows, rtol=1e-3)


def test_the_mean_of_nets_gives_the_mean_of_what_they_give() -> None:
    random = np.random.default_rng(2)

    def one() -> Net:
        shapes = ((4, 3), (3,), (3, 2), (2,))
        return Net(*(random.normal(size=shape).astype(np.float32) for shape in shapes))

    several, rows = [one() for _ in range(3)], random.normal(size=(5, 4)).astype(np.float32)
    assert np.allclose(nets.mean(several)(rows), np.mean([net(rows) for net in several], axis=0), atol=1e-5)
    assert nets.unpacked(nets.packed({"a": several[0]}))["a"].hidden.shape == (4, 3)


@given(
    st.floats(-50, 50),
    st.floats(-1e9, 1e9),
    st.floats(0, 1e6),
)
def test_a_scale_stays_within_its_bounds_and_keeps_the_order(threshold: float, raw: float, more: float) -> None:
    scale = Scale(threshold, 2.0, 1.0, -1.0)
    assert 0 <= scale.score(raw) <= scale.score(raw + more) <= 1
    assert 0 <= scale.chance(raw) <= scale.chance(raw + more) <= 1
    assert scale.score(threshold) == 0.5


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_written_gets_every_signal_within_its_bounds(text: str) -> None:
    said = assess(Subject(text), tier=1)
    assert said.degraded == ()
    for one in said.signals:
        assert 0 <= one.score <= 1
        assert one.chance is None or 0 <= one.chance <= 1
        assert not one.spans or abs(sum(span.share for span in one.spans) - 1) < 1e-3
        assert all(0 <= span.start < span.end <= len(text) for span in one.spans)


def test_nothing_is_asked_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    models.at.cache_clear()
    for tier in (0, 1):
        assert assess(Subject("Where is the summer fair this year?"), tier=tier).degraded == ()


@pytest.fixture(scope="module")
def read_threads() -> list[tuple[str, Assessment]]:
    there = threads()
    return [
        (label, said) for (label, _), said in zip(there, assess_all([one for _, one in there], tier=1), strict=True)
    ]


def _share(said: list[Assessment], is_so: Callable[[Assessment], bool]) -> float:
    return sum(map(is_so, said)) / len(said)


def test_of_threads_that_no_model_has_read_what_matters_is_raised(read_threads: list[tuple[str, Assessment]]) -> None:
    raised = _share(of_label(read_threads, "must"), lambda one: one.flagged)
    in_peace = _share(of_label(read_threads, "peace"), lambda one: not one.flagged)
    assert raised >= RAISED, raised
    assert in_peace >= IN_PEACE, in_peace


def test_fluent_spam_is_found_and_hardly_anything_else(read_threads: list[tuple[str, Assessment]]) -> None:
    spam = of_label(read_threads, "spam")
    others = [*of_label(read_threads, "must"), *of_label(read_threads, "peace")]
    assert _share(spam, lambda one: one.suspected_spam) >= SPAM_FOUND
    assert sum(one.suspected_spam for one in others) <= 1


def test_hate_is_told_from_what_looks_like_it() -> None:
    there = cases("hate")
    said = assess_all([Subject(text) for text, _ in there], tier=1)
    right = [one.signal("hate").raised == is_hate for one, (_, is_hate) in zip(said, there, strict=True)]
    for is_hate in (True, False):
        mine = [ok for ok, (_, of) in zip(right, there, strict=True) if of == is_hate]
        assert sum(mine) / len(mine) >= HATE_RIGHT, (is_hate, sum(mine) / len(mine))


RAISED, IN_PEACE, SPAM_FOUND, HATE_RIGHT = 0.85, 0.86, 0.85, 0.7
"""Below what was measured when they were made, by about half of its 95 % interval: a change that costs more is seen."""


def test_what_is_learnt_hangs_on_no_chance_of_the_process() -> None:
    """Of features that are met equally often the same are kept, in the same order."""
    script = "from analysis.training.fit import Space; print(Space(['one two three four five six'] * 9).names)"
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
