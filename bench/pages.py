"""What a rerun of a page costs the process that serves it."""

import gc
import statistics
import time
from collections.abc import Callable
from unittest.mock import patch

from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from access import people, sessions
from bench.figures import Figure
from bench.generated import Made, rss
from bench.reading import new_source, read
from model.settings import ROOT
from response import policies
from store import cases
from store import people as people_rows
from store.db import store
from store.migrate import migrate

CASES = 50
THREAD = 2000
RERUNS = 30


def queue_page() -> Figure:
    """The queue with 50 cases and one of them open, against a page that is empty; CPU of the whole process a rerun."""
    token = somebody_with_cases()
    ours, against = _beside_an_empty_page(token, f"{CASES} need a person")
    return Figure(
        f"CPU of a rerun of the queue, {CASES} cases, one open",
        f"{ours * 1000:.1f} ms",
        f"an empty page {against * 1000:.1f} ms",
        f"{(ours - against) * 1000:.1f} ms more",
        ours - against,
    )


def case_page() -> Figure:
    """A case whose thread has 2,000 comments, beside the list, against a page that is empty; CPU of a rerun. It uses
    the installation that `queue_page` made."""
    source = new_source(store(), "A long thread")
    grave = ("My son was hurt on the broken stairs and nobody called me.",)
    for start in range(10_000, 10_000 + THREAD, 200):
        made = [
            Made(n, CASES + 1, f"Reader {n % 70}", grave if n == 10_000 + THREAD // 2 else ("It was nice.",), None)
            for n in range(start, start + 200)
        ]
        read(store(), source, rss(made))
    with store().read() as tx:
        newest = cases.count_open(tx)
    if newest != CASES + 1:
        raise RuntimeError(f"{newest} cases are open where {CASES + 1} were meant")
    token = sessions.log_in(store(), "alice@example.org", "four quite unrelated words", "127.0.0.1")
    ours, against = _beside_an_empty_page(token, "broken stairs", case=str(CASES + 1))
    return Figure(
        f"CPU of a rerun of a case, thread of {THREAD:,} comments",
        f"{ours * 1000:.1f} ms",
        f"an empty page {against * 1000:.1f} ms",
        f"{ours / against:.1f} times as much",
        ours / against,
    )


def _beside_an_empty_page(token: str, shown: str, **query: str) -> tuple[float, float]:
    """CPU seconds of a rerun of the queue at this address, and of an empty page; raises where `shown` is not on it."""
    set_log_level("ERROR")  # a script without a browser is warned of on every run
    with patch("web.guard.session_token", lambda: token):
        queue = AppTest.from_file(str(ROOT / "pages" / "queue.py"), default_timeout=60)
        for name, value in query.items():
            queue.query_params[name] = value
        empty = AppTest.from_string("", default_timeout=60)
        for page in (queue, empty):
            page.run()
        if queue.exception or shown not in "".join(html.proto.body for html in queue.get("html")):
            raise RuntimeError(f"the page did not show “{shown}”: {queue.exception}")
        # As serve.py does at its start: without it each rerun walks through everything that was ever imported.
        gc.collect()
        gc.freeze()
        spent = _in_turn(queue.run, empty.run)
        gc.unfreeze()
    return spent


def _in_turn(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """The medians of the CPU seconds of two calls, made in turn so that both meet the same machine."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(RERUNS):
        for seconds, act in zip(spent, (one, other), strict=True):
            began = time.process_time()
            act()
            seconds.append(time.process_time() - began)
    return statistics.median(spent[0]), statistics.median(spent[1])


def somebody_with_cases() -> str:
    """An installation in LEVELHEAD_HOME with an administrator and a case in each of 50 threads; a session's token."""
    migrate(store())
    policies.ensure(store())
    code = people.set_up_code(store())
    people.set_up(store(), code, "The association", "UTC", "Alice", "alice@example.org", "four quite unrelated words")
    paragraphs = ("We liked the camp.", "My daughter was left alone at the lake, and she is six. Nobody answered.")
    made = [Made(number, number, f"Reader {number}", paragraphs, None) for number in range(1, CASES + 1)]
    read(store(), new_source(store(), "The association"), rss(made))
    with store().read() as tx:
        found, alice = cases.count_open(tx), people_rows.by_email(tx, "alice@example.org")
    if found != CASES or alice is None:
        raise RuntimeError(f"{found} cases were opened where {CASES} were meant")
    return sessions.log_in(store(), "alice@example.org", "four quite unrelated words", "127.0.0.1")
