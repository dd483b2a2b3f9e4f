"""The policy: what ships, that all matching rules count, and what is refused, with its line."""

from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.route import EXPERT, Facts
from model.words import Action, Channel, Quorum, Severity
from response import policies
from response.policy import (
    Below,
    Between,
    LevelTerms,
    Policy,
    Rule,
    When,
    matches,
    missing_level,
    moderation_route,
    route,
    unsatisfiable,
)
from response.policy_text import PolicyError, line_of, parse

pytestmark = pytest.mark.values

GOLDEN = Path(__file__).parent / "golden"
SHIPPED = policies.SHIPPED.read_text()
MATTERS = ("despair", "threats", "privacy", "press")


def levels(source: str, channel: Channel, severity: int, *matters: str) -> list[int]:
    facts = Facts(frozenset({channel}), Severity(severity), frozenset(matters), 0.0)
    return [step.level for step in route(policies.read(source), facts).steps]


# --- what ships ------------------------------------------------------------------------------------------------------

BY_SEVERITY: dict[int, list[int]] = {0: [], 1: [], 2: [1], 3: [1, 2], 4: [1, 2, 3]}
FREE: dict[int, list[int]] = {0: [], 1: [], 2: [], 3: [], 4: [1, 2]}


@pytest.mark.parametrize("severity", range(5))
@pytest.mark.parametrize("matter", ["", "privacy", "despair", "threats"])
@pytest.mark.parametrize("channel", [Channel.BLOG, Channel.FACEBOOK, Channel.X])
def test_the_shipped_policies_route_exactly_so(channel: Channel, matter: str, severity: int) -> None:
    expert = [EXPERT] if matter in ("despair", "threats") else []
    by_name = policies.variants()
    assert list(by_name) == ["By severity", "Five levels for everything", "Two levels on the blog, Facebook free"]
    found = [levels(source, channel, severity, *filter(None, [matter])) for source in by_name.values()]
    assert found == [
        expert + BY_SEVERITY[severity],
        [1, 2, 3, 4, 5],
        [1, 2] if channel is Channel.BLOG else FREE[severity],
    ]


def test_what_is_unknown_takes_every_level_the_shipped_policy_knows() -> None:
    unknown = Facts(frozenset({Channel.BLOG}), None, None, None)
    assert [step.level for step in route(policies.read(SHIPPED), unknown).steps] == [EXPERT, 1, 2, 3]


def test_a_route_says_which_rule_asks_for_which_level() -> None:
    facts = Facts(frozenset({Channel.BLOG}), Severity.MEDIUM, frozenset({"despair"}), 0.0, frozenset({1, 4}))
    found = route(policies.read(SHIPPED), facts)
    assert [(step.level, step.name, step.because) for step in found.steps] == [
        (EXPERT, "Expert", ("despair-and-threats",)),
        (1, "Communications lead", ("medium", "escalated")),
        (4, "Legal", ("escalated",)),
    ]
    assert found.because[0].says == "Severity 2 needs the communications lead"
    assert found.because[-1].says == "Somebody escalated the case to level 4"


def test_a_level_that_the_policy_does_not_describe_can_still_be_asked() -> None:
    two_levels = policies.variants()["Two levels on the blog, Facebook free"]
    facts = Facts(frozenset({Channel.X}), Severity.NONE, frozenset(), 0.0, frozenset({5}))
    (step,) = route(policies.read(two_levels), facts).steps
    assert (step.level, step.name, step.quorum, step.answers_within_s) == (5, "Level 5", Quorum.ANY, 24 * 3600)


# --- hiding and showing comments -------------------------------------------------------------------------------------

OLD = SHIPPED.replace(", concern: true", "")
HIDING = (Action.HOLD, Action.SPAM, Action.TRASH)


def of_comment(source: str, action: Action, concern: bool | None, *escalated: int, severity: int = 0) -> list[int]:
    """The levels that doing something to a comment needs by a policy."""
    told = Facts(frozenset({Channel.BLOG}), Severity(severity), frozenset(), 0.0, frozenset(escalated), action, concern)
    return [step.level for step in moderation_route(policies.read(source), told).steps]


def with_rule(when: str, levels: str) -> str:
    return f"{SHIPPED}  - id: more\n    says: One more rule\n    when: {when}\n    levels: {levels}\n"


