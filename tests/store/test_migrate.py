"""Migrations lead to the tables as they are declared; times and keys are kept as they are promised."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from store import engine, search_index
from store.db import Store
from store.migrate import NotMigrated, migrate, newest, require_migrated
from store.schema import audit_head, metadata, people, person_levels


def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The engine's tables and those of search stand beside ours; they are not declared here."""
    if kind == "index":
        return not str(name).startswith(search_index.INDEXES)
    return kind != "table" or name not in engine.TABLES + search_index.TABLES


COMPARE = {"compare_type": True, "compare_server_default": True, "include_object": ours}
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_migrations_make_exactly_the_declared_tables(database: Store) -> None:
    with database.read() as tx:
        context = MigrationContext.configure(tx, opts=COMPARE)
        assert compare_metadata(context, metadata) == []


def test_checks_and_partial_indexes_which_are_not_compared_are_there(database: Store) -> None:
    constraints = [constraint for table in metadata.tables.values() for constraint in table.constraints]
    declared = {check.name for check in constraints if isinstance(check, CheckConstraint)}
    assert declared
    with database.read() as tx:
        inspector = inspect(tx)
        checks = {check["name"] for table in metadata.tables for check in inspector.get_check_constraints(table)}
        indexes = {index["name"] for table in metadata.tables for index in inspector.get_indexes(table)}
    assert checks == declared
    assert {"uq_cases_open_thread", "uq_submissions_live", "uq_decisions_person", "ix_comments_author_id"} <= indexes


def test_a_level_beyond_five_and_a_second_head_are_refused(database: Store, alice: int) -> None:
    for values in (
        insert(person_levels).values(person_id=alice, level=6),
        insert(audit_head).values(id=2, seq=0, hash=""),
    ):
        with pytest.raises(IntegrityError), database.write() as tx:
            tx.execute(values)


def test_migrating_again_changes_nothing(database: Store, alice: int) -> None:
    assert migrate(database) == migrate(database) == newest()
    with database.read() as tx:
        assert tx.execute(select(people.c.id)).scalars().all() == [alice]
        assert tx.execute(select(audit_head.c.seq)).scalars().all() == [0]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Store) -> None:
    with database.write() as tx:
        tx.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(NotMigrated, match=r"written by a newer Levelhead \(revision 9999\)"):
        migrate(database)
    with pytest.raises(NotMigrated, match="python -m store migrate"):
        require_migrated(database)
    with database.read() as tx:
        assert tx.execute(text("select version_num from alembic_version")).scalar() == "9999"


def test_an_empty_database_is_told_from_a_migrated_one(tmp_path: Path) -> None:
    empty = Store(f"sqlite:///{tmp_path / 'new' / 'levelhead.db'}")
    with pytest.raises(NotMigrated):
        require_migrated(empty)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    migrate(empty)
    require_migrated(empty)
    empty.engine.dispose()


# --- times -----------------------------------------------------------------------------------------------------------


def test_a_time_without_a_zone_never_reaches_the_database(database: Store) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a time without a zone"), database.write() as tx:
        tx.execute(insert(people).values(name="A", email="a", active=True, created_at=naive))
    with pytest.raises(StatementError, match="a time without a zone"), database.read() as tx:
        tx.execute(select(people.c.id).where(people.c.created_at < naive))


def test_a_time_comes_back_as_the_same_moment_in_utc(database: Store, alice: int) -> None:
    told = datetime(2026, 3, 1, 9, 30, 15, 987654, tzinfo=timezone(timedelta(hours=-7, minutes=-30)))
    with database.write() as tx:
        tx.execute(update(people).values(created_at=told))
        found = tx.execute(select(people.c.created_at)).scalar_one()
        at_that_moment = select(people.c.id).where(people.c.created_at == told)
        assert tx.execute(at_that_moment).scalars().all() == [alice]
    assert (found, found.tzinfo) == (told, UTC)


# --- transactions ----------------------------------------------------------------------------------------------------


def test_a_reader_sees_one_picture_while_somebody_writes(database: Store, alice: int) -> None:
    with database.read() as reading:
        before = reading.execute(select(people.c.name)).scalars().all()
        with database.write() as tx:
            tx.execute(update(people).values(name="Somebody else"))
        assert reading.execute(select(people.c.name)).scalars().all() == before == ["Alice"]
    with database.read() as reading:
        assert reading.execute(select(people.c.name)).scalars().all() == ["Somebody else"]


def test_a_change_that_fails_leaves_nothing(database: Store, alice: int) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        tx.execute(update(people).values(name="Somebody else"))
        raise ZeroDivisionError
    with database.read() as tx:
        assert tx.execute(select(people.c.name)).scalar() == "Alice"


def test_what_refers_to_nothing_is_refused(database: Store) -> None:
    with pytest.raises(IntegrityError), database.write() as tx:
        tx.execute(insert(person_levels).values(person_id=404, level=1))


def test_a_library_that_reads_before_it_writes_waits_for_other_writers(database: Store, alice: int) -> None:
    def rename() -> None:
        with database.write() as tx:
            tx.execute(update(people).values(name="Bob"))

    other = Thread(target=rename)
    with database.writing.begin() as tx:
        assert tx.execute(select(people.c.name)).scalar() == "Alice"
        other.start()
        other.join(0.2)
        assert other.is_alive() == database.sqlite
        tx.execute(insert(people).values(name="Carla", email="carla@example.org", active=True, created_at=NOW))
    other.join(10)
    with database.read() as tx:
        assert tx.execute(select(people.c.name).order_by(people.c.id)).scalars().first() == "Bob"
