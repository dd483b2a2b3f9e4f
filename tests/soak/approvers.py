"""python -m tests.soak.approvers: many approvers, each a process of its own, decide the same responses at once.

Each response is decided once, by one of them, and everybody else is told by whom. Exit code 1 when that does not hold.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from model.errors import Conflict, LevelheadError
from model.words import DecisionKind, Role
from response import approvals
from store import audit, people
from store.db import Busy, Store, store
from store.schema import decisions
from tests.installation import DATABASE, add, installation
from tests.response.desk import Desk
from tests.system.processes import many

LEVEL = 1
STARTED_WITHIN_S = 240
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What one approver was told about one response; `winner` is empty when it was its own decision that counted."""

    name: str
    submission_id: int
    words: str
    busy: int
    seconds: float


def decide_all(home: dict[str, str], name: str, asked: list[tuple[int, str]], start: Any, answers: Any) -> None:
    """One approver: decides each response in turn, as fast as it can. Runs in a process of its own, whose environment
    becomes that of `home`."""
    os.environ.clear()
    os.environ.update(home)
    with store().read() as tx:
        person = people.by_email(tx, f"{name.lower()}@example.org")
    assert person is not None
    start.wait(STARTED_WITHIN_S)
    told = []
    for submission_id, seen in asked:
        words, busy, began = "", 0, time.monotonic()
        for _ in range(_TRIES):
            try:
                approvals.decide(store(), person, submission_id, DecisionKind.APPROVE, "", seen)
            except Busy:
                busy += 1
                continue
            except Conflict as error:
                words = str(error)
            except LevelheadError as error:
                words = f"{type(error).__name__}: {error}"
            break
        told.append(Told(name, submission_id, words, busy, time.monotonic() - began))
    answers.put(told)
    store().engine.dispose()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it; `wrong` holds a sentence for each thing that does not hold."""

    figures: str
    wrong: tuple[str, ...]


def run(here: Store, approvers: int, responses: int) -> Verdict:
    """Makes the people and the responses, and lets everybody decide at once."""
    desk = Desk.open(here, cast(Any, None))
    names = ["Bob"]
    for number in range(2, approvers + 1):
        names.append(f"Bob{number}")
        add(here, desk.alice, names[-1], Role.APPROVER, levels=(LEVEL,))
    asked = []
    for number in range(1, responses + 1):
        case_id = desk.opened(3, number=number, thread=f"https://blog.example.org/post-{number}")
        submission_id = desk.sent(desk.written(case_id))
        asked.append((submission_id, desk.submission(submission_id).content_hash))

    context, home = many(), dict(os.environ)
    start, answers = context.Barrier(approvers + 1), context.Queue()
    processes = [context.Process(target=decide_all, args=(home, name, asked, start, answers)) for name in names]
    for process in processes:
        process.start()
    start.wait(STARTED_WITHIN_S)
    began = time.monotonic()
    told = [one for _ in processes for one in answers.get(timeout=1800)]
    took = time.monotonic() - began
    for process in processes:
        process.join()
    return _judge(here, told, [submission_id for submission_id, _ in asked], took)


def _judge(here: Store, told: list[Told], submissions: list[int], took: float) -> Verdict:
    wrong = []
    with here.read() as tx:
        made = Counter(tx.execute(select(decisions.c.submission_id)).scalars())
        chain = audit.verify(tx)
    winners: dict[int, list[str]] = {submission_id: [] for submission_id in submissions}
    for one in told:
        if not one.words:
            winners[one.submission_id].append(one.name)
    for submission_id, names in winners.items():
        if len(names) != 1 or made[submission_id] != 1:
            wrong.append(f"{len(names)} won submission {submission_id}, which has {made[submission_id]} decisions.")
    for one in told:
        first = tuple(f"{name} approved this at " for name in winners[one.submission_id])
        if one.words and not one.words.startswith(first):
            wrong.append(f"{one.name} was told of submission {one.submission_id}: {one.words}")
    if not chain.holds:
        wrong.append("The audit log does not hold.")
    waits = sorted(one.seconds for one in told)
    figures = (
        f"{len({one.name for one in told})} approvers, {len(submissions)} responses, {len(told)} decisions tried in"
        f" {took:.1f} s: {sum(made.values())} made, {sum(bool(one.words) for one in told)} told who was first,"
        f" {sum(one.busy for one in told)} times busy; a decision took {waits[len(waits) // 2] * 1000:.0f} ms, the"
        f" slowest {waits[-1]:.1f} s; by {len({name for names in winners.values() for name in names})} winners"
    )
    return Verdict(figures, tuple(wrong))


def main() -> int:
    """The command's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--approvers", type=int, default=20)
    parser.add_argument("--responses", type=int, default=200)
    chosen = parser.parse_args()
    os.environ[DATABASE] = chosen.database
    with tempfile.TemporaryDirectory(prefix="levelhead-approvers-") as folder:
        os.environ["LEVELHEAD_HOME"] = folder
        with installation(Path(folder)) as here:
            verdict = run(here, chosen.approvers, chosen.responses)
    for line in verdict.wrong[:20]:
        print(line)
    print(f"{'DOES NOT HOLD' if verdict.wrong else 'holds'}, {chosen.database}: {verdict.figures}")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