@pytest.mark.parametrize("action", HIDING)
@pytest.mark.parametrize("source", policies.variants().values())
def test_by_the_shipped_policies_plain_spam_goes_by_own_authority_and_a_critic_does_not(
    source: str, action: Action
) -> None:
    assert of_comment(source, action, False) == []
    assert of_comment(source, action, True)[:2] == [1, 2]
    assert of_comment(source, action, None)[:2] == [1, 2]


def test_a_rule_that_names_an_action_counts_for_comments_that_raise_no_concern_too() -> None:
    for concern in ("any", "false"):
        source = with_rule(f"{{action: [trash], concern: {concern}}}", "[3]")
        assert [of_comment(source, action, False) for action in HIDING] == [[], [], [3]]
    assert of_comment(with_rule("{action: [trash], concern: any}", "[3]"), Action.TRASH, True) == [1, 2, 3]
    assert of_comment(with_rule("{action: [trash], concern: false}", "[3]"), Action.TRASH, True) == [1, 2]
    grave = with_rule("{action: [trash], concern: any, severity: {at_least: 1}}", "[3]")
    assert [of_comment(grave, Action.TRASH, False, severity=one) for one in (0, 1)] == [[], [3]]
    shown = with_rule("{action: [approve], concern: true}", "[3]")
    assert [of_comment(shown, Action.APPROVE, concern) for concern in (True, False, None)] == [[3], [], [3]]


@pytest.mark.parametrize("action", [*HIDING, Action.APPROVE])
def test_a_level_that_the_case_was_escalated_to_is_asked_whatever_the_comment_raises(action: Action) -> None:
    assert of_comment(SHIPPED, action, False, 4) == [4]


def test_an_older_rule_that_hides_means_what_it_meant() -> None:
    assert "concern:" not in OLD
    kinds = product(Action, (True, False, None), [None, *Severity], ({1}, set()))
    for action, concern, severity, escalated in kinds:
        told = Facts(frozenset({Channel.BLOG}), severity, frozenset(), 0.0, frozenset(escalated), action, concern)
        router = route if action is Action.REPLY else moderation_route
        assert router(policies.read(OLD), told) == router(policies.read(SHIPPED), told)
    # Beside what hides it may name other actions; of those it never said on which comments.
    mixed = with_rule("{action: [approve, trash]}", "[3]")
    assert [of_comment(mixed, Action.APPROVE, concern) for concern in (True, False)] == [[3], [3]]
    assert [of_comment(mixed, Action.TRASH, concern) for concern in (True, False)] == [[1, 2, 3], []]


def test_a_rule_that_leaves_open_what_it_hides_is_not_saved_any_more() -> None:
    policies.proposed(SHIPPED)
    with pytest.raises(PolicyError, match="Add 'concern: true'") as refused:
        policies.proposed(OLD)
    assert "when: {action: [hold, spam, trash]}" in OLD.splitlines()[refused.value.line - 1]


def test_rules_on_hiding_that_change_no_route_are_told_from_those_that_do() -> None:
    every = "rules:\n  - id: every\n    says: All\n    when: {}\n    levels: [1, 2]\n"
    binning = "  - id: binning\n    says: Bin\n    when: {action: [trash], concern: any}\n    levels: [1]\n"
    general = SHIPPED[: SHIPPED.index("rules:")] + every
    policies.read(general + binning)
    with pytest.raises(PolicyError, match="'binning' can change no route"):
        policies.read(general + binning.replace("any", "true"))


# --- all rules that match count --------------------------------------------------------------------------------------

severities = st.none() | st.sampled_from(Severity)
spans = st.tuples(st.sampled_from(Severity), st.sampled_from(Severity)).map(
    lambda pair: Between(at_least=min(pair), at_most=max(pair))
)
whens = st.builds(
    When,
    channel=st.none() | st.frozensets(st.sampled_from(Channel), min_size=1, max_size=3),
    matter=st.none() | st.frozensets(st.sampled_from(MATTERS), min_size=1, max_size=2),
    severity=st.none() | spans,
    sentiment=st.none() | st.sampled_from([-0.5, 0.0, 0.5, 1.0]).map(lambda bound: Below(below=bound)),
)
facts_known = st.builds(
    Facts,
    channels=st.frozensets(st.sampled_from(Channel), min_size=1, max_size=3),
    severity=st.sampled_from(Severity),
    matters=st.frozensets(st.sampled_from(MATTERS)),
    sentiment=st.floats(-1, 1),
    asked_levels=st.frozensets(st.integers(1, 5), max_size=2),
)


