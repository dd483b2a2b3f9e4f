"""What the words of a matter would have raised among the comments of late, and in its examples and near misses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.permissions import Permission, require
from analysis import own
from analysis.matters import Lookout
from analysis.text import Span
from model import clock
from model.person import Person
from model.settings import settings
from response import matters
from response.matters import OwnMatter
from store import comments, metrics
from store.db import Store

LOOKED_BACK = timedelta(days=90)
MOST = 500
"""So many comments, the newest, are looked at: it is done while somebody types."""
SHOWN = 8

Find = Callable[[str], Span | None]


@dataclass(frozen=True, slots=True)
class Raised:
    """A comment that these words find, and those in force do not; and where."""

    comment_id: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Trial:
    """What these words find among `looked_at` comments of all `there` were: how many that those in force do not (the
    newest in `raised`), how many as these do, and how many no more."""

    looked_at: int
    there: int
    more: int
    same: int
    fewer: int
    raised: tuple[Raised, ...]
    missed: tuple[str, ...]
    caught: tuple[str, ...]


def of_late(store: Store, by: Person, wanted: OwnMatter) -> Trial:
    """Looks for a matter in the comments of the last 90 days. Changes nothing. Raises NotAllowed for whoever may not
    change the matters."""
    require(by, Permission.MATTERS)
    with store.read() as tx:
        now = matters.in_force(tx)
        since = looked_back_to()
        newest = comments.page(tx, since=since, ours=False, limit=MOST)
        there = metrics.left_since(tx, since)
    former = now.get(wanted.key)
    before, after = _finder(wanted.key, former), _finder(wanted.key, wanted)
    pairs = [(one, before(one.text), after(one.text)) for one in newest]
    more = [Raised(one.id, one.text, here) for one, there, here in pairs if here and not there]
    return Trial(
        len(pairs),
        # What was cleared away by age is among those that were left.
        there if len(pairs) == MOST else len(pairs),
        len(more),
        sum(bool(here and there) for _one, there, here in pairs),
        sum(bool(there and not here) for _one, there, here in pairs),
        tuple(more[:SHOWN]),
        () if _by_meaning(wanted) else _which(wanted.examples, lambda text: not after(text)),
        _which(wanted.near_misses, lambda text: bool(after(text))),
    )


def looked_back_to() -> datetime:
    """90 days back, from the full hour on: as comments are counted."""
    return (clock.now() - LOOKED_BACK).replace(minute=0, second=0, microsecond=0)


def _by_meaning(wanted: OwnMatter) -> bool:
    """Whether its words need not find its examples, as what they mean does."""
    return wanted.change.shows and settings().second_look


def _which(texts: Iterable[str], wrong: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(text for text in texts if wrong(text))


def _finder(key: str, matter: OwnMatter | None) -> Find:
    found = own.tailored_one(key, matter.change if matter else None)
    return Lookout(found).find if found else _nothing


def _nothing(_text: str) -> Span | None:
    return None
