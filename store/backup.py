"""A backup: one file with every row, from one consistent picture, written while everything runs.

The file is a zip with one part a table (JSON lines, in an order in which they can be filled again) and a manifest. It
fits either database. Credentials stay encrypted in it; the key that opens them is not part of it.
"""

import base64
import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import MetaData, Table, func, inspect, select

from model.errors import LevelheadError
from model.words import PublicationState
from store import audit, engine, keys
from store.audit import GENESIS
from store.db import Store, Tx
from store.migrate import NotMigrated, known_revisions, newest, present
from store.schema import metadata

FORMAT = 1
MANIFEST = "manifest.json"
BACKED_UP = "store.backed_up"
BATCH = 1000
_JOBS = "background jobs"
# Tables of earlier revisions that the present one no longer has: a backup made before an upgrade needs them too.
FORMER: frozenset[str] = frozenset()

Say = Callable[[str], None]


class NotBackedUp(LevelheadError):
    """No backup was written; what is there was left alone."""


class Part(BaseModel):
    """A table in a backup: the columns in the order of each line's values, and the hash of its lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str = Field(pattern="^[a-z_]{1,60}$")
    columns: tuple[str, ...]
    rows: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @property
    def name(self) -> str:
        """The part's name in the file."""
        return f"tables/{self.table}.jsonl"


