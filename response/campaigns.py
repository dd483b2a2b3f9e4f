"""Whether comments that say nearly the same are a campaign. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from store.vectors import Placed

WITHIN = timedelta(hours=1)
AT_LEAST = 3
SAME = 0.92
"""From this likeness on (0..1) two comments say nearly the same."""


def campaign(mine: Placed, same: Sequence[Placed]) -> tuple[Placed, ...]:
    """The comments of one hour, this one among them, that say nearly the same and are by three authors or in three
    threads at least; empty where there are none. Where several hours would do, the one with the most of them.

    `same` are the comments that say nearly the same as `mine`. Who has no name is nobody who could be counted.
    """
    every = sorted({one.id: one for one in (*same, mine)}.values(), key=lambda one: (one.at, one.id))
    best: tuple[Placed, ...] = ()
    for place, first in enumerate(every):
        if first.at <= mine.at <= first.at + WITHIN:
            found = tuple(one for one in every[place:] if one.at <= first.at + WITHIN)
            if len(found) > len(best) and max(authors(found), threads(found)) >= AT_LEAST:
                best = found
    return best


def authors(found: Sequence[Placed]) -> int:
    """How many authors these are by, as far as they have a name or an account."""
    return len({(one.source_id, one.author_id or one.author) for one in found if one.author_id or one.author})


def threads(found: Sequence[Placed]) -> int:
    return len({one.thread_id for one in found})
