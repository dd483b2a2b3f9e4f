"""What a benchmark says, and the table that it is printed in."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, ours beside what it is compared with, and what follows from both.

    `result` is the number that a bar would hold for, `said` the same for people. `bar` is that number's least or most;
    None: there is none yet. `at_least` says which of the two.
    """

    what: str
    ours: str
    against: str
    said: str
    result: float
    bar: float | None = None
    at_least: bool = True

    @property
    def falls_short(self) -> bool:
        """Whether there is a bar and the result misses it. What was not measured does: nobody knows that it holds."""
        if self.bar is None:
            return False
        return not (self.result >= self.bar if self.at_least else self.result <= self.bar)

    @property
    def verdict(self) -> str:
        """The bar and how it went, for the last column."""
        if self.bar is None:
            return "no bar yet"
        side = "at least" if self.at_least else "at most"
        return f"{side} {self.bar:g}: {'falls short' if self.falls_short else 'holds'}"


def not_measured(what: str, why: str, bar: float, *, at_least: bool = True) -> Figure:
    """The line of a figure that cannot be taken on this machine, with the reason; it falls short of its bar."""
    return Figure(f"{what} (not measured)", why, "", "not measured", math.nan, bar, at_least)


HEAD = ("measured", "ours", "against", "result", "bar")


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned columns."""
    rows = [HEAD, *((f.what, f.ours, f.against, f.said, f.verdict) for f in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def said(figures: Sequence[Figure]) -> int:
    """Prints the figures and which fall short; what the process ends with, 1 where any does."""
    short = [figure.what for figure in figures if figure.falls_short]
    verdict = f"{len(short)} fall short: {'; '.join(short)}" if short else "Every bar holds."
    sys.stdout.write(f"{table(figures)}\n\n{verdict}\n")
    return 1 if short else 0


def words(typed: Sequence[str], count: int) -> tuple[str, int]:
    """The kind of database and the number of comments that somebody typed; SQLite and `count` unless told otherwise."""
    kind = "postgresql" if "postgresql" in typed else "sqlite"
    return kind, next((int(word) for word in typed if word.isdecimal()), count)
