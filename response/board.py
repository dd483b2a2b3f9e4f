"""What the queue shows: the rows of a view in an order that does not move under the reader, and the counts of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from model.person import Person
from model.queue import Filters, Of, View
from model.route import Facts
from model.words import Channel, Severity
from response import policies, policy
from store import our_people, queue, snoozes
from store.db import Store, Tx
from store.our_people import Answer
from store.queue import Row
from store.snoozes import Saved


@dataclass(frozen=True, slots=True)
class News:
    """What may change while a view is looked at: how many rows came to it since, and how many each view holds.
    `changes` is the number that says whether anything happened since."""

    changes: int
    new: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Board:
    """`rows` are those shown; `approvals` by case says how many a reply would need."""

    rows: list[Row]
    news: News
    approvals: dict[int, int]
    answers: dict[int, list[Answer]]
    saved: list[Saved]


def arranged(found: Sequence[int], still: set[int], before: Sequence[int] | None) -> tuple[list[int], list[int]]:
    """What is shown and what is new. `found` is what the view holds now, `before` what was shown: that keeps its order,
    and what came since waits until somebody asks for it. None, or nothing left of it: all is shown."""
    kept = [number for number in before or () if number in still]
    if not kept:
        return list(found), []
    known = set(before or ())
    return kept, [number for number in found if number not in known]


def remembered(order: Sequence[int], shown: Sequence[int]) -> list[int]:
    """Where rows stand, those included that have left the screen, so that what is undone comes back to its place.

    `order` is what was remembered before. What is shown and was not in it took the place of those that are gone: it
    stands behind them.
    """
    known = set(order)
    return [*order, *(one for one in shown if one not in known)][-5 * queue.SHOWN :]


def board(
    store: Store, me: Person, view: View, filters: Filters, now: datetime, before: Sequence[int] | None = None
) -> Board:
    """A view for a person; `before` are the rows on their screen."""
    with store.read() as tx:
        changes = queue.changes(tx)
        found = queue.ids(tx, view, filters, me.id, now)
        still = queue.still(tx, view, filters, me.id, now, before) if before else set()
        shown, new = arranged(found, still, before)
        rows = queue.rows(tx, view, shown, now)
        of_cases = view.of is Of.CASES
        return Board(
            rows=rows,
            news=News(changes, len(new), queue.counts(tx, me.id, now)),
            approvals=_approvals(tx, rows) if of_cases else {},
            answers=our_people.answers_of(tx, shown) if of_cases and shown else {},
            saved=snoozes.saved(tx, me.id),
        )


def arrived(
    store: Store, me: Person, view: View, filters: Filters, now: datetime, shown: Sequence[int], seen: News
) -> News:
    """What there is to know by now; nothing is counted while the number of changes stands."""
    with store.read() as tx:
        number = queue.changes(tx)
        if number == seen.changes:
            return seen
        known = set(shown)
        new = sum(1 for one in queue.ids(tx, view, filters, me.id, now) if one not in known)
        return News(number, new, queue.counts(tx, me.id, now))


def _approvals(tx: Tx, rows: Sequence[Row]) -> dict[int, int]:
    """How many approvals a reply to each case would need by the policy in force."""
    in_force = policies.in_force(tx).policy
    asked = queue.asked_levels(tx, [row.id for row in rows])
    known: dict[Facts, int] = {}
    found = {}
    for row in rows:
        degraded = row.degraded is None or bool(row.degraded)
        facts = Facts(
            channels=frozenset({Channel(row.channel)}),
            severity=None if degraded else Severity(row.severity),
            matters=None if degraded else frozenset(row.matters),
            sentiment=None if row.degraded is None or "sentiment" in row.degraded else row.sentiment,
            asked_levels=asked.get(row.id, frozenset()),
        )
        if facts not in known:
            known[facts] = len(policy.route(in_force, facts).steps)
        found[row.id] = known[facts]
    return found
