"""Real worker processes on the installation of a test."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.system.processes import end_group
from tests.system.running import ROOT

TICKS_A_S = os.sysconf("SC_CLK_TCK")


class Worker:
    """A worker of its own process from entering to leaving. Home and database are those of this process."""

    def __init__(self, log: Path, **settings: str) -> None:
        self._log = log
        self._settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "worker"],
                cwd=ROOT,
                # What a second look is for has tests of its own; elsewhere its encoder would be loaded for nothing.
                env={"LEVELHEAD_SECOND_LOOK": "off", **os.environ, **self._settings},
                stdin=subprocess.PIPE,  # its end would be the end of the worker
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        end_group(self.process)

    def cpu_s(self) -> float:
        """The processor time that it has used so far, in seconds."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_S

    def said(self) -> str:
        return self._log.read_text()[-4000:]
