"""What somebody knows before they write: when the levels usually answer, and what would need fewer of them."""

from dataclasses import dataclass

from response import fewer, policies
from response.fewer import Way
from response.routing import facts_of
from store import answers, responses
from store import cases as case_rows
from store.answers import Usual
from store.db import Store


@dataclass(frozen=True, slots=True)
class Foresight:
    """`usual` has the levels of which it is known; `escalated` those that somebody escalated the case to; `unknown`
    says whether rules ask because the comment (or a text of our own) could not be assessed in full."""

    usual: dict[int, Usual]
    ways: list[Way]
    unknown: bool
    escalated: frozenset[int]


def foresee(store: Store, response_id: int, levels: frozenset[int]) -> Foresight:
    """For a response that needs these levels by the policy in force."""
    with store.read() as tx:
        response = responses.get(tx, response_id)
        case = case_rows.get(tx, response.case_id) if response and response.case_id is not None else None
        channels = frozenset(target.channel for target in responses.targets(tx, response_id))
        policy = policies.in_force(tx).policy
        facts = facts_of(tx, case, channels, response.draft if response else "")
        return Foresight(
            usual=answers.usual(tx, levels),
            ways=fewer.ways(policy, facts),
            unknown=bool(fewer.unknown_asks(policy, facts)),
            escalated=facts.asked_levels,
        )
