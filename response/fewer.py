"""What would need fewer levels: the policy's own rules, asked again with one fact changed that the author can change.

Pure. The author cannot change what the comment says, how grave it is, or to whom somebody escalated the case; where the
response goes they can, and what could not be assessed may still be.
"""

from dataclasses import dataclass, replace

from model.route import Facts, Route
from model.words import Channel, Severity
from response.policy import Policy, matches, route


@dataclass(frozen=True, slots=True)
class Way:
    """A change, the route after it, and the rules that would no longer ask. `leave` is the channel that it would not go
    to; None: everything about the comment is known."""

    leave: Channel | None
    route: Route
    without: tuple[str, ...]
    saves: frozenset[int]


def levels(of: Route) -> frozenset[int]:
    """The levels of a route; 0 is the expert's step."""
    return frozenset(step.level for step in of.steps)


def ways(policy: Policy, facts: Facts) -> list[Way]:
    """Each single change after which the response needs some of its levels no more, and no others."""
    now = route(policy, facts)
    found = [
        _way(now, one, route(policy, replace(facts, channels=facts.channels - {one})))
        for one in sorted(facts.channels)
        if len(facts.channels) > 1
    ]
    if unknown_asks(policy, facts):
        found.append(_way(now, None, route(policy, _known(facts))))
    return [way for way in found if way and way.saves]


def unknown_asks(policy: Policy, facts: Facts) -> tuple[str, ...]:
    """The rules that ask only because something about the comment is not known."""
    asking = {reason.rule for reason in route(policy, facts).because}
    return tuple(rule.id for rule in policy.rules if rule.id in asking and matches(rule.when, facts) is None)


def _known(facts: Facts) -> Facts:
    """The same comment, were it assessed in full and nothing found: the most that knowing could take off."""
    return replace(
        facts,
        severity=Severity.NONE if facts.severity is None else facts.severity,
        matters=frozenset() if facts.matters is None else facts.matters,
        sentiment=1.0 if facts.sentiment is None else facts.sentiment,
    )


def _way(now: Route, leave: Channel | None, then: Route) -> Way | None:
    """The difference that a change makes; None when it would add a level."""
    if levels(then) - levels(now):
        return None
    asked_then = {reason.rule for reason in then.because}
    without = tuple(reason.rule for reason in now.because if reason.rule not in asked_then)
    return Way(leave, then, without, levels(now) - levels(then))
