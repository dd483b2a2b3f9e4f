"""What is loaded in the background: once, when the server has answered, and all that the pages import."""

import logging
import subprocess
import sys

import pytest

from model.settings import ROOT
from web.loading import Later

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones

LOADED = """
import sys
import web.loading as loading
loading.pages()
print(*sys.modules)
"""


def test_it_waits_for_the_answer_and_what_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fails() -> None:
        raise ImportError("no such thing")

    later = Later(lambda: done.append("first"), fails, lambda: done.append("last"))
    later.begin()
    assert not done, "nobody was answered yet"
    with caplog.at_level(logging.ERROR):
        later.answered()
        later.answered()
        later.join()
    assert done == ["first", "last"], "once, and to its end"
    assert [one.exc_info[0] for one in caplog.records if one.exc_info] == [ImportError]


def test_what_the_pages_import_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    there = set(done.stdout.split())
    assert {"web.ui.queue.case", "web.ui.board.pdf", "web.ui.tour.panel", "response.goals"} <= there
