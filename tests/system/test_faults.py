"""What happens to a small team's installation: the database is held or killed, the disk is full, the clock jumps, a
key is lost.

After each, every comment is counted, every response is in one legal state, and the chain is verified.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.settings import settings
from store import sources
from store.keys import keys
from tests import postgres
from tests.installation import enter, person
from tests.system.conftest import ON_BOTH, ON_POSTGRESQL
from tests.system.processes import end_group, wait_until
from tests.system.running import Levelhead
from tests.system.sockets import visit
from tests.system.stage import Stage, stage

pytestmark = pytest.mark.system

HOLDER = """
import sys
from store.db import Store
from sqlalchemy import text
store = Store(sys.argv[1])
with store.write() as tx:
    tx.execute(text("update facts set value = value"))
    print("held", flush=True)
    sys.stdin.read()
"""
HELD_S = 4.0
AWAY_S = 4.0
GOES_ON_WITHIN_S = 180
"""A job that was cut off before it began is noticed after a minute, by a look each half a minute."""
CLOCK = Path(__file__).parent / "clock"
DAY_S, HOUR_S = 86_400, 3_600


@contextmanager
def held_database() -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of a change that does not end."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, settings().database],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield holder
    finally:
        end_group(holder)  # type: ignore[arg-type]


@ON_BOTH
def test_a_database_that_somebody_holds_and_who_is_then_killed(tmp_path: Path, database: str) -> None:
    with stage(tmp_path / "home") as here:
        here.submit()
        here.seen(here.mia, "queue")  # the first visit of all loads the page
        with held_database() as holder:
            here.grow(2 / 3)
            held_since = time.monotonic()
            before = here.stored()
            assert "need a person" in here.seen(here.mia, "queue")
            assert time.monotonic() - held_since < HELD_S, "whoever only reads is not held up"
            wait_until(lambda: time.monotonic() - held_since > HELD_S, HELD_S + 5, "the time that it is held")
            assert here.stored() == before
            os.killpg(holder.pid, signal.SIGKILL)
        here.wait_for_all()
        here.seen(here.bea, "approvals", "Approve")
        here.grow(1.0)
        here.wait_for_all()
        here.assert_sound()


@ON_BOTH
def test_both_processes_are_killed_in_the_middle_of_their_work(tmp_path: Path, database: str) -> None:
    with stage(tmp_path / "home") as here:
        here.submit()
        here.grow(2 / 3)
        for name in ("worker", "web"):
            before = here.running.pid(name)
            os.kill(before, signal.SIGKILL)
            wait_until(lambda n=name, b=before: here.running.pid(n) not in (0, b), 30, f"another {name}")  # type: ignore[misc]
        wait_until(here.running.ready, 60, "the web server")
        here.wait_for_all()
        here.seen(here.bea, "approvals", "Approve")
        here.grow(1.0)
        here.wait_for_all()
        here.assert_sound()


@ON_POSTGRESQL
def test_a_database_server_that_is_killed_and_comes_back(tmp_path: Path, database: str) -> None:
    with stage(tmp_path / "home") as here, visit(here.running.port, here.tokens[here.mia.id], "queue") as tab:
        response_id = here.submit()
        before = here.stored()
        processes = here.running.pid("web"), here.running.pid("worker")
        tab.run()
        here.seen(here.bea, "approvals", "Approve")
        here.grow(2 / 3)
        wait_until(lambda: here.stored() > before, 30, "the reads to begin")
        with postgres.killed():
            away_since = time.monotonic()
            tab.run(press="Claim")
            assert "The database cannot be reached" in "\n".join(tab.texts)
            for page in ("/queue", "/login", "/"):
                answer = here.asked(here.mia, page)
                assert (page, answer.status_code) == (page, 503)
                assert "The database cannot be reached" in answer.text
            assert not here.running.ready()
            wait_until(lambda: time.monotonic() - away_since > AWAY_S, AWAY_S + 5, "more than the lease")
        here.wait_for_all(GOES_ON_WITHIN_S)
        here.grow(1.0)
        here.wait_for_all()
        tab.run()
        assert "need a person" in "\n".join(tab.texts)
        wait_until(
            lambda: here.decisions(response_id)[0].settled_at is not None,
            GOES_ON_WITHIN_S,
            "what was decided before to take effect",
        )
        assert (here.running.pid("web"), here.running.pid("worker")) == processes, "nobody had to be started again"
        here.assert_sound()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of this size mounted at `folder`."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the room that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:  # what a buffer still held would fail again when it is closed
        try:
            while True:
                file.write(bytes(65_536))
        except OSError:
            return ballast


def assert_goes_on_after_a_full_disk(here: Stage, disk: Path) -> None:
    """A disk that is full in the middle of the reads is said to whoever changes something; with room everything goes
    on."""
    here.submit()
    ballast = fill(disk)
    here.grow(2 / 3)
    # There may be room for one more change yet.
    tried = ("Claim", "Release")
    wait_until(lambda: "The disk is full" in here.seen(here.mia, "queue", *tried), 60, "the full disk to be said")
    assert here.stored() < sum(here.crowd.shown)
    assert "need a person" in here.seen(here.mia, "queue")
    ballast.unlink()
    here.wait_for_all()
    here.grow(1.0)
    here.wait_for_all()
    here.seen(here.bea, "approvals", "Approve")
    here.assert_sound()


def test_a_full_disk_that_is_emptied(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 80) as disk, stage(disk / "home", size=3000) as here:
        assert_goes_on_after_a_full_disk(here, disk)


@ON_POSTGRESQL
def test_a_full_disk_of_a_database_server_that_is_emptied(tmp_path: Path, database: str) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        small_disk(Path(folder) / "disk", 120) as disk,
        postgres.made_on(disk),
        stage(tmp_path / "home", size=3000) as here,
    ):
        assert_goes_on_after_a_full_disk(here, disk)


def wrong_by(here: Stage) -> float:
    """By how many seconds the worker's clock is wrong, as its last reads say."""
    with here.store.read() as tx:
        last = [one.read_at for one in sources.every(tx) if one.read_at]
    return (max(last) - datetime.now(UTC)).total_seconds()


