"""Transactions: how long they are held, what a full disk does to them, and changes of the tables themselves."""

import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from model.errors import LevelheadError
from store import audit, db, people
from store.db import Busy, DiskFull, Store, Unreachable
from store.migrate import migrate
from store.schema import facts, person_levels
from store.schema import people as people_table
from tests.conftest import ROOT

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_write_transaction_that_takes_long_says_so_in_the_log(
    database: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_two() -> None:
        with database.write() as tx:
            people.set_fact(tx, "a", "the password is secret")

    with caplog.at_level(logging.WARNING, "store.db"):
        with database.write() as tx:
            people.set_fact(tx, "a", 1)
        assert caplog.messages == []
        assert 0 < database.longest_write < db.LONG_S
        monkeypatch.setattr(db, "LONG_S", 0.0)
        set_two()
        with database.sign():
            pass
        with database.note():
            pass
        with database.reshape():
            pass  # nobody else is there then
    form = re.compile(r"a write transaction took (\d+) ms, the processor worked (\d+) ms for it: (\S+)")
    here = "tests.store.test_db.test_a_write_transaction_that_takes_long_says_so_in_the_log"
    found = [form.fullmatch(line) for line in caplog.messages]
    assert [one and one[3] for one in found] == [f"{here}.<locals>.set_two", here, here]


def test_the_processors_part_of_a_long_write_is_told_from_waiting(
    database: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LONG_S", 0.0)
    with caplog.at_level(logging.WARNING, "store.db"):
        with database.write():
            threading.Event().wait(0.3)
        with database.write():
            until = time.thread_time() + 0.3
            while time.thread_time() < until:
                pass
    waited, worked = [[int(number) for number in re.findall(r"(\d+) ms", line)] for line in caplog.messages]
    assert (waited[0] >= 300, waited[1] < 100) == (True, True)
    assert worked[0] >= worked[1] >= 300


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_said_plainly_and_the_change_is_undone_whole(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * 1_000_000)
    store = Store(f"sqlite:///{small_disk / 'levelhead.db'}")
    migrate(store)
    with store.write() as tx:
        audit.record(tx, "case.opened", "case", 1, by=None)
    with pytest.raises(DiskFull, match=r"The disk is full\. Nothing was changed"):
        for number in range(100):
            with store.write() as tx:
                audit.record(tx, "case.opened", "case", 2, by=None)
                people.set_fact(tx, f"fact {number}", "x" * 200_000)
    with store.read() as tx:
        kept = tx.execute(select(func.count()).select_from(facts)).scalar_one()
        verdict = audit.verify(tx)
    assert (verdict.events, verdict.holds) == (1 + kept, True)
    (small_disk / "ballast").unlink()
    with store.write() as tx:
        people.set_fact(tx, "after", 1)
    store.engine.dispose()


def test_another_error_of_the_database_is_not_taken_for_a_full_disk(database: Store) -> None:
    with pytest.raises(DBAPIError), database.write() as tx:
        tx.execute(text("select * from no_such_table"))


def test_a_table_that_others_refer_to_can_be_reshaped_with_its_rows(database: Store, alice: int) -> None:
    with database.write() as tx:
        tx.execute(insert(person_levels).values(person_id=alice, level=2))
    how = "always" if database.sqlite else "auto"
    with (
        database.reshape() as tx,
        Operations(MigrationContext.configure(tx)).batch_alter_table("people", recreate=how) as batch,
    ):
        batch.add_column(Column("shoe_size", Integer))
    with database.read() as tx:
        assert tx.execute(select(person_levels.c.person_id)).scalars().all() == [alice]
        assert tx.execute(text("select shoe_size from people")).scalars().all() == [None]
    with pytest.raises(DBAPIError), database.write() as tx:
        tx.execute(insert(person_levels).values(person_id=404, level=1))


def test_what_a_reshaping_would_leave_without_its_reference_is_refused(database: Store, alice: int) -> None:
    with database.write() as tx:
        tx.execute(insert(person_levels).values(person_id=alice, level=2))
    with pytest.raises((LevelheadError, DBAPIError), match=r"refer|constraint"), database.reshape() as tx:
        tx.execute(people_table.delete())
    with database.read() as tx:
        assert tx.execute(select(people_table.c.id)).scalars().all() == [alice]


def test_a_sign_of_life_waits_for_no_connection_that_others_hold(database: Store) -> None:
    with ExitStack() as held:
        for _ in range(20):
            held.enter_context(database.read())
        with database.sign() as tx:
            assert tx.execute(text("select 1")).scalar_one() == 1


def test_who_finds_no_connection_free_is_told_that_the_database_is_busy(database: Store) -> None:
    one = create_engine(database.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    database.engine = one
    with database.read(), pytest.raises(Busy), database.read():
        pass
    one.dispose()


def test_what_a_page_notes_by_the_way_waits_for_nobody_who_writes(database: Store, alice: int) -> None:
    with database.note() as tx:
        tx.execute(insert(person_levels).values(person_id=alice, level=4))
    if database.sqlite:  # PostgreSQL lets the two write side by side
        with database.write(), pytest.raises(Busy), database.note():
            pass
    with database.note() as tx:
        assert tx.execute(select(person_levels.c.level).where(person_levels.c.person_id == alice)).scalars().all() == [
            4
        ]


def test_who_is_stopped_in_the_middle_of_a_change_holds_up_nobody_for_long(database: Store, alice: int) -> None:
    if database.sqlite:
        return  # others wait until it goes on
    with pytest.raises(DBAPIError), database.write() as stopped:
        people.set_fact(stopped, "a", 1)
        with database.sign() as sign:
            sign.execute(select(people_table).with_for_update())
            with database.write() as tx:
                people.set_fact(tx, "a", 2)
                tx.execute(select(people_table).with_for_update())
            with pytest.raises(DBAPIError):
                sign.execute(text("select 1"))
            sign.rollback()
        people.set_fact(stopped, "b", 3)
    with database.read() as tx:
        assert (people.fact(tx, "a"), people.fact(tx, "b")) == (2, None)


def test_nothing_of_sqlalchemy_is_loaded_later_while_others_make_statements() -> None:
    loaded = "import store.db, sys; sys.exit('sqlalchemy.orm' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=False).returncode == 0


def test_a_server_that_takes_no_connection_is_said_in_plain_words(tmp_path: Path) -> None:
    nobody_there = Store(f"postgresql://postgres@/levelhead?host={tmp_path}")
    for transaction in (nobody_there.read, nobody_there.write, nobody_there.note):
        with pytest.raises(Unreachable, match="cannot be reached"), transaction():
            pass
