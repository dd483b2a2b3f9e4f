"""The policy printed: whatever the model can say, the form, the text and the form again are the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import BadInput
from model.words import Action, Channel, Quorum, Severity
from response import policies
from response.policy import Below, Between, LevelTerms, Policy, Rule, When
from response.policy_form import (
    add_level,
    add_rule,
    asks,
    move_rule,
    put,
    put_asked,
    remove_level,
    remove_rule,
    value,
)
from response.policy_print import document, kept, printed, rewritten
from response.policy_text import formed

SHIPPED = policies.SHIPPED.read_text()
COMMENTED = """\
# What we agreed in March.
name: "Ours"  # said the board
levels:
  # Ada and Ben.
  1: {name: Lead, quorum: any, answers_within: 4h}
  2:
    name: Head  # Carla
    quorum: 2
    answers_within: 8h
expert: {quorum: any, answers_within: 4h}
due: {0: 72h, 1: 48h, 2: 24h, 3: 4h, 4: 1h}  # hours of the house
approval_valid: 1d
sending_valid: 24h

rules:
  # Money is Carla's.
  - id: money
    says: Money needs the head
    when:
      matter: [money]  # as in the bylaws
    levels:
    - 2
  - {id: grave, says: What is grave needs both, when: {severity: {at_least: 3}}, levels: [1, 2]}

  # Since the flood.
  - id: blog
    says: >
      The blog is read
      by everybody
    when: {channel: [blog]}
    expert: false
    levels: [1]
