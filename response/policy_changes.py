"""What one policy changes against another: in words, and where it lets something go out with less approval. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TypeVar

from model.language import _, many, number
from model.route import EXPERT, Facts, Step
from model.words import HIDES, Action, Channel, Quorum, Severity
from response.policy import Between, LevelTerms, Policy, Rule, When, moderation_route, route
from response.template_rules import missing

ALL_GROUPS = 4
"""Of how many kinds of channels, or of matters, every combination is looked at."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Words:
    """How values are called in the reader's language, given by who shows them: a level by its number (0: the expert's
    step), a span of seconds, and the names of what conditions speak of."""

    level: Callable[[int], str]
    span: Callable[[float], str]
    channel: Callable[[Channel], str]
    matter: Callable[[str], str]
    severity: Callable[[Severity], str]
    action: Callable[[Action], str]
    listed: Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Loosened:
    """A kind of response of which a policy asks less than another: the levels (0: the expert's step) that are asked no
    more, or of which fewer people must approve."""

    facts: Facts
    levels: tuple[int, ...]


# --- where it asks for less -----------------------------------------------------------------------------------------


def loosened(before: Policy, after: Policy) -> Loosened | None:
    """The first kind of response of which the new policy asks less than the old one; None where it never does.

    Every kind that the conditions of both can tell apart is routed by both.
    """
    for facts in kinds((*before.rules, *after.rules)):
        less = missing(_routed(after, facts), _routed(before, facts))
        if less:
            return Loosened(facts, tuple(less))
    return None


def loosened_levels(before: Policy, after: Policy) -> frozenset[int]:
    """All levels (0: the expert's step) of which the new policy asks less of some kind of response."""
    return frozenset(
        level
        for facts in kinds((*before.rules, *after.rules))
        for level in missing(_routed(after, facts), _routed(before, facts))
    )


def _routed(policy: Policy, facts: Facts) -> tuple[Step, ...]:
    return (route if facts.action is Action.REPLY else moderation_route)(policy, facts).steps


def kinds(rules: Sequence[Rule]) -> Iterator[Facts]:
    """One response of each kind that the conditions of the rules can tell apart; what is not known is a kind too.

    With very many groups of channels or matters only those of one, of two and of all are there.
    """
    whens = [rule.when for rule in rules]
    channels = _alike(list(Channel), whens, lambda when, one: when.channel is None or one in when.channel)
    named = sorted({matter for when in whens for matter in when.matter or ()})
    matters = _alike(named, whens, lambda when, one: when.matter is None or one in when.matter)
    graves = _alike(list(Severity), whens, _in_range)
    moods = sorted({-1.0, *(when.sentiment.below for when in whens if when.sentiment)})
    acts = _alike(list(product(Action, (True, False))), whens, lambda when, one: (when.about(*one), when.action), _sort)
    for where, about, severity, mood, (action, concern) in product(
        [one for one in _groups(channels) if one], [*_groups(matters), None], [*graves, None], [*moods, None], acts
    ):
        yield Facts(where, severity, about, mood, action=action, concern=concern)


def _in_range(when: When, severity: Severity) -> bool:
    return when.severity is None or when.severity.at_least <= severity <= when.severity.at_most


def _sort(act: tuple[Action, bool]) -> object:
    """What hides, what shows and what says something go by different rules of the house."""
    action, concern = act
    return ("hides", concern) if action in HIDES else action


def _alike(
    values: Sequence[T],
    whens: Sequence[When],
    answer: Callable[[When, T], object],
    also: Callable[[T], object] = lambda _value: None,
) -> list[T]:
    """One value for each way in which all conditions answer."""
    found: dict[object, T] = {}
    for value in values:
        found.setdefault((tuple(answer(when, value) for when in whens), also(value)), value)
    return list(found.values())


def _groups(values: Sequence[T]) -> list[frozenset[T]]:
    sizes = range(len(values) + 1) if len(values) <= ALL_GROUPS else (0, 1, 2, len(values))
    return [frozenset(some) for size in sizes for some in combinations(values, size)]


# --- in words -------------------------------------------------------------------------------------------------------


