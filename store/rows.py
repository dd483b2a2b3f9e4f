"""Rows as records: each query returns frozen values, never something that still hangs on a connection."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

R = TypeVar("R")


def record(cls: type[R], row: Any) -> R:
    """One row as `cls`, a dataclass whose fields are named like columns of the row; further columns are left out."""
    assert is_dataclass(cls)
    values = row._mapping
    return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


def records(cls: type[R], rows: Iterable[Any]) -> list[R]:
    """Each row as `cls`."""
    return [record(cls, row) for row in rows]
