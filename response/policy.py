"""The policy: what it says, the route it gives a response, and whether people can satisfy it. Pure.

How it is read from what people write is in `response.policy_text`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from model.language import _, later
from model.route import EXPERT, Because, Facts, Route, Step
from model.words import HIDES, Action, Channel, Quorum, Severity

_UNITS = {"m": 60, "h": 3600, "d": 86400}


def _seconds(value: Any) -> Any:
    """'90m', '4h' or '7d' in seconds."""
    match = re.fullmatch(r"(\d{1,4})([mhd])", str(value))
    if not match or int(match[1]) == 0:
        raise ValueError(_("a time is a number and a unit, such as 90m, 4h or 7d"))
    return int(match[1]) * _UNITS[match[2]]


def _quorum(value: Any) -> Any:
    if value in ("any", "all") or (type(value) is int and 1 <= value <= 20):
        return value
    raise ValueError(_("how many must approve is any, all, or a number from 1 to 20"))


def _concern(value: Any) -> Any:
    if value is True or value is False or value == "any":
        return value
    raise ValueError(_("whether the comment raises a concern is true, false or any"))


Duration = Annotated[int, BeforeValidator(_seconds)]
LevelNumber = Annotated[int, Field(ge=1, le=5)]
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Between(_Strict):
    """A range of severities, both ends included."""

    at_least: Severity = Severity.NONE
    at_most: Severity = Severity.CRITICAL


class Below(_Strict):
    """A mean sentiment (-1..1) under a bound."""

    below: Annotated[float, Field(gt=-1, le=1)]


class When(_Strict):
    """The conditions of a rule: all that are given must hold. Nothing given: always.

    `concern` is whether the comment raises one, or 'any': of both kinds.
    """

    channel: frozenset[Channel] | None = Field(None, min_length=1)
    matter: frozenset[str] | None = Field(None, min_length=1)
    severity: Between | None = None
    sentiment: Below | None = None
    action: frozenset[Action] | None = Field(None, min_length=1)
    concern: Annotated[bool | Literal["any"] | None, BeforeValidator(_concern)] = None

    @property
    def old(self) -> bool:
        """Whether it names what hides a comment and leaves open which comments it is about.

        Rules were written so before there was `concern`, when hiding a comment that raises none was never routed: they
        keep that meaning, and are not saved anew (`unsaid`).
        """
        return self.concern is None and bool(self.action and self.action & HIDES)

    def about(self, action: Action, concern: bool) -> bool:
        """Whether it may be about this action on a comment that raises a concern, or does not."""
        if self.action is not None and action not in self.action:
            return False
        if self.old and action in HIDES:
            return concern
        return self.concern in (None, "any", concern)


class Rule(_Strict):
    """One rule. `levels` and `expert` are what it asks for; `instead_of` names rules whose levels it replaces."""

    id: RuleId
    says: str = Field(min_length=1, max_length=200)
    when: When
    levels: tuple[LevelNumber, ...] = ()
    expert: bool = False
    instead_of: tuple[RuleId, ...] = ()

    @property
    def asks(self) -> frozenset[int]:
        """The levels asked for, the expert's step as 0."""
        return frozenset(self.levels) | ({EXPERT} if self.expert else frozenset())


class LevelTerms(_Strict):
    """How a level decides: its name, how many must approve, and when an answer is expected."""

    name: str = Field("Expert", min_length=1, max_length=60)
    quorum: Annotated[Quorum | int, BeforeValidator(_quorum)] = Quorum.ANY
    answers_within: Duration


class Policy(_Strict):
    """A whole policy, valid in itself. Whether people can satisfy it is `unsatisfiable`'s question."""

    name: str = Field(min_length=1, max_length=80)
    levels: dict[LevelNumber, LevelTerms]
    expert: LevelTerms
    due: dict[Severity, Duration]
    approval_valid: Duration
    sending_valid: Duration
    rules: tuple[Rule, ...] = Field(max_length=200)

    def terms(self, level: int) -> LevelTerms:
        return self.expert if level == EXPERT else self.levels[level]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a policy, and where: a path into the document."""

    path: tuple[str | int, ...]
    text: str


def reach(when: When) -> set[tuple[Action, bool]]:
    """The actions whose routes a rule with these conditions can change, each on which of the two kinds of comment."""
    return {
        (action, concern)
        for action, concern in product(Action, (True, False))
        if when.about(action, concern) and (when.action is not None or not _only_named(action, concern))
    }


def _only_named(action: Action, concern: bool | None) -> bool:
    """Whether only rules that name the action count: showing a comment, and hiding one that raises no concern."""
    return action is not Action.REPLY and not (action in HIDES and concern is not False)


def matches(when: When, facts: Facts) -> bool | None:
    """True, False, or None where a condition's input is unknown and no other condition says no."""
    answers: list[bool | None] = []
    if when.channel is not None:
        answers.append(bool(when.channel & facts.channels))
    about = {when.about(facts.action, one) for one in ((True, False) if facts.concern is None else (facts.concern,))}
    answers.append(about.pop() if len(about) == 1 else None)
    if when.matter is not None:
        answers.append(None if facts.matters is None else bool(when.matter & facts.matters))
    if when.severity is not None:
        known = facts.severity is not None
        answers.append(when.severity.at_least <= facts.severity <= when.severity.at_most if known else None)  # type: ignore[operator]
    if when.sentiment is not None:
        answers.append(None if facts.sentiment is None else facts.sentiment < when.sentiment.below)
    if False in answers:
        return False
    return None if None in answers else True


