"""An installation for tests within one process: a home of its own, a migrated database, and a team."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from sqlalchemy import Dialect, Engine, event

from access import passwords, people, sessions
from model.person import Person
from model.settings import settings
from model.words import Role
from store import people as rows
from store.db import Store, store
from store.keys import keys
from store.migrate import migrate
from tests import postgres

DATABASE = "LEVELHEAD_TEST_DATABASE"
PASSWORD = "four quite unrelated words"
# Hashing is slow on purpose; tests need to know only that it is done.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@lru_cache(maxsize=1)
def _migrated() -> Path:
    """A migrated, empty database, made once: each test gets a copy."""
    folder = Path(tempfile.mkdtemp(prefix="levelhead-empty-", dir=os.environ["LEVELHEAD_HOME"]))
    empty = Store(f"sqlite:///{folder / 'levelhead.db'}")
    migrate(empty)
    empty.engine.dispose()
    return folder / "levelhead.db"


@lru_cache(maxsize=2)
def _compiled(kind: str) -> tuple[Dialect, dict[Any, Any]]:
    """What makes SQL of statements for a kind of database, which it has met once, and what it has made by now."""
    with postgres.fresh() if kind == "postgresql" else nullcontext(f"sqlite:///{_migrated()}") as url:
        one = Store(url)
        with one.read():
            pass
        one.engine.dispose()
    return one.engine.dialect, {}


def _as_in_a_long_life(engine: Engine) -> None:
    """A process makes SQL of each statement once, and so do the tests, for all their databases together: to make it
    anew for each takes a third of their time. And they wait for no disk."""
    engine.dialect, compiled = _compiled(engine.dialect.name)
    engine.update_execution_options(compiled_cache=compiled)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = off"))


def on_postgresql() -> bool:
    """Whether installations keep their rows on PostgreSQL now."""
    return os.environ.get(DATABASE) == "postgresql"


@dataclass(frozen=True, slots=True)
class Filled:
    """An installation to be copied: `value` is what the function returned that filled it. `database` is PostgreSQL's
    name of it, empty where its rows are in the folder `home`."""

    home: Path
    database: str
    value: Any


def filled(fill: Callable[[Store], object]) -> Filled:
    """An installation that `fill` was given when it was empty; that is done once in a process."""
    return _filled(fill, on_postgresql())


@lru_cache(maxsize=8)
def _filled(fill: Callable[[Store], object], on_postgresql: bool) -> Filled:
    home = Path(tempfile.mkdtemp(prefix="levelhead-filled-", dir=os.environ["LEVELHEAD_HOME"]))
    with installation(home) as made:
        value = fill(made)
        name = made.engine.url.database or ""
        made.engine.dispose()
        return Filled(home, postgres.kept(name) if on_postgresql else "", value)


@contextmanager
def installation(home: Path, like: Filled | None = None, **variables: str) -> Iterator[Store]:
    """Makes `home` the home of this process for a while, with further environment variables; yields its store. It is
    empty, or a copy of one that was filled.

    Its database is SQLite, or PostgreSQL where pytest was told `--database postgresql`.
    """
    with ExitStack() as stack:
        if on_postgresql():
            variables["LEVELHEAD_DATABASE_URL"] = stack.enter_context(
                postgres.fresh(like=like.database if like else "")
            )
        else:
            shutil.copy(like.home / "levelhead.db" if like else _migrated(), home / "levelhead.db")
        if like:
            shutil.copy(like.home / "key", home / "key")
        variables["LEVELHEAD_HOME"] = str(home)
        stack.enter_context(patch.dict(os.environ, variables))
        stack.enter_context(patch("access.passwords._hasher", QUICK))
        stack.callback(_forget)
        _forget()
        _as_in_a_long_life(store().engine)
        yield store()
        store().engine.dispose()


def _forget() -> None:
    for cached in (settings, store, keys, passwords._nobodys):
        cached.cache_clear()


def set_up(store: Store, name: str = "Alice") -> Person:
    """The first visit; returns the first administrator."""
    code = people.set_up_code(store)
    people.set_up(store, code, "The association", "Europe/Berlin", name, f"{name.lower()}@example.org", PASSWORD)
    return person(store, f"{name.lower()}@example.org")


def add(store: Store, by: Person, name: str, *roles: Role, levels: tuple[int, ...] = ()) -> Person:
    """A further person, who has not been here yet."""
    people.add(store, by, name, f"{name.lower()}@example.org", frozenset(roles), frozenset(levels))
    return person(store, f"{name.lower()}@example.org")


def person(store: Store, email: str) -> Person:
    with store.read() as tx:
        found = rows.by_email(tx, email)
    assert found is not None
    return found


def enter(store: Store, who: Person) -> str:
    """A session of this person; returns its token."""
    with store.write() as tx:
        return sessions.begin(tx, who.id, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Team:
    """Alice set everything up, Bob works beside her, Charlie may not come in any more."""

    store: Store
    alice: Person
    bob: Person
    charlie: Person


def team(store: Store) -> Team:
    alice = set_up(store)
    bob = add(store, alice, "Bob", Role.APPROVER, levels=(1,))
    charlie = add(store, alice, "Charlie", Role.MANAGER)
    people.set_active(store, alice, charlie.id, False)
    return Team(store, alice, bob, person(store, charlie.email))
