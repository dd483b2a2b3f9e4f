"""What the examples of a matter would have raised among the comments of late, by what they mean.

What comments mean is there already, from their second look. What an example means a worker reads, the first time that
somebody tries it: it has the encoder, and the page has not. Numbers are of whole comments, so they are a lower bound:
what is read from now on is looked at sentence by sentence as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from access.permissions import Permission, require
from analysis import own
from analysis.by_example import FAR, Examples, harmless
from analysis.own import Change
from analysis.similarity import from_bytes, unpacked
from analysis.stored import Damaged
from jobs import enqueue
from model import clock
from model.person import Person
from model.settings import settings
from response import matters
from response.matter_trial import SHOWN, looked_back_to
from response.matters import OwnMatter
from store import comments, example_vectors, metrics, people, second_looks, vectors
from store.db import Store, Tx

MOST = 5_000
"""So many comments, those looked at last, are tried: a tenth of a second, while somebody types."""
_AT_ONCE = 1_000

Known = dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Alike:
    """A comment that is like an example, and like none of those in force."""

    comment_id: int
    text: str
    example: str


@dataclass(frozen=True, slots=True)
class Meant:
    """What the examples find among `looked_at` comments of all `there` were: how many that those in force do not (the
    newest in `raised`), how many as these do, and how many no more. `alone` are the examples that the others would
    find. `waits`: a worker is reading them; all the rest is 0 then. `off`: there are no second looks; `problem`: why
    there can be none."""

    looked_at: int = 0
    there: int = 0
    more: int = 0
    same: int = 0
    fewer: int = 0
    raised: tuple[Alike, ...] = ()
    alone: int = 0
    waits: bool = False
    off: bool = False
    problem: str = ""


def of_late(store: Store, by: Person, wanted: OwnMatter) -> Meant | None:
    """Tries the examples on the comments of the last 90 days; None where there are too few to be found by. Asks a
    worker for what it does not know. Raises NotAllowed for whoever may not change the matters."""
    require(by, Permission.MATTERS)
    if not wanted.change.shows:
        return None
    if not settings().second_look:
        return Meant(off=True)
    with store.read() as tx:
        former = matters.in_force(tx).get(wanted.key)
        changes = [one.change for one in (former, wanted) if one and one.change.shows]
        texts = list(dict.fromkeys(text for one in changes for text in (*one.examples, *one.near_misses)))
        known = example_vectors.known(tx, texts)
        problem = people.fact(tx, second_looks.FACT) or ""
        ready = all(known.get(text) for text in texts)
        there = vectors.newest(tx, MOST) if ready else ([], [])
    if not ready:
        _ask(store, [text for text in texts if not known.get(text)], again=not problem)
        return Meant(waits=not problem, problem=problem)
    try:
        return _tried(store, former.change if former else None, wanted.change, known, there)
    except Damaged as error:
        return Meant(problem=str(error))


def _ask(store: Store, missing: Sequence[str], *, again: bool) -> None:
    """Has a worker read what nobody asked for before; and `again` what was, if no job for it is there any more."""
    with store.sign() as tx:
        new = example_vectors.ask(tx, missing, clock.now())
        if new or again:
            enqueue(tx, example_vectors.JOB, 0, f"{example_vectors.JOB}:{example_vectors.key_of(missing[0])}")


def _tried(
    store: Store, former: Change | None, wanted: Change, known: Known, there: tuple[list[int], list[bytes]]
) -> Meant:
    before, after = (_found(one, known, there) for one in (former, wanted))
    with store.read() as tx:
        since = looked_back_to()
        counted = _strangers(tx, before.keys() | after.keys(), since)
        more = [one for one in counted if one in after and one not in before]
        shown = comments.page(tx, ids=more[:SHOWN], limit=SHOWN)
        looked_at, left = vectors.count_since(tx, MOST, since), metrics.left_since(tx, since)
    return Meant(
        looked_at=looked_at,
        there=left,
        more=len(more),
        same=sum(one in before and one in after for one in counted),
        fewer=sum(one not in after for one in counted),
        raised=tuple(Alike(one.id, one.text, wanted.examples[after[one.id]]) for one in shown),
        alone=_alone(wanted, known),
    )


def _strangers(tx: Tx, comment_ids: set[int], since: datetime) -> list[int]:
    """Those that are still here, of the last 90 days and none of ours, the newest first."""
    placed = vectors.placed(tx, sorted(comment_ids)).values()
    return [one.id for one in sorted(placed, key=lambda one: (one.at, one.id), reverse=True) if one.at >= since]


def _found(change: Change | None, known: Known, there: tuple[list[int], list[bytes]]) -> dict[int, int]:
    """The comments that examples find, and which example each is like."""
    if change is None or own.tailored_one(change.key, change) is None or not change.shows:
        return {}
    examples = _examples(_rows(change.examples, known), _rows(change.near_misses, known))
    found = {}
    ids, parts = there
    for start in range(0, len(ids), _AT_ONCE):
        rows = unpacked(from_bytes(parts[start : start + _AT_ONCE]))
        for place in np.flatnonzero(examples.scores(rows) >= FAR):
            found[ids[start + place]] = examples.nearest(rows[place])
    return found


def _alone(change: Change, known: Known) -> int:
    """How many examples the others would find, each by itself."""
    mine, near = _rows(change.examples, known), _rows(change.near_misses, known)
    others = (_examples(np.delete(mine, place, axis=0), near) for place in range(len(mine)))
    return sum(bool(one.scores(mine[[place]])[0] >= FAR) for place, one in enumerate(others))


def _examples(mine: NDArray[np.float32], near: NDArray[np.float32]) -> Examples:
    return Examples(mine, near, harmless())


def _rows(texts: Sequence[str], known: Known) -> NDArray[np.float32]:
    return unpacked(from_bytes([found for text in texts if (found := known[text])]))