def in_words(before: Policy, after: Policy, say: Words) -> list[str]:
    """Each change as a sentence, in the order of the document; none where both mean the same."""
    said = []
    if before.name != after.name:
        said.append(_("It is called “{name}”.", name=after.name))
    said += _levels(before, after, say)
    old, new = {rule.id: rule for rule in before.rules}, {rule.id: rule for rule in after.rules}
    said += [_("No more: {what}.", what=_rule(rule, say)) for name, rule in old.items() if name not in new]
    for name, rule in new.items():
        if name not in old:
            said.append(_("New: {what}.", what=_rule(rule, say)))
        elif old[name] != rule:
            said.append(_("Changed: {old} becomes {new}.", old=_rule(old[name], say), new=_rule(rule, say)))
    said += [
        _(
            "A case of severity “{severity}” is due after {span} instead of {before}.",
            severity=say.severity(severity),
            span=say.span(span),
            before=say.span(before.due[severity]),
        )
        for severity, span in after.due.items()
        if severity in before.due and before.due[severity] != span
    ]
    if before.approval_valid != after.approval_valid:
        said.append(_("A response may wait for approval for {span}.", span=say.span(after.approval_valid)))
    if before.sending_valid != after.sending_valid:
        said.append(_("What is approved may be sent for {span}.", span=say.span(after.sending_valid)))
    return said


def _levels(before: Policy, after: Policy, say: Words) -> Iterator[str]:
    for level in sorted({EXPERT, *before.levels, *after.levels}):
        old = before.terms(level) if level in (EXPERT, *before.levels) else None
        new = after.terms(level) if level in (EXPERT, *after.levels) else None
        if new is None:
            yield _("No more: {what}.", what=say.level(level))
        elif old is None:
            yield _("New: {level}, {terms}.", level=say.level(level), terms=_terms(new, say))
        elif old != new:
            yield _("Changed: {level}, now {terms}.", level=say.level(level), terms=_terms(new, say))


def _terms(terms: LevelTerms, say: Words) -> str:
    named = {"name": terms.name, "span": say.span(terms.answers_within)}
    if terms.quorum is Quorum.ANY:
        return _("“{name}”, any one of them, within {span}", **named)
    if terms.quorum is Quorum.ALL:
        return _("“{name}”, all of them, within {span}", **named)
    return many(
        "“{name}”, {n} of them, within {span}",
        "“{name}”, {n} of them, within {span}",
        terms.quorum,
        **named,
    )


def _rule(rule: Rule, say: Words) -> str:
    """'“Severity 3 needs two levels” (severity high: level 1 and level 2)'."""
    asks = say.listed([say.level(level) for level in sorted(rule.asks)]) if rule.asks else _("no level")
    if rule.instead_of:
        rules = say.listed([f"“{one}”" for one in rule.instead_of])
        asks = _("{levels} instead of what {rules} asks for", levels=asks, rules=rules)
    return _("“{says}” ({when}: {levels})", says=rule.says, when=when_in_words(rule.when, say), levels=asks)


def when_in_words(when: When, say: Words) -> str:
    """The conditions of a rule as one phrase; 'always' where there are none."""
    said = []
    if when.action is not None:
        said.append(say.listed([say.action(one) for one in Action if one in when.action]))
    if when.channel is not None:
        channels = [say.channel(one) for one in Channel if one in when.channel]
        said.append(_("on {channels}", channels=say.listed(channels)))
    if when.matter is not None:
        matters = [say.matter(one) for one in sorted(when.matter)]
        said.append(_("about {matters}", matters=say.listed(matters)))
    if when.severity is not None:
        said.append(_("severity {range}", range=between(when.severity, say)))
    if when.sentiment is not None:
        said.append(_("mean sentiment below {bound}", bound=number(when.sentiment.below, 2)))
    if when.concern is True:
        said.append(_("comments that raise a concern"))
    elif when.concern is False:
        said.append(_("comments that raise none"))
    return ", ".join(said) or _("always")


def between(span: Between, say: Words) -> str:
    """A range of severities: 'low', 'medium to high'."""
    low, high = say.severity(span.at_least), say.severity(span.at_most)
    if span.at_least == span.at_most:
        return low
    return _("{low} to {high}", low=low, high=high)
