"""The policy as people write it: read from its YAML, refused with the line of the first thing that is wrong. Pure."""

import re
from functools import lru_cache
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from model.errors import BadInput
from model.language import _, number
from model.words import Severity
from response.policy import Between, Policy, Problem, Rule, When, reach

MAX_BYTES = 100_000


class PolicyError(BadInput):
    """A policy that cannot be used. `line` counts from 1 and is part of the message."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(_("Line {line}: {problem} The policy in force stays as it is.", line=line, problem=problem))
        self.line = line
        self.problem = problem


def parse(source: str, known_matters: frozenset[str]) -> Policy:
    """The policy written in YAML. Raises PolicyError with the line of the first thing that is wrong."""
    policy = formed(source)
    for problem in contradictions(policy, known_matters):
        raise PolicyError(line_of(source, problem.path), problem.text)
    return policy


@lru_cache(maxsize=32)
def formed(source: str) -> Policy:
    """The same for a text whose rules may still contradict each other, as while it is being written."""
    if len(source.encode(errors="replace")) > MAX_BYTES:
        raise PolicyError(1, _("a policy has at most {most} bytes.", most=number(MAX_BYTES)))
    try:
        tree = yaml.compose(source, Loader=yaml.SafeLoader)
        document = yaml.safe_load(source)
    # Besides its own errors the parser lets through those of impossible dates, endless numbers and bottomless brackets.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise PolicyError(
            mark.line + 1 if mark else 1, _("this cannot be read as YAML; look at indents, colons and quotes.")
        ) from error
    twice = _written_twice(tree)
    if twice is not None:
        raise PolicyError(twice.start_mark.line + 1, _("'{name}' is written twice here.", name=twice.value))
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise PolicyError(_line(tree, first["loc"]), plainly(first)) from error


def line_of(source: str, path: tuple[str | int, ...]) -> int:
    """The line (from 1) where the value at a path of the document stands."""
    return _line(yaml.compose(source, Loader=yaml.SafeLoader), path)


def _written_twice(tree: Any) -> yaml.ScalarNode | None:
    """The first key that its mapping already has, or None: YAML itself would quietly let the last one win."""
    ahead, visited, twice = [tree], set(), []
    while ahead:
        node = ahead.pop()
        if id(node) in visited:  # an alias leads to the same node again, or even round in a circle
            continue
        visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    twice += [key] if key.value in seen else []
                    seen.add(key.value)
                ahead.append(value)
        elif isinstance(node, yaml.SequenceNode):
            ahead += node.value
    return min(twice, key=lambda key: key.start_mark.index, default=None)


def plainly(error: ErrorDetails) -> str:
    """What is wrong with a value, in words for the person who wrote the policy."""
    # The validator's own names for the branches of a choice are no keys of the document.
    key = next((part for part in reversed(error["loc"]) if isinstance(part, str) and part.isidentifier()), "policy")
    given = repr(error["input"])[:60] if isinstance(error["input"], str | int | float) else _("this")
    match error["type"]:
        case "extra_forbidden":
            return _("there is no '{key}' at this place.", key=key)
        case "missing":
            return _("'{key}' is missing.", key=key)
        case "value_error":
            said = f"{error['ctx']['error']}"
        case "too_short" | "string_too_short":
            said = _("this is empty; leave it out, or name something")
        case "enum":
            said = _("{given} is not known; it is one of {known}", given=given, known=error["ctx"]["expected"])
        case "model_type" | "dict_type":
            said = _("this must be names with their values, such as 'name: value'")
        case _:
            why = re.sub("^[A-Z][a-z]+ should", "it should", error["msg"])
            said = _("{given} cannot be used; {why}", given=given, why=why)
    return f"'{key}': {said}."


def _line(node: Any, path: tuple[str | int, ...]) -> int:
    """The deepest line along the path that the document has; a missing key is reported at its parent."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in path:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, child = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            line = child.start_mark.line + 1
        if child is None:
            break
        node = child
    return line


