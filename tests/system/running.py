"""Levelhead itself, started the way `make run` starts it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import httpx2

from tests.system.processes import end_group, free_port, wait_until, with_environment

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 90
ENDS_WITHIN_S = 25


class Levelhead:
    """An installation in the folder `home`, running from entering to leaving; leaving checks that nothing is left.

    `address` is the one it printed. Decisions pass on after one second and sources are read every two, so that tests
    need not wait as people do; `settings` are further environment variables.
    """

    def __init__(self, home: Path, port: int | None = None, **settings: str) -> None:
        self.home = home
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.address = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "PORT": str(self.port),
            "LEVELHEAD_HOME": str(home),
            "LEVELHEAD_UNDO_SECONDS": "1",
            "LEVELHEAD_POLL_SECONDS": "2",
            "LEVELHEAD_POLL_LONGEST_SECONDS": "2",
            **settings,
        }
        self._output = home.with_name(f"{home.name}-{self.port}.out")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if failed:
            self.kill()
        else:
            self.interrupt()

    def launch(self) -> subprocess.Popen[bytes]:
        """Starts the command and returns at once, whether it can run or not."""
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web.supervisor"],
                cwd=ROOT,
                env={**os.environ, **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def start(self) -> str:
        """Starts it and returns the address that it printed, once it is ready for people."""
        process = self.launch()
        try:
            wait_until(lambda: self.printed() or process.poll() is not None, STARTS_WITHIN_S, "the printed address")
            self.address = self.printed()
            assert self.address, f"Levelhead did not start:\n{self.said()}"
            wait_until(self.ready, STARTS_WITHIN_S, f"{self.url}/readyz")
        except BaseException:
            self.kill()
            raise
        return self.address

    def said(self) -> str:
        """What it printed so far, and the ends of its logs."""
        logs = "".join(f"\n--- {log.name}\n{log.read_text()[-4000:]}" for log in self.home.glob("logs/*.log"))
        return self._output.read_text() + logs

    def printed(self) -> str:
        """The address on its standard output, or an empty string."""
        found = re.search(r"^Levelhead runs at (\S+)\n", self._output.read_text(), re.MULTILINE)
        return found[1] if found else ""

    def ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/readyz", trust_env=False, timeout=5).status_code == 200
        except httpx2.TransportError:
            return False

    def pid(self, name: str) -> int:
        """The process id of 'web' or 'worker', or 0."""
        try:
            return int((self.home / "run" / f"{name}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def processes(self) -> list[int]:
        """Every process of this installation, however it was started."""
        return list(with_environment("LEVELHEAD_HOME", str(self.home)))

    def interrupt(self) -> None:
        """Ctrl-C; fails when it does not end in order, or leaves a process behind."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            code = self.process.wait(ENDS_WITHIN_S)
            left = self.processes()
        except subprocess.TimeoutExpired:
            raise AssertionError(f"Ctrl-C did not end it in {ENDS_WITHIN_S} s:\n{self.said()}") from None
        finally:
            self.kill()
        assert code == 0, f"Ctrl-C ended it with {code}:\n{self.said()}"
        assert not left, f"These processes outlived Ctrl-C: {left}"

    def kill(self) -> None:
        """Ends whatever is left, without asking."""
        if self.process is not None:
            end_group(self.process)
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