def route(policy: Policy, facts: Facts) -> Route:
    """The levels that a response needs: the union over all rules that match, and what somebody escalated to.

    A rule whose input is unknown asks for its levels, but replaces no other rule.
    """
    answers = {rule.id: matches(rule.when, facts) for rule in policy.rules}
    replaced = _replaced(policy, facts, answers)
    asking = [rule for rule in policy.rules if answers[rule.id] is not False and rule.id not in replaced]
    because = [Because(rule.id, rule.says, tuple(sorted(rule.asks))) for rule in asking]
    if facts.asked_levels:
        because += [Because("escalated", escalated_says(level), (level,)) for level in sorted(facts.asked_levels)]
    return _route(policy, because)


def gather(policy: Policy, because: list[Because], *, at_least_one: tuple[str, str]) -> Route:
    """The route that all of these reasons ask for together, each once; where none asks for a level, the lowest one, for
    the reason `at_least_one` (what stands for the rule, and what it says)."""
    each = {reason.rule: reason for reason in because}
    if not any(level > EXPERT for reason in each.values() for level in reason.levels):
        each[at_least_one[0]] = Because(*at_least_one, (min(policy.levels, default=1),))
    return _route(policy, list(each.values()))


def _route(policy: Policy, because: list[Because]) -> Route:
    wanted = sorted({level for reason in because for level in reason.levels})
    steps = tuple(
        _step(policy, level, tuple(reason.rule for reason in because if level in reason.levels)) for level in wanted
    )
    return Route(steps, tuple(because))


NEVER_ALONE = "never-alone"
"""What stands for a rule where the policy says nothing of hiding a comment that raises a concern."""


def moderation_route(policy: Policy, facts: Facts) -> Route:
    """The levels that a moderation needs.

    Showing a comment, or hiding one that raises no concern, is own authority, unless a rule that names the action asks
    for levels, or somebody escalated the case. Hiding a comment that raises a concern (or of which that is unknown) is
    routed like an answer to it, and never decided alone: where no rule that names the action matches, it needs the
    levels of such an answer besides, and one level at least.
    """
    counting = _that_count(policy, facts)
    found = route(counting, facts)
    if facts.action not in HIDES or facts.concern is False:
        return found
    because = list(found.because)
    said = {reason.rule for reason in because}
    if facts.concern is None:  # whatever counts only for what raises none may count as well
        other = moderation_route(policy, replace(facts, concern=False)).because
        because += [reason for reason in other if reason.rule not in said]
        said |= {reason.rule for reason in other}
    if not said & _surely_named(policy, facts):
        answer = route(policy, replace(facts, action=Action.REPLY)).because
        because += [reason for reason in answer if reason.rule not in said]
    if not any(level > EXPERT for reason in because for level in reason.levels):
        lowest = min(policy.levels, default=1)
        because.append(
            Because(NEVER_ALONE, later("Hiding a comment that raises a concern is never decided alone"), (lowest,))
        )
    return _route(policy, because)


def _surely_named(policy: Policy, facts: Facts) -> set[str]:
    """The rules that name the action and match if the comment raises a concern, whatever else is unknown: one that only
    may match does not stand for the levels of an answer, or not knowing would ask for less."""
    raised = replace(facts, concern=True)
    return {rule.id for rule in _naming(policy, facts.action) if matches(rule.when, raised) is True}


def _naming(policy: Policy, action: Action) -> tuple[Rule, ...]:
    """The rules that name an action."""
    return tuple(rule for rule in policy.rules if rule.when.action and action in rule.when.action)


def _that_count(policy: Policy, facts: Facts) -> Policy:
    """The policy with the rules that can be about a response of this kind at all."""
    if not _only_named(facts.action, facts.concern):
        return policy
    return policy.model_copy(update={"rules": _naming(policy, facts.action)})


