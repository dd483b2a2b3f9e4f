"""What a new policy changes: where it asks for less, found for every kind of response; and each change in words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from model.route import Facts
from model.words import Action, Channel, Quorum, Severity
from response import policies
from response.policy import LevelTerms, Policy, moderation_route, route
from response.policy_changes import Words, in_words, loosened
from response.template_rules import missing
from tests.response.test_policy import MATTERS, rules_of, with_rules

SAY = Words(
    level=lambda number: f"level {number}" if number else "an expert",
    span=lambda seconds: f"{seconds / 3600:g} h",
    channel=lambda channel: channel.value,
    matter=str,
    severity=lambda severity: severity.name.lower(),
    action=lambda action: action.value,
    listed=" and ".join,
)
SHIPPED, FIVE, BLOG = (policies.read(source) for source in policies.variants().values())
few = st.integers(0, 3).flatmap(lambda count: rules_of(count, replacing=True)).map(with_rules)
anything = st.builds(
    Facts,
    channels=st.frozensets(st.sampled_from(Channel), min_size=1, max_size=3),
    severity=st.none() | st.sampled_from(Severity),
    matters=st.none() | st.frozensets(st.sampled_from(MATTERS)),
    sentiment=st.none() | st.floats(-1, 1),
    action=st.sampled_from(Action),
    concern=st.booleans(),
)


def less(before: Policy, after: Policy, facts: Facts) -> list[int]:
    by = route if facts.action is Action.REPLY else moderation_route
    return missing(by(after, facts).steps, by(before, facts).steps)


@settings(deadline=None, max_examples=60)
@given(few, few, st.lists(anything, min_size=20, max_size=20))
def test_what_is_not_called_looser_asks_for_no_less_of_any_response(
    before: Policy, after: Policy, some: list[Facts]
) -> None:
    found = loosened(before, after)
    if found:
        assert less(before, after, found.facts) == list(found.levels) != []
    else:
        for facts in some:
            assert not less(before, after, facts), facts


def test_each_shipped_policy_is_as_strict_as_itself_and_five_levels_are_stricter_than_all() -> None:
    for one in (SHIPPED, FIVE, BLOG):
        assert loosened(one, one) is None
    found = loosened(FIVE, BLOG)
    assert found and 5 in found.levels
    assert loosened(SHIPPED, BLOG) is not None and loosened(BLOG, SHIPPED) is not None


def test_fewer_people_of_a_level_are_less_and_more_are_not() -> None:
    two, one = (
        FIVE.model_copy(
            update={"levels": {**FIVE.levels, 3: LevelTerms(name="Management", quorum=quorum, answers_within="24h")}}
        )
        for quorum in (2, Quorum.ANY)
    )
    found = loosened(two, one)
    assert found and found.levels == (3,)
    assert loosened(one, two) is None


def test_each_change_is_a_sentence() -> None:
    source = policies.SHIPPED.read_text()
    assert in_words(SHIPPED, SHIPPED, SAY) == []
    changed = policies.read(
        source.replace("  5: {name: Board, quorum: any, answers_within: 48h}\n", "")
        .replace("2: {name: Head of department, quorum: any", "2: {name: Head of department, quorum: 2")
        .replace("1: 48h", "1: 24h")
        .replace("at_least: 3, at_most: 3}}\n    levels: [1, 2]", "at_least: 3, at_most: 3}}\n    levels: [2]")
        .replace("  - id: hiding\n    says: Hiding a comment that raises", "  - id: out\n    says: Hiding what raises")
        .replace("approval_valid: 7d", "approval_valid: 3d")
    )
    assert in_words(SHIPPED, changed, SAY) == [
        "Changed: level 2, now “Head of department”, 2 of them, within 8 h.",
        "No more: level 5.",
        "No more: “Hiding a comment that raises a concern needs two levels”"
        " (hold and spam and trash, comments that raise a concern: level 1 and level 2).",
        "Changed: “Severity 3 needs two levels” (severity high: level 1 and level 2)"
        " becomes “Severity 3 needs two levels” (severity high: level 2).",
        "New: “Hiding what raises a concern needs two levels”"
        " (hold and spam and trash, comments that raise a concern: level 1 and level 2).",
        "A case of severity “low” is due after 24 h instead of 48 h.",
        "A response may wait for approval for 72 h.",
    ]