def contradictions(policy: Policy, known_matters: frozenset[str]) -> list[Problem]:
    """Where the rules of a policy contradict each other or what there is, each with its path in the document."""
    problems = [
        Problem(("due",), _("due has no time for severity {severity}.", severity=s.value))
        for s in Severity
        if s not in policy.due
    ]
    ids = [rule.id for rule in policy.rules]
    for index, rule in enumerate(policy.rules):
        here: tuple[str | int, ...] = ("rules", index)
        if rule.id in ids[:index]:
            problems.append(Problem((*here, "id"), _("two rules are called '{id}'.", id=rule.id)))
        for level in rule.levels:
            if level not in policy.levels:
                problems.append(
                    Problem((*here, "levels"), _("level {level} is not described under 'levels'.", level=level))
                )
        for name in rule.instead_of:
            if name not in ids or name == rule.id:
                problems.append(Problem((*here, "instead_of"), _("there is no other rule called '{name}'.", name=name)))
            elif rule.id in _replaced_by(name, policy.rules):
                problems.append(
                    Problem((*here, "instead_of"), _("'{id}' and '{name}' replace each other.", id=rule.id, name=name))
                )
        problems += _strange(rule, here, known_matters)
        if rule.when.severity and rule.when.severity.at_least > rule.when.severity.at_most:
            problems.append(
                Problem((*here, "when", "severity"), _("this range is empty, so the rule can never match."))
            )
        elif not _matters_to_routes(rule, policy.rules):
            problems.append(Problem(here, _("the rule '{id}' can change no route.", id=rule.id)))
    return problems


def unknown_matters(policy: Policy, known: frozenset[str]) -> list[Problem]:
    """Where rules name a matter that there is not."""
    return [one for index, rule in enumerate(policy.rules) for one in _strange(rule, ("rules", index), known)]


def _strange(rule: Rule, here: tuple[str | int, ...], known: frozenset[str]) -> list[Problem]:
    path = (*here, "when", "matter")
    strange = sorted((rule.when.matter or frozenset()) - known)
    return [Problem(path, _("there is no matter called '{matter}'.", matter=matter)) for matter in strange]


def _replaced_by(name: str, rules: tuple[Rule, ...]) -> set[str]:
    """The rules that a rule replaces, directly or through others."""
    direct = {rule.id: rule.instead_of for rule in rules}
    found: set[str] = set()
    ahead = [name]
    while ahead:
        fresh = set(direct.get(ahead.pop(), ())) - found
        found |= fresh
        ahead += fresh
    return found


def _matters_to_routes(rule: Rule, rules: tuple[Rule, ...]) -> bool:
    """Whether some response is routed differently because of this rule."""
    if rule.instead_of:
        return True
    replaced = {name for other in rules for name in other.instead_of}
    # Of two rules that say the same, the first counts: otherwise each would make the other useless.
    always_there: set[int] = set()
    for position, other in enumerate(rules):
        if other is rule or other.id in replaced or not _covers(other.when, rule.when):
            continue
        if other.asks == rule.asks and _covers(rule.when, other.when) and position > rules.index(rule):
            continue
        always_there |= other.asks
    return not rule.asks <= always_there


def _covers(wider: When, narrower: When) -> bool:
    """Whether every response that meets the narrower conditions meets the wider ones."""
    for name in ("channel", "matter"):
        wide, narrow = getattr(wider, name), getattr(narrower, name)
        if wide is not None and (narrow is None or not narrow <= wide):
            return False
    if not reach(narrower) <= reach(wider):
        return False
    if wider.severity is not None:
        inner = narrower.severity or Between()
        if inner.at_least < wider.severity.at_least or inner.at_most > wider.severity.at_most:
            return False
    if wider.sentiment is not None:
        return narrower.sentiment is not None and narrower.sentiment.below <= wider.sentiment.below
    return True
