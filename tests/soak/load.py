"""20,000 comments in ten minutes with 20 people at work; run as `python -m tests.soak.load`.

Ten blogs grow while they are read; ten community managers and ten approvers each have a page open whose script runs
every five seconds, and press its buttons. Afterwards every comment is counted, every response is in one legal state,
and the chain is verified. Prints a table; ends with 1 when something does not hold, or when less was done than that.
"""

import logging
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

import jobs
from access import people as access
from model.errors import LevelheadError
from model.person import Person
from model.words import Role
from response import drafts, policies
from store.db import LONG_S, TOOK_LONG, Store
from store.schema import cases, claims, comments, decisions
from tests.installation import DATABASE, add, enter, installation, set_up
from tests.system.crowds import Blogs, blogs, follow
from tests.system.processes import wait_until
from tests.system.running import Levelhead
from tests.system.sockets import Visit, visit
from tests.system.soundness import faults

BLOGS = 10
SHOWN = 200
RERUN_S = 5.0
ANSWER = "Thank you for telling us. Somebody of us calls you today."
CAUGHT_UP_S = 180
ENDS_WITHIN_S = 120
OF_ALL_RERUNS = 0.9
DECISIONS_A_MINUTE = 1.0
"""How many each approver makes at the least. Less would not be the load that this is about."""
MOST_WORKED_A_MINUTE = 1
MOST_HELD = 0.2
"""Of write transactions that hold SQLite for over 200 ms: how many may have worked for that long, and the share of the
time that all of them may take by the clock."""


@dataclass
class Tally:
    """What the people at the sockets met: seconds of each rerun, what they pressed, what failed."""

    seconds: list[float] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    behind: int = 0


@dataclass(frozen=True)
class Scene:
    """A running installation with its people and its blogs."""

    store: Store
    running: Levelhead
    crowd: Blogs
    sources: list[int]
    managers: list[Person]
    approvers: list[Person]
    authors: list[Person]
    stop: threading.Event
    tally: Tally

    def stored(self) -> int:
        with self.store.read() as tx:
            return int(tx.execute(select(func.count()).select_from(comments)).scalar_one())

    def free_cases(self, most: int) -> list[int]:
        """Open cases that nobody has, the gravest first."""
        query = (
            select(cases.c.id)
            .outerjoin(claims, claims.c.case_id == cases.c.id)
            .where(cases.c.state == "open", claims.c.case_id.is_(None))
            .order_by(cases.c.severity.desc(), cases.c.due_at)
            .limit(most)
        )
        with self.store.read() as tx:
            return list(tx.execute(query).scalars())


def work(scene: Scene, person: Person, page: str, chance: random.Random) -> None:
    """One person at one open page, until the end."""
    try:
        with visit(scene.running.port, enter(scene.store, person), page) as open_page:
            while not scene.stop.wait(chance.uniform(0.5, 1.5) * RERUN_S):
                free = scene.free_cases(40) if page == "queue" else []
                _rerun(scene, open_page, f"case={chance.choice(free)}" if free else "")
                wanted = [name for name in ("Approve", "Spam", "Claim") if name in open_page.buttons]
                if wanted and (page == "approvals" or chance.random() < 0.5):
                    name = "Approve" if page == "approvals" else chance.choice(wanted)
                    scene.tally.pressed[name] += 1
                    _rerun(scene, open_page, "", name)
    except Exception as error:  # a person whose page broke is what this is to find
        scene.tally.failed.append(f"{person.name} at {page}: {type(error).__name__}: {error}")


def _rerun(scene: Scene, page: Visit, query: str, press: str = "") -> None:
    began = time.perf_counter()
    page.run(query, press)
    scene.tally.seconds.append(time.perf_counter() - began)
    shown = [text for text in page.texts if "could not be shown" in text]
    scene.tally.failed += [f"{page.page}: {problem[:200]}" for problem in (*page.failed, *shown)]


def write(scene: Scene, chance: random.Random) -> None:
    """Authors answer what nobody has, so that the approvers have something to decide."""
    while not scene.stop.wait(2.0):
        for case_id in scene.free_cases(1):
            author = chance.choice(scene.authors)
            try:
                response_id = drafts.start(scene.store, author, case_id)
                version = drafts.save(scene.store, author, response_id, f"{ANSWER} ({case_id})", 1)
                drafts.submit(scene.store, author, response_id, version)
                scene.tally.pressed["submitted"] += 1
            except LevelheadError as error:  # somebody at a page was faster
                scene.tally.pressed[type(error).__name__] += 1


