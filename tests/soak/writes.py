"""python -m tests.soak.writes: what holds SQLite for how long, by name, on a large installation.

50,000 comments, 200 open cases and one with two thousand comments: people decide on them, answers go through approval,
sources and people change, an upload comes and is undone, and a worker does all it looks at. Prints the longest write
transaction of each function that opened one; exits with 1 when one of them worked for over 200 ms, or more than one in
twenty took longer by the clock.
"""

import gc
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast
from unittest.mock import patch

import typer
from sqlalchemy import insert, select, update

import jobs
import worker
from bench import bulk
from ingest import our_people, uploads
from ingest import sources as ingest
from ingest import undo as upload_undo
from jobs import Context
from model import clock
from model.settings import settings
from model.words import Channel
from response import cases, leaving, pausing, several, snooze, undo
from store import db, search_index
from store.db import Store
from store.jobs import Job
from store.schema import case_comments, comments
from store.schema import cases as case_rows
from tests.installation import installation
from tests.response.desk import Desk
from tests.system.answering import work

MOST_MS = db.LONG_S * 1000
OFTEN = 0.05
LARGE = 2_000
ROWS = 2_000
LOOKS = 3


@dataclass
class Longest:
    """Of one function's write transactions: how many, how many took over 200 ms, and the longest by the clock and by
    the processor, in ms."""

    count: int = 0
    long: int = 0
    held: float = 0.0
    worked: float = 0.0


