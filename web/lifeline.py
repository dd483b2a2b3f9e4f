"""A child process ends when its supervisor does, even if that was killed."""

import os
import signal
import sys
import threading


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