def run(scene: Scene, seconds: float) -> None:
    """Lets the blogs grow and the people work for so long, then until everything was read."""
    chance = random.Random(3)
    loops = [threading.Thread(target=write, args=(scene, random.Random(1)), daemon=True)]
    for page, persons in (("queue", scene.managers), ("approvals", scene.approvers)):
        loops += [
            threading.Thread(target=work, args=(scene, person, page, random.Random(chance.random())), daemon=True)
            for person in persons
        ]
    for loop in loops:
        loop.start()
    began = time.monotonic()
    while (gone := time.monotonic() - began) < seconds:
        scene.crowd.grow(gone / seconds)
        scene.tally.behind = max(scene.tally.behind, sum(scene.crowd.shown) - scene.stored())
        scene.stop.wait(1.0)
    scene.crowd.grow(1.0)
    whole = sum(scene.crowd.shown)
    try:
        wait_until(lambda: scene.stored() == whole, CAUGHT_UP_S, "the last comments to be read")
    except AssertionError as late:
        scene.tally.failed.append(str(late))
    scene.stop.set()
    until = time.monotonic() + ENDS_WITHIN_S
    for loop in loops:
        loop.join(max(0.0, until - time.monotonic()))
    if hanging := sum(loop.is_alive() for loop in loops):
        scene.tally.failed.append(f"{hanging} of {len(loops)} people did not come to an end in {ENDS_WITHIN_S} s")


