"""Thirty open pages on one web process, each drawn anew every five seconds; run as `python -m tests.soak.tabs`.

A third of them shows the queue, a third a case, a third what waits for approval, in the sample with forty more cases.
Nothing may fail, 95 of 100 reruns end within a second, and the process uses less than 60 % of one core.
"""

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from tests.installation import DATABASE, enter
from tests.sample import Sample, forty, sampled
from tests.system.running import Levelhead
from tests.system.sockets import Visit, visit

EVERY_S = 5.0
P95_S, CORE = 1.0, 0.6


@dataclass
class Tally:
    """Seconds of each rerun, and what failed."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)] if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Tab:
    """An open page: whose session, which page, and what its address asks for."""

    token: str
    page: str
    query: str


def tabs(sample: Sample, many: int) -> list[Tab]:
    """Who has what open; each tab has a session of its own."""
    cases, team = forty(sample), sample.team
    made = []
    for number in range(many):
        manager, approver = team[("ines", "tobias")[number // 3 % 2]], team[("priya", "gareth")[number // 3 % 2]]
        who, page, query = (
            (manager, "queue", ""),
            (manager, "queue", f"show=todo&case={cases[number % len(cases)]}"),
            (approver, "approvals", ""),
        )[number % 3]
        made.append(Tab(enter(sample.store, who), page, query))
    return made


def keep_open(port: int, tab: Tab, stop: threading.Event, begins_in: float, tally: Tally) -> None:
    """One page, until the end."""
    try:
        if stop.wait(begins_in):
            return
        with visit(port, tab.token, tab.page) as page:
            page.run(tab.query)  # the first drawing loads what every later one has
            due = time.monotonic() + EVERY_S
            while not stop.wait(max(0.0, due - time.monotonic())):
                due += EVERY_S
                began = time.perf_counter()
                page.run(tab.query)
                tally.seconds.append(time.perf_counter() - began)
                tally.failed += problems(page)
    except Exception as error:  # a page that broke is what this is to find
        tally.failed.append(f"{tab.page}: {type(error).__name__}: {error}")


def problems(page: Visit) -> list[str]:
    """What went wrong in the last run; a page that shows its visitor nothing has gone wrong too."""
    shown = [text for text in page.texts if "could not be shown" in text or "logged out" in text]
    nothing = [] if page.texts else ["nothing was shown"]
    return [f"{page.page}: {one[:200]}" for one in (*page.failed, *shown, *nothing)]


def spent(pid: int) -> float:
    """The CPU seconds of a process so far."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run(running: Levelhead, opened: list[Tab], seconds: float) -> tuple[Tally, float]:
    """Keeps the tabs open for so long after the last has come; returns what they met, and the share of one core."""
    tally, stop, chance = Tally(), threading.Event(), random.Random(5)
    loops = [
        threading.Thread(target=keep_open, args=(running.port, tab, stop, chance.uniform(0, 2 * EVERY_S), tally))
        for tab in opened
    ]
    for loop in loops:
        loop.start()
    stop.wait(3 * EVERY_S)
    tally.seconds.clear()
    before, began = spent(running.pid("web")), time.monotonic()
    stop.wait(seconds)
    share = (spent(running.pid("web")) - before) / (time.monotonic() - began)
    stop.set()
    for loop in loops:
        loop.join()
    return tally, share


def main(
    minutes: float = 5,
    many: Annotated[int, typer.Option("--tabs")] = 30,
    database: Annotated[str, typer.Option(help="sqlite or postgresql")] = "sqlite",
) -> None:
    """Runs it and prints what came of it; the verdict comes last."""
    with tempfile.TemporaryDirectory(prefix="levelhead-tabs-") as folder:
        os.environ |= {DATABASE: database, "LEVELHEAD_HOME": folder}
        home = Path(folder) / "home"
        home.mkdir()
        with sampled(home) as sample:
            opened = tabs(sample, many)
            with Levelhead(home, LEVELHEAD_UNDO_SECONDS="10", LEVELHEAD_POLL_SECONDS="60") as running:
                tally, share = run(running, opened, minutes * 60)
    for line, times in Counter(tally.failed).most_common(10):
        print(f"does not hold    {times} times: {line}")
    said = (
        f"{many} open pages, {len(tally.seconds):,} reruns in {minutes:g} minutes, {len(tally.failed)} failed; "
        f"median {statistics.median(tally.seconds or [0.0]):.2f} s, p95 {tally.p95():.2f} s (below {P95_S:g}); "
        f"{share:.0%} of one core (below {CORE:.0%})"
    )
    enough = len(tally.seconds) >= 0.9 * many * minutes * 60 / EVERY_S
    holds = enough and not tally.failed and tally.p95() < P95_S and share < CORE
    print(f"{'holds' if holds else 'DOES NOT HOLD'}: {said}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    typer.run(main)