def rules_of(count: int, *, replacing: bool) -> st.SearchStrategy[tuple[Rule, ...]]:
    ids = [f"r{number}" for number in range(count)]
    others = st.lists(st.sampled_from(ids), max_size=2, unique=True).map(tuple) if replacing else st.just(())
    return st.tuples(
        *(
            st.builds(
                Rule,
                id=st.just(name),
                says=st.just("a rule"),
                when=whens,
                levels=st.lists(st.integers(1, 5), unique=True, max_size=3).map(tuple),
                expert=st.booleans(),
                instead_of=others.map(lambda names, own=name: tuple(n for n in names if n != own)),
            )
            for name in ids
        )
    )


def with_rules(rules: tuple[Rule, ...]) -> Policy:
    terms = LevelTerms(name="Somebody", answers_within="4h")
    return Policy(
        name="A policy",
        levels=dict.fromkeys(range(1, 6), terms),
        expert=terms,
        due=dict.fromkeys(Severity, "1h"),
        approval_valid="7d",
        sending_valid="1d",
        rules=rules,
    )


plain = st.integers(0, 4).flatmap(lambda count: rules_of(count, replacing=False))
replacing = st.integers(0, 4).flatmap(lambda count: rules_of(count, replacing=True))


def asked(rules: tuple[Rule, ...], facts: Facts) -> set[int]:
    return {step.level for step in route(with_rules(rules), facts).steps}


@given(plain, facts_known)
def test_the_route_is_the_union_of_the_rules_that_match(rules: tuple[Rule, ...], facts: Facts) -> None:
    expected = set(facts.asked_levels)
    for rule in rules:
        if matches(rule.when, facts):
            expected |= rule.asks
    assert asked(rules, facts) == expected


@given(replacing, plain, facts_known)
def test_one_more_rule_without_instead_of_never_removes_a_level(
    rules: tuple[Rule, ...], more: tuple[Rule, ...], facts: Facts
) -> None:
    added = tuple(rule.model_copy(update={"id": f"more-{rule.id}"}) for rule in more)
    assert asked(rules, facts) <= asked(rules + added, facts)


@given(replacing, facts_known, st.sets(st.sampled_from(["severity", "matters", "sentiment"]), min_size=1))
@settings(max_examples=300)
def test_what_is_unknown_never_gives_fewer_levels_than_any_value_it_could_have(
    rules: tuple[Rule, ...], facts: Facts, unknown: set[str]
) -> None:
    fields = ("channels", "severity", "matters", "sentiment", "asked_levels")
    dimmed = Facts(**{name: None if name in unknown else getattr(facts, name) for name in fields})
    assert asked(rules, facts) <= asked(rules, dimmed)


@given(replacing, facts_known)
def test_what_somebody_escalated_to_is_always_part_of_the_route(rules: tuple[Rule, ...], facts: Facts) -> None:
    assert facts.asked_levels <= asked(rules, facts)


@given(replacing, facts_known)
def test_the_steps_are_in_order_and_each_has_a_reason(rules: tuple[Rule, ...], facts: Facts) -> None:
    steps = route(with_rules(rules), facts).steps
    assert [step.level for step in steps] == sorted({step.level for step in steps})
    assert all(step.because for step in steps)


def rule(name: str, *asks: int, instead_of: tuple[str, ...] = (), **when: object) -> Rule:
    return Rule(id=name, says="a rule", when=When(**when), levels=asks, instead_of=instead_of)


def test_only_instead_of_removes_levels_and_only_when_it_is_known_to_match() -> None:
    grave = Between(at_least=Severity.HIGH)
    rules = (rule("all", 1, 2), rule("grave", 5, instead_of=("all",), severity=grave))
    known = Facts(frozenset({Channel.BLOG}), Severity.HIGH, frozenset(), 0.0)
    assert asked(rules, known) == {5}
    assert asked(rules, Facts(known.channels, Severity.LOW, frozenset(), 0.0)) == {1, 2}
    assert asked(rules, Facts(known.channels, None, frozenset(), 0.0)) == {1, 2, 5}


def test_a_rule_that_another_may_replace_replaces_none_itself() -> None:
    grave = Between(at_least=Severity.HIGH)
    rules = (rule("a", 1), rule("b", 2, instead_of=("a",)), rule("c", 3, instead_of=("b",), severity=grave))
    known = Facts(frozenset({Channel.BLOG}), Severity.HIGH, frozenset(), 0.0)
    assert asked(rules, known) == {1, 3}
    assert asked(rules, Facts(known.channels, Severity.LOW, frozenset(), 0.0)) == {2}
    assert asked(rules, Facts(known.channels, None, frozenset(), 0.0)) == {1, 2, 3}