def _replaced(policy: Policy, facts: Facts, answers: dict[str, bool | None]) -> set[str]:
    """The rules that others replace. A rule that another may replace replaces none itself; nor does one of which any
    input is unknown, or which speaks of some of the response's channels only. So what is unknown never loosens."""
    doubtful = {name for rule in policy.rules if answers[rule.id] is not False for name in rule.instead_of}
    return {
        name
        for rule in policy.rules
        if answers[rule.id] is True
        and rule.id not in doubtful
        and (rule.when.channel is None or facts.channels <= rule.when.channel)
        for name in rule.instead_of
    }


def _step(policy: Policy, level: int, because: tuple[str, ...]) -> Step:
    known = level in (EXPERT, *policy.levels)
    # A case may be escalated to a level that the policy in force says nothing of.
    terms = policy.terms(level) if known else LevelTerms(name=_("Level {level}", level=level), answers_within="24h")
    return Step(level, terms.name, terms.quorum, terms.answers_within, because)


def escalated_step(policy: Policy, level: int) -> Step:
    """The step that a case's escalation to a level adds to a route."""
    return _step(policy, level, ("escalated",))


def escalated_says(level: int) -> str:
    """Why that step is there, in words for people."""
    return _("Somebody escalated the case to level {level}", level=level)


def unsaid(policy: Policy) -> Problem | None:
    """The first rule that hides comments without saying which, or None. Such a rule is read as it was written once, but
    none is saved any more: whoever wrote it might think it is about all comments."""
    for index, rule in enumerate(policy.rules):
        if rule.when.old:
            return Problem(
                ("rules", index, "when", "action"),
                _(
                    "the rule '{id}' names hold, spam or trash, so it must say which comments it is about."
                    " Add 'concern: true' for those that raise a concern (what such a rule meant so far),"
                    " 'concern: false' for those that raise none, or 'concern: any' for all.",
                    id=rule.id,
                ),
            )
    return None


def unsatisfiable(policy: Policy, deciders: dict[int, frozenset[int]], authors: frozenset[int]) -> Problem | None:
    """The first rule that nobody's response could ever satisfy, or None when all can be.

    `deciders` has the ids of those who may decide at each level (0: the experts), `authors` of those who write. A
    person counts once on one response, and the author not at all; a route fails when that leaves a level short whoever
    the author is. Every kind of route the rules can give together is tried.
    """
    ids = [rule.id for rule in policy.rules]
    seen: set[tuple[int, ...]] = set()
    for facts in _kinds_of_facts(policy):
        found = route(_that_count(policy, facts), facts)
        levels = tuple(step.level for step in found.steps)
        if levels in seen:
            continue
        seen.add(levels)
        quorums = {step.level: step.quorum for step in found.steps}
        shortest = [missing_level(quorums, deciders, frozenset({author})) for author in authors or {-1}]
        if all(level is not None for level in shortest):
            level = shortest[0]
            rule = next(reason.rule for reason in found.because if level in reason.levels)
            who = _("an expert") if level == EXPERT else _("level {level}", level=level)
            return Problem(
                ("rules", ids.index(rule)),
                _(
                    "the rule '{rule}' needs {who}, and too few people other than the author can decide there.",
                    rule=rule,
                    who=who,
                ),
            )
    return None


def _kinds_of_facts(policy: Policy) -> Iterator[Facts]:
    """One response of each kind that the conditions of the rules can tell apart."""
    named = sorted({matter for rule in policy.rules for matter in rule.when.matter or ()})
    # What the same rules are about is alike; one of them stands for the others.
    alike: dict[tuple[bool, ...], tuple[Action, bool]] = {}
    for kind in product(Action, (True, False)):
        alike.setdefault(tuple(kind in reach(rule.when) for rule in policy.rules), kind)
    about = [frozenset[str](), *(frozenset({matter}) for matter in named), frozenset(named)]
    kinds = product(alike.values(), Channel, Severity, about, (1.0, -1.0))
    for (action, concern), channel, severity, matters, sentiment in kinds:
        yield Facts(frozenset({channel}), severity, matters, sentiment, action=action, concern=concern)


def missing_level(
    quorums: dict[int, Quorum | int], deciders: dict[int, frozenset[int]], without: frozenset[int]
) -> int | None:
    """The first level that cannot reach its quorum when each person counts once and `without` not at all, or None.

    Slots are given to people by augmenting paths (a maximum bipartite matching: Kuhn's algorithm).
    """
    holder: dict[int, int] = {}
    slots = [
        (level, deciders.get(level, frozenset()) - without)
        for level, quorum in quorums.items()
        # 'all' is as many as there are, but never nobody; those who count elsewhere are not asked twice.
        for _slot in range(quorum if isinstance(quorum, int) else 1)
    ]

    def seat(slot: int, tried: set[int]) -> bool:
        for person in sorted(slots[slot][1] - tried):
            tried.add(person)
            if person not in holder or seat(holder[person], tried):
                holder[person] = slot
                return True
        return False

    for slot, (level, _who) in enumerate(slots):
        if not seat(slot, set()):
            return level
    return None
