"""How Levelhead runs: the rules by a table, the queries on rows, and the walk along the chain by its job."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from access.permissions import Permission, may
from model.errors import NotAllowed
from model.words import Role
from response import health, record
from response.health import GRAVITY, NAME, Disk, Finding, State, Values, findings
from response.record import Proof
from store import audit, backup, people
from store import health as rows
from store.audit import Walked, walk_on
from store.db import Store
from store.health import Database, Jobs, Read, Second, Told
from store.jobs import Job
from store.schema import audit_head, jobs, notices, sources, workers
from tests.installation import add, installation, set_up

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BASE = Database("SQLite", 5_000_000, "0031", "0031", 0.001, (0.002, 0.004))
PROOF = Proof(NOW - timedelta(hours=3), 40, "a" * 64, None, "b" * 64, 30)
CALM = Values(
    now=NOW,
    sources=(Read("Our blog", None, NOW + MINUTE),),
    workers=(NOW - timedelta(seconds=3),),
    lease=timedelta(seconds=60),
    jobs=Jobs(2, 0, 0),
    second=Second(True, "", 3, NOW - MINUTE),
    unconfirmed=0,
    paused_until=None,
    notices=Told(0, 0),
    database=BASE,
    disks=(Disk("var", 50 * 1024**3),),
    backup=NOW - DAY,
    events=41,
    proof=PROOF,
    key="0123456789abcdef",
    key_problem="",
)
ORDER, LOOK, ACT = State
CASES: tuple[tuple[str, dict[str, Any], State, str], ...] = (
    ("sources", {"sources": ()}, ORDER, "No source is read yet."),
    ("sources", {"sources": (Read("A", NOW - MINUTE, NOW), Read("B", None, NOW))}, LOOK, "1 source cannot be read: A."),
    ("sources", {"sources": (Read("A", NOW - 2 * DAY, NOW),)}, ACT, "1 source cannot be read: A."),
    ("sources", {"sources": (Read("A", None, NOW - 11 * MINUTE),)}, LOOK, "should have been read by now: A."),
    ("workers", {"workers": ()}, ACT, "No worker runs"),
    ("workers", {"workers": (NOW - 2 * MINUTE,)}, ACT, "No worker runs"),
    ("workers", {"workers": (NOW, NOW - 2 * MINUTE)}, ORDER, "1 worker runs."),
    ("jobs", {"jobs": Jobs(5, 2, 0)}, ACT, "2 jobs should have begun"),
    ("jobs", {"jobs": Jobs(5, 0, 1, ("read",))}, LOOK, "(reading a source)"),
    ("jobs", {"jobs": Jobs(1000, 0, 0)}, ORDER, "1,000 jobs wait"),
    ("assessing", {"second": Second(False, "It is gone.", 0, None)}, ORDER, "Switched off"),
    ("assessing", {"second": Second(True, "It is gone.", 2, NOW - DAY)}, LOOK, "There is none: It is gone. Comments"),
    ("assessing", {"second": Second(True, "", 2, NOW - 11 * MINUTE)}, LOOK, "2 comments wait, the first for more"),
    ("publishing", {"unconfirmed": 1}, LOOK, "nobody knows whether it was sent."),
    ("publishing", {"paused_until": NOW + DAY}, LOOK, "Publishing is paused until 2026-03-02 12:00 UTC."),
    ("notices", {"notices": Told(3, 0)}, LOOK, "3 notices could not be sent"),
    ("notices", {"notices": Told(0, 1)}, LOOK, "1 notice is late."),
    ("notices", {"notices": Told(3, 1, sample=True)}, ORDER, "Nothing of the sample leaves the house."),
    ("database", {"database": replace(BASE, revision="0030")}, ACT, "revision 0030; this version needs 0031"),
    ("database", {"database": replace(BASE, writes=(0.3, 0.3, 0.9))}, LOOK, "took 300 ms, 900 ms at most"),
    ("database", {"database": replace(BASE, writes=())}, ORDER, "It answered in 1.0 ms."),
    ("disk", {"disks": (Disk("a", 10**12), Disk("b", 10**9))}, LOOK, "are free at b."),
    ("disk", {"disks": (Disk("a", 10**8),)}, ACT, "95.4 MB are free at a."),
    ("backup", {"backup": None}, LOOK, "knows of no backup"),
    ("backup", {"backup": NOW - 9 * DAY}, LOOK, "2026-02-20 12:00 UTC"),
    ("backup", {"backup": NOW - 40 * DAY}, ACT, "The last backup"),
    ("record", {"proof": None}, ORDER, "Its 41 events were not verified yet."),
    ("record", {"proof": replace(PROOF, broken_at=7)}, ACT, "Event 7 was changed, or is missing"),
    ("record", {"proof": replace(PROOF, at=NOW - 3 * DAY)}, LOOK, "verified 2026-02-26 12:00 UTC."),
    ("record", {"proof": replace(PROOF, since="", since_seq=0)}, ORDER, "Whole up to event 40, head aaaaaaaaaaaa,"),
    ("key", {"key_problem": "The key is gone."}, ACT, "The key is gone."),
)


def test_when_nothing_is_wrong_everything_is_in_order_and_nothing_is_to_be_done() -> None:
    found = findings(CALM)
    assert [one.name for one in found] == list(NAME)
    assert {(one.state, one.next) for one in found} == {(State.ORDER, "")}
    assert health.gravest(found) is State.ORDER
    assert "Event 30 is as it was when it was verified before" in _named(found, "record").says


@pytest.mark.parametrize(("name", "changed", "state", "says"), CASES, ids=[f"{one[0]}: {one[3][:20]}" for one in CASES])
def test_what_is_wrong_is_one_finding_and_says_what_to_do(
    name: str, changed: dict[str, Any], state: State, says: str
) -> None:
    found = findings(replace(CALM, **changed))
    assert {one.name: one.state for one in found if one.state is not State.ORDER or one.name == name} == {name: state}
    one = _named(found, name)
    assert says in one.says
    assert bool(one.next) == (state is not State.ORDER)
    assert GRAVITY.index(health.gravest(found)) == GRAVITY.index(state)


def _named(found: tuple[Finding, ...], name: str) -> Finding:
    return next(one for one in found if one.name == name)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as store:
        yield store


def test_the_values_are_what_the_rows_say(database: Store) -> None:
    alice = set_up(database)
    now = datetime.now(UTC)
    blog = {"channel": "blog", "site_url": "", "feed_url": "", "kind": "feed", "created_at": now, "next_read_at": now}
    job = {"ref": 1, "run_at": now - 11 * MINUTE}
    about = {"person_id": alice.id, "kind": "task", "thing": "task", "version": 0, "how": "at once", "attempts": 1}
    lost = {**about, "thing_id": 1, "since": now, "due_at": now, "problem": "x", "settled_at": now}
    with database.write() as tx:
        tx.execute(insert(sources).values(name="Good", active=True, **blog))
        tx.execute(insert(sources).values(name="Bad", active=True, failing_since=now, **blog))
        tx.execute(insert(sources).values(name="Off", active=False, failing_since=now, **blog))
        tx.execute(insert(sources).values(name="Hand", active=True, **{**blog, "kind": "by hand"}))
        tx.execute(insert(workers).values(executor="here:0", started_at=now, last_seen=now))
        tx.execute(insert(workers).values(executor="gone", started_at=now, last_seen=now, ended_at=now))
        tx.execute(insert(jobs).values(name="read", key="late", **job))
        tx.execute(insert(jobs).values(name="publish", key="begun", **{**job, "fence": 1}))
        tx.execute(insert(jobs).values(name="assess", key="slow", **job))
        tx.execute(insert(jobs).values(name="purge", key="bad", **{**job, "run_at": now, "problem": "ValueError"}))
        tx.execute(insert(notices).values(**lost, settled_as="not sent"))
    seen = health.look(database)
    assert [(one.name, bool(one.failing_since)) for one in seen.sources] == [("Bad", True), ("Good", False)]
    assert seen.workers == [now]
    assert seen.jobs == Jobs(4, 1, 1, ("purge",)), "a second look is late by its comments, not by its job"
    assert seen.second == Second(True, "", 0, None)
    assert seen.notices == Told(1, 0)
    assert seen.database.size > 10_000 and seen.database.revision == seen.database.needed
    assert seen.database.writes and seen.key and not seen.key_problem
    assert seen.disks[0].free > 0


def test_only_an_administrator_sees_it(database: Store) -> None:
    alice = set_up(database)
    bob = add(database, alice, "Bob", Role.LEADERSHIP)
    assert may(alice, Permission.HEALTH)
    assert {one.name for one in health.seen_by(database, alice)} == set(NAME)
    with pytest.raises(NotAllowed, match="see how Levelhead runs"):
        health.seen_by(database, bob)


def test_a_backup_is_known_from_the_moment_it_was_made(database: Store, tmp_path: Path) -> None:
    set_up(database)
    assert health.look(database).backup is None
    made = backup.write(database, tmp_path / "a.zip")
    backup.note(database, made)
    assert health.look(database).backup == made.made_at
    with database.read() as tx:
        assert audit.verify(tx, made.head).holds


# --- the record ------------------------------------------------------------------------------------------------------


class _Here:
    """What a worker gives to a job, where nobody else could take it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.job = Job(1, "verify", 0, "verify", 1, 1)

    def still_mine(self) -> bool:
        return True


