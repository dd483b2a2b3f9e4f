"""The route of something done to a comment: by policies saved earlier, and as a rule whatever the policy says."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yaml import safe_load

from model.route import EXPERT, Facts
from model.words import HIDES, Action, Channel, Role, Severity
from response import moderation, policies
from response.policy import Policy, matches, moderation_route, route
from response.policy_text import PolicyError
from store import policies as policy_rows
from tests.ingest.interface import Interface
from tests.installation import add
from tests.response.desk import Desk
from tests.response.moderating import A, ask, calm, critic, row, submission

SHIPPED = policies.SHIPPED.read_text()


# --- a policy of an older installation -------------------------------------------------------------------------------


def test_a_policy_saved_earlier_asks_for_what_it_asked_for_until_somebody_says_more(
    desk: Desk, blog: Interface
) -> None:
    old = SHIPPED.replace(", concern: true", "")
    with desk.store.write() as tx:
        policy_rows.add(tx, 2, old, None, datetime.now(UTC))
    spam, person = calm(desk, blog), critic(desk, blog)
    assert desk.levels(submission(desk, ask(desk, person, A.TRASH))) == [1, 2]
    binned = ask(desk, spam, A.TRASH, "")
    assert desk.levels(submission(desk, binned)) == []
    moderation.undo(desk.store, desk.alice, row(desk, binned).id)
    with pytest.raises(PolicyError, match="concern: true"):
        policies.save(desk.store, desk.alice, old + "# The same.\n", 2)
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(3,))
    policies.save(desk.store, desk.alice, old.replace("trash]", "trash], concern: any"), 2)
    assert desk.levels(submission(desk, ask(desk, spam, A.TRASH, ""))) == [1, 2]


# --- the route, as a rule --------------------------------------------------------------------------------------------

severities = st.none() | st.sampled_from(Severity)
facts = st.builds(
    Facts,
    st.sampled_from(Channel).map(lambda one: frozenset({one})),
    severities,
    st.none() | st.frozensets(st.sampled_from(["despair", "threats", "privacy"])),
    st.none() | st.floats(-1, 1),
    st.frozensets(st.integers(1, 5), max_size=1),
    st.sampled_from(Action),
    st.none() | st.booleans(),
)
RULES = """
  - id: {name}
    says: A rule
    when: {{{when}}}
    levels: {levels}
"""


@st.composite
def policies_of_all_kinds(draw: st.DrawFn) -> Policy:
    source = SHIPPED[: SHIPPED.index("rules:")] + "rules:\n"
    for number in range(draw(st.integers(0, 3))):
        some = draw(st.lists(st.sampled_from([a.value for a in Action]), max_size=2, unique=True))
        when = [f"action: [{', '.join(some)}]"] if some else []
        if concern := draw(st.sampled_from(["", "true", "false", "any"])):
            when.append(f"concern: {concern}")
        if draw(st.booleans()):
            when.append(f"severity: {{at_least: {draw(st.integers(0, 4))}}}")
        levels = draw(st.lists(st.integers(1, 5), min_size=1, max_size=2, unique=True))
        source += RULES.format(name=f"rule-{number}", when=", ".join(when), levels=levels)
    document = safe_load(source) | ({"rules": []} if source.endswith("rules:\n") else {})
    return Policy.model_validate(document)


def levels(policy: Policy, told: Facts) -> set[int]:
    return {step.level for step in moderation_route(policy, told).steps}


@given(policies_of_all_kinds(), facts)
def test_hiding_a_critic_is_never_decided_alone_whatever_the_policy_says(policy: Policy, told: Facts) -> None:
    found = levels(policy, told)
    named = [rule for rule in policy.rules if rule.when.action and told.action in rule.when.action]
    assert told.asked_levels <= found
    if told.action in HIDES and told.concern is not False:
        assert found - {EXPERT}
        if not named:
            reply = replace(told, action=A.REPLY)
            assert {step.level for step in route(policy, reply).steps} <= found
        assert {step.level for step in route(policy, told).steps} <= found
    elif told.action is not A.REPLY:
        asking = {level for rule in named if matches(rule.when, told) is not False for level in rule.asks}
        assert found == asking | told.asked_levels


@given(policies_of_all_kinds(), facts)
def test_not_knowing_whether_a_comment_raises_a_concern_never_asks_for_less(policy: Policy, told: Facts) -> None:
    unknown = levels(policy, replace(told, concern=None))
    for concern in (True, False):
        # That somebody has to be asked at all is said by whichever level is there.
        known = levels(policy, replace(told, concern=concern))
        assert known <= unknown or (known == {1} and unknown - {EXPERT})


def test_a_rule_that_only_may_match_does_not_stand_for_the_levels_of_an_answer() -> None:
    rules = (("spam", "action: [spam], concern: false", [1]), ("replies", "action: [reply]", [1, 2]))
    source = SHIPPED[: SHIPPED.index("rules:")] + "rules:\n"
    source += "".join(RULES.format(name=name, when=when, levels=asked) for name, when, asked in rules)
    policy = Policy.model_validate(safe_load(source))
    told = Facts(frozenset({Channel.BLOG}), None, None, None, action=A.SPAM)
    assert [levels(policy, replace(told, concern=concern)) for concern in (True, False, None)] == [{1, 2}, {1}, {1, 2}]
