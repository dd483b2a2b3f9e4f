"""An upgrade: backup first, then migrate, and back on failure. On databases with rows in them, as they are in use."""

import json
import zipfile
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from store import backup, restore, upgrade
from store import migrate as migrating
from store.db import Store
from store.migrate import alembic_config, assert_guarded, migrate, newest, present
from store.upgrade import NotUpgraded
from tests import postgres

_FAILS = """
import sqlalchemy as sa
from alembic import op
revision = "9998"
down_revision = "{newest}"
def upgrade():
    op.create_table("half_way", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("people", sa.Column("half_way", sa.Integer()))
    op.execute("update people set name = 'Half way'")
    with op.batch_alter_table("threads", recreate="{how}") as batch:
        batch.alter_column("title", type_=sa.Text(), existing_type=sa.String(500))
    {last}
"""
REASONS = json.dumps([{"rule": rule, "share": share} for rule, share in (("negative", 0.3), ("matter:privacy", 0.7))])


@pytest.fixture
def old(tmp_path: Path, database: Store) -> Store:
    """A database of the first revision, with a person and what one comment needs, in place of the present one."""
    with database.reshape() as tx:
        restore._drop(tx, database.sqlite)
        command.upgrade(alembic_config(tx), "0001")
        migrating._guard(tx, database.sqlite)
        for statement in (
            "insert into audit_head (id, seq, hash) values (1, 0, '" + "0" * 64 + "')",
            "insert into people (id, name, email, active, created_at) values (1, 'Alice', 'a', true, '2026-01-01')",
            "insert into sources (id, name, channel, kind, site_url, feed_url, api_url, user_name, account_id, account,"
            " allow_private, active, etag, last_modified, body_hash, problem, failures, created_at) values (1, 'Blog',"
            " 'blog', 'feed', '', '', '', '', '', '{}', false, true, '', '', '', '', 0, '2026-01-01 00:00')",
            "insert into threads (id, source_id, url, title, text) values (1, 1, 'u', 't', '')",
            "insert into comments (id, source_id, thread_id, identity, external_id, parent_identity, author, author_id,"
            " url, status, read_at, at, ours, revision, text_hash, near_key, flagged, spam, severity, sentiment) values"
            " (1, 1, 1, 'i', 'e', '', 'Ann', '', '', '', '2026-01-01 00:00', '2026-01-01 00:00', false, 1, 'h', '',"
            " false, false, 0, 0)",
            "insert into revisions (comment_id, number, text, html, read_at) values (1, 1, 'Hello', '', '2026-01-01')",
            "insert into assessments (id, comment_id, revision, flagged, severity, sentiment, worst, negative, spam,"
            " focus_start, focus_end, matters, reasons, degraded, version, at) values (1, 1, 1, true, 3, 0, 0, 0, 0, 0,"
            f" 5, '[]', '{REASONS}', '[]', '1', '2026-01-01 00:00')",
            "insert into cases (id, thread_id, lead_comment_id, lead_revision, state, outcome, severity, headline,"
            " matters, opened_at, due_at, version) values (1, 1, 1, 1, 'open', '', 3, 'Privacy', '[]',"
            " '2026-01-01 00:00', '2026-01-01 00:00', 1)",
            "insert into case_comments (case_id, comment_id, revision, at) values (1, 1, 1, '2026-01-01 00:00')",
        ):
            tx.execute(text(statement))
    return database


def _with_migration(monkeypatch: pytest.MonkeyPatch, folder: Path, last: str, *, sqlite: bool) -> None:
    """One more migration, which ends with the statement `last`."""
    folder.mkdir()
    how = "always" if sqlite else "auto"
    (folder / "9998_more.py").write_text(_FAILS.format(newest=newest(), how=how, last=last))
    real = migrating.alembic_config

    def more(tx: object = None) -> Config:
        config = real(tx)  # type: ignore[arg-type]
        versions = Path(migrating.__file__).parent / "migrations" / "versions"
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{versions}\n{folder}")
        return config

    monkeypatch.setattr(migrating, "alembic_config", more)


def _state(store: Store) -> tuple[object, ...]:
    with store.read() as tx:
        inspector = inspect(tx)
        columns = {name: [c["name"] for c in inspector.get_columns(name)] for name in inspector.get_table_names()}
        return (
            present(tx),
            columns,
            tx.execute(text("select name from people")).scalars().all(),
            tx.execute(text("select title from threads")).scalars().all(),
        )


