"""`python -m bench big [postgresql] [COMMENTS]`: what a full installation costs, against one of ten thousand comments.

A search must cost at most three times as much among a million comments, and so must each *further back*, against the
search itself among the few: there is often no further there. A rerun of the queue, of the overview and of
the report for the board must cost at most 1.3 times as much, also the first one after the record moved on.
Counted is CPU: of the process that asks, and on PostgreSQL also of the server's processes that work for it. Of many
runs the least counts, as what else the machine does only adds to it.

It fills both databases first: about five minutes of CPU on SQLite, and about twice as many on PostgreSQL.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from bench.figures import Figure
from store import search
from store.db import Store
from store.search import Results, Wanted

SMALL, BIG = 10_000, 1_000_000
PAGE_BAR, SEARCH_BAR = 1.3, 3.0
TIMES = 15
FURTHER, MOVED = ", further back", ", first after the record moved on"
_CASES = 50
"""One comment in so many had a case that is closed, and a response with its approvals and what came of it."""
_THREADS = 500
"""For each ten thousand comments: what is open beside the queue is no longer where there are more comments."""
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
    "mee*",
)
"""Words that many comments hold and few, that stand together often, seldom and nowhere."""
_OF_CASES = ("case", "made post", "post meeting", "post 170*", "nowhere")
_OF_RESPONSES = ("meeting", "refund lawyer", '"day open"', "meet*", "meeting -camera")
_AUTHOR = "Reader 12"

_PAGES = {
    "the queue": ("queue.py", {}),
    "the overview": ("overview.py", {}),
    "the overview of a year": ("overview.py", {"days": "365"}),
    "what approval cost by channel": ("overview.py", {"by": "channel"}),
    "the responses behind a figure": ("costs.py", {"level": "1", "kind": "replies", "days": "60"}),
    "the responses of a channel where there are few": ("costs.py", {"level": "1", "channel": "mastodon"}),
    "the report for the board": ("board.py", {"period": "quarter"}),
}

Find = Callable[[Any, Wanted, "int | None"], Results]


def figures(kind: str = "sqlite", big: int = BIG) -> list[Figure]:
    """CPU of a rerun of the queue and of searches on one kind of database, each size in a process of its own."""
    small, large = _apart(SMALL, kind), _apart(big, kind)
    of, against = f"{big:,} comments, {kind}", f"{SMALL:,}: "
    return [
        *(
            _figure(f"CPU of a rerun of {page}, {of}", large[page], small[page], against, PAGE_BAR)
            for name in _PAGES
            for page in (name, name + MOVED)
        ),
        *_searches(large["search"], small["search"], of, against),
    ]


def _figure(what: str, ours: float, small: float, against: str, bar: float) -> Figure:
    said = f"{ours / small:.2f} times"
    least = f"{against}{small * 1000:.2f} ms"
    return Figure(what, f"{ours * 1000:.2f} ms", least, said, ours / small, bar=bar, at_least=False)


def _searches(large: dict[str, float], small: dict[str, float], of: str, against: str) -> Iterator[Figure]:
    for kind, cost in large.items():
        yield _figure(f"a search for {kind}, {of}", cost, small[kind.removesuffix(FURTHER)], against, SEARCH_BAR)
    first = [kind for kind in large if not kind.endswith(FURTHER)]
    whole, whole_small = (sum(each[kind] for kind in first) for each in (large, small))
    yield _figure(f"all these searches, {of}", whole, whole_small, against, SEARCH_BAR)


def _apart(count: int, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.big", str(count), kind]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout.splitlines()[-1])
    return found


def measure(count: int, kind: str) -> dict[str, Any]:
    """The figures of one size, in a database of its own; seconds of CPU."""
    from bench.store import databases  # noqa: PLC0415 (only where it is measured)

    with tempfile.TemporaryDirectory(prefix="levelhead-big-") as home:
        os.environ["LEVELHEAD_HOME"] = home
        with databases(kind, Path(home)) as fresh:
            os.environ["LEVELHEAD_DATABASE_URL"] = fresh().engine.url.render_as_string(hide_password=False)
            return _measured(count)


def _measured(count: int) -> dict[str, Any]:
    from bench import answered, bulk, pages  # noqa: PLC0415 (only where it is measured)
    from store import search_index  # noqa: PLC0415
    from store.db import store  # noqa: PLC0415

    token = pages.somebody_with_cases()
    bulk.fill(store(), count, thread_count=_THREADS)
    bulk.roll_up(store())
    bulk.close_cases(store(), _CASES)
    answered.answer(store())
    while search_index.behind(store()):
        search_index.follow(store())
    _settle(store())
    pages_of: dict[str, float] = {}
    for name, page in _PAGES.items():
        pages_of[name], pages_of[name + MOVED] = cost_of_page(store(), token, *page)
    return {"search": cost_of_searches(store()), **pages_of}


def _settle(store: Store) -> None:
    """What PostgreSQL does by itself some time after so many rows came; and no parallel processes, whose CPU nobody
    counts."""
    if store.sqlite:
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.execute(text("select current_database()")).scalar_one()
        connection.execute(text(f'alter database "{name}" set max_parallel_workers_per_gather = 0'))
        connection.execute(text("vacuum analyze"))
    store.engine.dispose()


def cost_of_page(store: Store, token: str, file: str, address: Mapping[str, str]) -> tuple[float, float]:
    """Seconds of CPU of a rerun of a page for whom this session is, and of one when nothing that was added up before
    holds any more."""
    from streamlit.logger import set_log_level  # noqa: PLC0415 (only where it is measured)
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415

    from model.settings import ROOT  # noqa: PLC0415
    from web.ui.overview import kept  # noqa: PLC0415

    set_log_level("ERROR")
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_file(str(ROOT / "pages" / file), default_timeout=120)
        page.query_params.update(address)
        page.run()
        if page.exception:
            raise RuntimeError(f"{file} was not shown: {page.exception}")
        gc.collect()
        gc.freeze()
        again = _least(store, page.run)
        moved = _least(store, page.run, kept.forget)
        gc.unfreeze()
        return again, moved


def cost_of_searches(store: Store) -> dict[str, float]:
    """Seconds of CPU of each kind of search, and of going further back from it where that is offered."""
    by_author = Wanted(words="meeting", flagged=True, author=_AUTHOR)
    asked: list[tuple[str, Find, Wanted]] = [
        *((typed, search.find_comments, Wanted(words=typed)) for typed in _TYPED),
        ("an author", search.find_comments, Wanted(author=_AUTHOR)),
        ("an author's beginning", search.find_comments, Wanted(author="read*")),
        ("nobody", search.find_comments, Wanted(author="nobody")),
        ("meeting, by an author, flagged", search.find_comments, by_author),
        ("meeting, all filters", search.find_comments, replace(by_author, spam=False, channel="blog")),
        *((f"cases: {typed}", search.find_cases, Wanted(words=typed)) for typed in _OF_CASES),
        ("cases: case, open", search.find_cases, Wanted(words="case", state="open")),
        *((f"responses: {typed}", search.find_responses, Wanted(words=typed)) for typed in _OF_RESPONSES),
    ]
    costs = {}
    for name, find, wanted in asked:
        costs[name], further = _cost(store, find, wanted, None)
        if further is not None:
            costs[name + FURTHER], _ = _cost(store, find, wanted, further)
    return costs


def _cost(store: Store, find: Find, wanted: Wanted, before: int | None) -> tuple[float, int | None]:
    def once() -> int | None:
        with store.read() as tx:
            return find(tx, wanted, before).further

    further = once()
    return _least(store, once), further


def _least(store: Store, act: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The least seconds of CPU that a call took, of this process and of the server's processes for it; `before` is
    called before each and not counted."""
    servers: list[int] = []
    if not store.sqlite:
        with store.read() as tx:
            mine = text("select pid from pg_stat_activity where datname = current_database()")
            servers = [int(pid) for pid in tx.execute(mine).scalars()]

    def spent() -> float:
        return time.process_time() + sum(_on_the_processor(pid) for pid in servers)

    costs = []
    for _ in range(TIMES):
        before()
        began = spent()
        act()
        costs.append(spent() - began)
    return min(costs)


def _on_the_processor(pid: int) -> float:
    """Seconds of CPU that a process on this machine has had, as Linux tells it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(measure(int(sys.argv[1]), sys.argv[2]))}\n")
