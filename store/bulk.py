"""Many new rows of one table at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Table, insert

from store.db import Tx


class _Statement(NamedTuple):
    """An insertion as the driver takes it: each of its values by the column, and what makes it out where needed."""

    sql: str
    values: list[tuple[str, Callable[[Any], Any] | None]]


def add_rows(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows, which all name the same columns.

    On SQLite the statement is made once for a table: to make it out again for each row, as SQLAlchemy does, takes
    twice as long as the insertion. Rows that leave a column to its default go the plain way.
    """
    if not rows:
        return
    prepared = _prepared(table, tuple(rows[0]), tx.dialect) if tx.dialect.name == "sqlite" else None
    if prepared is None:
        tx.execute(insert(table), list(rows))
        return
    sql, columns = prepared
    values = (tuple([row[name] if write is None else write(row[name]) for name, write in columns]) for row in rows)
    tx.exec_driver_sql(sql, list(values))


@lru_cache(maxsize=64)
def _prepared(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Statement | None:
    """The statement for rows of these columns; None where further columns have a default."""
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    places = compiled.positiontup or []
    if set(places) != set(names):
        return None
    kinds = [table.c[name].type.dialect_impl(dialect) for name in places]
    return _Statement(
        str(compiled), [(name, kind.bind_processor(dialect)) for name, kind in zip(places, kinds, strict=True)]
    )