class Watcher(logging.Handler):
    """Reads of each write transaction what the store writes down about those that took long."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: dict[str, Longest] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg != db.TOOK_LONG:
            return
        held, worked, whose = cast(tuple[float, float, str], record.args)
        if whose.startswith("__main__."):  # rows made here in bulk
            return
        one = self.found.setdefault(whose, Longest())
        one.count += 1
        one.long += held > MOST_MS
        one.held, one.worked = max(one.held, held), max(one.worked, worked)


@contextmanager
def watched() -> Iterator[Watcher]:
    """Every write transaction of this process is noted, however short."""
    watcher, long_s = Watcher(), db.LONG_S
    db.log.addHandler(watcher)
    db.log.propagate = False
    db.LONG_S = -1.0
    try:
        yield watcher
    finally:
        db.LONG_S, db.log.propagate = long_s, True
        db.log.removeHandler(watcher)


@contextmanager
def time_to_undo() -> Iterator[None]:
    with patch.dict(os.environ, LEVELHEAD_UNDO_SECONDS="600"):
        settings.cache_clear()
        yield
    settings.cache_clear()


class _NoTime:
    """The seconds to undo are none here, so nobody has to wait for them."""

    def shift(self, _seconds: float) -> None:
        pass


class _Alone(Context):
    """A job that nobody else could take."""

    def still_mine(self) -> bool:
        return True


def one_large_case(store: Store, many: int) -> int:
    """All of these comments come to belong to one open case; its id."""
    now = datetime.now(UTC)
    with store.write() as tx:
        case_id, thread_id = tx.execute(
            select(case_rows.c.id, case_rows.c.thread_id).where(case_rows.c.state == "open").limit(1)
        ).one()
        joined = select(case_comments.c.comment_id)
        ids = list(tx.execute(select(comments.c.id).where(comments.c.id.not_in(joined)).limit(many)).scalars())
        tx.execute(update(comments).where(comments.c.id.in_(ids)).values(thread_id=thread_id, flagged=True))
        rows = [{"case_id": case_id, "comment_id": one, "revision": 1, "at": now} for one in ids]
        tx.execute(insert(case_comments), rows)
    return int(case_id)


def people_work(desk: Desk, large: int) -> None:
    """What people do: on the large case, on many cases at once, and on what others have under way."""
    store, alice, dave = desk.store, desk.alice, desk.dave

    def version() -> int:
        return desk.case(large).version

    cases.claim(store, alice, large)
    cases.escalate(store, alice, large, "What do we say?", to_person=desk.dora.id)
    cases.escalate(store, alice, large, "The board must know.", to_level=2)
    snooze.snooze(store, alice, large, version(), datetime.now(UTC) + timedelta(days=1))
    snooze.wake(store, alice, large)
    cases.dismiss(store, alice, large, version(), "Settled by telephone.")
    follow(store)
    cases.reopen(store, alice, large)
    cases.mark_spam(store, alice, large, version())
    follow(store)
    cases.reopen(store, alice, large)
    sent = desk.sent(desk.written(large))
    desk.approved(desk.bob, desk.carla, submission_id=sent)
    work(store)

    with store.read() as tx:
        open_ones = tx.execute(select(case_rows.c.id, case_rows.c.version).where(case_rows.c.state == "open")).all()
    seen = [several.Seen(row.id, row.version) for row in open_ones if row.id != large]
    most = several.MOST
    several.claim(store, dave, seen[:most])
    with time_to_undo():
        for act in (partial(several.dismiss, reason="A campaign."), several.mark_spam):
            act(store, dave, [several.Seen(one.id, desk.case(one.id).version) for one in seen[:most]])
            follow(store)
            with store.read() as tx:
                offer = undo.offer(tx, dave.id, clock.now())
            assert offer is not None
            undo.undo(store, dave, offer.token)
    for one in seen[most : most + 20]:
        desk.sent(desk.written(one.id))
    pause = pausing.begin(store, desk.alice, "A storm", datetime.now(UTC) + timedelta(hours=1))
    work(store)
    pausing.end(store, desk.alice, pause)
    work(store)


def administration(desk: Desk) -> None:
    """What changes what is there: an upload and its end, whose comments are ours, and a person who leaves."""
    store, alice = desk.store, desk.alice
    lines = (json.dumps({"author": f"Reader {n}", "text": f"You published my address ({n})."}) for n in range(ROWS))
    number = uploads.begin(store, alice, "\n".join(lines).encode(), "calls.jsonl", Channel.BLOG)
    uploads.save(_Alone(store, Job(0, "upload", number, "", 1, 1), lease_seconds=60))
    follow(store)
    upload_undo.undo(store, alice, number)
    with store.write() as tx:
        tx.execute(update(comments).where(comments.c.id % 20 == 0).values(author_id="7", source_id=desk.source_id))
    our_people.set_ours(store, alice, desk.source_id, "7", name="The office")
    work(store)
    our_people.set_stranger(store, alice, desk.source_id, "7")
    work(store)
    ingest.set_active(store, alice, desk.source_id, False)
    with store.read() as tx:
        held = leaving.holdings(tx, desk.dave.id, clock.now())
    leaving.leave(store, alice, desk.dave.id, "She has moved.", {one.key: alice.id for one in held})


def follow(store: Store) -> None:
    """A worker looks at everything that it looks at now and then, and does what comes of it."""
    for _ in range(LOOKS):
        for schedule in worker.schedules(settings()):
            schedule.look(store)
        work(store)


def main(count: Annotated[int, typer.Option("--comments")] = 50_000) -> None:
    """Does all of it once and prints what came of it."""
    with tempfile.TemporaryDirectory(prefix="levelhead-writes-") as folder:
        os.environ["LEVELHEAD_HOME"] = folder
        home = Path(folder) / "home"
        home.mkdir()
        with installation(home, LEVELHEAD_UNDO_SECONDS="0", LEVELHEAD_SECOND_LOOK="off"):
            # A store of its own: that of a test waits for no disk.
            store = Store(settings().database)
            jobs.load(store)
            bulk.fill(store, count, sources_count=3, case_count=200)
            desk = Desk.open(store, cast(Any, _NoTime()))
            large = one_large_case(store, LARGE)
            while search_index.behind(store):
                search_index.follow(store)
            gc.collect()
            gc.freeze()
            with watched() as watcher:
                follow(store)
                people_work(desk, large)
                administration(desk)
                follow(store)
            store.engine.dispose()
    sys.exit(0 if held_shortly(watcher) else 1)


def held_shortly(watcher: Watcher) -> bool:
    """Prints the longest of each; whether none worked for too long, and few took too long by the clock."""
    for whose, one in sorted(watcher.found.items(), key=lambda item: -item[1].held)[:15]:
        print(f"{one.held:6.0f} ms held, {one.worked:6.0f} ms worked, {one.count:6,} times  {whose}")
    wrong = {whose: one for whose, one in watcher.found.items() if one.worked > MOST_MS}
    for whose, one in wrong.items():
        print(f"does not hold: {whose} worked {one.worked:.0f} ms within one write transaction")
    whole, long = (sum(getattr(one, name) for one in watcher.found.values()) for name in ("count", "long"))
    longest = max((one.held for one in watcher.found.values()), default=0)
    holds = not wrong and long <= OFTEN * whole
    said = f"{whole:,} write transactions of {len(watcher.found)} functions, longest {longest:.0f} ms held"
    print(f"{'holds' if holds else 'DOES NOT HOLD'}: {said}, {long} over {MOST_MS:.0f} ms by the clock")
    return holds


if __name__ == "__main__":
    typer.run(main)
