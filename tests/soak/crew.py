"""Worker processes that can be killed and frozen, while there are always as many as there should be."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from store.db import Store
from tests.system.processes import end_group, freeze
from tests.system.running import ROOT

TENDS_EVERY_S = 0.5


class Crew:
    """As many workers as told, each a process of its own, with the environment of this one and what else is told.

    One that ends by itself is started again, as a supervisor does it; `ended_by_themselves` counts them.
    """

    def __init__(self, home: Path, folder: Path, store: Store, size: int, **environment: str) -> None:
        self._home, self._folder, self._store, self._size = home, folder, store, size
        self._environment = environment
        self._all: dict[int, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()
        self._started = 0
        self._over = threading.Event()
        self._tender = threading.Thread(target=self._tend, daemon=True)
        self.ended_by_themselves = 0

    def __enter__(self) -> Self:
        for _ in range(self._size):
            self._start()
        self._tender.start()
        return self

    def _tend(self) -> None:
        while not self._over.wait(TENDS_EVERY_S):
            with self._lock:
                for pid in [pid for pid, process in self._all.items() if process.poll() is not None]:
                    del self._all[pid]
                    self.ended_by_themselves += 1
                    self._start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._tender.join()
        for process in list(self._all.values()):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
        for process in list(self._all.values()):
            end_group(process)

    def _start(self) -> None:
        with self._lock:
            self._started += 1
            with (self._home / f"worker-{self._started}.out").open("wb") as out:
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.soak.halting", str(self._folder)],
                    cwd=ROOT,
                    env={**os.environ, **self._environment},
                    stdin=subprocess.PIPE,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._all[process.pid] = process

    def alive(self, pid: int) -> bool:
        process = self._all.get(pid)
        return process is not None and process.poll() is None

    def kill(self, pid: int) -> None:
        """SIGKILL; another one is started in its place."""
        with self._lock:
            if self._gone(pid):
                return
            os.kill(pid, signal.SIGKILL)
            self._all.pop(pid).wait()
            self._start()

    def freeze(self, pid: int) -> None:
        """SIGSTOP; another one is started beside it."""
        with self._lock:
            if not self._gone(pid):
                freeze(pid, self._store)
                self._start()

    def wake(self, pid: int) -> None:
        """SIGCONT."""
        if not self._gone(pid):
            os.kill(pid, signal.SIGCONT)

    def dismiss(self, pid: int) -> None:
        """Ends a worker in order: there is another one in its place."""
        with self._lock:
            process = None if self._gone(pid) else self._all.pop(pid)
        if process:
            end_group(process)

    def _gone(self, pid: int) -> bool:
        """Whether somebody else has killed it already: several answers may be on their way through one worker."""
        return not self.alive(pid)

    def said(self) -> str:
        """All that the workers have written down."""
        return "".join(log.read_text(errors="replace") for log in sorted(self._home.glob("worker-*.out")))

    def errors(self) -> list[str]:
        """The last line of each error that a worker wrote down and nobody expected."""
        found = []
        for log in sorted(self._home.glob("worker-*.out")):
            blocks = log.read_text(errors="replace").split("Traceback (most recent call last):")[1:]
            for block in blocks:
                lines = [line for line in block.splitlines() if line and not line.startswith((" ", "\t"))]
                found.append(lines[0][:200] if lines else "?")
        return found
