"""What a rerun of a page costs the process that serves it."""

import gc
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from unittest.mock import patch

from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from access import people, sessions
from access.permissions import Permission
from bench.figures import Figure
from bench.generated import Made, rss
from bench.reading import new_source, read
from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import drafts, policies
from store import cases
from store import people as people_rows
from store.db import store
from store.migrate import migrate
from web import navigation
from web.navigation import Place

CASES = 50
THREAD = 2000
WAITING = 20
ANSWER = "Thank you for telling us. Somebody of us calls you today."
NOTHING = "bench/nothing.py"
RERUNS = 30


def queue_page() -> Figure:
    """The queue with 50 cases and one of them open; CPU of the whole process a rerun."""
    return _figure("the queue", f"{CASES} cases, one open", 8, somebody_with_cases(), "queue", f"{CASES} need a person")


def case_page() -> Figure:
    """A case whose thread has 2,000 comments, beside the list. It uses the installation that `queue_page` made."""
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
    what = f"thread of {THREAD:,} comments"
    return _figure("a case", what, 10, _entered("alice@example.org"), "queue", "broken stairs", case=str(CASES + 1))


def approvals_page() -> Figure:
    """What waits for a person who has 20 decisions to make, one open. It uses the installation of `queue_page`."""
    alice = _person("alice@example.org")
    people.add(store(), alice, "Bob", "bob@example.org", frozenset({Role.APPROVER}), frozenset({1}))
    for case_id in range(1, WAITING + 1):
        response_id = drafts.start(store(), alice, case_id)
        version = drafts.save(store(), alice, response_id, f"{ANSWER} ({case_id})", 1)
        drafts.submit(store(), alice, response_id, version)
    what, shown = f"{WAITING} that wait, one open", f"{WAITING} wait for you"
    return _figure("my approvals", what, 8, _entered("bob@example.org"), "approvals", shown)


def _person(email: str) -> Person:
    with store().read() as tx:
        found = people_rows.by_email(tx, email)
    if found is None:
        raise RuntimeError(f"nobody has {email}")
    return found


def _entered(email: str) -> str:
    """The token of a new session."""
    with store().write() as tx:
        return sessions.begin(tx, _person(email).id, datetime.now(UTC))


def _figure(page: str, what: str, most: float, token: str, file: str, shown: str, **query: str) -> Figure:
    ours, against, bare = _beside_empty_pages(token, file, shown, **query)
    return Figure(
        f"CPU of a rerun of {page}, {what}",
        f"{ours * 1000:.1f} ms",
        f"our page with nothing on it {against * 1000:.1f} ms, a script of one line {bare * 1000:.1f} ms",
        f"{ours / against:.1f} times as much, of one line {ours / bare:.1f}",
        ours / against,
        bar=most,
        at_least=False,
    )


def _beside_empty_pages(token: str, file: str, shown: str, **query: str) -> tuple[float, float, float]:
    """CPU seconds of a rerun of a page at this address, of a page that only looks who is there, both with all that
    stands around a page, and of the least that Streamlit can run. Raises where `shown` is not on the page."""
    set_log_level("ERROR")  # a script without a browser is warned of on every run
    places = (*navigation.PLACES, Place(f"../{NOTHING}", "Nothing", "nothing", Permission.OWN))
    with patch("web.guard.session_token", lambda: token), patch("web.navigation.PLACES", places):
        page, empty = _opened(f"pages/{file}.py", **query), _opened(NOTHING)
        if page.exception or shown not in "".join(html.proto.body for html in page.get("html")):
            raise RuntimeError(f"the page did not show “{shown}”: {page.exception}")
        # As serve.py does at its start: without it each rerun walks through everything that was ever imported.
        gc.collect()
        gc.freeze()
        bare = AppTest.from_string("import streamlit as st\nst.html('<p>Nothing</p>')").run()
        spent = _in_turn(page.run, empty.run, bare.run)
        gc.unfreeze()
    ours, against, least = spent
    return ours, against, least


def _opened(script: str, **query: str) -> AppTest:
    """The dashboard at one of its pages."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app.switch_page(script)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _in_turn(*acts: Callable[[], object]) -> list[float]:
    """The medians of the CPU seconds of some calls, made in turn so that all meet the same machine."""
    spent: list[list[float]] = [[] for _ in acts]
    for _ in range(RERUNS):
        for seconds, act in zip(spent, acts, strict=True):
            began = time.process_time()
            act()
            seconds.append(time.process_time() - began)
    return [statistics.median(seconds) for seconds in spent]


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