def test_a_rule_for_one_channel_replaces_nothing_of_a_response_that_goes_to_two() -> None:
    rules = (rule("all", 1, 2), rule("free", 3, instead_of=("all",), channel=frozenset({Channel.FACEBOOK})))
    one = Facts(frozenset({Channel.FACEBOOK}), Severity.LOW, frozenset(), 0.0)
    both = Facts(frozenset({Channel.FACEBOOK, Channel.BLOG}), Severity.LOW, frozenset(), 0.0)
    assert (asked(rules, one), asked(rules, both)) == ({3}, {1, 2, 3})


def test_people_must_be_enough_for_rules_that_match_together() -> None:
    apart = changed(
        ("when: {severity: {at_least: 3, at_most: 3}}\n    levels: [1, 2]", "when: {channel: [blog]}\n    levels: [2]")
    )
    only_carla = {**TEAM, 1: frozenset({3}), 2: frozenset({3})}
    assert unsatisfiable(policies.read(apart), {**only_carla, 1: frozenset({3, 5})}, WRITER) is None
    problem = unsatisfiable(policies.read(apart), only_carla, WRITER)
    assert problem is not None and "needs level 2" in problem.text


def test_all_conditions_of_a_rule_must_hold_and_one_that_fails_outweighs_one_unknown() -> None:
    when = When(channel=frozenset({Channel.BLOG}), severity=Between(at_least=Severity.HIGH))
    answers = {
        (channel, severity): matches(when, Facts(frozenset({channel}), severity, None, None))
        for channel, severity in product((Channel.BLOG, Channel.X), (Severity.CRITICAL, Severity.LOW, None))
    }
    assert answers == {
        (Channel.BLOG, Severity.CRITICAL): True,
        (Channel.BLOG, Severity.LOW): False,
        (Channel.BLOG, None): None,
        (Channel.X, Severity.CRITICAL): False,
        (Channel.X, Severity.LOW): False,
        (Channel.X, None): False,
    }


# --- what is refused -------------------------------------------------------------------------------------------------


def changed(*replacements: tuple[str, str]) -> str:
    """The shipped policy with pieces of it replaced; each must be there once."""
    text = SHIPPED
    for old, new in replacements:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the shipped policy"
        text = text.replace(old, new)
    return text


MORE = "    expert: true\n"
REFUSED: dict[str, str] = {
    "not-yaml": changed(("when: {severity: {at_least: 3, at_most: 3}}", "when: {severity: {at_least: 3")),
    "nothing": "",
    "only-words": "everything needs five levels",
    "impossible-date": changed(("name: By severity", "name: 2026-13-45")),
    "without-end": changed(("[1, 2, 3]", "[" * 5000)),
    "too-long": SHIPPED + "#" * 100_000,
    "unknown-level": changed(("5: {name: Board, quorum: any, answers_within: 48h}\n", "\n"), ("[1, 2, 3]", "[1, 5]")),
    "level-beyond-five": changed(("[1, 2, 3]", "[1, 2, 6]")),
    "described-level-beyond-five": changed(("  5: {name: Board", "  6: {name: Board")),
    "unknown-matter": changed(("[despair, threats]", "[despair, treats]")),
    "unknown-channel": changed(("{matter: [despair, threats]}", "{channel: [myspace]}")),
    "misspelt-key": changed(("{matter: [despair, threats]}", "{mater: [despair]}")),
    "missing-key": changed(("approval_valid: 7d\n", "")),
    "duplicate-key": changed((MORE, f"{MORE}    expert: false\n")),
    "empty-range": changed(("{at_least: 3, at_most: 3}", "{at_least: 3, at_most: 2}")),
    "no-condition-value": changed(("{matter: [despair, threats]}", "{matter: []}")),
    "no-time-for-a-severity": changed((", 4: 1h}", "}")),
    "not-a-time": changed(("sending_valid: 24h", "sending_valid: soon")),
    "no-quorum": changed(("{name: Board, quorum: any", "{name: Board, quorum: 0")),
    "two-equal-ids": changed(("  - id: high", "  - id: medium")),
    "asks-for-nothing": changed((MORE, "")),
    "unknown-concern": changed(("concern: true", "concern: maybe")),
    "unknown-action": changed(("action: [hold, spam, trash]", "action: [burn]")),
    "changes-no-route": SHIPPED
    + "  - id: grave\n    says: Level 1 again\n    when: {severity: {at_least: 4}}\n    levels: [1]\n",
    "instead-of-nobody": changed((MORE, f"{MORE}    instead_of: [medum]\n")),
    "instead-of-each-other": changed(
        ("    levels: [1]\n", "    levels: [1]\n    instead_of: [high]\n"),
        ("at_most: 3}}\n    levels: [1, 2]\n", "at_most: 3}}\n    levels: [1, 2]\n    instead_of: [medium]\n"),
    ),
}


