"""Which comments that nothing raised are put before a person, so that what was missed can be estimated. Pure."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

A_WEEK = 20

Stratum = tuple[str, str]
"""A channel and a language."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A comment that was drawn; of `population` comments of its stratum `drawn` were."""

    comment_id: int
    channel: str
    language: str
    population: int
    drawn: int


def allocate(sizes: Mapping[Stratum, int], most: int = A_WEEK) -> dict[Stratum, int]:
    """How many are drawn of each stratum: one at least of each while there are enough, the rest by their sizes, and
    none beyond what there is. Of more strata than can have one the largest have one.

    >>> allocate({("blog", "en"): 90, ("forum", "de"): 10}, 10)
    {('blog', 'en'): 9, ('forum', 'de'): 1}
    """
    largest = sorted((one for one in sizes if sizes[one] > 0), key=lambda one: (-sizes[one], one))[:most]
    found = dict.fromkeys(largest, 1)
    total = sum(sizes[one] for one in largest)
    while sum(found.values()) < min(most, total):
        # The one that is furthest behind its share has the next; the first of equals.
        behind = max(
            (one for one in largest if found[one] < sizes[one]), key=lambda one: sizes[one] / total * most - found[one]
        )
        found[behind] += 1
    return found


def draw(seed: int, strata: Mapping[Stratum, Sequence[int]], most: int = A_WEEK) -> list[Drawn]:
    """Comments by their ids, at random; the same seed and comments give the same. In their order to be looked at."""
    chance = random.Random(seed)  # noqa: S311 (nothing secret hangs on it, and it can be done again)
    found: list[Drawn] = []
    for stratum, n in sorted(allocate({one: len(ids) for one, ids in strata.items()}, most).items()):
        ids = sorted(strata[stratum])
        found += [Drawn(one, *stratum, len(ids), n) for one in chance.sample(ids, n)]
    chance.shuffle(found)
    return found
