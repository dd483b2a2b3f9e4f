"""Brings a database to the present tables, and asserts that the audit log cannot be changed afterwards."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from model.errors import LevelheadError
from store.audit import GENESIS
from store.db import Store, Tx
from store.schema import audit_head

_TRIGGERS = ("audit_no_update", "audit_no_delete")
_SQLITE = """
create trigger if not exists audit_no_{verb} before {verb} on audit
begin select raise(abort, 'the audit log is append-only'); end
"""
_POSTGRES_FUNCTION = """
create or replace function audit_refuse() returns trigger language plpgsql as
$$ begin raise exception 'the audit log is append-only'; end $$
"""
_POSTGRES = """
create or replace trigger audit_no_{verb} before {verb} on audit
for each statement execute function audit_refuse()
"""


class NotMigrated(LevelheadError):
    """The database has other tables than this version needs."""


def _config(tx: Tx | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = tx
    return config


def newest() -> str:
    """The revision that this version of the code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def present(tx: Tx) -> str:
    """The revision of the database, empty for an empty one."""
    if not inspect(tx).has_table("alembic_version"):
        return ""
    return tx.execute(text("select version_num from alembic_version")).scalar() or ""


def migrate(store: Store) -> str:
    """Creates or upgrades the tables in one transaction, and returns the revision reached.

    Raises NotMigrated when the database is of a newer Levelhead, or when the audit log's triggers are not in place.
    """
    with store.write() as tx:
        known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
        now = present(tx)
        if now and now not in known:
            raise NotMigrated(
                f"This database was written by a newer Levelhead (revision {now}). "
                "Start that version, or restore a backup."
            )
        command.upgrade(_config(tx), "head")
        _guard(tx, store.sqlite)
        if tx.execute(select(audit_head.c.id)).first() is None:
            tx.execute(insert(audit_head).values(id=1, seq=0, hash=GENESIS))
        assert_guarded(tx, store.sqlite)
        return present(tx)


def _guard(tx: Tx, sqlite: bool) -> None:
    if not sqlite:
        tx.execute(text(_POSTGRES_FUNCTION))
    for verb in ("update", "delete"):
        tx.execute(text((_SQLITE if sqlite else _POSTGRES).format(verb=verb)))


def assert_guarded(tx: Tx, sqlite: bool) -> None:
    """Raises NotMigrated unless both triggers that keep the audit log append-only are there."""
    query = "select name from sqlite_master where type = 'trigger'" if sqlite else "select tgname from pg_trigger"
    there = set(tx.execute(text(query)).scalars())
    missing = [name for name in _TRIGGERS if name not in there]
    if missing:
        raise NotMigrated(f"The audit log is not protected: {', '.join(missing)} is missing. Run the migration again.")


def require_migrated(store: Store) -> None:
    """Raises NotMigrated when the tables are not those of this version."""
    with store.read() as tx:
        now = present(tx)
    if now != newest():
        raise NotMigrated("The database is not ready for this version. Run: python -m store migrate")
