"""A policy changed by a form: each change gives another whole policy, or is refused in words. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from model.errors import BadInput
from model.language import _
from model.route import EXPERT
from response.policy import Policy
from response.policy_print import document
from response.policy_text import plainly

Path = tuple[str | int, ...]
"""Where a value stands in the document of a policy: ('rules', 2, 'when', 'channel')."""
MOST_LEVELS = 5
_FIRST_TERMS = {"quorum": "any", "answers_within": "24h"}


def value(policy: Policy, path: Path) -> Any:
    """What stands at a path of the policy's document; None where nothing does."""
    found: Any = document(policy)
    for part in path:
        if found is not None:
            found = found.get(part) if isinstance(found, dict) else found[part]
    return found


def put(policy: Policy, path: Path, new: Any) -> Policy:
    """The policy with another value at a path; None takes away what stands there. Raises BadInput.

    A rule that gets another id is called so by the rules that replace it, too.
    """

    def change(said: dict[str, Any]) -> None:
        here: Any = said
        for part in path[:-1]:
            here = here.setdefault(part, {}) if isinstance(here, dict) else here[part]
        if path[0] == "rules" and path[-1] == "id":
            _rename(said["rules"], here["id"], new)
        if new is None:
            here.pop(path[-1], None)
        else:
            here[path[-1]] = new

    return _changed(policy, change)


def asks(policy: Policy, rule: int) -> list[int]:
    """Whom a rule asks: its levels, and 0 for the expert's step."""
    return sorted(policy.rules[rule].asks)


def put_asked(policy: Policy, rule: int, asked: Sequence[int]) -> Policy:
    """The policy with a rule that asks those: levels, and 0 for an expert."""
    levels = [level for level in asked if level != EXPERT] or None
    with_levels = put(policy, ("rules", rule, "levels"), levels)
    return put(with_levels, ("rules", rule, "expert"), True if EXPERT in asked else None)


def add_rule(policy: Policy, says: str) -> Policy:
    """The policy with one more rule at the end, for every response, that asks the lowest level."""

    def change(said: dict[str, Any]) -> None:
        names = {rule["id"] for rule in said["rules"]}
        name = next(name for n in range(1, len(names) + 2) if (name := f"rule-{n}") not in names)
        said["rules"].append({"id": name, "says": says, "when": {}, "levels": [min(policy.levels, default=1)]})

    return _changed(policy, change)


def move_rule(policy: Policy, rule: int, to: int) -> Policy:
    """The policy with a rule at another place of the list."""
    return _changed(policy, lambda said: said["rules"].insert(to, said["rules"].pop(rule)))


def remove_rule(policy: Policy, rule: int) -> Policy:
    """The policy without a rule; those that replaced it replace it no more."""

    def change(said: dict[str, Any]) -> None:
        gone = said["rules"].pop(rule)["id"]
        for one in said["rules"]:
            if gone in one.get("instead_of", ()):
                one["instead_of"].remove(gone)

    return _changed(policy, change)


def add_level(policy: Policy, name: str) -> Policy:
    """The policy with the lowest level that it does not describe yet."""
    free = [level for level in range(1, MOST_LEVELS + 1) if level not in policy.levels]
    if not free:
        raise BadInput(_("A policy has at most {most} levels.", most=MOST_LEVELS))
    return put(policy, ("levels", free[0]), {"name": name} | _FIRST_TERMS)


def remove_level(policy: Policy, level: int) -> Policy:
    """The policy without a level. Raises BadInput while a rule asks for it."""
    for rule in policy.rules:
        if level in rule.levels:
            raise BadInput(_("The rule “{says}” asks for level {level}.", says=rule.says, level=level))
    return put(policy, ("levels", level), None)


def _rename(rules: list[dict[str, Any]], old: str, new: str) -> None:
    for rule in rules:
        replaced = rule.get("instead_of", [])
        replaced[:] = [new if name == old else name for name in replaced]


def _changed(policy: Policy, change: Callable[[dict[str, Any]], None]) -> Policy:
    said = document(policy)
    change(said)
    try:
        return Policy.model_validate(said)
    except ValidationError as error:
        raise BadInput(_("{problem} Nothing was changed.", problem=plainly(error.errors()[0]))) from error
