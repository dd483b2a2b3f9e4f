"""A backup made while answers are being sent: what it restores goes out only when a person says so, and never twice."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.words import PublicationState
from response import publish
from store import publications
from tests.ingest import reads
from tests.installation import DATABASE, installation
from tests.system.answering import team
from tests.system.between import Between, Forward
from tests.system.processes import wait_until
from tests.system.running import ROOT
from tests.system.wordpress import WordPress
from tests.system.working import Worker

pytestmark = pytest.mark.system

WITHIN_S = 120
S = PublicationState
OFTEN = {"LEVELHEAD_POLL_SECONDS": "1", "LEVELHEAD_POLL_LONGEST_SECONDS": "1"}


class InMidAnswer:
    """The blog stores the first answer, the second is only on its way to it; of neither anything comes back."""

    def __init__(self) -> None:
        self.sent: list[Forward] = []
        self.over = threading.Event()

    def __call__(self, forward: Forward) -> bytes:
        self.sent.append(forward)
        if forward is self.sent[0]:
            forward()
        self.over.wait(WITHIN_S)
        return b""


def store_command(*words: str) -> str:
    """What `python -m store` says, on the installation of this process."""
    command = [sys.executable, "-m", "store", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("first", "second"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_what_was_being_sent_when_the_backup_was_made_is_held_and_goes_out_once(
    tmp_path: Path, wordpress: WordPress, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    home, other, file = tmp_path / "home", tmp_path / "other", tmp_path / "backup.zip"
    home.mkdir()
    other.mkdir()
    held = InMidAnswer()
    with Between(wordpress.url) as between:
        between.on_send = held
        monkeypatch.setenv(DATABASE, first)
        with team(home, **OFTEN) as us:
            office = wordpress.account("editor", "office")
            asked = [us.asked(wordpress, office, between.url) for _ in range(2)]
            submitted = [us.submit(one) for one in asked]
            with Worker(home / "worker.log") as worker:
                ids = [us.approve_beside_a_worker(one) for one in submitted]
                wait_until(lambda: len(held.sent) == 2, WITHIN_S, f"both to be sent\n{worker.said()}")
                wait_until(lambda: any(one.replies() for one in asked), WITHIN_S, "the first to be stored")
                assert "publishing 2" in store_command("backup", str(file))
                assert worker.process is not None
                os.killpg(worker.process.pid, signal.SIGKILL)
        held.over.set()
        between.on_send = lambda forward: forward()
        there = [len(one.replies()) for one in asked]
        assert sorted(there) == [0, 1]

        monkeypatch.setenv(DATABASE, second)
        with installation(other, **OFTEN) as copy:
            shutil.copy(home / "key", other / "key")
            assert "2 responses may have gone out since the backup" in store_command("restore", str(file))
            restored_at = datetime.now(UTC)
            us = replace(us, store=copy)

            def read_since() -> bool:
                rows = [reads.row(copy, one.source.id) for one in asked]
                return all(one.read_at and one.read_at > restored_at for one in rows)

            with Worker(other / "worker.log") as worker:
                wait_until(read_since, WITHIN_S, f"the worker to be at work\n{worker.said()}")
                for publication_id in ids:
                    found = us.publication(publication_id)
                    assert (found.state, found.problem) == (S.HELD, publications.AFTER_A_RESTORE)
                assert [len(one.replies()) for one in asked] == there
                assert between.sent == 2

                for publication_id in ids:
                    publish.send_again(copy, us.alice, publication_id)
                out = lambda: all(us.publication(one).state is S.PUBLISHED for one in ids)  # noqa: E731
                wait_until(out, WITHIN_S, f"both to be known as published\n{worker.said()}")
        assert [len(one.replies()) for one in asked] == [1, 1]
        assert between.sent == 3