@ON_BOTH  # PostgreSQL's server has a clock of its own, which stays right
def test_a_clock_that_goes_a_day_forward_and_back(tmp_path: Path, database: str) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    with stage(tmp_path / "home", PYTHONPATH=str(CLOCK), LEVELHEAD_TEST_CLOCK=str(clock)) as here:
        here.submit()
        for wrong, share in ((DAY_S, 0.5), (0, 0.7), (-DAY_S, 0.8), (0, 1.0)):
            clock.write_text(str(wrong))
            wait_until(lambda w=wrong: abs(wrong_by(here) - w) < HOUR_S, 60, "a read by the wrong clock")  # type: ignore[misc]
            here.grow(share)
            here.wait_for_all()
        here.seen(here.bea, "approvals", "Approve")
        here.assert_sound()


def test_a_lost_key_is_said_with_what_is_locked_and_everything_else_goes_on(tmp_path: Path) -> None:
    """On SQLite alone: what is kept of a key in the database is tried on both (tests/store/test_own_key.py)."""
    home = tmp_path / "home"
    with stage(home) as here:
        alice = person(here.store, "alice@example.org")
        here.tokens[alice.id] = enter(here.store, alice)
        with here.store.write() as tx:
            sources.change(
                tx, here.sources[0], user_name="editor", account_id="1", secret=keys().encrypt("open sesame")
            )
            locked = sources.get(tx, here.sources[0])
        assert locked is not None
        here.submit()
        here.running.interrupt()
        assert "The key" not in here.running.said()
        kept = (home / "key").read_text()
        (home / "key").unlink()
        here.running.start()
        told = (f"neither LEVELHEAD_KEY nor {home / 'key'} holds it", f"nothing is sent there: {locked.name}.", "copy")
        for words in told:
            assert words in here.running.said()
            assert words in here.seen(alice, "sources")
        here.grow(1.0)
        here.wait_for_all()
        here.seen(here.bea, "approvals", "Approve")
        here.assert_sound()
        here.running.interrupt()
        assert not (home / "key").exists(), "no new key in silence"
        (home / "key").write_text(kept)
        here.running.start()
        assert "The key" not in here.running.said()
        assert "The key" not in here.seen(alice, "sources")
        here.assert_sound()


def test_two_supervisors_of_two_homes_on_one_sqlite_file(tmp_path: Path) -> None:
    with stage(tmp_path / "first") as here:
        here.submit()
        here.grow(2 / 3)
        second = Levelhead(tmp_path / "second", LEVELHEAD_DATABASE_URL=f"sqlite:///{here.store.file}")
        assert second.launch().wait(60) == 1
        assert "already runs" in second.said()
        assert str(here.store.file) in second.said()
        assert not second.processes()
        here.wait_for_all()
        here.seen(here.bea, "approvals", "Approve")
        here.grow(1.0)
        here.wait_for_all()
        here.assert_sound()


def failing(here: Stage) -> bool:
    with here.store.read() as tx:
        return all(one.failures for one in sources.every(tx))


@ON_BOTH
def test_no_source_answers_while_a_response_is_approved(tmp_path: Path, database: str) -> None:
    with stage(tmp_path / "home") as here:
        here.submit()
        here.crowd.answering = False
        here.grow(1.0)
        here.seen(here.bea, "approvals", "Approve")
        wait_until(lambda: failing(here), 60, "the sources to be failing")
        here.crowd.answering = True
        here.wait_for_all(120)
        here.assert_sound()
