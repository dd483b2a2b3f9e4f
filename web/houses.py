"""The houses at the address and their processes: one's own, and the sample while somebody explores it.

Whichever stands there, the other one does not run: they have one port. The sample is made anew after each start.
"""

import logging
import logging.handlers
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from access import people, sample
from model.settings import ROOT
from store.db import Store, store
from web import front
from web.front import House, Progress, Stage

_COMMANDS = {"web": ["serve.py"], "worker": ["-m", "worker"], "filler": ["-m", "web.filler"]}
_HOUSE = ("web", "worker")
_LOG_BYTES = 5_000_000
_ENDS_WITHIN_S = 10.0
# What is one's own: the sample has its own database and key, and nothing of it is sent anywhere.
_NOT_THE_SAMPLES = ("LEVELHEAD_DATABASE_URL", "LEVELHEAD_KEY", "LEVELHEAD_SMTP_HOST")


def folders(home: Path) -> tuple[Path, ...]:
    """What a house needs in its home before its processes start."""
    return home / "run", home / "logs"


class Child:
    """One process that is started again whenever it ends, with a growing pause between starts that fail at once."""

    def __init__(self, name: str, home: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self._environment = environment
        self._pid_file = home / "run" / f"{name}.pid"
        self._log = logging.handlers.RotatingFileHandler(
            home / "logs" / f"{name}.log", maxBytes=_LOG_BYTES, backupCount=3
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._next_start = 0.0
        self._pause = 0.5

    def keep(self, now: float) -> None:
        """Starts the process if it does not run and its pause is over. `now` is in seconds of a steady clock."""
        if self._process and self._process.poll() is None:
            return
        if self._process and self._next_start <= now - 30:
            self._pause = 0.5
        if now < self._next_start:
            return
        self._start()
        self._next_start = now + self._pause
        self._pause = min(self._pause * 2, 30)

    def _start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 (our own commands)
            [sys.executable, *_COMMANDS[self.name]],
            cwd=ROOT,
            # The pipe is the lifeline: the child ends when it closes, even if this process is killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**self._environment, "PYTHONUNBUFFERED": "1"},
        )
        self._pid_file.write_text(f"{self._process.pid}\n")
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._drain, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _drain(self, output: IO[bytes]) -> None:
        for line in output:
            text = line.decode(errors="replace").rstrip()
            self._log.emit(logging.LogRecord(self.name, logging.INFO, "", 0, "%s", (text,), None))

    def ended(self) -> int | None:
        """With which code the process ended; None while it runs."""
        return self._process.poll() if self._process else None

    def ask_to_end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self, within_s: float = _ENDS_WITHIN_S) -> None:
        """Asks the process to end and, after so long, makes it."""
        self.ask_to_end()
        if self._process and self._process.poll() is None:
            try:
                self._process.wait(max(0.0, within_s))
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._reader:
            self._reader.join(1)  # its last words are in the log
        self._pid_file.unlink(missing_ok=True)


class Houses:
    """Keeps the house at the address that is wanted there."""

    def __init__(self, home: Path) -> None:
        """`home` is the installation's own, with its folders; what was left of a sample goes."""
        self._home = home
        self._sample, self._new = front.home_of_the_sample(home), home / "first-look.new"
        front.forget(home)
        for old in (self._sample, self._new):
            shutil.rmtree(old, ignore_errors=True)
        self._at = House.OWN
        self._running = self._children(House.OWN)
        self._filler: Child | None = None

    def keep(self, now: float) -> None:
        """Starts what does not run; goes on with making the sample, and changes the house, where that is wanted.
        `now` is in seconds of a steady clock."""
        if self._filler:
            self._look_at_the_filler()
        wanted = front.wanted(self._home)
        if wanted is not self._at and not self._filler:
            if wanted is House.SAMPLE and not self._sample.exists():
                self._make_the_sample(now)
            else:
                self._move(wanted)
        for child in self._running:
            child.keep(now)

    def end(self) -> None:
        """Ends everything."""
        self._end([*self._running, *([self._filler] if self._filler else [])])

    def _children(self, house: House) -> list[Child]:
        home = self._home if house is House.OWN else self._sample
        return [Child(name, home, self._environment(house, home)) for name in _HOUSE]

    def _environment(self, house: House, home: Path) -> dict[str, str]:
        if house is House.OWN:
            return dict(os.environ)
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_THE_SAMPLES}
        return {**kept, "LEVELHEAD_HOME": str(home)}

    def _make_the_sample(self, now: float) -> None:
        shutil.rmtree(self._new, ignore_errors=True)
        for folder in folders(self._new):
            folder.mkdir(parents=True, mode=0o700)
        front.tell(self._home, Progress())
        self._filler = Child("filler", self._new, self._environment(House.SAMPLE, self._new))
        self._filler.keep(now)

    def _look_at_the_filler(self) -> None:
        assert self._filler
        code = self._filler.ended()
        if code is None:
            return
        self._filler.end()
        self._filler = None
        if code == 0:
            self._new.rename(self._sample)
            return
        shutil.copy(self._new / "logs" / "filler.log", self._home / "logs" / "sample.log")
        front.tell(self._home, Progress(Stage.FAILED))
        front.want(self._home, House.OWN)

    def _move(self, house: House) -> None:
        if house is House.SAMPLE:
            front.tell(self._home, Progress(Stage.OPENING))
            self._give_the_code()
        self._end(self._running)
        self._at, self._running = house, self._children(house)

    def _give_the_code(self) -> None:
        """The code that the terminal printed opens both doors."""
        with store().read() as tx:
            stored = people.set_up_code_stored(tx)
        theirs = Store(f"sqlite:///{self._sample / 'levelhead.db'}")
        sample.take_code(theirs, stored)
        theirs.engine.dispose()

    def _end(self, children: list[Child]) -> None:
        """All of them are asked at once, and have the time of one."""
        for child in children:
            child.ask_to_end()
        late = time.monotonic() + _ENDS_WITHIN_S
        for child in children:
            child.end(late - time.monotonic())
