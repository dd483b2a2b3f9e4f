"""`python -m bench big`: what a full installation costs, against one of a hundredth of its comments."""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.figures import Figure
from store import search
from store.db import Store
from store.search import Wanted

SMALL, BIG = 10_000, 1_000_000
QUEUE_BAR, SEARCH_BAR = 1.3, 3.0
TIMES = 20
FURTHER = ", further back"
_TYPED = (
    "meeting",
    "casino",
    "parking places",
    '"open day"',
    '"day open"',
    "refund lawyer",
    "strangers casino",
    "watches meeting",
    "camera -friends",
    "refu*",
    "meet*",
)
"""Words that many comments hold and few, that stand together often, seldom and nowhere."""
_AUTHOR = "Reader 12"


def figures(big: int = BIG) -> list[Figure]:
    """CPU of a rerun of the queue and of searches, each size in a process of its own."""
    small, large = _apart(SMALL), _apart(big)
    of, against = f"{big:,} comments", f"{SMALL:,}: "
    return [
        _figure(f"CPU of a rerun of the queue, {of}", large["queue"], small["queue"], against, QUEUE_BAR),
        *_searches(large["search"], small["search"], of, against),
        Figure(
            f"index of search, {of}",
            f"{large['index'] / big * 1e6:.0f} µs a comment",
            f"{SMALL:,}: {small['index'] / SMALL * 1e6:.0f} µs",
            f"{large['index'] / big / (small['index'] / SMALL):.2f} times",
            large["index"] / big / (small["index"] / SMALL),
        ),
    ]


def _figure(what: str, ours: float, small: float, against: str, bar: float) -> Figure:
    said = f"{ours / small:.2f} times"
    least = f"{against}{small * 1000:.2f} ms"
    return Figure(what, f"{ours * 1000:.2f} ms", least, said, ours / small, bar=bar, at_least=False)


def _searches(large: dict[str, float], small: dict[str, float], of: str, against: str) -> Iterator[Figure]:
    """Each kind, going further back against the search itself: in a small database there is often no further."""
    for kind, cost in large.items():
        yield _figure(f"a search for {kind}, {of}", cost, small[kind.removesuffix(FURTHER)], against, SEARCH_BAR)
    first = [kind for kind in large if not kind.endswith(FURTHER)]
    whole, whole_small = (sum(each[kind] for kind in first) for each in (large, small))
    yield _figure(f"all these searches, {of}", whole, whole_small, against, SEARCH_BAR)


def _apart(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="levelhead-big-") as home:
        env = {**os.environ, "LEVELHEAD_HOME": home}
        said = subprocess.run([sys.executable, "-m", "bench.big", str(count)], env=env, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def measure(count: int) -> dict[str, Any]:
    """The figures of one size, in LEVELHEAD_HOME; seconds of CPU."""
    from streamlit.logger import set_log_level  # noqa: PLC0415 (only where it is measured)
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415

    from bench import bulk, pages  # noqa: PLC0415
    from model.settings import ROOT  # noqa: PLC0415
    from store import search_index  # noqa: PLC0415
    from store.db import store  # noqa: PLC0415

    set_log_level("ERROR")
    token = pages.somebody_with_cases()
    bulk.fill(store(), count)
    began = time.process_time()
    while search_index.behind(store()):
        search_index.follow(store())
    index = time.process_time() - began
    searches = cost_of_searches(store())
    with patch("web.guard.session_token", lambda: token):
        queue = AppTest.from_file(str(Path(ROOT) / "pages" / "queue.py"), default_timeout=120)
        queue.run()
        if queue.exception:
            raise RuntimeError(f"the queue was not shown: {queue.exception}")
        gc.collect()
        gc.freeze()
        runs = []
        for _ in range(TIMES):
            began = time.process_time()
            queue.run()
            runs.append(time.process_time() - began)
    return {"queue": statistics.median(runs), "search": searches, "index": index}


def cost_of_searches(store: Store) -> dict[str, float]:
    """Seconds of CPU of each kind of search, and of going further back from it where that is offered."""
    wanted = {typed: Wanted(words=typed) for typed in _TYPED}
    wanted["an author"] = Wanted(author=_AUTHOR)
    wanted["meeting, by an author, flagged"] = Wanted(words="meeting", flagged=True, author=_AUTHOR)
    wanted["meeting, all filters"] = replace(wanted["meeting, by an author, flagged"], spam=False, channel="blog")
    costs = {}
    for name, each in wanted.items():
        costs[name], further = _cost(store, each, None)
        if further is not None:
            costs[name + FURTHER], _ = _cost(store, each, further)
    return costs


def _cost(store: Store, wanted: Wanted, before: int | None) -> tuple[float, int | None]:
    spent = []
    for _ in range(TIMES):
        began = time.process_time()
        with store.read() as tx:
            results = search.find_comments(tx, wanted, before)
        spent.append(time.process_time() - began)
    return statistics.median(spent), results.further


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(measure(int(sys.argv[1])))}\n")
