"""What of the first look may wait for the second, and what it leaves when it does: by property, and by example."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import assess
from analysis.held import may_wait, set_aside
from analysis.learnt import LEARNT, NOTHING
from analysis.twice import both, learnt_of
from model.assessment import SIGNALS, Assessment, Reason, Signal, Subject
from model.words import Severity
from tests.analysis.test_twice import assessments

pytestmark = pytest.mark.values

MILD = ("matter:children", "matter:money", "negative", "spam:links")
SHARP = ("matter:despair", "matter:threats", "signal:concern", "signal:threat", LEARNT, "degraded", "matter:own-1")
THEIRS = frozenset({"own-1"})
AT_ONCE = ("self_harm", "threat", "crisis", "personal_data")


@st.composite
def flagged(draw: st.DrawFn) -> Assessment:
    """A first look that flags, of which each part may be mild or not."""
    rules = draw(st.lists(st.sampled_from((*MILD, *SHARP)), min_size=1, max_size=4, unique=True))
    reasons = tuple(Reason(rule, rule, _matter(rule), 0, 1, "x", 1 / len(rules)) for rule in rules)
    raised = draw(st.sets(st.sampled_from(SIGNALS), max_size=2))
    return Assessment(
        flagged=draw(st.booleans()),
        severity=draw(st.sampled_from(Severity)),
        sentiment=0.0,
        worst=0.0,
        negative=0.0,
        spam=0.0,
        matters=tuple(dict.fromkeys(one.matter for one in reasons if one.matter)),
        reasons=reasons,
        focus=(0, 1),
        degraded=draw(st.sampled_from([(), ("crisis",)])),
        version="1",
        signals=tuple(Signal(name, 0.5 if name in raised else 0.4) for name in SIGNALS),
    )


def _matter(rule: str) -> str:
    kind, _, key = rule.partition(":")
    return key if kind == "matter" else ""


@given(flagged())
def test_nothing_waits_but_phrases_and_strong_words_of_what_is_mild(first: Assessment) -> None:
    concerns = [one.rule for one in first.reasons if not one.rule.startswith("spam:")]
    calm = not any(first.signal(name).raised for name in AT_ONCE)
    mild = first.flagged and first.severity < Severity.CRITICAL and not first.degraded and calm
    assert may_wait(first, THEIRS) == (mild and bool(concerns) and set(concerns) <= set(MILD))


@given(flagged(), assessments())
def test_what_has_waited_is_raised_exactly_when_the_second_look_raises_it(
    first: Assessment, second: Assessment
) -> None:
    said = both(set_aside(first), second)
    assert said == learnt_of(set_aside(first), second, NOTHING, "blog", frozenset())
    assert (said.flagged, said.severity, {*said.matters}) == (second.flagged, second.severity, {*second.matters})
    assert said.signal("concern").score == second.signal("concern").score
    concerns = {one.rule for one in said.reasons if not one.rule.startswith("spam:")}
    assert concerns == {one.rule for one in second.reasons if not one.rule.startswith("spam:")}
    assert said.spam == max(first.spam, second.spam), "what speaks for spam has not waited"


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("They charged me double again and nobody told me why.", True),
        ("I do not want to live any more.", False),
        ("They charged me double. My number is +44 20 7946 0958, call me.", False),
    ],
)
def test_of_real_words_only_what_is_mild_waits(text: str, waits: bool) -> None:
    first = assess(Subject(text))
    assert first.flagged
    assert may_wait(first, ()) is waits
    assert not may_wait(first, {*first.matters}), "a matter that the organisation has changed"
    assert not may_wait(replace(first, flagged=False), ())
