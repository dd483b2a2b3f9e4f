"""The one place that opens connections and transactions, on SQLite and on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from model.errors import LevelheadError
from model.settings import settings

Tx = Connection

_WRITE = "levelhead_write"
_BUSY_MS = 10_000


class Busy(LevelheadError):
    """The database was held by somebody else for too long; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("The database is busy. Nothing was changed; please try again in a moment.")


class Store:
    """A database. Safe to share between threads; one per process is enough."""

    def __init__(self, url: str) -> None:
        """Connects lazily to `url` (SQLAlchemy's form); the folder of an SQLite file is made, private to its owner."""
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.engine: Engine = create_engine(parsed, pool_pre_ping=not self.sqlite)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that only reads: one consistent picture, never waits for writers."""
        with self.engine.connect() as tx, tx.begin():
            yield tx

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A transaction that writes; committed at the end, rolled back on any error. Raises `Busy` when it must wait
        longer than ten seconds for other writers."""
        with self.engine.connect().execution_options(**{_WRITE: True}) as tx:
            try:
                transaction = tx.begin()
            except OperationalError as error:
                raise Busy from error
            with transaction:
                yield tx


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy decides when a transaction begins, not the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {_BUSY_MS}")
    cursor.execute("pragma journal_mode = wal")
    # An intent to publish must be on the disk before the call is made, even if the power goes.
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma foreign_keys = on")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer half way would fail at once instead of waiting, so writers say so from the start.
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("begin immediate" if write else "begin")


@lru_cache(maxsize=1)
def store() -> Store:
    """The store of this process, by the settings."""
    return Store(settings().database)
