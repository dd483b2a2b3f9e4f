"""Rows as records: each query returns frozen values, never something that still hangs on a connection."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

R = TypeVar("R")
T = TypeVar("T")
_PART = 500


def parted(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in parts that fit into one statement."""
    for start in range(0, len(values), _PART):
        yield values[start : start + _PART]


@cache
def _names(cls: Hashable) -> tuple[str, ...]:
    assert is_dataclass(cls)
    return tuple(field.name for field in fields(cls))


def record(cls: type[R], row: Any) -> R:
    """One row as `cls`, a dataclass whose fields are named like columns of the row; further columns are left out."""
    values = row._mapping
    assert isinstance(cls, Hashable)
    return cls(**{name: values[name] for name in _names(cls) if name in values})


def records(cls: type[R], rows: Iterable[Any]) -> list[R]:
    """Each row as `cls`."""
    return [record(cls, row) for row in rows]