# The end.
"""

texts = st.text(min_size=1, max_size=12) | st.sampled_from(
    [
        "yes",
        "null",
        "1",
        "a: b",
        "# c",
        "'",
        '"',
        "- x",
        "a\nb",
        "a\u2028b",
        " a ",
        "{a}",
        "1e3",
        "~",
        "é 🙂",
        "[",
        "&a",
        "*a",
    ]
)
times = st.builds(lambda n, unit: f"{n}{unit}", st.integers(1, 9999), st.sampled_from("mhd"))
quorums = st.sampled_from(Quorum) | st.integers(1, 20)
terms = st.builds(LevelTerms, name=texts, quorum=quorums, answers_within=times)
spans = st.tuples(st.sampled_from(Severity), st.sampled_from(Severity)).map(
    lambda both: Between(at_least=min(both), at_most=max(both))
)
few = {"min_size": 1, "max_size": 3}
whens = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.frozensets(st.sampled_from(Channel), **few),
        "matter": st.frozensets(st.sampled_from(["money", "press"]) | texts, **few),
        "severity": spans,
        "sentiment": st.floats(-1, 1, exclude_min=True).map(lambda bound: Below(below=bound)),
        "action": st.frozensets(st.sampled_from(Action), **few),
        "concern": st.sampled_from([True, False, "any"]),
    },
).map(lambda given: When(**given))
NAMES = ("a", "b", "on", "1", "money", "grave", "blog")
rules = st.builds(
    Rule,
    id=st.sampled_from(NAMES),
    says=texts,
    when=whens,
    levels=st.lists(st.integers(1, 5), max_size=3).map(tuple),
    expert=st.booleans(),
    instead_of=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
)
every_policy = st.builds(
    Policy,
    name=texts,
    levels=st.dictionaries(st.integers(1, 5), terms, max_size=3),
    expert=terms,
    due=st.dictionaries(st.sampled_from(Severity), times, max_size=5),
    approval_valid=times,
    sending_valid=times,
    rules=st.lists(rules, max_size=4, unique_by=lambda rule: rule.id).map(tuple),
)


@given(every_policy)
def test_what_the_form_prints_is_read_as_the_same_policy(policy: Policy) -> None:
    assert formed(printed(policy)) == policy
    assert Policy.model_validate(document(policy)) == policy
    assert kept(printed(policy))


@settings(deadline=None)
@given(every_policy, st.sampled_from([SHIPPED, COMMENTED, *policies.variants().values()]))
def test_any_policy_can_be_put_into_any_text(policy: Policy, source: str) -> None:
    assert formed(rewritten(source, policy)) == policy


@settings(deadline=None)
@given(every_policy, every_policy)
def test_a_printed_text_becomes_any_other_and_comes_back(one: Policy, other: Policy) -> None:
    there = rewritten(printed(one), other)
    assert formed(there) == other
    assert formed(rewritten(there, one)) == one


# --- comments of the text --------------------------------------------------------------------------------------------


def after(*changes: tuple[str, str]) -> str:
    text = COMMENTED
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


BOARD = formed(COMMENTED)
MONEY_LEVELS = "    levels:\n    - 2\n"
MONEY = COMMENTED[COMMENTED.index("  # Money") : COMMENTED.index("  - {id: grave")]
GRAVE = COMMENTED[COMMENTED.index("  - {id: grave") : COMMENTED.index("\n  # Since")]
BLOG = COMMENTED[COMMENTED.index("\n  # Since") : COMMENTED.index("# The end")]


@pytest.mark.parametrize(
    ("becomes", "text"),
    [
        (put(BOARD, ("name",), "Theirs"), after(('"Ours"', "Theirs"))),
        (put(BOARD, ("due", 3), "2h"), after(("3: 4h", "3: 2h"))),
        (put(BOARD, ("approval_valid",), "90m"), after(("1d", "90m"))),
        (put(BOARD, ("levels", 2, "quorum"), "all"), after(("quorum: 2", "quorum: all"))),
        (
            put(BOARD, ("rules", 0, "when", "channel"), ["x", "blog"]),
            after(("bylaws\n", "bylaws\n      channel: [blog, x]\n")),
        ),
        (
            put(BOARD, ("rules", 0, "when", "matter"), None),
            after(("\n      matter: [money]", " {}")),
        ),
        (put_asked(BOARD, 0, [0, 1]), after((MONEY_LEVELS, "    levels: [1]\n    expert: true\n"))),
        (put_asked(BOARD, 0, [0]), after((MONEY_LEVELS, "    expert: true\n"))),
        (put_asked(BOARD, 2, [0, 1]), after(("expert: false", "expert: true"))),
        (
            put(BOARD, ("rules", 2, "says"), "Short"),
            after((">\n      The blog is read\n      by everybody\n", "Short\n")),
        ),
        (put(BOARD, ("rules", 1, "id"), "dire"), after(("{id: grave", "{id: dire"))),
        (move_rule(BOARD, 2, 0), after((MONEY + GRAVE + BLOG, BLOG + MONEY + GRAVE))),
        (remove_rule(BOARD, 0), after((MONEY, ""))),
        (
            add_level(BOARD, "Board"),
            after(
                ("answers_within: 8h\n", "answers_within: 8h\n  3: {name: Board, quorum: any, answers_within: 24h}\n")
            ),
        ),
        (remove_level(remove_rule(remove_rule(BOARD, 2), 1), 1), None),
        (
            add_rule(BOARD, "New"),
            after((BLOG, BLOG + "  - id: rule-1\n    says: New\n    when: {}\n    levels: [1]\n")),
        ),
        (remove_rule(remove_rule(remove_rule(BOARD, 0), 0), 0), None),
    ],
)
def test_a_change_leaves_the_rest_of_the_text_as_it_is_written(becomes: Policy, text: str | None) -> None:
    written = rewritten(COMMENTED, becomes)
    assert formed(written) == becomes
    if text is not None:
        assert written == text
    assert "# What we agreed in March." in written and "# The end." in written


def test_a_text_with_anchors_is_printed_anew_and_says_so_before() -> None:
    source = SHIPPED.replace("levels: [1, 2]\n  - id: critical", "levels: &two [1, 2]\n  - id: critical")
    source = source.replace("concern: true}\n    levels: [1, 2]", "concern: true}\n    levels: *two")
    policy = formed(source)
    assert policy == formed(SHIPPED) and not kept(source) and kept(SHIPPED)
    assert rewritten(source, policy) == source
    other = put(policy, ("name",), "Other")
    assert rewritten(source, other) == printed(other)


# --- the changes -----------------------------------------------------------------------------------------------------


def test_a_rule_that_gets_another_id_is_called_so_by_those_that_replace_it() -> None:
    both = put(BOARD, ("rules", 0, "instead_of"), ["grave", "blog"])
    renamed = put(both, ("rules", 1, "id"), "dire")
    assert value(renamed, ("rules", 0, "instead_of")) == ["dire", "blog"]
    assert remove_rule(renamed, 1).rules[0].instead_of == ("blog",)
    assert asks(put_asked(BOARD, 0, []), 0) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [(("rules", 0, "id"), "Not so"), (("rules", 0, "says"), ""), (("levels", 1, "name"), ""), (("name",), "n" * 81)],
)
def test_what_no_policy_can_say_is_refused_in_words(path: tuple[str | int, ...], wrong: str) -> None:
    with pytest.raises(BadInput, match="Nothing was changed"):
        put(BOARD, path, wrong)


def test_a_level_that_a_rule_asks_for_stays() -> None:
    with pytest.raises(BadInput, match="“Money needs the head” asks for level 2"):
        remove_level(BOARD, 2)
