"""The sample, from the command to the end of its last day: what a visitor waits for behind the first door."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure
from model.settings import ROOT

ROUNDS = 2
WHAT, BAR_S = "the sample: 60 days from the command to the end", 15.0


def figures(folder: Path) -> list[Figure]:
    """The faster of two runs in homes of their own, with what the processor worked for it and how busy the machine was
    with other things."""
    runs = [_run(folder / f"sample-{number}") for number in range(ROUNDS)]
    seconds, worked = min(runs)
    load = f"{worked:.1f} s of a processor; load before {os.getloadavg()[0]:.1f}"
    return [Figure(WHAT, f"{seconds:.1f} s", load, f"{seconds:.1f} s", seconds, bar=BAR_S, at_least=False)]


def _run(home: Path) -> tuple[float, float]:
    home.mkdir(mode=0o700)
    before, began = os.times(), time.monotonic()
    environment = {**os.environ, "LEVELHEAD_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-m", "ingest", "sample"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    after = os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, worked
