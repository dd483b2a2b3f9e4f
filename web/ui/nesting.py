"""The comments of a part of a thread, each answer under what it answers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store.comments import Comment

DEPTH = 3
"""Answers are set in so far; those below stand as far in, and say whom they answer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A comment at its place: how far it is set in, and what it answers, where that does not stand right above it."""

    comment: Comment
    depth: int
    answers: Comment | None = None


def nested(shown: Sequence[Comment], parents: Mapping[str, Comment] | None = None) -> list[Turn]:
    """Each of `shown` once, answers after what they answer, otherwise in the order given.

    `parents` are comments that are not shown, by identity: they are only named.
    """
    by_identity = {one.identity: one for one in shown}
    below: dict[str, list[Comment]] = {}
    for one in shown:
        if one.parent_identity in by_identity and one.parent_identity != one.identity:
            below.setdefault(one.parent_identity, []).append(one)
    tops = [one for one in shown if one.parent_identity not in by_identity or one.parent_identity == one.identity]
    turns: list[Turn] = []
    done: set[str] = set()

    def walk(start: Comment) -> None:
        waiting = [(start, 0, (parents or {}).get(start.parent_identity))]
        while waiting:
            one, depth, answered = waiting.pop()
            if one.identity in done:
                continue
            done.add(one.identity)
            turns.append(Turn(one, depth, None if answered and _under(turns, answered, depth) else answered))
            deeper = min(depth + 1, DEPTH)
            waiting += [(answer, deeper, one) for answer in reversed(below.get(one.identity, []))]

    for top in tops:
        walk(top)
    # Comments that answer each other in a circle have no top: the first of them is one.
    for one in shown:
        if one.identity not in done:
            walk(one)
    return turns


def _under(turns: Sequence[Turn], answered: Comment, depth: int) -> bool:
    """Whether the nearest turn that is set in less than `depth` is the one answered: then its place says so."""
    nearest = next((turn for turn in reversed(turns) if turn.depth < depth), None)
    return nearest is not None and nearest.comment is answered
