"""What a policy would have asked of the responses of late, against the one in force."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from access.permissions import Permission, require
from model import clock
from model.person import Person
from response import policies
from response.policy import Policy
from response.routing import aim_of, route_of
from response.template_rules import missing
from store import cases, deciding, responses
from store.db import Store, Tx
from store.responses import Response

LOOKED_BACK = timedelta(days=90)
MOST = 300
"""So many responses, the newest, are routed anew."""


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A response of late: its levels by the policy in force, and by the other one (0: the expert's step)."""

    response_id: int
    now: tuple[int, ...]
    then: tuple[int, ...]
    less: bool
    more: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What was routed anew, newest first, and how many responses were sent in this time."""

    rerouted: tuple[Rerouted, ...]
    sent: int

    @property
    def less(self) -> tuple[Rerouted, ...]:
        """Those of which it asks less, and nothing more."""
        return tuple(one for one in self.rerouted if one.less and not one.more)

    @property
    def more(self) -> tuple[Rerouted, ...]:
        """Those of which it asks something more."""
        return tuple(one for one in self.rerouted if one.more)

    def asked(self, *, then: bool) -> Counter[int]:
        """How often each level is asked: by the other policy, or by the one in force."""
        return Counter(level for one in self.rerouted for level in (one.then if then else one.now))


def of_late(store: Store, by: Person, source: str) -> Trial:
    """Routes every response that was sent for approval in the last 90 days by another policy's text.

    Each is taken as it stands now: with its case's present severity and matters. Changes nothing. Raises PolicyError,
    and NotAllowed for whoever may not change the policy.
    """
    require(by, Permission.POLICY)
    with store.read() as tx:
        other = policies.usable(tx, source)
        now = policies.in_force(tx).policy
        since = clock.now() - LOOKED_BACK
        those = (responses.get(tx, one) for one in deciding.sent_since(tx, since, MOST))
        rerouted = tuple(_rerouted(tx, one, now, other) for one in those if one)
        return Trial(rerouted, deciding.count_sent_since(tx, since))


def _rerouted(tx: Tx, response: Response, now: Policy, other: Policy) -> Rerouted:
    case = cases.get(tx, response.case_id) if response.case_id is not None else None
    aim = aim_of(tx, response)
    before, after = (route_of(tx, policy, case, aim).steps for policy in (now, other))
    return Rerouted(
        response.id,
        tuple(step.level for step in before),
        tuple(step.level for step in after),
        less=bool(missing(after, before)),
        more=bool(missing(before, after)),
    )
