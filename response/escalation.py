"""When a level does not answer, or nobody can decide there: who is asked as well, in its place. Pure.

A step of a route goes to the deputies of its people, where they have any, and then up the levels of the policy, one at
a time, and never comes down. Those of a level that it went
up to may decide in the place of its own people, who may still decide themselves. It is never skipped, and it never
needs fewer approvals for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

People = Mapping[int, frozenset[int]]
"""For each level the ids of those who may decide there now."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """`levels` are those of the policy, in their order; `raised` says to which of them a step (by index) went up, and
    `deputies` who stands in for its own people, where it went to their deputies."""

    levels: tuple[int, ...] = ()
    raised: Mapping[int, int] = field(default_factory=dict)
    deputies: Mapping[int, frozenset[int]] = field(default_factory=dict)


NO_LADDER = Ladder()


def stand_ins(ladder: Ladder, index: int, level: int, deciders: People) -> dict[int, int]:
    """Who may decide at a step in the place of its level, each with the lowest level that this person does it from.

    A deputy does it from the level itself.
    """
    top = ladder.raised.get(index, level)
    found: dict[int, int] = dict.fromkeys(ladder.deputies.get(index, frozenset()), level)
    for higher in sorted(ladder.levels):
        if level < higher <= top:
            for person in deciders.get(higher, frozenset()):
                found.setdefault(person, higher)
    own = deciders.get(level, frozenset())
    return {person: higher for person, higher in found.items() if person not in own}


def next_up(ladder: Ladder, index: int, level: int, deciders: People, without: frozenset[int]) -> int | None:
    """The next higher level that has somebody who could be asked as well; None where there is none.

    `without` are those who cannot be: who wrote a part of it, who has decided already, who is asked as it is.
    """
    top = ladder.raised.get(index, level)
    return next((up for up in sorted(ladder.levels) if up > top and deciders.get(up, frozenset()) - without), None)
