"""Brings a database to the present tables, and asserts that the audit log cannot be changed afterwards."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from model.errors import LevelheadError
from store import engine, search_index
from store.audit import GENESIS
from store.db import Store, Tx
from store.schema import audit_head

_VERBS = {True: ("update", "delete", "replace"), False: ("update", "delete", "truncate")}
_SQLITE = """
create trigger if not exists audit_no_{verb} before {verb} on audit
begin select raise(abort, 'the audit log is append-only'); end
"""
# `insert or replace` removes the row in its way without asking the trigger on removals.
_SQLITE_REPLACE = """
create trigger if not exists audit_no_replace before insert on audit
when exists (select 1 from audit where seq = new.seq)
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


def alembic_config(tx: Tx | None = None) -> Config:
    """What Alembic needs to know; with a transaction, to work in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = tx
    return config


def newest() -> str:
    """The revision that this version of the code needs."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def present(tx: Tx) -> str:
    """The revision of the database, empty for an empty one."""
    if not inspect(tx).has_table("alembic_version"):
        return ""
    return tx.execute(text("select version_num from alembic_version")).scalar() or ""


def migrate(store: Store) -> str:
    """Creates or upgrades the engine's tables, then ours in one transaction, and returns the revision reached.

    Raises NotMigrated when the database is of a newer Levelhead, or when the audit log's triggers are not in place.
    Whatever is raised, our tables and all rows are as they were.
    """
    with store.read() as tx:
        _require_known(tx)
    # The engine's tables come over connections of its own, so they cannot be part of our transaction. They know nothing
    # of ours, and an earlier engine leaves newer ones as they are: so they come first, and our commit is the last step.
    engine.prepare(store)
    with store.reshape() as tx:
        _require_known(tx)
        return finish(tx, store.sqlite)


def _require_known(tx: Tx) -> None:
    now = present(tx)
    if now and now not in known_revisions():
        raise NotMigrated(
            f"This database was written by a newer Levelhead (revision {now}). Start that version, or restore a backup."
        )


def finish(tx: Tx, sqlite: bool) -> str:
    """Brings the tables up to date within the caller's transaction, as `migrate` does; returns the revision."""
    command.upgrade(alembic_config(tx), "head")
    _guard(tx, sqlite)
    search_index.guard(tx, sqlite)
    if tx.execute(select(audit_head.c.id)).first() is None:
        tx.execute(insert(audit_head).values(id=1, seq=0, hash=GENESIS))
    assert_guarded(tx, sqlite)
    return present(tx)


def known_revisions() -> frozenset[str]:
    """Every revision that this version of the code can bring up to date."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return frozenset(script.revision for script in scripts)


def _guard(tx: Tx, sqlite: bool) -> None:
    if not sqlite:
        tx.execute(text(_POSTGRES_FUNCTION))
    for verb in _VERBS[sqlite]:
        form = _SQLITE_REPLACE if verb == "replace" else _SQLITE if sqlite else _POSTGRES
        tx.execute(text(form.format(verb=verb)))


def assert_guarded(tx: Tx, sqlite: bool) -> None:
    """Raises NotMigrated unless all triggers that keep the audit log append-only are there, and switched on."""
    on = (
        "select name from sqlite_master where type = 'trigger' and tbl_name = 'audit'"
        if sqlite
        else "select tgname from pg_trigger where tgrelid = to_regclass('audit') and tgenabled in ('O', 'A')"
    )
    there = set(tx.execute(text(on)).scalars())
    missing = [name for verb in _VERBS[sqlite] if (name := f"audit_no_{verb}") not in there]
    if missing:
        raise NotMigrated(f"The audit log is not protected: {', '.join(missing)} is missing. Run the migration again.")


def require_migrated(store: Store) -> None:
    """Raises NotMigrated when the tables are not those of this version."""
    with store.read() as tx:
        now = present(tx) if engine.ready(tx) else ""
    if now != newest():
        raise NotMigrated("The database is not ready for this version. Run: python -m store migrate")
