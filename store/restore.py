"""Filling an empty database from a backup, in one transaction: it is restored whole, or it is as empty as before."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import JSON, Column, DateTime, LargeBinary, String, Table, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from model.errors import LevelheadError
from store import audit, backup, engine, keys, moderations, opinions, own_key, people, publications, search_index
from store.backup import Manifest, Part, Say
from store.connecting import NotConnected, make_database
from store.db import Store, Tx, refused
from store.migrate import alembic_config, finish, known_revisions
from store.schema import jobs, links, metadata, sessions, workers

_MAX_LINE = 64_000_000


class NotRestored(LevelheadError):
    """Nothing was restored; the database is as it was."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to. `held` counts publications that wait for a person, `ended` the log-ins that ended, `cut`
    the values too long for this database by column, `locked` names sources whose password cannot be read; `key` is
    'same', 'other' or 'missing'; `made` is the name of a database that was not there before, else empty."""

    manifest: Manifest
    revision: str
    held: int
    ended: int
    cut: dict[str, int]
    locked: tuple[str, ...]
    key: str
    made: str


def restore(store: Store, path: Path, say: Say = lambda _: None) -> Restored:
    """Fills the database from the backup at `path`, brings it to the present revision, and checks all of it.

    Hashes and counts of each part and the audit chain must be what the manifest says. What was on its way out is held
    until a person releases it, and no language model is asked until it is switched on again; log-ins, one-time links
    and a monitor's token of the copy are ended, since who held them need not be who holds this copy. A PostgreSQL
    database that is not there is made. Raises NotRestored, LevelheadError for a file that is no backup, NotConnected
    for a database that cannot be used.
    """
    now = datetime.now(UTC)
    with backup.opened(path) as file:
        manifest = file.manifest
        if manifest.revision not in known_revisions():
            raise NotRestored(
                f"This backup is of a newer Levelhead (revision {manifest.revision}). Use that version to restore it."
            )
        made = _make_if_absent(store)
        with store.read() as tx:
            _require_empty(tx)
        engine.prepare(store)  # first, as for a migration: what fails here has restored nothing
        with store.reshape() as tx:
            _require_empty(tx)
            _drop(tx, store.sqlite)
            command.upgrade(alembic_config(tx), manifest.revision)
            if inspect(tx).has_table("search_mark"):
                search_index.guard(tx, store.sqlite)  # what is filled in finds its way into the index as it comes
            cut = _fill(tx, file, say)
            if not store.sqlite:
                set_sequences(tx)
            revision = finish(tx, store.sqlite)
            _check_chain(tx, manifest)
            held = publications.hold_after_restore(tx, now) + moderations.hold_after_restore(tx, now)
            people.set_fact(tx, publications.RESTORED, manifest.made_at.isoformat())
            if people.fact(tx, keys.FACT) is None:  # of a version whose databases did not know it
                people.set_fact(tx, keys.FACT, manifest.key or own_key.UNKNOWN)
            ended = _end_log_ins(tx, now)
            _free_jobs(tx, now)
            opinions.stop_after_restore(tx, now)
            audit.record(
                tx, "store.restored", "store", None, by=None, at=now, head=manifest.head, held=held, sessions=ended
            )
    with store.read() as tx:
        locked, key = own_key.locked(tx, keys.present()), _key(tx)
    return Restored(manifest, revision, held, ended, cut, locked, key, made)


def _make_if_absent(store: Store) -> str:
    """The name of the database if it was not there and was made. SQLite makes its file by itself."""
    try:
        with store.read():
            return ""
    except NotConnected:
        if not make_database(store.engine.url):
            raise
        return store.engine.url.database or ""


def _require_empty(tx: Tx) -> None:
    there = set(inspect(tx).get_table_names())
    for name in ("people", "comments"):
        if name in there and tx.execute(text(f"select 1 from {name} limit 1")).first():  # noqa: S608 (our own names)
            raise NotRestored(
                f"This database holds {name} already, and a backup only goes into an empty one. Choose another one:"
                " LEVELHEAD_DATABASE_URL, or LEVELHEAD_HOME for another folder."
            )


def _drop(tx: Tx, sqlite: bool) -> None:
    """Removes the tables of a start that nobody used."""
    there = set(inspect(tx).get_table_names())
    if sqlite:
        virtual = "select name from sqlite_master where type = 'table' and sql like 'create virtual table%'"
        for name in list(tx.execute(text(virtual)).scalars()):
            tx.execute(text(f'drop table "{name}"'))
    else:
        tx.execute(text("drop function if exists levelhead_words cascade"))
    for name in (*metadata.tables, *backup.FORMER, "search_mark", "alembic_version"):
        if name in there:
            tx.execute(text(f'drop table "{name}"' + ("" if sqlite else " cascade")))


def _fill(tx: Tx, file: backup.Opened, say: Say) -> dict[str, int]:
    targets = {table.name: table for table in backup.tables(tx)}
    parts = {part.table: part for part in file.manifest.parts}
    if set(parts) != set(targets):
        raise NotRestored("The backup does not hold the tables of its own revision. Use another one.")
    cut: dict[str, int] = {}
    for name, table in targets.items():
        part = parts[name]
        if set(part.columns) != {column.name for column in table.columns}:
            raise NotRestored(f"The table '{name}' of the backup has other columns than its revision. Use another one.")
        try:
            for rows in _rows(file.archive, part, table, tx.dialect.name == "sqlite", cut):
                tx.execute(insert(table), rows)
        except (zipfile.BadZipFile, ValueError, KeyError, OSError) as error:
            raise NotRestored(f"The part '{part.name}' of the backup is damaged. Use another one.") from error
        except SQLAlchemyError as error:
            if not (refused(error) or isinstance(error, IntegrityError)):
                raise
            raise NotRestored(
                f"The part '{part.name}' of the backup holds something that this database does not take"
                f" ({type(error).__name__}). Use another backup, or a database of the other kind."
            ) from error
        say(f"{name}: {part.rows:,}")
    return cut


def _rows(
    archive: zipfile.ZipFile, part: Part, table: Table, sqlite: bool, cut: dict[str, int]
) -> Iterator[list[dict[str, Any]]]:
    """The rows of a part, a thousand at a time; raises ValueError at its end unless all were there, unchanged."""
    readers = [(name, _reader(table.c[name], sqlite, cut)) for name in part.columns]
    digest, count = hashlib.sha256(), 0
    rows: list[dict[str, Any]] = []
    with archive.open(part.name) as lines:
        while line := lines.readline(_MAX_LINE):
            digest.update(line)
            values = json.loads(line)
            rows.append(
                {name: read(value) if read else value for (name, read), value in zip(readers, values, strict=True)}
            )
            count += 1
            if len(rows) == backup.BATCH:
                yield rows
                rows = []
    if rows:
        yield rows
    if count != part.rows or digest.hexdigest() != part.sha256:
        raise ValueError("another hash or count than the manifest's")


def _reader(column: Column[Any], sqlite: bool, cut: dict[str, int]) -> Callable[[Any], Any] | None:
    """How a value of the backup becomes one of this column; None where it is one already."""
    kind = column.type
    if isinstance(kind, DateTime):
        return lambda value: value and datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, LargeBinary):
        return lambda value: None if value is None else base64.b64decode(value, validate=True)
    if isinstance(kind, JSON):
        kind.none_as_null = bool(column.nullable)
        return None
    if isinstance(kind, String) and not sqlite:
        return _fitting(f"{column.table.name}.{column.name}", kind.length, cut)
    return None


def _fitting(name: str, length: int | None, cut: dict[str, int]) -> Callable[[Any], Any]:
    """SQLite keeps NUL and does not look at lengths; PostgreSQL refuses both."""

    def fit(value: str | None) -> str | None:
        if value is None:
            return None
        if "\0" in value:
            value = value.replace("\0", "\ufffd")
        if length is not None and len(value) > length:
            cut[name] = cut.get(name, 0) + 1
            value = value[:length]
        return value

    return fit


def set_sequences(tx: Tx) -> None:
    """Tells PostgreSQL where to go on counting ids after rows came with their own."""
    for table in backup.tables(tx):
        if "id" in table.c and tx.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar():
            last = select(func.max(table.c.id)).scalar_subquery()
            tx.execute(
                select(
                    func.setval(
                        func.pg_get_serial_sequence(table.name, "id"), func.coalesce(last, 1), last.is_not(None)
                    )
                )
            )


def _check_chain(tx: Tx, manifest: Manifest) -> None:
    verdict = audit.verify(tx, manifest.head)
    if not verdict.holds or (verdict.events, verdict.head) != (manifest.events, manifest.head):
        where = f"event {verdict.broken_at}" if verdict.broken_at is not None else "its head"
        raise NotRestored(f"The audit log in this backup does not hold ({where}). Use another one.")


def _end_log_ins(tx: Tx, now: datetime) -> int:
    ended = tx.execute(update(sessions).where(sessions.c.ended_at.is_(None)).values(ended_at=now)).rowcount
    tx.execute(update(links).where(links.c.used_at.is_(None)).values(used_at=now))
    people.drop_fact(tx, people.MONITOR)
    people.drop_fact(tx, "set-up code")
    return ended


def _free_jobs(tx: Tx, now: datetime) -> None:
    """The workers of the backup are not here: what they had is waiting again, and the engine knows of no run."""
    tx.execute(update(jobs).values(fence=0))
    tx.execute(update(workers).where(workers.c.ended_at.is_(None)).values(ended_at=now))
    tx.execute(update(workers).where(workers.c.resumed_at.is_(None)).values(resumed_at=now))
    if engine.ready(tx):
        engine.forget_runs(tx)


def _key(tx: Tx) -> str:
    mine = keys.present()
    if mine is None:
        return "missing"
    return "same" if own_key.fits(tx, mine) else "other"
