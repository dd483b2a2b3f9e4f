"""Forty cases decided at a desk by keys alone, in Chromium: how many keys each takes, and how long each makes wait."""

import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.figures import Figure
from tests.browser.conftest import CHROMIUM, DESK, FLAGS
from tests.browser.people import Person
from tests.browser.triage import PLAN, Triage, a_template
from tests.installation import enter
from tests.sample import forty, sampled
from tests.system.running import Levelhead
from web.middleware import COOKIE

KEYS, WAIT_S = 3.2, 1.0


def figures(folder: Path) -> list[Figure]:
    """Both lines, for a sample of their own; none without Chromium."""
    if not shutil.which(CHROMIUM):
        sys.stderr.write(f"Chromium is not at {CHROMIUM}: the work at the queue is not measured.\n")
        return []
    home = folder / "triage"
    home.mkdir(mode=0o700)
    with sampled(home) as sample:
        a_template(sample)
        first, *_ = forty(sample)
        token = enter(sample.store, sample.team["ines"])
        with Levelhead(home, LEVELHEAD_UNDO_SECONDS="10") as app, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = chromium.new_context(viewport=DESK, locale="en-GB", timezone_id="Europe/Berlin")  # type: ignore[arg-type]
            context.add_cookies([{"name": COOKIE, "value": token, "url": app.url}])
            ines = Person("ines", context.new_page(), app.url)
            ines.screen.go(f"/queue?case={first}")
            work = Triage(ines)
            work.work_through(PLAN)
            chromium.close()
    cases, waits = sum(PLAN.values()), sorted(work.waits)
    keys, p95 = work.keys / cases, waits[int(len(waits) * 0.95)]
    return [
        Figure(
            f"{cases} cases from the queue to a decision, by keys alone",
            f"{work.keys} keys",
            "",
            f"{keys:.2f} keys a case",
            keys,
            bar=KEYS,
            at_least=False,
        ),
        Figure(
            f"the wait after each of {len(waits)} strokes, in Chromium",
            f"median {statistics.median(waits):.2f} s, longest {waits[-1]:.2f} s",
            "",
            f"p95 {p95:.2f} s",
            p95,
            bar=WAIT_S,
            at_least=False,
        ),
    ]
