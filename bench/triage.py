"""Forty cases decided at a desk by keys alone, in Chromium: how many keys each takes, and how long each makes wait."""

import shutil
import statistics
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.figures import Figure, not_measured
from tests.browser.conftest import CHROMIUM, DESK, FLAGS
from tests.browser.people import Person
from tests.browser.triage import PLAN, Triage, a_template
from tests.installation import enter
from tests.sample import forty, sampled
from tests.system.running import Levelhead
from web.middleware import COOKIE

CASES = sum(PLAN.values())
WORK, KEYS = f"{CASES} cases from the queue to a decision, by keys alone", 3.2
WAIT, WAIT_S = "the wait after each stroke of them, in Chromium", 1.0


def figures(folder: Path) -> list[Figure]:
    """Both lines, for a sample of their own."""
    if not shutil.which(CHROMIUM):
        bars = {WORK: KEYS, WAIT: WAIT_S}
        return [not_measured(what, f"no {CHROMIUM}", bar, at_least=False) for what, bar in bars.items()]
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
    waits = sorted(work.waits)
    keys, p95 = work.keys / CASES, waits[int(len(waits) * 0.95)]
    return [
        Figure(
            WORK,
            f"{work.keys} keys",
            "",
            f"{keys:.2f} keys a case",
            keys,
            bar=KEYS,
            at_least=False,
        ),
        Figure(
            WAIT,
            f"{len(waits)} strokes: median {statistics.median(waits):.2f} s, longest {waits[-1]:.2f} s",
            "",
            f"p95 {p95:.2f} s",
            p95,
            bar=WAIT_S,
            at_least=False,
        ),
    ]
