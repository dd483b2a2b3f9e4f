"""Drawing pages by turns: Python works for one at a time anyway, and those drawn at once only make each other wait.

A page asks the database fifty times. Each time it lets go of the interpreter, and where another page works it gets it
back only after the interval of its switches: fifty waits, for each page that is drawn beside it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 1.0
"""Who has waited so long is drawn beside the others: one page that waits for something slow must not hold up all."""
_turns = threading.Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Waits for a turn, at most PATIENCE_S, and has it meanwhile."""
    mine = _turns.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if mine:
            _turns.release()
