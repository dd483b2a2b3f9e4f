"""The second look of a worker: comments a second, one process, and the memory of that process.

Measured in a process of its own with all that a worker loads, from texts that wait to rows that are written.
"""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import worker  # noqa: F401 (all that a worker has loaded, and no more: its memory is measured)
from bench.figures import Figure
from ingest import second
from ingest.take import take
from model.comment import Entry, Reading
from model.words import Channel, SourceKind
from response import policies
from store import sources
from store.db import Store
from store.migrate import migrate
from tests.jobs import hands

COMMENTS = 1_024
TEXTS = "comments a second that get their second look, one process, 20 to 60 words"
MEMORY = "memory of a worker that takes second looks"
_SENTENCES = (
    "I came with my mother on Saturday and we stayed until the gates were closed.",
    "Nobody answered when I asked twice whether the path along the pond is open for wheelchairs.",
    "Thank you for the plums, the children still talk about the donkey.",
    "My letter of the third of March is still without an answer, and so is the one before.",
    "Will there be a market in October again, and who do I ask about a table?",
    "The new benches are fine but the old lime tree is gone and nobody told us why.",
    "Your volunteer at the desk was patient with my father, who hears badly.",
    "We paid for two tickets and got one, the machine kept the change.",
    "I read that the council wants to sell the meadow behind the hall; is that true?",
    "It rained all day and we had the best time in years.",
)


def figures(folder: Path) -> list[Figure]:
    """Both figures, of one process."""
    home = folder / "second"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "bench.second", str(home)],
        env={**os.environ, "LEVELHEAD_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    rate, encoding, peak = (float(word) for word in done.stdout.split())
    return [
        Figure(TEXTS, f"{rate:,.0f}/s", f"the encoder alone {encoding:,.0f}/s", f"{rate:,.0f}/s", rate, bar=250),
        Figure(MEMORY, f"{peak:.0f} MB at most", "", f"{peak:.0f} MB", peak, bar=350, at_least=False),
    ]


def texts(count: int, seed: int = 5) -> list[str]:
    """Texts of 20 to 60 words, no two alike."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        size = rng.randint(20, 60)
        said = " ".join(rng.choice(_SENTENCES) for _ in range(9)).split()
        start = rng.randrange(12)
        made.append(" ".join([*said[start : start + size - 1], f"({number})"]))
    return made


def _measured(home: Path) -> tuple[float, float, float]:
    """Comments a second, texts a second of the encoder alone, and the most memory that this process had (MB)."""
    store = Store(f"sqlite:///{home / 'levelhead.db'}")
    migrate(store)
    policies.ensure(store)
    with store.write() as tx:
        blog = {"channel": Channel.BLOG, "kind": SourceKind.FEED, "site_url": "", "feed_url": ""}
        number = sources.add(tx, name="The association", created_at=datetime.now(UTC), **blog)
        source = sources.get(tx, number)
    assert source is not None

    def brought(said: list[str], mark: str) -> None:
        entries = (
            Entry(external_id=f"{mark}{n}", identity=f"{mark}{n}", text=text, thread_url=f"https://b.example/{n % 9}")
            for n, text in enumerate(said)
        )
        take(store, source, Reading(tuple(entries)))

    def looked_at() -> int:
        jobs = 0
        while (context := hands.take(store)) is not None:
            second.look(context)
            hands.finish(context)
            jobs += 1
        return jobs

    brought(texts(16, seed=1), "warm")
    looked_at()
    said = texts(COMMENTS)
    assert all(20 <= len(one.split()) <= 60 for one in said) and all(a != b for a, b in pairwise(sorted(said)))
    brought(said, "x")
    began = time.perf_counter()
    looked_at()
    seconds = time.perf_counter() - began
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    reader = second.READER.get(store)
    assert reader
    others, began = texts(COMMENTS, seed=6), time.perf_counter()
    reader.vectors(others)
    encoding = time.perf_counter() - began
    return COMMENTS / seconds, COMMENTS / encoding, int(peak.split()[1]) / 1024


if __name__ == "__main__":
    sys.stdout.write(" ".join(f"{one:.2f}" for one in _measured(Path(sys.argv[1]))))
