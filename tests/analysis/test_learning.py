"""What is learnt from labels: never at the cost of what is protected, never worse, and never out of nothing."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import assess, learning, learnt
from analysis.learnt import NOTHING, PROTECTED, Head, Learnt, Scale, applied, as_shipped, features, fixed, grave
from model.assessment import SIGNALS, Assessment, Reason, Signal, Subject
from model.label import Label
from model.words import Severity
from tests.analysis.labelled import label, shuffled, site

GRAVE = grave(())
MILD = "own-1"
NAMES = ("negative", "spam", "concern")


def judged(
    *rules: str,
    severity: int = 1,
    degraded: tuple[str, ...] = (),
    spam: float = 0.0,
    signals: tuple[Signal, ...] = (),
) -> Assessment:
    """An assessment with a reason for each of these rules."""
    matters = tuple(rule.removeprefix("matter:") for rule in rules if rule.startswith("matter:"))
    reasons = tuple(Reason(rule, rule, "", 0, 4, "Some", 1 / len(rules)) for rule in rules)
    flagged = any(not rule.startswith("spam:") for rule in rules)
    severity = severity if flagged else 0
    grave = Severity(severity)
    return Assessment(flagged, grave, 0.0, 0.0, 0.7, spam, matters, reasons, (0, 4), degraded, "1", signals)


some_labels = st.lists(
    st.builds(
        lambda number, wanted, spam, scores, channel, flagged, matter, hour: label(
            number,
            wanted,
            spam=spam,
            at=datetime(2026, 3, 1 + hour % 28, hour % 24, tzinfo=UTC),
            scores=dict(zip(NAMES, scores, strict=True)),
            channel=channel,
            flagged=flagged,
            shipped=flagged,
            raised=("negative",) if flagged else (),
            matters=(matter,) if matter else (),
        ),
        st.integers(1, 10_000),
        st.booleans(),
        st.sampled_from((None, True, False)),
        st.tuples(*[st.floats(0, 1)] * 3),
        st.sampled_from(("blog", "forum")),
        st.booleans(),
        st.sampled_from(("", "children", MILD)),
        st.integers(0, 600),
    ),
    max_size=150,
)
some_learnt = st.builds(
    Learnt,
    st.just(3),
    st.just(()),
    st.one_of(
        st.none(),
        st.builds(
            Head,
            st.dictionaries(
                st.sampled_from(("flagged", "signal:negative", "signal:self_harm", "matter:children", "channel:blog")),
                st.floats(-50, 50),
            ),
            st.floats(-50, 50),
        ),
    ),
    st.frozensets(st.sampled_from(("negative", "concern", "spam", "learnt", "degraded", *PROTECTED))),
)


def with_all(score: float, chance: float | None = 0.5) -> tuple[Signal, ...]:
    """Every signal with this score, each said by a rule."""
    return tuple(Signal(name, score, chance, "rules 2") for name in SIGNALS)


# --- what is never touched -------------------------------------------------------------------------------------------


@given(some_learnt, st.sampled_from((*(f"signal:{one}" for one in PROTECTED), *PROTECTED)), st.booleans())
def test_what_was_learnt_never_lowers_a_protected_signal(by: Learnt, rule: str, sharp: bool) -> None:
    said = judged(rule, *(("negative",) if sharp else ()))
    now = applied(said, by, "blog", GRAVE)
    assert now.flagged
    assert [one.rule for one in now.reasons] == [one.rule for one in said.reasons]


@given(some_learnt, st.sampled_from(sorted(GRAVE)), st.integers(1, 4))
def test_what_was_learnt_never_lowers_a_grave_matter(by: Learnt, matter: str, severity: int) -> None:
    assert applied(judged(f"matter:{matter}", severity=severity), by, "blog", GRAVE).flagged


@given(some_learnt)
def test_what_failed_to_be_measured_never_counts_as_harmless(by: Learnt) -> None:
    assert applied(judged("degraded", degraded=("sentiment",)), by, "blog", GRAVE).flagged


@settings(max_examples=25, deadline=None)
@given(some_labels, st.sampled_from(sorted(GRAVE)))
def test_whatever_labels_come_the_protected_are_raised_as_before(labels: list[Label], matter: str) -> None:
    new = learning.learn(labels, NOTHING).learnt
    assert not PROTECTED & {one.signal for one in new.scales}
    assert not new.off
    ruled = (judged("self_harm"), judged("signal:threat"), judged("crisis"))
    for said in (*ruled, judged(f"matter:{matter}", severity=3)):
        assert applied(said, replace(new, number=1), "blog", GRAVE).flagged


@given(some_learnt, st.sampled_from(sorted(PROTECTED)), st.floats(0.5, 1))
def test_what_was_learnt_never_lowers_a_comment_over_the_threshold_of_a_protected_signal(
    by: Learnt, name: str, score: float
) -> None:
    by = replace(by, scales=(*by.scales, Scale(name, 0.0, -9.0)))
    said = judged("negative", signals=(Signal(name, score, 0.7, "words 1"),))
    now = applied(said, by, "blog", GRAVE)
    assert (now.flagged, now.signals, now.reasons) == (True, said.signals, said.reasons)


def test_the_head_hears_neither_what_is_protected_nor_what_never_alarms() -> None:
    heard = {name for name in features(dict.fromkeys(SIGNALS, 0.9), (), "blog", flagged=True) if ":" in name}
    assert heard == {"channel:blog", *(f"signal:{one}" for one in {*SIGNALS} - PROTECTED - {"derail"})}


def test_a_policy_sees_what_was_measured_whatever_was_learnt() -> None:
    calm = Learnt(2, head=Head({"flagged": -9.0}, 0.0))
    said = judged(f"matter:{MILD}", "negative", severity=2)
    now = applied(said, calm, "blog", GRAVE)
    assert (now.flagged, now.before, now.version) == (False, True, "1~2")
    assert (now.severity, now.matters, now.reasons) == (said.severity, said.matters, said.reasons)


def test_a_signal_that_is_switched_off_raises_nothing_and_takes_nothing_else_along() -> None:
    off = Learnt(1, off=frozenset({"negative"}))
    alone = applied(judged("negative"), off, "blog", GRAVE)
    assert (alone.flagged, alone.reasons, alone.before) == (False, (), True)
    both = applied(judged("negative", f"matter:{MILD}"), off, "blog", GRAVE)
    assert (both.flagged, [(one.rule, one.share) for one in both.reasons]) == (True, [(f"matter:{MILD}", 1.0)])
    spam = applied(judged("negative", "spam:links", spam=0.9), Learnt(1, off=frozenset({"spam"})), "blog", GRAVE)
    assert (spam.flagged, spam.suspected_spam, [one.rule for one in spam.reasons]) == (True, False, ["negative"])


def test_the_head_can_raise_what_nothing_raised_and_says_so() -> None:
    keen = Learnt(1, head=Head({"channel:forum": 9.0}, -4.0))
    raised = applied(judged(), keen, "forum", GRAVE)
    assert (raised.flagged, raised.before, raised.severity) == (True, False, Severity.LOW)
    assert [(one.rule, one.share, one.start, one.end) for one in raised.reasons] == [("learnt", 1.0, 0, 4)]
    assert applied(judged(), keen, "blog", GRAVE) == replace(judged(), version="1~1")


def test_a_signal_tells_the_chance_that_was_learnt_and_keeps_its_score_and_words() -> None:
    scale = Scale("concern", 0.5, -1.0)
    said = assess(Subject("Somebody from your team took money from the box. Nobody answers me."))
    said = replace(said, absent=("abuse",))
    assert said.signal("concern").raised
    now = applied(said, Learnt(4, (scale, Scale("abuse", 1.0, 0.0))), "blog", GRAVE)
    here = scale.chance(said.signal("concern").score)
    assert now.signal("concern") == said.signal("concern")._replace(
        chance=round(here, 4), by=f"{said.signal('concern').by}~4"
    )
    assert [one for one in now.signals if one.name != "concern"] == [s for s in said.signals if s.name != "concern"]
    forgotten = [one._replace(chance=None) if one.name == "concern" else one for one in said.signals]
    assert as_shipped(now) == replace(said, signals=tuple(forgotten))
    fresh = applied(now, Learnt(5, (Scale("concern", 0.0, 0.0),)), "blog", GRAVE)
    assert fresh.signal("concern").chance == 0.5
    assert fresh.signal("concern").by.endswith("~5")


def test_what_failed_or_is_not_here_was_not_measured() -> None:
    said = replace(judged("negative", signals=with_all(0.6), degraded=("spam", "sentiment")), absent=("hate", "crisis"))
    assert set(learnt.scores(said)) == {*SIGNALS} - {"spam", "hate", "crisis"}
    assert "spam" not in learnt.chances(said)
    assert learnt.scores(judged("negative")) == {"negative": 0.7, "spam": 0.0}


def test_a_comment_that_may_be_despair_was_raised_by_that_too() -> None:
    said = assess(Subject("I want to end my life."))
    assert learnt.raised_by(said) == ("concern", "self_harm")
    assert fixed(said, frozenset())


def test_spam_that_was_switched_off_is_spam_again_without_what_was_learnt() -> None:
    said = judged("negative", "spam:links", spam=0.9, signals=(Signal("spam", 0.9, None, "rules 2"),))
    off = applied(said, Learnt(1, off=frozenset({"spam"})), "blog", GRAVE)
    assert (off.suspected_spam, off.signal("spam").score) == (False, 0.9)
    assert as_shipped(off).spam == 0.9


def test_nothing_learnt_changes_nothing() -> None:
    said = judged("negative")
    assert applied(said, NOTHING, "blog", GRAVE) is said


@given(some_learnt, some_learnt, st.sets(st.sampled_from(("negative", "signal:abuse", f"matter:{MILD}", "spam:links"))))
def test_what_was_applied_before_leaves_no_trace(first: Learnt, second: Learnt, rules: set[str]) -> None:
    """Severity stays, and of reasons what was switched off then; the flag is that of the second alone."""
    said, second = judged(*sorted(rules)), replace(second, off=first.off)
    anew = applied(applied(said, first, "blog", GRAVE), second, "blog", GRAVE)
    once = applied(said, second, "blog", GRAVE)
    assert (anew.flagged, anew.before, anew.version) == (once.flagged, once.before, once.version)
    assert "learnt" not in [one.rule for one in applied(anew, NOTHING, "blog", GRAVE).reasons]


# --- what is learnt --------------------------------------------------------------------------------------------------


def test_a_site_is_learnt_and_what_it_does_better_is_counted() -> None:
    outcome = learning.learn(site(300), NOTHING)
    (head,) = [one for one in outcome.reports if one.what == learning.HEAD]
    assert head.adopted
    assert (head.earlier, head.later) == (200, 100)
    assert head.after.right > head.before.right + 40
    assert head.after.cost < head.before.cost
    quiet = features({"negative": 0.7, "spam": 0.1, "concern": 0.0}, (), "blog", flagged=True)
    private = features({"negative": 0.7, "spam": 0.1, "concern": 1.0}, ("privacy-talk",), "blog", flagged=True)
    assert outcome.learnt.head is not None
    assert outcome.learnt.head.chance(quiet) < learnt.FLAGS_FROM
    assert outcome.learnt.head.chance(private) > 0.8


@settings(max_examples=30, deadline=None)
@given(some_labels)
def test_what_is_taken_on_is_never_worse_on_what_it_never_saw(labels: list[Label]) -> None:
    outcome = learning.learn(labels, NOTHING)
    for one in outcome.reports:
        if one.adopted:
            assert one.after.log_loss < one.before.log_loss
            assert one.what != learning.HEAD or one.after.right > one.before.right
            assert one.what != learning.HEAD or one.after.cost < one.before.cost
    assert outcome.adopted == (outcome.learnt != NOTHING)


def test_labels_dealt_out_anew_are_almost_never_taken_on() -> None:
    labels = site(180)
    taken = [
        one
        for seed in range(60)
        for one in learning.learn(shuffled(labels, seed), NOTHING).reports
        if one.what == learning.HEAD and one.adopted
    ]
    assert len(taken) <= 1


@settings(max_examples=20, deadline=None)
@given(some_labels, st.randoms())
def test_the_same_labels_give_the_same_result_in_whatever_order_they_come(labels: list[Label], chance: object) -> None:
    once = list({(one.at, one.comment_id): one for one in labels}.values())
    turned = list(once)
    chance.shuffle(turned)  # type: ignore[attr-defined]
    assert learning.learn(turned, NOTHING) == learning.learn(once, NOTHING)


def test_of_few_labels_nothing_is_learnt() -> None:
    assert learning.learn(site(49), NOTHING) == learning.Outcome(NOTHING, ())


def test_what_was_learnt_is_not_taken_on_again() -> None:
    first = learning.learn(site(300), NOTHING)
    assert not learning.learn(site(300), first.learnt).adopted


# --- the scale -------------------------------------------------------------------------------------------------------


def test_a_scale_gives_the_base_rate_of_the_site() -> None:
    """Half of what scores .9 here is right, and a tenth of what scores .6."""
    scores = [0.9] * 200 + [0.6] * 200
    truth = [number % 2 == 0 for number in range(200)] + [number % 10 == 0 for number in range(200)]
    scale = Scale("negative", *learning.platt(scores, truth, [1.0] * 400))
    assert scale.chance(0.9) == pytest.approx(0.5, abs=0.02)
    assert scale.chance(0.6) == pytest.approx(0.1, abs=0.02)


def test_only_what_raises_comments_gets_a_scale_and_it_has_to_beat_what_was_told() -> None:
    """A question is right or wrong whether or not somebody had to see the comment; and a chance that was told already
    is not replaced by one that says the same."""
    told = [
        label(n, n % 2 == 0, scores={"negative": 0.6 + 0.3 * (n % 2 == 0), "question": 0.9 * (n % 2)})
        for n in range(200)
    ]
    calm = [replace(one, comment_id=1000 + one.comment_id, flagged=False, shipped=False, raised=()) for one in told]
    assert "question" not in {one.what for one in learning.learn([*told, *calm], NOTHING).reports}
    outcome = learning.learn(told, NOTHING)
    assert {one.what for one in outcome.reports} == {"negative", learning.HEAD}
    assert [one.adopted for one in outcome.reports if one.what == "negative"] == [True]
    known = [replace(one, chances={"negative": 0.99 if one.wanted else 0.01}) for one in told]
    assert [one.adopted for one in learning.learn(known, NOTHING).reports if one.what == "negative"] == [False]


def test_the_targets_are_those_of_platt() -> None:
    """With one score alone the chance is the mean of the smoothed targets."""
    scale = Scale("negative", *learning.platt([0.5] * 10, [True] * 7 + [False] * 3, [1.0] * 10))
    assert scale.chance(0.5) == pytest.approx((7 * 8 / 9 + 3 * 1 / 5) / 10, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=60))
def test_a_higher_score_never_means_a_lower_chance(told: list[tuple[float, bool]]) -> None:
    scale = Scale("x", *learning.platt([score for score, _ in told], [y for _, y in told], [1.0] * len(told)))
    chances = [scale.chance(step / 20) for step in range(21)]
    assert all(0 <= one <= 1 and not math.isnan(one) for one in chances)
    assert all(a <= b + 1e-9 for a, b in pairwise(chances))


def test_an_answer_that_stands_for_many_counts_for_as_many() -> None:
    scores, truth = [0.5] * 40, [True] * 20 + [False] * 20
    light = Scale("x", *learning.platt(scores, truth, [1.0] * 40)).chance(0.5)
    heavy = Scale("x", *learning.platt(scores, truth, [1.0] * 20 + [9.0] * 20)).chance(0.5)
    assert light == pytest.approx(0.5)
    assert heavy < 0.2


def test_what_is_grave_is_what_ships_so_and_what_the_organisation_made_so() -> None:
    assert {"children"} <= GRAVE
    assert fixed(judged(f"matter:{next(iter(GRAVE))}"), GRAVE)
    assert not fixed(judged("negative"), GRAVE)
    assert not fixed(judged(), GRAVE)
    assert {"self_harm", "threat", "crisis"} == learnt.PROTECTED