def same_as_golden(name: str, message: str) -> None:
    path = GOLDEN / f"{name}.txt"
    assert path.exists(), f"there is no {path.name}; the message is: {message}"
    assert message == path.read_text().rstrip("\n")


@pytest.mark.parametrize("name", REFUSED)
def test_a_policy_with_an_error_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse(REFUSED[name], policies.known_matters())
    same_as_golden(name, str(refused.value))


TEAM = {EXPERT: frozenset({9}), 1: frozenset({1, 2}), 2: frozenset({3}), 3: frozenset({4})}
WRITER = frozenset({7})

NOBODY_COULD: dict[str, tuple[str, dict[int, frozenset[int]], frozenset[int]]] = {
    "quorum-beyond-the-people": (changed(("Communications lead, quorum: any", "Lead, quorum: 3")), TEAM, WRITER),
    "nobody-at-a-level": (SHIPPED, {**TEAM, 2: frozenset()}, WRITER),
    "no-expert": (SHIPPED, {**TEAM, EXPERT: frozenset()}, WRITER),
    "one-person-at-two-levels": (SHIPPED, {**TEAM, 2: frozenset({5}), 3: frozenset({5})}, WRITER),
    "the-only-approver-is-the-only-author": (SHIPPED, {**TEAM, 2: frozenset({7})}, WRITER),
}


@pytest.mark.parametrize("name", NOBODY_COULD)
def test_a_policy_that_nobody_could_satisfy_is_refused_with_its_line(name: str) -> None:
    source, people, authors = NOBODY_COULD[name]
    problem = unsatisfiable(policies.read(source), people, authors)
    assert problem is not None
    same_as_golden(name, str(PolicyError(line_of(source, problem.path), problem.text)))


def test_every_golden_message_belongs_to_a_test() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == REFUSED.keys() | NOBODY_COULD.keys()


def test_people_who_are_enough_for_one_author_are_enough() -> None:
    policy = policies.read(SHIPPED)
    assert unsatisfiable(policy, TEAM, WRITER) is None
    assert unsatisfiable(policy, TEAM, frozenset()) is None, "nobody writes yet: the people are looked at as they are"
    # One of two authors decides at level 2 alone; the other one's responses can be approved.
    assert unsatisfiable(policy, {**TEAM, 2: frozenset({7})}, frozenset({7, 8})) is None


@given(
    st.dictionaries(st.integers(0, 5), st.sampled_from([Quorum.ANY, Quorum.ALL, 1, 2, 3]), max_size=4),
    st.dictionaries(st.integers(0, 5), st.frozensets(st.integers(1, 6), max_size=4)),
    st.frozensets(st.integers(1, 6), max_size=2),
)
def test_a_level_is_missing_only_where_people_cannot_be_shared_out(
    quorums: dict[int, Quorum | int], people: dict[int, frozenset[int]], without: frozenset[int]
) -> None:
    needs = [level for level, quorum in quorums.items() for _ in range(quorum if isinstance(quorum, int) else 1)]

    def possible(rest: list[int], used: frozenset[int]) -> bool:
        if not rest:
            return True
        free = people.get(rest[0], frozenset()) - without - used
        return any(possible(rest[1:], used | {person}) for person in free)

    assert (missing_level(quorums, people, without) is None) is possible(needs, frozenset())


@given(st.text(max_size=200) | st.integers(0, len(SHIPPED)).map(lambda end: SHIPPED[:end]))
@example("\ud800")
@example("a: &a [*a]")
@example("? [1]\n: 2")
@example("a: &a {a: *a}")
@example(
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{name}: &{name} {[f'*{past}'] * 9}\n".replace("'", "") for past, name in pairwise("abcdefghij"))
)
@example("due: {1: 1" + "0" * 5000 + "}")
def test_whatever_is_typed_is_a_policy_or_refused_in_words(text: str) -> None:
    try:
        parse(text, policies.known_matters())
    except PolicyError as refused:
        assert refused.line >= 1
