"""How a process of ours ends: when it is asked to, and when its supervisor does, even if that was killed."""

import os
import signal
import sys
import threading
from queue import SimpleQueue


def asked_to_end() -> threading.Event:
    """An event that is set once this process is asked to end, by Ctrl-C or by its supervisor; for the main thread."""
    asked: SimpleQueue[int] = SimpleQueue()
    over = threading.Event()

    def pass_on() -> None:
        asked.get()
        over.set()

    # Not set by the handler itself: that may interrupt a wait for this event while it holds the event's own lock, and
    # would then wait for itself for ever. A SimpleQueue is made to be filled from there.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda which, _: asked.put(which))
    threading.Thread(target=pass_on, daemon=True).start()
    return over


def hold_on() -> None:
    """Watches standard input, which the supervisor keeps open: its end is the supervisor's end."""
    if sys.stdin is None or sys.stdin.isatty():
        return
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    # Unbuffered: a thread that waits in Python's own reader would break the interpreter's end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
