"""Loads what the pages import when the server has answered that it is ready, so that the first visitor need not wait.

It is done once in a process, in a thread. Python has a lock for each module that is being imported. No module of ours
imports itself by way of others (a test holds that), so this thread and that of a page never wait for each other: the
page waits for the one module that is being loaded, at most.
"""

import ast
import logging
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from model.settings import ROOT
from web.navigation import PLACES

_AT_THE_LATEST_S = 5.0
_log = logging.getLogger(__name__)


class Later:
    """Work that a process does once, in a thread of its own: when it `answered` that it is ready, or after some
    seconds where nobody asks. What fails is logged, and done by whoever needs it."""

    def __init__(self, *work: Callable[[], None]) -> None:
        self._work = work
        self._answered = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loading", daemon=True)

    def begin(self) -> None:
        """Waits for its moment. The process may end before."""
        self._thread.start()

    def answered(self) -> None:
        """The server has answered."""
        self._answered.set()

    def join(self) -> None:
        """Waits until it is done."""
        self._thread.join()

    def _run(self) -> None:
        self._answered.wait(_AT_THE_LATEST_S)
        for each in self._work:
            try:
                each()
            except Exception:  # what is missing now may be there when somebody needs it
                _log.exception("Not everything could be loaded beforehand")


def pages() -> None:
    """Imports what the dashboard and its pages import, by the imports at their head; no page is run."""
    for script in (ROOT / "dashboard.py", *(place.script for place in PLACES)):
        _imports(script)


def _imports(script: Path) -> None:
    for one in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(one, ast.Import):
            _load([alias.name for alias in one.names])
        elif isinstance(one, ast.ImportFrom) and one.module:
            whole = import_module(one.module)
            _load([f"{one.module}.{alias.name}" for alias in one.names if not hasattr(whole, alias.name)])


def _load(names: Sequence[str]) -> None:
    for name in names:
        import_module(name)
