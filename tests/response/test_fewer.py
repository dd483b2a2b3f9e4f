"""What would need fewer levels: what is promised is what the policy would do, and nothing else is promised."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.route import EXPERT, Facts
from model.settings import ROOT
from model.words import Channel, Severity
from response import drafts
from response.fewer import levels, unknown_asks, ways
from response.foresight import foresee
from response.policy import Policy, route
from response.policy_text import parse
from store import answers
from store.answers import Usual
from tests.response.desk import THREAD, Desk

TEXT = """
name: For these tests
levels:
  1: {name: One, answers_within: 4h}
  2: {name: Two, answers_within: 4h}
  3: {name: Three, answers_within: 4h}
expert: {answers_within: 4h}
due: {0: 72h, 1: 48h, 2: 24h, 3: 4h, 4: 1h}
approval_valid: 7d
sending_valid: 24h
rules:
  - {id: blog, says: The blog needs two, when: {channel: [blog]}, levels: [1, 2]}
  - {id: tweet, says: A tweet needs one, when: {channel: [x]}, levels: [1]}
  - {id: grave, says: What is grave needs three, when: {severity: {at_least: 3}}, levels: [3]}
  - {id: despair, says: An expert reads it, when: {matter: [despair]}, expert: true}
  - {id: free, says: Facebook is free, when: {channel: [facebook]}, instead_of: [grave]}
  - {id: harsh, says: A harsh mood needs two, when: {sentiment: {below: 0}}, levels: [2]}
"""
POLICY = parse(TEXT, frozenset({"despair"}))
CALM = Facts(frozenset({Channel.BLOG}), Severity.LOW, frozenset(), 0.5)
FACTS = st.builds(
    Facts,
    channels=st.frozensets(st.sampled_from([Channel.BLOG, Channel.X, Channel.FACEBOOK, Channel.MASTODON]), min_size=1),
    severity=st.none() | st.sampled_from(Severity),
    matters=st.none() | st.frozensets(st.sampled_from(["despair", "privacy"])),
    sentiment=st.none() | st.floats(-1, 1),
    asked_levels=st.frozensets(st.integers(1, 3)),
)
SHIPPED = [parse((ROOT / "data" / name).read_text(), frozenset({"despair", "threats"})) for name in ("policy.yaml",)]


def test_one_of_several_channels_left_out_takes_its_levels_off() -> None:
    facts = replace(CALM, channels=frozenset({Channel.BLOG, Channel.X}))
    (way,) = ways(POLICY, facts)
    assert (way.leave, way.saves, way.without) == (Channel.BLOG, {2}, ("blog",))


def test_an_only_channel_cannot_be_left_out_and_what_is_grave_stays_grave() -> None:
    assert ways(POLICY, CALM) == []
    assert ways(POLICY, replace(CALM, severity=Severity.CRITICAL)) == []


def test_what_is_unknown_asks_for_more_and_knowing_may_take_it_off() -> None:
    unknown = replace(CALM, severity=None, matters=None)
    assert unknown_asks(POLICY, unknown) == ("grave", "despair")
    (way,) = ways(POLICY, unknown)
    assert (way.leave, way.saves) == (None, {3, EXPERT})


def test_a_level_that_somebody_escalated_to_is_never_taken_off() -> None:
    both = replace(CALM, channels=frozenset({Channel.BLOG, Channel.X}), asked_levels=frozenset({2}))
    assert ways(POLICY, both) == []


@pytest.mark.parametrize("policy", [POLICY, *SHIPPED], ids=lambda policy: policy.name)
@given(facts=FACTS)
def test_each_way_is_what_the_policy_would_do_and_saves_without_adding(policy: Policy, facts: Facts) -> None:
    now = route(policy, facts)
    for way in ways(policy, facts):
        if way.leave is not None:
            assert way.leave in facts.channels
            assert way.route == route(policy, replace(facts, channels=facts.channels - {way.leave}))
        else:
            assert None in (facts.severity, facts.matters, facts.sentiment)
        assert levels(way.route) < levels(now)
        assert way.saves == levels(now) - levels(way.route)
        assert facts.asked_levels <= levels(way.route)
        assert set(way.without) <= {reason.rule for reason in now.because}


@given(facts=FACTS)
def test_no_way_that_one_channel_less_would_open_is_left_out(facts: Facts) -> None:
    offered = {way.leave for way in ways(POLICY, facts)}
    for one in facts.channels if len(facts.channels) > 1 else ():
        then = levels(route(POLICY, replace(facts, channels=facts.channels - {one})))
        assert (then < levels(route(POLICY, facts))) == (one in offered)


def test_the_usual_wait_is_the_median_of_decisions_and_not_known_under_five(desk: Desk) -> None:
    for number in range(1, 6):
        submission_id = desk.sent(desk.written(desk.opened(2, number=number, thread=f"{THREAD}-{number}")))
        with desk.store.read() as tx:
            assert answers.usual(tx, {1, 2}) == {}
        desk.clock.shift(timedelta(minutes=number))
        desk.approved(desk.bob, submission_id=submission_id)
    taken_back = desk.sent(desk.written(desk.opened(2, number=9, thread=f"{THREAD}-9")))
    desk.clock.shift(timedelta(hours=5))
    drafts.take_back(desk.store, desk.alice, desk.submission(taken_back).response_id)
    with desk.store.read() as tx:
        assert answers.usual(tx, {1, 2}) == {1: Usual(180.0, 5)}
    seen = foresee(desk.store, desk.submission(taken_back).response_id, frozenset({1}))
    assert (seen.usual[1].n, seen.ways, seen.escalated) == (5, [], frozenset())
