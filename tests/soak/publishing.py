"""python -m tests.soak.publishing: sends answers to a real blog while everything goes wrong, and counts them there.

Prints a table by fault and a verdict as its last line; exits with 1 when an answer was doubled, lost or misreported.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from random import Random
from unittest.mock import patch

from model.settings import settings
from model.words import PublicationState
from store import audit
from tests.installation import DATABASE
from tests.soak.crew import Crew
from tests.soak.faults import FAULTS, Fault, Proxy
from tests.soak.rounds import Scene, Story, play, recount
from tests.system.answering import team
from tests.system.wordpress import WordPress

S = PublicationState
WORKERS = 3
LANES = 8
"""How many answers are on their way at once."""
ENOUGH = 3
"""So many rounds of one fault, and it must have come to pass in one of them."""
SELDOM = "86400"
GRAVEST = frozenset(
    {
        "killed after the call",
        "killed during the call, after the blog stored it",
        "frozen connected",
        "time-out after the blog stored it",
        "cut in mid-answer",
    }
)
"""After each of these somebody who tries again without a look would double the answer."""


def drawn(rounds: int, seed: int, only: str = "") -> list[Fault]:
    """A fault for each round: all of them (with `only` in their names) equally often, in an order of the seed's. The
    gravest come first, so that few rounds have them."""
    rng = Random(seed)
    some = [fault for fault in FAULTS if only in fault.name]
    faults = rng.sample(some, len(some))
    faults.sort(key=lambda fault: fault.name not in GRAVEST)
    while some and len(faults) < rounds:
        faults += rng.sample(some, len(some))
    return faults[:rounds]


@contextmanager
def scene(
    home: Path,
    blog: WordPress,
    database: str,
    lease_s: float,
    look_s: float,
    beside: Path | None = None,
    through: Callable[[str], AbstractContextManager[str]] = nullcontext,
) -> Iterator[Scene]:
    """An installation with its workers, and the proxy between them and the blog, which takes the same words twice.

    What workers write down, and their steps, are in the home, or in a folder `beside` it. `through` makes of the
    address of the database the one by which the workers reach it.
    """
    notes = beside or home
    folder = notes / "steps"
    folder.mkdir(parents=True)
    blog.options(takes_duplicates=1)
    with (
        patch.dict(os.environ, {DATABASE: database}),
        team(home, lease_s, look_s, LEVELHEAD_POLL_SECONDS=SELDOM) as us,
        Proxy(blog.url, folder, late_s=0.4 * look_s) as proxy,
        through(settings().database) as reached,
        Crew(notes, folder, us.store, WORKERS, LEVELHEAD_DATABASE_URL=reached) as crew,
    ):
        try:
            yield Scene(us, blog, blog.account("editor", "office"), proxy, crew, folder, lease_s, look_s)
        finally:
            blog.options(takes_duplicates=0)


def trial(here: Scene, faults: Sequence[Fault], seed: int, lanes: int = LANES) -> list[Story]:
    """Plays a round for each fault, several at once; each is counted again at the end of all."""
    with ThreadPoolExecutor(lanes) as pool:
        started = [
            pool.submit(play, here, number, fault, Random(f"{seed}:{number}")) for number, fault in enumerate(faults, 1)
        ]
        stories = [one.result() for one in started]
    for story in stories:
        recount(here, story)
    with here.us.store.read() as tx:
        if not audit.verify(tx).holds:
            stories[0].wrong.append("the audit chain is broken")
    return stories


COLUMNS = ("rounds", "reached", "published", "by a look", "unconfirmed", "not sent", "sent again", "dropped", "doubled")


def table(stories: Sequence[Story]) -> str:
    """A line for each fault. 'by a look' and what follows count rounds in which that happened."""
    width = max(len(fault.name) for fault in FAULTS)
    lines = [" " * width + "".join(f"{column:>13}" for column in COLUMNS) + "        wrong"]
    for fault in FAULTS:
        these = [one for one in stories if one.fault is fault]
        if these:
            lines.append(_line(fault.name, these, width))
    lines.append(_line("all", stories, width))
    return "\n".join(lines)


def _line(name: str, these: Sequence[Story], width: int) -> str:
    counts = (
        len(these),
        sum(one.reached for one in these),
        sum(one.ended is S.PUBLISHED for one in these),
        sum(one.found_by_a_look for one in these),
        sum(S.UNCONFIRMED in one.passed for one in these),
        sum(S.FAILED in one.passed for one in these),
        sum(one.sent_again > 0 for one in these),
        sum(one.ended is S.DROPPED for one in these),
        sum(one.replies > 1 for one in these),
        sum(bool(one.wrong) for one in these),
    )
    return f"{name:{width}}" + "".join(f"{count:>13}" for count in counts)


def never_reached(stories: Sequence[Story]) -> list[str]:
    """The faults that had rounds enough and came to pass in none of them."""
    rounds, reached = Counter(one.fault for one in stories), {one.fault for one in stories if one.reached}
    return [fault.name for fault, count in rounds.items() if count >= ENOUGH and fault not in reached]


def holds(stories: Sequence[Story]) -> bool:
    """Nothing is wrong, and most rounds reached their fault, of each fault at least one where there were enough.

    On a machine that is too busy to reach them they would prove little.
    """
    most = sum(one.reached for one in stories) * 2 > len(stories)
    return most and not any(one.wrong for one in stories) and not never_reached(stories)


def verdict(stories: Sequence[Story]) -> str:
    wrong = [one for one in stories if one.wrong]
    reached = sum(one.reached for one in stories)
    doubled = sum(one.replies > 1 for one in stories)
    lost = sum(one.ended is S.PUBLISHED and one.replies == 0 for one in stories)
    said = "HOLDS" if holds(stories) else "FAILED"
    counted = f"{doubled} doubled, {lost} lost without being unconfirmed, {len(wrong)} wrong"
    never = "".join(f"; never reached: {name}" for name in never_reached(stories))
    return f"{said}: {len(stories)} rounds ({reached} reached their fault), {counted}{never}"


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.publishing", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=len(FAULTS))
    parser.add_argument("--lease", type=float, default=3, help="seconds; 60 as shipped")
    parser.add_argument("--looks", type=float, default=5, help="seconds; 600 as shipped")
    parser.add_argument("--lanes", type=int, default=LANES, help="how many answers are on their way at once")
    parser.add_argument("--only", default="", help="only faults with these words in their names: 'frozen'")
    parser.add_argument("--keep", action="store_true", help="leave the installation where it is, with all its logs")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args(words)
    print(
        f"Publishing on {asked.database}: {asked.rounds} rounds, lease {asked.lease:g} s, "
        f"looks over {asked.looks:g} s, seed {asked.seed}",
        flush=True,
    )
    began = time.monotonic()
    base = Path(tempfile.mkdtemp(prefix="levelhead-soak-"))
    os.environ["LEVELHEAD_HOME"] = str(base)
    try:
        with (
            WordPress() as blog,
            scene(base / "home", blog, asked.database, asked.lease, asked.looks) as here,
        ):
            stories = trial(here, drawn(asked.rounds, asked.seed, asked.only), asked.seed, asked.lanes)
            errors, ended = here.crew.errors(), here.crew.ended_by_themselves
    finally:
        if asked.keep:
            print(f"Kept in {base}")
        else:
            shutil.rmtree(base, ignore_errors=True)
    print(table(stories))
    for story in stories:
        for wrong in story.wrong:
            print(f"round {story.number}, {story.fault.name}, comment {story.asked}: {wrong}")
    if ended:
        print(f"workers that ended by themselves and were started again: {ended}")
    for error in sorted(set(errors)):
        print(f"workers wrote down, {errors.count(error)} times: {error}")
    print(f"{verdict(stories)}; {time.monotonic() - began:.0f} s, seed {asked.seed}")
    return 0 if holds(stories) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
