"""`make bench`: every figure in one run, as one table; exits 1 where one falls short of its bar.

`python -m bench big` is apart: it fills a database with a million comments first, which takes some minutes.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench import big, pages, reading, start, unchanged
from bench.figures import Figure, table


def main() -> int:
    """Measures in a home of its own, which is gone afterwards."""
    if sys.argv[1:] == ["big"]:
        return _said(big.figures())
    with tempfile.TemporaryDirectory(prefix="levelhead-bench-") as home:
        os.environ["LEVELHEAD_HOME"] = home
        folder = Path(home)
        figures = [
            reading.whole_path(folder),
            reading.second_read(folder),
            pages.queue_page(),
            pages.case_page(),
            *unchanged.nothing_new(folder),
            *start.figures(folder),
        ]
    return _said(figures)


def _said(figures: list[Figure]) -> int:
    sys.stdout.write(f"{table(figures)}\n")
    return 1 if any(figure.falls_short for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
