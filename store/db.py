"""The one place that opens connections and transactions, on SQLite and on PostgreSQL."""

import inspect
import logging
import shutil
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy.orm  # noqa: F401 (see below)
from sqlalchemy import URL, Connection, Engine, Transaction, create_engine, event, func, select
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

from model.errors import LevelheadError
from model.language import _
from model.settings import settings
from store import connecting

# `sqlalchemy.orm` is not used here, but the engine behind jobs loads it when a process first enqueues something. While
# one thread loads it, every statement that another one makes fails; so it is there before there are threads.
Tx = Connection

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # where a process keeps no log, nothing of it goes to somebody's terminal

LONG_S = 0.2
"""A write transaction that takes longer than this holds up whoever else has something to write."""
STUCK_S = 5.0
"""Within a change a process of PostgreSQL's may do nothing for so long; then the server ends its connection, and the
change with it. It has been stopped, and everybody else waits for it: they do so for twice as long."""
TOOK_LONG = "a write transaction took %.0f ms, the processor worked %.0f ms for it: %s"
_WRITE = "levelhead_write"
_BUSY_MS = 10_000
_NOTE_MS = 50
_STUCK_READER_MS = 30_000
_NO_ROOM = 256 * 1024
_LAST_WRITES = 200
_MOST_CONNECTIONS = 50  # a worker has up to 48 jobs under way; those beyond a few are closed after use
_MOST_OF_A_SERVER = 15  # PostgreSQL has a hundred for everybody; who finds none free waits for one
_WRITERS = 0x1E7E1  # any number that nobody else locks in this database
_STUCK_MS = round(STUCK_S * 1000)
_TURN_TO_RESHAPE = select(func.pg_advisory_xact_lock(_WRITERS))
_TURN = _TURN_TO_RESHAPE.add_columns(func.set_config("idle_in_transaction_session_timeout", str(_STUCK_MS), True))


class Busy(LevelheadError):
    """The database was held by somebody else for too long; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("The database is busy. Nothing was changed; please try again in a moment."))


class Unreachable(Busy):
    """The database took no connection: it does not run, or has no room for one more; nothing was changed.

    What to try again would not help against is a `connecting.NotConnected`.
    """

    def __init__(self) -> None:
        LevelheadError.__init__(
            self,
            _(
                "The database cannot be reached, or takes no more connections. Nothing was changed; please try again in"
                " a moment."
            ),
        )


class DiskFull(LevelheadError):
    """There is no room for a change; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _("The disk is full. Nothing was changed; make room on the disk of the database, then try again.")
        )


