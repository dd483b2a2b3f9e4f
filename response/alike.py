"""Comments that are like one by what they mean: the cases they were in, and campaigns.

They are looked for among the newest vectors by one product of matrices, so it costs the same however many comments
there are; what was found is remembered until there is a newer vector.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.similarity import likeness
from response.campaigns import SAME, campaign
from store import cases, comments, vectors
from store.cases import Case
from store.comments import Comment
from store.db import Tx
from store.vectors import Placed

SHOWN = 3
LIKE = 0.45
"""From this likeness on (0..1) a comment is shown as like another: of any two, about one pair in 250 reaches it."""
LOOKED_AT = 200
"""So many of the likest comments are looked at."""
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Like:
    """A case in which a comment is like this one: the likest of its comments, and how like (0..1)."""

    case: Case
    comment: Comment
    likeness: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What is like a comment: other cases, the likest first, and the campaign it belongs to, oldest first, or empty."""

    cases: tuple[Like, ...] = ()
    campaign: tuple[Placed, ...] = ()


_lock = threading.Lock()
_known: dict[tuple[str, int, bytes], tuple[tuple[float, int], ...]] = {}


def alike(tx: Tx, comment_id: int, limit: int) -> Sequence[tuple[float, int]]:
    """The comments that are likest to one, as (likeness, comment id), among those with the newest vectors; it itself is
    not among them. Empty where it has no vector."""
    mine = vectors.of(tx, comment_id)
    if mine is None:
        return ()
    key = (str(tx.engine.url), vectors.newest_id(tx), mine)
    with _lock:
        found = _known.get(key)
    if found is None:
        found = _likest(tx, mine)
        with _lock:
            if len(_known) >= _REMEMBERED:
                _known.clear()
            _known[key] = found
    return [one for one in found if one[1] != comment_id][:limit]


def _likest(tx: Tx, mine: bytes) -> tuple[tuple[float, int], ...]:
    ids, others = vectors.newest(tx, vectors.NEWEST)
    near = likeness(mine, others)
    best = np.argsort(-near, kind="stable")[: LOOKED_AT + 1]
    return tuple((round(float(near[place]), 4), ids[place]) for place in best)


def beside(tx: Tx, comment_id: int, case_id: int) -> Beside:
    """What is like the comment that matters in a case."""
    found = alike(tx, comment_id, LOOKED_AT)
    return Beside(_cases(tx, [one for one in found if one[0] >= LIKE], case_id), _campaign(tx, comment_id, found))


def _cases(tx: Tx, found: Sequence[tuple[float, int]], case_id: int) -> tuple[Like, ...]:
    joined = cases.cases_of_comments(tx, [comment_id for _, comment_id in found])
    shown: dict[int, Like] = {}
    for near, comment_id in found:
        other = joined.get(comment_id, case_id)
        if other == case_id or other in shown:
            continue
        case, comment = cases.get(tx, other), comments.get(tx, comment_id)
        if case and comment and not comment.erased_at and comment.status != "undone":
            shown[other] = Like(case, comment, near)
        if len(shown) == SHOWN:
            break
    return tuple(shown.values())


def campaign_of(tx: Tx, comment_id: int) -> tuple[Placed, ...]:
    """The campaign that a comment belongs to, oldest first; empty where it belongs to none."""
    return _campaign(tx, comment_id, alike(tx, comment_id, LOOKED_AT))


def _campaign(tx: Tx, comment_id: int, found: Sequence[tuple[float, int]]) -> tuple[Placed, ...]:
    same = [other for near, other in found if near >= SAME]
    placed = vectors.placed(tx, [comment_id, *same]) if same else {}
    mine = placed.get(comment_id)
    return campaign(mine, list(placed.values())) if mine else ()