def test_a_database_of_the_first_revision_with_rows_is_backed_up_and_brought_to_the_present_one(
    old: Store, tmp_path: Path
) -> None:
    done = upgrade.upgrade(old, tmp_path / "backups")
    assert done.revision == newest()
    assert done.saved
    assert done.saved.name.startswith("before-0001-")
    with old.read() as tx:
        assert_guarded(tx, old.sqlite)
        assert tx.execute(text("select text from revisions")).scalars().all() == ["Hello"]
        assert tx.execute(text("select rule from case_comments")).scalars().all() == ["matter:privacy"]
    again = upgrade.upgrade(old, tmp_path / "backups")
    assert again == upgrade.Upgraded(newest(), None)


def test_a_backup_of_the_first_revision_is_restored_and_migrated_in_either_database(old: Store, tmp_path: Path) -> None:
    backup.write(old, tmp_path / "old.zip")
    with postgres.fresh(migrated=False) as url:
        for target in (url, f"sqlite:///{tmp_path / 'new' / 'levelhead.db'}"):
            store = Store(target)
            done = restore.restore(store, tmp_path / "old.zip")
            assert (done.manifest.revision, done.revision) == ("0001", newest())
            with store.read() as tx:
                assert tx.execute(text("select author, erased_at from comments")).all() == [("Ann", None)]
            store.engine.dispose()


def test_a_migration_that_fails_leaves_everything_as_it_was_and_says_where_the_backup_is(
    old: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _state(old)
    _with_migration(monkeypatch, tmp_path / "more", "op.execute('select * from nowhere')", sqlite=old.sqlite)
    with pytest.raises(NotUpgraded, match=r"is as it was \(revision 0001\).*nowhere") as refusal:
        upgrade.upgrade(old, tmp_path / "backups")
    assert _state(old) == before
    (saved,) = (tmp_path / "backups").iterdir()
    assert str(saved) in str(refusal.value)
    with zipfile.ZipFile(saved) as archive:
        assert b"Hello" in archive.read("tables/revisions.jsonl")


def test_tables_of_background_work_that_cannot_be_brought_up_to_date_leave_everything_as_it_was(
    old: Store, tmp_path: Path
) -> None:
    before, versions = _state(old), ("" if old.sqlite else "dbos.") + "dbos_migrations"
    with old.write() as tx:
        tx.execute(text(f"alter table {versions} rename column version to unknown"))
    with pytest.raises(NotUpgraded, match=r"is as it was \(revision 0001\).*Start the version you had before"):
        upgrade.upgrade(old, tmp_path / "backups")
    state = _state(old)
    assert (state[0], *state[2:]) == (before[0], *before[2:])
    with old.write() as tx:
        tx.execute(text(f"alter table {versions} rename column unknown to version"))
    assert _state(old) == before, "the version before finds its own tables"
    assert upgrade.upgrade(old, tmp_path / "backups").revision == newest()


def test_the_same_migration_goes_through_where_nothing_fails_and_keeps_the_guard(
    old: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_migration(monkeypatch, tmp_path / "more", "pass", sqlite=old.sqlite)
    assert upgrade.upgrade(old, tmp_path / "backups").revision == "9998"
    state = _state(old)
    assert state[2:] == (["Half way"], ["t"])
    with old.read() as tx:
        assert_guarded(tx, old.sqlite)


def test_a_migration_that_drops_the_guard_puts_it_back(
    old: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = "drop trigger audit_no_delete" + ("" if old.sqlite else " on audit")
    _with_migration(monkeypatch, tmp_path / "more", f"op.execute('{drop}')", sqlite=old.sqlite)
    upgrade.upgrade(old, tmp_path / "backups")
    with old.read() as tx:
        assert_guarded(tx, old.sqlite)


def test_only_the_last_three_of_these_backups_are_kept(database: Store, tmp_path: Path, alice: int) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"before-0001-2026010{day}T000000.zip").write_text("")
    (folder / "mine.zip").write_text("")
    saved, _made = upgrade._save(database, folder, "0003")
    names = sorted(one.name for one in folder.iterdir())
    assert len(names) == 4
    assert {"mine.zip", saved.name} <= set(names)


def test_an_empty_database_needs_no_backup(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'levelhead.db'}")
    assert upgrade.upgrade(store, tmp_path / "backups") == upgrade.Upgraded(newest(), None)
    assert not (tmp_path / "backups").exists()
    assert migrate(store) == newest()
    store.engine.dispose()
