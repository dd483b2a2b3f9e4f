"""python -m tests.soak: faults and load on the real parts, for up to 75 minutes; the verdict comes last.

Names of parts as arguments run only these. Exit code 1 when a part failed.
"""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.system.running import ROOT

LIMIT_S = 75 * 60
AT_ONCE = 2
"""How many of the parts that need the processor run side by side."""


@dataclass(frozen=True, slots=True)
class Part:
    """A program that prints its own verdict last and exits with 0 when all is well.

    One that mostly `waits` runs beside the others from the beginning; of those that work, few run at once. One that is
    measured by the clock, or must get a certain amount of work done by it, runs `alone`, before all others begin.
    """

    name: str
    command: tuple[str, ...]
    waits: bool = False
    alone: bool = False


def python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)


def tests_of(file: str) -> list[str]:
    """The names of a file's tests, without what they all begin with."""
    return re.findall(r"^def test_(\w+)", (ROOT / file).read_text(), re.MULTILINE)


def fault(file: str, name: str) -> Part:
    """One thing that happens to an installation, on each database that it can happen to: a test of that file."""
    test = python("pytest", "-q", f"{file}::test_{name}")
    return Part(f"fault: {name.replace('_', ' ')}", ("env", "LEVELHEAD_SYSTEM=1", *test))


FAULTS = "tests/system/test_faults.py"
PUBLISHING = "tests/system/test_publishing.py"
DATABASE = "tests/system/test_publishing_database.py"
SHORT = ("--rounds", "200", "--lease", "3", "--looks", "5")
SHIPPED = ("--rounds", "5", "--lease", "60", "--looks", "600")
PARTS: tuple[Part, ...] = (
    Part("load of twenty people, sqlite", python("tests.soak.load", "--database", "sqlite"), alone=True),
    Part("load of twenty people, postgresql", python("tests.soak.load", "--database", "postgresql"), alone=True),
    Part("thirty open pages on one process", python("tests.soak.tabs"), alone=True),
    Part("500 sources with nothing new, postgresql", python("tests.soak.sources"), alone=True),
    Part("how long writers hold SQLite", python("bench.store", "sqlite", "50000"), alone=True),
    Part("how long each kind of change holds SQLite", python("tests.soak.writes"), alone=True),
    Part(
        "publishing, shipped times, sqlite",
        python("tests.soak.publishing", "--database", "sqlite", *SHIPPED),
        waits=True,
    ),
    Part(
        "publishing, shipped times, postgresql",
        python("tests.soak.publishing", "--database", "postgresql", *SHIPPED),
        waits=True,
    ),
    Part("takeover at the shipped lease, sqlite", python("tests.soak.takeover", "--database", "sqlite"), waits=True),
    Part(
        "takeover at the shipped lease, postgresql",
        python("tests.soak.takeover", "--database", "postgresql"),
        waits=True,
    ),
    Part("publishing, sqlite", python("tests.soak.publishing", "--database", "sqlite", *SHORT)),
    Part("publishing, postgresql", python("tests.soak.publishing", "--database", "postgresql", *SHORT)),
    Part("twenty approvers, sqlite", python("tests.soak.approvers", "--database", "sqlite")),
    Part("twenty approvers, postgresql", python("tests.soak.approvers", "--database", "postgresql")),
    *(fault(file, name) for file in (FAULTS, DATABASE) for name in tests_of(file)),
    fault(PUBLISHING, "a_blog_that_is_away_when_the_last_approval_comes_gets_it_once_it_is_back"),
)


@dataclass(frozen=True, slots=True)
class Done:
    """How a part ended: its exit code, what it printed, and after how many seconds."""

    part: Part
    code: int
    said: str
    seconds: float

    @property
    def verdict(self) -> str:
        return (self.said.strip().splitlines() or ["it printed nothing"])[-1]


def run(part: Part, late: float) -> Done:
    """Runs a part to its end, or ends it when the time of all is over."""
    began = time.monotonic()
    process = subprocess.Popen(part.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = process.communicate(timeout=max(1.0, late - began))
        code = process.returncode
    except subprocess.TimeoutExpired:
        process.terminate()
        said, _ = process.communicate()
        code, said = 1, f"{said}\nIt was not done when the {LIMIT_S // 60} minutes were over."
    done = Done(part, code, said, time.monotonic() - began)
    print(f"--- {part.name}, {done.seconds:.0f} s\n{said.rstrip()}\n", flush=True)
    return done


def main(wanted: list[str]) -> int:
    """Runs the parts whose names hold one of the words; all without any."""
    parts = [part for part in PARTS if not wanted or any(re.search(word, part.name) for word in wanted)]
    if not parts:
        print("There is no such part. These are there:", *(part.name for part in PARTS), sep="\n  ")
        return 2
    began = time.monotonic()
    one = partial(run, late=began + LIMIT_S)
    done = [one(part) for part in parts if part.alone]
    with ThreadPoolExecutor(len(parts)) as waiting, ThreadPoolExecutor(AT_ONCE) as working:
        beside = [part for part in parts if not part.alone]
        started = [(waiting if part.waits else working).submit(one, part) for part in beside]
        done += [each.result() for each in started]
    failed = [each for each in done if each.code]
    width = max(len(part.name) for part in parts)
    print("=" * 100)
    for each in done:
        print(
            f"{'FAILED' if each.code else 'holds ':6}  {each.part.name:{width}}  {each.seconds:5.0f} s  {each.verdict}"
        )
    minutes = (time.monotonic() - began) / 60
    print(f"{'FAILED' if failed else 'HOLDS'}: {len(done) - len(failed)} of {len(done)} parts, {minutes:.1f} minutes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