class Store:
    """A database. Safe to share between threads; one per process is enough.

    `file` is that of an SQLite database, else None. `longest_write` is how long its longest write transaction was held
    so far, in seconds; `writes` are the last of them, how long each was held.
    """

    def __init__(self, url: str) -> None:
        """Connects lazily to `url` (SQLAlchemy's form); the folder of an SQLite file is made, private to its owner.

        Raises NotConnected for an address that cannot be used.
        """
        parsed = connecting.parsed(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.longest_write = 0.0
        self.writes: deque[float] = deque(maxlen=_LAST_WRITES)
        self.file = Path(parsed.database) if self.sqlite and parsed.database else None
        self._folder = self.file.parent if self.file else None
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        address = _with_driver(parsed)
        if self.sqlite:
            self.engine: Engine = create_engine(address, max_overflow=_MOST_CONNECTIONS)
            self._signs = self.engine
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(
                address, pool_pre_ping=True, max_overflow=_MOST_OF_A_SERVER, pool_timeout=_BUSY_MS / 1000
            )
            # Apart, so that a sign of life does not wait for a connection behind writers who wait for each other.
            self._signs = create_engine(address, pool_pre_ping=True, pool_size=1, max_overflow=2)
            event.listen(self.engine, "connect", partial(_prepare_postgresql, _STUCK_READER_MS))
            event.listen(self._signs, "connect", partial(_prepare_postgresql, _STUCK_MS))
            event.listen(self.engine, "engine_disposed", lambda _: self._signs.dispose())

    @property
    def writing(self) -> Engine:
        """For a library that opens transactions of its own: on SQLite each of them waits for other writers from its
        start, as one that reads first and then writes would fail at once."""
        return self.engine.execution_options(**{_WRITE: True})

    @contextmanager
    def being_filled(self) -> Iterator[None]:
        """While a database is filled that would be made anew if the power went: on SQLite no change waits for the disk,
        and the end waits for all of them. Nobody else may be at work on it."""
        if not self.sqlite:
            yield
            return
        self.engine.dispose()
        event.listen(self.engine, "connect", _wait_for_no_disk)
        try:
            yield
        finally:
            event.remove(self.engine, "connect", _wait_for_no_disk)
            self.engine.dispose()
            connection = self.engine.raw_connection()
            connection.cursor().execute("pragma wal_checkpoint(truncate)")
            connection.close()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that only reads: one consistent picture, never waits for writers."""
        options = {} if self.sqlite else _PICTURE
        with self._plainly(), self._connected(self.engine, **options) as tx, tx.begin():
            yield tx

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A transaction that writes; committed at the end, rolled back on any error. Raises `Busy` when it must wait
        longer than ten seconds for other writers, `DiskFull` when there is no room.

        One writes at a time, on either database: each change appends to the one audit chain, so they would wait for
        each other anyway, and what a writer has looked up is still so when it writes.
        """
        with self._plainly(), self._connected(self.engine, **_WRITING) as tx:
            yield from self._written(tx)

    @contextmanager
    def sign(self) -> Iterator[Tx]:
        """A transaction for a sign of life or a step of a worker: on PostgreSQL it waits for no other writer.

        It must append nothing to the audit chain.
        """
        with self._plainly(), self._connected(self._signs, **_WRITING) as tx, self._held(tx.begin()):
            yield tx

    @contextmanager
    def note(self) -> Iterator[Tx]:
        """A transaction for what a page notes by the way while it is shown. Raises `Busy` at once where another one
        writes: whoever only reads must not wait for that. It must append nothing to the audit chain.
        """
        with self._plainly(), self._connected(self._signs, **_WRITING) as tx:
            if self.sqlite:
                _patience(tx, _NOTE_MS)
            try:
                transaction = tx.begin()
            except OperationalError as error:
                raise Busy from error
            finally:
                if self.sqlite:
                    _patience(tx, _BUSY_MS)
            with self._held(transaction):
                yield tx

    @contextmanager
    def reshape(self) -> Iterator[Tx]:
        """A transaction that changes the tables themselves; all of it or nothing, on either database.

        SQLite changes a column by copying the table and dropping the old one, which must not count as the removal of
        what others refer to: references are not looked at on the way, and all of them at the end.
        """
        with self._plainly(), self._connected(self.engine, **_WRITING) as tx:
            if self.sqlite:
                _references(tx, False)
            try:
                yield from self._written(tx, self._sound)
            finally:
                if self.sqlite and not tx.closed:
                    _references(tx, True)

    def _written(self, tx: Tx, before_commit: Callable[[Tx], None] | None = None) -> Iterator[Tx]:
        try:
            transaction = tx.begin()
            if not self.sqlite:
                tx.execute(_TURN if before_commit is None else _TURN_TO_RESHAPE)
        except OperationalError as error:
            if _no_room(error, self._folder):
                raise
            raise Busy from error
        with self._held(transaction, said=before_commit is None):
            yield tx
            if before_commit:
                before_commit(tx)

    @contextmanager
    def _held(self, transaction: Transaction, said: bool = True) -> Iterator[None]:
        """From the moment that a write transaction holds what others wait for until it is committed or rolled back.

        One that took long is `said` in the log: where it was made, and how much of it the processor worked for it. On a
        machine that has too much to do, the clock alone would blame who only waited for the processor.
        """
        began, worked = time.monotonic(), time.thread_time()
        try:
            with transaction:
                yield
        finally:
            held, worked = time.monotonic() - began, time.thread_time() - worked
            self.longest_write = max(self.longest_write, held)
            self.writes.append(held)
            if said and held > LONG_S:
                log.warning(TOOK_LONG, held * 1000, worked * 1000, _made_by())

    def _sound(self, tx: Tx) -> None:
        if self.sqlite and (lost := tx.exec_driver_sql("pragma foreign_key_check").first()):
            raise LevelheadError(
                _("A row of the table '{table}' would refer to nothing. Nothing was changed.", table=lost[0])
            )

    @contextmanager
    def _connected(self, engine: Engine, **options: Any) -> Iterator[Tx]:
        try:
            connection = engine.connect()
        except OperationalError as error:
            if self.sqlite:
                raise
            raise connecting.refusal(error.orig, engine.url) or Unreachable() from error
        with connection.execution_options(**options) as tx:
            yield tx

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if _no_room(error, self._folder):
                raise DiskFull from error
            raise
        except NoneFree as error:
            raise Busy from error


def _made_by() -> str:
    """The function outside of this module that the transaction of the caller belongs to."""
    frame = inspect.currentframe()
    while frame and frame.f_globals.get("__name__") in (__name__, "contextlib"):
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}" if frame else "?"