def _people(store: Store, number: int) -> tuple[list[Person], list[Person], list[Person]]:
    alice = set_up(store)
    access.set_roles(store, alice, alice.id, frozenset({Role.ADMIN}), frozenset())
    managers = [add(store, alice, f"Manager{n}", Role.MANAGER) for n in range(number // 2)]
    approvers = [
        add(store, alice, f"Approver{n}", Role.APPROVER, Role.EXPERT, levels=(n % 5 + 1,)) for n in range(number // 2)
    ]
    return managers, approvers, [add(store, alice, f"Author{n}", Role.MANAGER) for n in range(4)]


def too_little(scene: Scene, decided: int, seconds: float) -> list[str]:
    """What fell behind the work of so many people in that time, a sentence each."""
    people = len(scene.managers) + len(scene.approvers)
    wanted = (
        ("reruns", len(scene.tally.seconds), OF_ALL_RERUNS * people * seconds / RERUN_S),
        ("decisions", decided, DECISIONS_A_MINUTE * len(scene.approvers) * seconds / 60),
    )
    return [
        f"{made} {what} were made, and at least {least:.0f} were meant" for what, made, least in wanted if made < least
    ]


def report(scene: Scene, seconds: float) -> bool:
    """Prints what came of it; whether everything holds."""
    tally = scene.tally
    found = faults(scene.store, dict(zip(scene.sources, map(len, scene.crowd.made), strict=True)))
    with scene.store.read() as tx:
        decided = int(tx.execute(select(func.count()).select_from(decisions)).scalar_one())
        opened = int(tx.execute(select(func.count()).select_from(cases)).scalar_one())
    found += too_little(scene, decided, seconds)
    spent = sorted(tally.seconds) or [0.0]
    whole = sum(map(len, scene.crowd.made))
    print(f"comments         {scene.stored():,} of {whole:,} in {seconds:.0f} s, {opened:,} cases")
    print(f"furthest behind  {tally.behind:,} comments shown by the blogs and not stored")
    print(
        f"reruns           {len(tally.seconds):,}: median {statistics.median(spent):.2f} s, "
        f"p95 {spent[int(len(spent) * 0.95)]:.2f} s, longest {spent[-1]:.2f} s"
    )
    print(f"decisions        {decided}; pressed {dict(tally.pressed)}")
    for line in [*Counter(tally.failed).most_common(10), *found[:10]]:
        print(f"does not hold    {line}")
    holds = not tally.failed and not found
    said = (
        f"{len(tally.seconds):,} reruns and {decided} decisions of {len(scene.managers) + len(scene.approvers)} people"
    )
    sound = "every comment counted, every response in one legal state, the chain verified"
    print(f"holds: {said}; {sound}" if holds else f"DOES NOT HOLD: {said}")
    return holds


def long_writes(logs: Path) -> list[tuple[int, int, str]]:
    """Write transactions that took over 200 ms by the clock, as the processes wrote them down: how many milliseconds
    they took, how many of these the processor worked for them, and whose they were."""
    form = re.compile(TOOK_LONG.replace("%.0f", r"(\d+)").replace("%s", r"(\S+)"))
    said = "".join(log.read_text(errors="replace") for log in logs.glob("*.log*"))
    return [(int(held), int(worked), whose) for held, worked, whose in form.findall(said)]


def held_shortly(long: list[tuple[int, int, str]], seconds: float) -> bool:
    """Prints who held SQLite for over 200 ms; whether that holds.

    What one needs is told by the processor's time: a change that is too large is long each time. Only now and then a
    whole garbage collection, or a statement that is compiled for the first time, falls into one. By the clock more are
    long where there is more to do than the processors can: a writer waits for its turn in the middle of a change. With
    seven processes for each processor that was 7 % of the time.
    """
    share = sum(held for held, _worked, _whose in long) / 1000 / seconds
    worked = [one for one in long if one[1] > LONG_S * 1000]
    most = max(1, round(MOST_WORKED_A_MINUTE * seconds / 60))
    print(
        f"long writes      {len(long)} over {LONG_S * 1000:.0f} ms by the clock, {share:.1%} of the time"
        f" (at most {MOST_HELD:.0%}), longest {max(long, default=(0,))[0]} ms;"
        f" {len(worked)} worked so long (at most {most})"
    )
    for whose, count in Counter(whose for _held, _worked, whose in long).most_common(5):
        print(f"                 {count} {whose}")
    for held, at_work, whose in sorted(worked, key=lambda one: -one[1])[:5]:
        print(f"                 {whose} worked {at_work} ms within one write transaction of {held} ms")
    return len(worked) <= most and share <= MOST_HELD


def raised(log: Path) -> list[str]:
    """The last errors that a process wrote down, plainly or in a box: where each was raised, and what it said."""
    blocks = re.split(r"Traceback \(most recent call last\).*\n", log.read_text(errors="replace"))[1:]
    lines = [[line for line in block.splitlines() if line.strip()] for block in blocks]
    plain = [next((n for n, line in enumerate(one) if line[0] not in " \t│╰"), 0) for one in lines]
    return [" | ".join(one[max(0, end - 2) : end + 1])[:400] for one, end in zip(lines, plain, strict=True)][-8:]


def main(
    database: Annotated[str, typer.Option(help="sqlite or postgresql")] = "sqlite",
    minutes: float = 10,
    size: Annotated[int, typer.Option("--comments")] = 20_000,
    people: int = 20,
) -> None:
    """Runs the load and prints what came of it."""
    with tempfile.TemporaryDirectory(prefix="levelhead-load-") as folder:
        os.environ |= {DATABASE: database, "LEVELHEAD_HOME": folder}
        home = Path(folder) / "home"
        (home / "logs").mkdir(parents=True)
        logging.basicConfig(level=logging.WARNING, filename=home / "logs" / "people.log")
        with installation(home) as store, blogs(BLOGS, size, SHOWN) as crowd:
            policies.ensure(store)
            jobs.load(store)
            managers, approvers, authors = _people(store, people)
            sources = follow(store, crowd)
            with Levelhead(home, LEVELHEAD_POLL_SECONDS="5", LEVELHEAD_UNDO_SECONDS="10") as running:
                scene = Scene(store, running, crowd, sources, managers, approvers, authors, threading.Event(), Tally())
                run(scene, minutes * 60)
                shortly = not store.sqlite or held_shortly(long_writes(home / "logs"), minutes * 60)
                holds = report(scene, minutes * 60) and shortly
                if not shortly:
                    print("DOES NOT HOLD: writers held SQLite for too long")
                if scene.tally.failed:
                    print("the last errors in web.log:", *raised(home / "logs" / "web.log"), sep="\n  ")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    typer.run(main)
