"""Bringing a database that is in use to the present revision: backup first, then migrate, and back on failure."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from model.errors import LevelheadError
from store import backup
from store.db import Busy, DiskFull, Store
from store.migrate import migrate, newest, present

log = logging.getLogger(__name__)

KEPT = 3


class NotUpgraded(LevelheadError):
    """The migration failed and everything is as it was."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The revision reached, and the backup made before, if there was something to lose."""

    revision: str
    saved: Path | None


def upgrade(store: Store, folder: Path) -> Upgraded:
    """Creates the tables or brings them up to date; `folder` takes the backup, of which the last three are kept.

    Raises NotUpgraded when something failed: our tables come last and in one transaction, so the version before runs on
    the database as it ran.
    """
    before = _in_use(store)
    saved, made = _save(store, folder, before) if before and before != newest() else (None, None)
    try:
        reached = migrate(store)
    except (Busy, DiskFull):
        raise
    except Exception as error:
        if not before or (not saved and isinstance(error, LevelheadError)):
            raise
        log.exception("the migration failed")
        backed_up = f" A backup made just now is in {saved}" if saved else ""
        raise NotUpgraded(
            f"The database could not be brought to this version, and is as it was (revision {before}): {_why(error)}."
            f" Start the version you had before.{backed_up}"
        ) from error
    if made:
        backup.note(store, made)
    return Upgraded(reached, saved)


def _why(error: Exception) -> str:
    said = str(error.__cause__ or error) if isinstance(error, SQLAlchemyError) else str(error)
    return said.strip().partition("\n")[0].rstrip(".") or type(error).__name__


def _in_use(store: Store) -> str:
    """The revision of a database that holds people; empty for one with nothing to lose."""
    with store.read() as tx:
        if not inspect(tx).has_table("people") or tx.execute(text("select 1 from people limit 1")).first() is None:
            return ""
        return present(tx)


def _save(store: Store, folder: Path, revision: str) -> tuple[Path, backup.Manifest]:
    path = folder / f"before-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S}.zip"
    made = backup.write(store, path, overwrite=True)
    kept = sorted(folder.glob("before-*.zip"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[KEPT:]:
        old.unlink(missing_ok=True)
    return path, made
