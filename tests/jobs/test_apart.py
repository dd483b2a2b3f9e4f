"""`make worker`: one more worker in a terminal, and what `python -m jobs` says of it."""

import os
import signal
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

from store import own_key
from store.db import store
from tests.conftest import ROOT
from tests.installation import installation
from tests.system.processes import end_group, wait_until

WITHIN_S = 60
ANOTHER = urlsafe_b64encode(bytes(32)).decode()


def start(terminal: Path, **variables: str) -> subprocess.Popen[bytes]:
    with terminal.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "worker", "--apart"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def test_one_more_worker_says_one_line_and_each_has_a_name_of_its_own(tmp_path: Path) -> None:
    with installation(tmp_path):
        first, second = tmp_path / "first", tmp_path / "second"
        processes = [start(first)]
        try:
            wait_until(lambda: "runs" in first.read_text(), WITHIN_S, "the first worker")
            processes.append(start(second))
            wait_until(lambda: "runs" in second.read_text(), WITHIN_S, "the second worker")
            refused = start(tmp_path / "third", LEVELHEAD_WORKER="1")
            assert refused.wait(WITHIN_S) == 1
            assert (tmp_path / "third").read_text().startswith("Worker 1 already runs with the home ")
            own_key.settle(store())
            stranger = start(tmp_path / "fourth", LEVELHEAD_KEY=ANOTHER)
            assert stranger.wait(WITHIN_S) == 1
            assert (tmp_path / "fourth").read_text().startswith("This worker has not the key of this installation. Put")

            def both() -> bool:
                command = [sys.executable, "-m", "jobs"]
                said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
                return all(name in said for name in (":0): last sign of life", ":1): last sign of life"))

            wait_until(both, WITHIN_S, "both to be known")
            for process in processes:
                process.send_signal(signal.SIGINT)
            assert [process.wait(WITHIN_S) for process in processes] == [0, 0]
        finally:
            for process in processes:
                end_group(process)
        for number, terminal in enumerate((first, second)):
            (line,) = terminal.read_text().splitlines()
            assert f":{number} runs. Ctrl-C ends it." in line
            assert (tmp_path / "logs" / f"worker-{number}.log").is_file()
