"""Many things in portions: what is worked on, or changed, at a time."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def portions(many: Iterable[T], size: Callable[[T], int], most: int, count: int | None = None) -> Iterator[list[T]]:
    """The things in their order, each portion of a `size` of at most `most` together unless one thing alone has more,
    and of at most `count` things (None: of any number)."""
    portion: list[T] = []
    held = 0
    for one in many:
        mine = size(one)
        if portion and (len(portion) == count or held + mine > most):
            yield portion
            portion, held = [], 0
        portion.append(one)
        held += mine
    if portion:
        yield portion