def walk(store: Store) -> Proof:
    record.walk(_Here(store))  # type: ignore[arg-type]
    with store.read() as tx:
        found = record.proof(tx)
    assert found is not None
    return found


def append(store: Store, count: int) -> None:
    with store.write() as tx:
        audit.record_many(tx, [audit.New("case.opened", "case", number) for number in range(count)], by=None)


def test_the_chain_is_walked_in_steps_and_each_walk_finds_the_head_of_the_one_before(
    database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_STEP", 3)
    append(database, 7)
    first = walk(database)
    assert (first.seq, first.broken_at, first.since) == (7, None, "")
    append(database, 2)
    second = walk(database)
    assert (second.seq, second.broken_at, second.since, second.since_seq) == (9, None, first.head, 7)


def test_a_walk_that_is_cut_off_goes_on_where_it_was(database: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    append(database, 5)
    monkeypatch.setattr(record, "_AT_A_TIME_S", -1.0)
    record.walk(_Here(database))  # type: ignore[arg-type]
    with database.write() as tx:
        assert record.proof(tx) is None
        some = walk_on(tx, Walked(), 2)
        people.set_fact(tx, record._UNDER_WAY, asdict(some))
    monkeypatch.undo()
    assert walk(database).seq == 5
    with database.read() as tx:
        assert people.fact(tx, record._UNDER_WAY) is None


@pytest.mark.parametrize(
    ("known", "tamper", "broken_at"),
    [
        ((0, audit.GENESIS), lambda tx: tx.execute(update(audit_head).values(seq=9)), 6),
        ((3, "f" * 64), lambda tx: None, 3),
        ((7, "f" * 64), lambda tx: None, 6),
    ],
    ids=["cut off at its end", "written anew", "shorter than it was"],
)
def test_what_does_not_fit_is_found(
    database: Store, known: tuple[int, str], tamper: Callable[[Any], object], broken_at: int
) -> None:
    append(database, 5)
    with database.write() as tx:
        tamper(tx)
        assert walk_on(tx, Walked(), 100, known).broken_at == broken_at


def test_once_a_day_a_walk_is_asked_for(database: Store) -> None:
    append(database, 1)
    record.look(database)
    record.look(database)
    with database.read() as tx:
        assert rows.background(tx, NOW).waiting == 1
    walk(database)
    with database.write() as tx:
        tx.execute(jobs.delete())
    record.look(database)
    with database.read() as tx:
        assert rows.background(tx, NOW).waiting == 0
