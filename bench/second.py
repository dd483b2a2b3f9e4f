"""The second look of a worker: comments a second, one process, and the memory of that process.

Measured in a process of its own with all that a worker loads, from texts that wait to rows that are written.
"""

import os
import random
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import chain, cycle, islice, pairwise
from pathlib import Path

import worker  # noqa: F401 (all that a worker has loaded, and no more: its memory is measured)
from bench.figures import Figure
from ingest import second
from ingest.take import take
from model.comment import Entry, Reading
from model.settings import ROOT
from model.words import Channel, SourceKind
from response import policies
from store import sources
from store.db import Store
from store.migrate import migrate
from tests.jobs import hands

COMMENTS, ROUNDS = 512, 4
"""The best of several rounds counts, by the time of the processor: a slow moment of the machine is not ours."""
TEXTS = "comments a second that get their second look, one process, 20 to 60 words"
MEMORY = "memory of a worker that takes second looks"
_BANK = ROOT / "data" / "matters" / "examples"
_LINE = re.compile(r'^ +- "(.+)"$', re.M)


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
    """Texts of 20 to 60 words in many voices, no two alike: sentences of the bank, put together."""
    rng = random.Random(seed)
    said = [line for file in sorted(_BANK.glob("*.yaml")) for line in _LINE.findall(file.read_text("utf-8"))]
    made = []
    for number in range(count):
        words = list(chain.from_iterable(rng.choice(said).split() for _ in range(15)))
        words = list(islice(cycle(words), rng.randint(20, 60) - 1))
        made.append(" ".join([*words, f"({number})"]))
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
    rates = []
    for number in range(ROUNDS):
        said = texts(COMMENTS, seed=5 + number)
        assert all(20 <= len(one.split()) <= 60 for one in said) and all(a != b for a, b in pairwise(sorted(said)))
        brought(said, f"x{number}-")
        began = time.process_time()
        looked_at()
        rates.append(COMMENTS / (time.process_time() - began))
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    reader = second.READER.get(store)
    assert reader
    others, began = texts(COMMENTS, seed=50), time.process_time()
    reader.vectors(others)
    encoding = time.process_time() - began
    return max(rates), COMMENTS / encoding, int(peak.split()[1]) / 1024


if __name__ == "__main__":
    sys.stdout.write(" ".join(f"{one:.2f}" for one in _measured(Path(sys.argv[1]))))
