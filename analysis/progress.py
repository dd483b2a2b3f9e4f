"""How far a long run is, on a terminal alone: rows, and rows a second, on one line of standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 0.5
"""Seconds between two changes of the line."""


@contextmanager
def progress() -> Iterator[Callable[[int], None]]:
    """A function that is told of each further rows that are done. Where nobody looks on, nothing is written."""
    stream = sys.stderr
    shown = stream.isatty()
    began = told = time.monotonic()
    count = 0

    def done(rows: int) -> None:
        nonlocal count, told
        count += rows
        now = time.monotonic()
        if shown and now - told >= EVERY:
            told = now
            stream.write(f"\r{said(count, now - began)}")
            stream.flush()

    try:
        yield done
    finally:
        if shown:
            stream.write(f"\r{said(count, time.monotonic() - began)}\n")


def said(rows: int, seconds: float) -> str:
    """The line. It only ever grows longer, so that nothing of the one before is left.

    >>> said(1200, 2.0)
    '1,200 rows, 600 rows a second'
    """
    return f"{rows:,} rows, {rows / max(seconds, 0.001):,.0f} rows a second"
