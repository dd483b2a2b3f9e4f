"""`make bench`: every figure in one run, as one table; exits 1 where one falls short of its bar."""

import os
import sys
import tempfile
from pathlib import Path

from bench import pages, reading, unchanged
from bench.figures import table


def main() -> int:
    """Measures in a home of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="levelhead-bench-") as home:
        os.environ["LEVELHEAD_HOME"] = home
        folder = Path(home)
        figures = [
            reading.whole_path(folder),
            reading.second_read(folder),
            pages.queue_page(),
            *unchanged.nothing_new(folder),
        ]
    sys.stdout.write(f"{table(figures)}\n")
    return 1 if any(figure.falls_short for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