class Manifest(BaseModel):
    """What a backup says of itself. `waiting` counts what was on its way; `key` tells one key from another; `left_out`
    counts the rows of each table of the engine behind background work, which are not in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    revision: str
    made_at: datetime
    head: str = Field(pattern="^[0-9a-f]{64}$")
    events: int = Field(ge=0)
    key: str = ""
    waiting: dict[str, int] = {}
    left_out: dict[str, int] = {}
    parts: tuple[Part, ...] = Field(max_length=500)

    @property
    def going_out(self) -> dict[str, int]:
        """What of `waiting` waits for a person after a restore."""
        return {name: count for name, count in self.waiting.items() if name != _JOBS}

    @property
    def jobs(self) -> int:
        """How many background jobs waited or were under way."""
        return self.waiting.get(_JOBS, 0)

    @property
    def runs(self) -> int:
        """How many runs of background work the engine knew, under way or ended."""
        return self.left_out.get(engine.RUNS, 0)

    def rows(self, table: str) -> int:
        return next((part.rows for part in self.parts if part.table == table), 0)


def tables(tx: Tx) -> list[Table]:
    """The tables of this installation as they stand in the database, whatever its revision, those that others refer to
    first. Tables of the engine behind background work are not among them: what it has to do is found in the rows, and
    the manifest counts what was left out."""
    there = (set(metadata.tables) | FORMER) & set(inspect(tx).get_table_names())
    found = MetaData()
    found.reflect(tx, only=sorted(there))
    return [table for table in found.sorted_tables if table.name in there]


def write(store: Store, path: Path, *, overwrite: bool = False, say: Say = lambda _: None) -> Manifest:
    """Writes a backup to `path`, readable by its owner alone, and returns what it says of itself.

    Needs memory for a thousand rows, whatever there is. Raises NotBackedUp when something is in the way.
    """
    if path.is_dir():
        raise NotBackedUp(f"{path} is a folder. Give the name of a file in it, such as {path / 'levelhead.zip'}")
    if path.exists() and not overwrite:
        raise NotBackedUp(f"{path} is there already. Choose another name, or add --overwrite.")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:  # noqa: PTH123
            manifest = _write(store, file, say)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise NotBackedUp(f"The backup could not be written to {path}: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return manifest


def note(store: Store, made: Manifest) -> None:
    """Puts on the record that a backup was made, so that it can be seen how old the last one is. The event comes after
    the head that the backup holds. A database that is still to be upgraded takes none."""
    with store.read() as tx:
        if present(tx) != newest():
            return
    with store.write() as tx:
        rows = sum(part.rows for part in made.parts)
        audit.record(
            tx, BACKED_UP, "store", None, by=None, at=made.made_at, head=made.head, events=made.events, rows=rows
        )


def last_made(tx: Tx) -> datetime | None:
    """When the last backup was made that this database knows of."""
    event = audit.last(tx, "store", None, (BACKED_UP,))
    return event.at if event else None


def _write(store: Store, file: Any, say: Say) -> Manifest:
    made_at = datetime.now(UTC)  # what happens from here on may not be in it
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3, allowZip64=True) as archive,
        store.read() as tx,
    ):
        revision = present(tx)
        if revision not in known_revisions():
            raise NotMigrated(
                f"This database was written by a newer Levelhead (revision {revision}). Use that version to back it up."
                if revision
                else "There is nothing to back up: the database has no tables yet."
            )
        found = tables(tx)
        parts = []
        for table in found:
            parts.append(_part(tx, archive, table))
            say(f"{table.name}: {parts[-1].rows:,}")
        seq, head = _head(tx, found)
        mine = keys.present()
        manifest = Manifest(
            format=FORMAT,
            revision=revision,
            made_at=made_at,
            head=head,
            events=seq,
            key=mine.fingerprint() if mine else "",
            waiting=_waiting(tx, found),
            left_out=engine.counts(tx),
            parts=tuple(parts),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        return manifest


def _part(tx: Tx, archive: zipfile.ZipFile, table: Table) -> Part:
    columns = list(table.columns)
    digest, count = hashlib.sha256(), 0
    part = Part(table=table.name, columns=tuple(c.name for c in columns), rows=0, sha256="0" * 64)
    with archive.open(part.name, "w", force_zip64=True) as out:
        for lines in _lines(tx, table):
            count += len(lines)
            block = "".join(lines).encode()
            digest.update(block)
            out.write(block)
    return part.model_copy(update={"rows": count, "sha256": digest.hexdigest()})


def _lines(tx: Tx, table: Table) -> Iterator[list[str]]:
    rows = tx.execute(select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH))
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
    for batch in rows.partitions():
        yield [encode(list(row)) + "\n" for row in batch]


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        # SQLite gives times without a zone back; all of them are UTC.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} has no place in a backup")


def _head(tx: Tx, found: list[Table]) -> tuple[int, str]:
    head = next((table for table in found if table.name == "audit_head"), None)
    row = tx.execute(select(head.c.seq, head.c.hash)).first() if head is not None else None
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def _waiting(tx: Tx, found: list[Table]) -> dict[str, int]:
    """What was on its way when the backup was made, in numbers."""
    by_name = {table.name: table for table in found}
    counts = {}
    if (jobs := by_name.get("jobs")) is not None:
        going = select(func.count()).select_from(jobs)
        if "state" in jobs.c:  # earlier revisions kept what was done
            going = going.where(jobs.c.state != "done")
        counts[_JOBS] = int(tx.execute(going).scalar_one())
    if (going_out := by_name.get("publications")) is not None:
        for state in (PublicationState.SCHEDULED, PublicationState.PUBLISHING):
            these = select(func.count()).select_from(going_out).where(going_out.c.state == state.value)
            counts[f"responses {state.value}"] = int(tx.execute(these).scalar_one())
    return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that is being read."""

    manifest: Manifest
    archive: zipfile.ZipFile


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A backup and what it says of itself. Raises LevelheadError when it is none, or one of a newer Levelhead."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise LevelheadError(f"There is no file {path}.") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise LevelheadError(f"{path} is not a backup of Levelhead, or it is cut off: {error}.") from None
    with archive:
        try:
            if archive.getinfo(MANIFEST).file_size > 1_000_000:
                raise ValueError("its manifest is too long")
            form = json.loads(archive.read(MANIFEST))
            if isinstance(form, dict) and isinstance(form.get("format"), int) and form["format"] > FORMAT:
                raise LevelheadError(f"{path} was written by a newer Levelhead. Use that version to restore it.")
            manifest = Manifest.model_validate(form)
        except (KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
            raise LevelheadError(
                f"{path} is not a backup of Levelhead: it has no manifest that can be read."
            ) from error
        yield Opened(manifest, archive)