def refused(error: SQLAlchemyError) -> bool:
    """Whether the database will never take these values, however often it is asked: too long, out of reach, no text."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DataError) or state == "54000" or state.startswith("22")


def _no_room(error: DBAPIError, folder: Path | None) -> bool:
    """Whether this is a full disk. SQLite says so, or cannot write at all where there is no room left."""
    if getattr(error.orig, "sqlstate", None) == "53100":
        return True
    code = getattr(error.orig, "sqlite_errorname", None) or ""
    if code == "SQLITE_FULL":
        return True
    return bool(folder and code.startswith("SQLITE_IOERR") and shutil.disk_usage(folder).free < _NO_ROOM)


def _references(tx: Tx, looked_at: bool) -> None:
    # The setting belongs to the connection and only changes outside a transaction, which SQLAlchemy would begin.
    driver: Any = tx.connection.dbapi_connection
    driver.execute(f"pragma foreign_keys = {'on' if looked_at else 'off'}")


def _patience(tx: Tx, milliseconds: int) -> None:
    driver: Any = tx.connection.dbapi_connection
    driver.execute(f"pragma busy_timeout = {milliseconds}")


_WRITING: dict[str, Any] = {_WRITE: True}
_PICTURE: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}  # as it is


def _with_driver(url: URL) -> URL:
    """psycopg 3 for PostgreSQL, whichever of its usual addresses was given."""
    return url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+psycopg")


def _prepare_postgresql(stuck_ms: int, connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set lock_timeout = {_BUSY_MS}")
        # A process that was stopped in the middle of a change must not hold up the others for ever.
        cursor.execute(f"set idle_in_transaction_session_timeout = {stuck_ms}")
        cursor.execute("set time zone 'UTC'")
    connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy decides when a transaction begins, not the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {_BUSY_MS}")
    cursor.execute("pragma journal_mode = wal")
    # An intent to publish must be on the disk before the call is made, even if the power goes.
    cursor.execute("pragma synchronous = full")
    # Two megabytes as shipped: the indexes of some ten thousand comments would be read again at each change.
    cursor.execute("pragma cache_size = -16000")
    cursor.execute("pragma foreign_keys = on")
    # What is deleted is overwritten: an erasure must leave no words in the file.
    cursor.execute("pragma secure_delete = on")
    cursor.close()


def _wait_for_no_disk(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("pragma synchronous = off")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer half way would fail at once instead of waiting, so writers say so from the start.
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("begin immediate" if write else "begin")


@lru_cache(maxsize=1)
def store() -> Store:
    """The store of this process, by the settings."""
    return Store(settings().database)
