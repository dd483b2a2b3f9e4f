"""`make bench`: every figure in one run, as one table; exits 1 where one falls short of its bar.

Apart, as each fills large databases first: `python -m bench big [postgresql] [COMMENTS]`, a million unless told
otherwise, and `python -m bench.store [postgresql] [COMMENTS]`, which purges half a million; `make soak` has it purge
fewer. Measured alone: `python -m bench triage` the work at the queue, `second` the second look, `sample` how long the
sample takes.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench import assessing, big, pages, reading, sample, second, start, triage, unchanged
from bench.figures import said, words


def main() -> int:
    """Measures in a home of its own, which is gone afterwards."""
    if sys.argv[1:2] == ["big"]:
        kind, count = words(sys.argv[2:], big.BIG)
        return said(big.figures(kind, count))
    if sys.argv[1:] not in ([], ["triage"], ["second"], ["sample"]):
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory(prefix="levelhead-bench-") as home:
        os.environ["LEVELHEAD_HOME"] = home
        folder = Path(home)
        if sys.argv[1:] == ["triage"]:
            return said(triage.figures(folder))
        if sys.argv[1:] == ["second"]:
            return said(second.figures(folder))
        if sys.argv[1:] == ["sample"]:
            return said(sample.figures(folder))
        figures = [
            assessing.without_encoder(),
            reading.whole_path(folder),
            reading.second_read(folder),
            pages.queue_page(),
            pages.case_page(),
            pages.approvals_page(),
            *second.figures(folder),
            *unchanged.nothing_new(folder),
            *start.figures(folder),
            *sample.figures(folder),
            *triage.figures(folder),
        ]
    return said(figures)


if __name__ == "__main__":
    sys.exit(main())
