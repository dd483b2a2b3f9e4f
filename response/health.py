"""How the installation runs: each thing that can go wrong as one finding in plain words, with what to do next.

`findings` is pure: values in, findings out. `look` gathers the values, by queries that cost the same however much there
is.
"""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from statistics import median

from access.permissions import Permission, require
from model import clock
from model.language import Labels, _, later, many, number
from model.person import Person
from model.settings import settings
from response import record
from response.record import Proof
from response.text import at_moment
from store import audit, backup, health, own_key, pauses, publications
from store.db import LONG_S, Store
from store.health import Database, Jobs, Read, Second, Told
from store.keys import present

OVERDUE = timedelta(minutes=10)
"""What should have begun longer ago than this, has nobody who does it."""
LONG_AWAY = timedelta(hours=24)
BACKUP_OLD, BACKUP_TOO_OLD = timedelta(days=8), timedelta(days=31)
PROOF_OLD = timedelta(days=2)
LITTLE_ROOM, NO_ROOM = 2 * 1024**3, 256 * 1024**2
"""Bytes: below the first a disk is soon full, below the second nothing may be written any more at any moment."""
_NAMED = 3
_MORE_WORKERS = later("Look whether a worker runs; where it cannot keep up, start one more with: make worker")


class State(StrEnum):
    """How something stands; the value is what machines are told."""

    ORDER = "in order"
    LOOK = "look at this"
    ACT = "act now"


STATE = Labels({State.ORDER: later("In order"), State.LOOK: later("Look at this"), State.ACT: later("Act now")})
GRAVITY = tuple(State)
"""The states, the gravest last."""
NAME = Labels(
    {
        "sources": later("Sources"),
        "workers": later("Workers"),
        "jobs": later("Background jobs"),
        "assessing": later("Second look"),
        "publishing": later("Publishing"),
        "notices": later("Notices"),
        "database": later("Database"),
        "disk": later("Disk"),
        "backup": later("Backup"),
        "record": later("Audit log"),
        "key": later("Key"),
    }
)
"""What is looked at, in the order in which it is shown; the names are what machines are told."""
_JOB = Labels(
    {
        "read": later("reading a source"),
        "ours": later("marking what our people wrote"),
        "read.fill": later("filling a gap"),
        "upload": later("saving an upload"),
        "assess": later("the second look"),
        "settle": later("settling a decision"),
        "publish": later("publishing"),
        "look": later("looking for our answer"),
        "purge": later("the purge"),
        "moderate": later("moderating a comment"),
        "notices": later("sending notices"),
        "verify": later("verifying the audit log"),
    }
)


@dataclass(frozen=True, slots=True)
class Disk:
    """A place that is written to, and how many bytes are free there."""

    path: str
    free: int


@dataclass(frozen=True, slots=True)
class Values:
    """What there is to judge, all of one moment. `workers` are their last signs of life, `lease` how long one may give
    none; `backup` is when the last one was made, `events` how many the record has; `key` the fingerprint of the key at
    hand, empty without one, and `key_problem` what is wrong with it."""

    now: datetime
    sources: Sequence[Read]
    workers: Sequence[datetime]
    lease: timedelta
    jobs: Jobs
    second: Second
    unconfirmed: int
    paused_until: datetime | None
    notices: Told
    database: Database
    disks: Sequence[Disk]
    backup: datetime | None
    events: int
    proof: Proof | None
    key: str
    key_problem: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: how it stands, in a sentence; what to do next, empty where nothing is; the figures behind it."""

    name: str
    state: State
    says: str
    next: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


# --- the rules -------------------------------------------------------------------------------------------------------


def findings(seen: Values) -> tuple[Finding, ...]:
    """One finding for each thing, in the order of `NAME`."""
    return tuple(
        rule(seen)
        for rule in (
            _sources,
            _workers,
            _jobs,
            _second_look,
            _publishing,
            _notices,
            _database,
            _disk,
            _backup,
            _record,
            _key,
        )
    )


def gravest(found: Sequence[Finding]) -> State:
    """How all of it stands: as the gravest of it."""
    return max((one.state for one in found), key=GRAVITY.index, default=State.ORDER)


def _sources(seen: Values) -> Finding:
    failing = [one for one in seen.sources if one.failing_since]
    late = [one for one in seen.sources if one.next_read_at and one.next_read_at < seen.now - OVERDUE]
    long = any(one.failing_since and seen.now - one.failing_since > LONG_AWAY for one in failing)
    figures = {"active": len(seen.sources), "failing": len(failing), "late": len(late)}
    if failing:
        said = many(
            "{n} source cannot be read: {names}. Nothing that was read is lost.",
            "{n} sources cannot be read: {names}. Nothing that was read is lost.",
            len(failing),
            names=_named([one.name for one in failing]),
        )
        todo = _("The page Sources says what happened, and when it is tried again.")
        return Finding("sources", State.ACT if long else State.LOOK, said, todo, figures)
    if late:
        said = many(
            "{n} source should have been read by now: {names}.",
            "{n} sources should have been read by now: {names}.",
            len(late),
            names=_named([one.name for one in late]),
        )
        return Finding("sources", State.LOOK, said, _("Look whether a worker runs, and what it is busy with."), figures)
    said = many("{n} source is read in its time.", "{n} sources are read in their time.", len(seen.sources))
    return Finding("sources", State.ORDER, said if seen.sources else _("No source is read yet."), "", figures)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return _("{names} and {n} more", names=shown, n=number(more)) if more > 0 else shown


def _workers(seen: Values) -> Finding:
    alive = sum(seen.now - one < seen.lease for one in seen.workers)
    figures = {"running": alive, "silent": len(seen.workers) - alive}
    if not alive:
        said = _("No worker runs: nothing is read, sent or told.")
        todo = _("Start Levelhead again, or one more worker with: make worker")
        return Finding("workers", State.ACT, said, todo, figures)
    said = many("{n} worker runs.", "{n} workers run.", alive)
    return Finding("workers", State.ORDER, said, "", figures)


def _jobs(seen: Values) -> Finding:
    jobs = seen.jobs
    figures = {"waiting": jobs.waiting, "overdue": jobs.overdue, "failing": jobs.failing}
    if jobs.overdue:
        said = many(
            "{n} job should have begun more than ten minutes ago.",
            "{n} jobs should have begun more than ten minutes ago.",
            jobs.overdue,
        )
        todo = _(_MORE_WORKERS)
        return Finding("jobs", State.ACT, said, todo, figures)
    if jobs.failing:
        said = many(
            "{n} job failed and is tried again by itself ({names}).",
            "{n} jobs failed and are tried again by themselves ({names}).",
            jobs.failing,
            names=", ".join(_JOB.get(name, name) for name in jobs.names),
        )
        todo = _("If it stays so: 'python -m jobs' lists them, and logs/worker.log says why.")
        return Finding("jobs", State.LOOK, said, todo, figures)
    said = many(
        "{n} job waits or is under way, not late.", "{n} jobs wait or are under way, none of them late.", jobs.waiting
    )
    return Finding("jobs", State.ORDER, said if jobs.waiting else _("Nothing waits to be done."), "", figures)


def _second_look(seen: Values) -> Finding:
    second = seen.second
    figures = {"waiting": second.waiting}
    if not second.on:
        said = _("Switched off (LEVELHEAD_SECOND_LOOK): comments are assessed once, when they are read.")
        return Finding("assessing", State.ORDER, said, "", figures)
    if second.problem:
        said = _("There is none: {problem}", problem=_(second.problem)) + " "
        said += many(
            "Comments are assessed without it; {n} waits for it.",
            "Comments are assessed without it; {n} wait for it.",
            second.waiting,
        )
        todo = _(
            "Give the worker 500 MB of memory. If that is not it: stop Levelhead, delete the folder .venv and start it"
            " again with make run, which installs it anew. Or do without: LEVELHEAD_SECOND_LOOK=off"
        )
        return Finding("assessing", State.LOOK, said, todo, figures)
    if second.since and second.since < seen.now - OVERDUE:
        said = many(
            "{n} comment waits, the first for more than ten minutes.",
            "{n} comments wait, the first for more than ten minutes.",
            second.waiting,
        )
        todo = _(_MORE_WORKERS)
        return Finding("assessing", State.LOOK, said, todo, figures)
    said = many("{n} comment waits for it, not late.", "{n} comments wait for it, none of them late.", second.waiting)
    return Finding("assessing", State.ORDER, said if second.waiting else _("No comment waits for it."), "", figures)


def _publishing(seen: Values) -> Finding:
    figures = {"unconfirmed": seen.unconfirmed, "paused": int(seen.paused_until is not None)}
    if seen.paused_until:
        said = _("Publishing is paused until {when}.", when=at_moment(seen.paused_until))
        todo = _("It ends by itself; the page Pause says why it is on, and ends it before that.")
        return Finding("publishing", State.LOOK, said, todo, figures)
    if seen.unconfirmed:
        said = many(
            "Of {n} response nobody knows whether it was sent.",
            "Of {n} responses nobody knows whether they were sent.",
            seen.unconfirmed,
        )
        todo = _("A community manager looks, and says so on the page Unconfirmed.")
        return Finding("publishing", State.LOOK, said, todo, figures)
    return Finding("publishing", State.ORDER, _("What is approved goes out."), "", figures)


def _notices(seen: Values) -> Finding:
    told = seen.notices
    figures = {"not_sent": told.not_sent, "late": told.late}
    todo = _("The page People says how mail goes, and what the server answered.")
    if told.sample:
        return Finding("notices", State.ORDER, _("Nothing of the sample leaves the house."), "", figures)
    if told.not_sent:
        said = many(
            "{n} notice could not be sent within the last seven days.",
            "{n} notices could not be sent within the last seven days.",
            told.not_sent,
        )
        return Finding("notices", State.LOOK, said, todo, figures)
    if told.late:
        said = many("{n} notice is late.", "{n} notices are late.", told.late)
        return Finding("notices", State.LOOK, said, todo, figures)
    return Finding("notices", State.ORDER, _("All notices of the last seven days went."), "", figures)


def _database(seen: Values) -> Finding:
    base = seen.database
    slow = bool(base.writes) and median(base.writes) > LONG_S
    figures = {
        "bytes": base.size,
        "look_seconds": round(base.look, 4),
        "write_seconds_median": round(median(base.writes), 4) if base.writes else 0.0,
        "write_seconds_longest": round(max(base.writes), 4) if base.writes else 0.0,
    }
    if base.revision != base.needed:
        said = _(
            "Its tables are of revision {there}; this version needs {needed}.", there=base.revision, needed=base.needed
        )
        return Finding("database", State.ACT, said, _("Start the same version everywhere."), figures)
    said = _(
        "{kind}, {size}, revision {revision}. It answered in {ms} ms.",
        kind=base.kind,
        size=in_bytes(base.size),
        revision=base.revision,
        ms=number(base.look * 1000, 1),
    )
    if base.writes:
        said += " " + _(
            "The last changes of the web server took {usual} ms, {longest} ms at most.",
            usual=number(median(base.writes) * 1000),
            longest=number(max(base.writes) * 1000),
        )
    if slow:
        todo = _("Look what else this machine and its disk are busy with; the logs name each change that took long.")
        return Finding("database", State.LOOK, said, todo, figures)
    return Finding("database", State.ORDER, said, "", figures)


def _disk(seen: Values) -> Finding:
    least = min(seen.disks, key=lambda one: one.free)
    figures = {"free_bytes": least.free}
    said = _("{free} are free at {path}.", free=in_bytes(least.free), path=least.path)
    todo = _("Make room there, before nothing can be saved any more.")
    if least.free < NO_ROOM:
        return Finding("disk", State.ACT, said, todo, figures)
    if least.free < LITTLE_ROOM:
        return Finding("disk", State.LOOK, said, todo, figures)
    return Finding("disk", State.ORDER, said, "", figures)


def _backup(seen: Values) -> Finding:
    todo = _("Make one: python -m store backup FILE")
    if seen.backup is None:
        return Finding("backup", State.LOOK, _("This database knows of no backup."), todo)
    age = seen.now - seen.backup
    figures = {"age_seconds": round(age.total_seconds())}
    said = _("The last backup was made {when}.", when=at_moment(seen.backup))
    if age > BACKUP_TOO_OLD:
        return Finding("backup", State.ACT, said, todo, figures)
    if age > BACKUP_OLD:
        return Finding("backup", State.LOOK, said, todo, figures)
    return Finding("backup", State.ORDER, said, "", figures)


def _record(seen: Values) -> Finding:
    return of_record(seen.now, seen.events, seen.proof)


def of_record(now: datetime, events: int, proof: Proof | None) -> Finding:
    """How the audit log of so many events stands after its last proof."""
    if proof is None:
        said = _("Its {n} events were not verified yet. A worker does it once a day.", n=number(events))
        return Finding("record", State.ORDER, said, "", {"events": events})
    figures = {"events": events, "verified": proof.seq, "verified_seconds_ago": _seconds(now - proof.at)}
    if proof.broken_at is not None:
        said = _(
            "Event {n} was changed, or is missing: found {when}. Up to event {last} the log is whole.",
            n=number(proof.broken_at),
            when=at_moment(proof.at),
            last=number(proof.broken_at - 1),
        )
        todo = _("Keep the newest backup. Find out who can write to the database, and run: python -m store verify")
        return Finding("record", State.ACT, said, todo, {**figures, "broken_at": proof.broken_at})
    said = _(
        "Whole up to event {n}, head {head}, verified {when}.",
        n=number(proof.seq),
        head=proof.head[:12],
        when=at_moment(proof.at),
    )
    if proof.since:
        said += " " + _(
            "Event {n} is as it was when it was verified before, head {head}.",
            n=number(proof.since_seq),
            head=proof.since[:12],
        )
    if now - proof.at > PROOF_OLD:
        return Finding(
            "record", State.LOOK, said, _("A worker verifies it once a day: look whether one runs."), figures
        )
    return Finding("record", State.ORDER, said, "", figures)


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())


def _key(seen: Values) -> Finding:
    if seen.key_problem:
        return Finding("key", State.ACT, seen.key_problem, _("The manual says more under 'When the key is missing'."))
    said = _("It is this installation's own, fingerprint {print}.", print=seen.key)
    return Finding("key", State.ORDER, said)


_UNITS = ("B", "kB", "MB", "GB", "TB")


def in_bytes(count: float) -> str:
    """'3.4 GB'."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1024, unit + 1
    return f"{number(count, 1 if unit and count < 100 else 0)} {_UNITS[unit]}"


# --- looking ---------------------------------------------------------------------------------------------------------


def seen_by(store: Store, by: Person) -> tuple[Finding, ...]:
    """How everything stands, for a person who may see it."""
    require(by, Permission.HEALTH)
    return findings(look(store))


def look(store: Store) -> Values:
    """The values of this moment."""
    now, here = clock.now(), present()
    began = time.monotonic()
    with store.read() as tx:
        events = audit.head(tx)
        took = time.monotonic() - began
        paused = pauses.lasting(tx, now)
        made = [moment for moment in (backup.last_made(tx), publications.restored_from(tx)) if moment]
        return Values(
            now=now,
            sources=health.read_sources(tx),
            workers=health.signs_of_life(tx),
            lease=timedelta(seconds=settings().lease_seconds),
            jobs=health.background(tx, now - OVERDUE),
            second=health.second_look(tx, settings().second_look),
            unconfirmed=health.unconfirmed(tx),
            paused_until=paused.until if paused else None,
            notices=health.told(tx, now, now - OVERDUE),
            database=health.database(tx, store, took),
            disks=_disks(store.file),
            backup=max(made, default=None),
            events=events,
            proof=record.proof(tx),
            key=here.fingerprint() if here else "",
            key_problem=own_key.told(own_key.standing(tx, here)),
        )


def _disks(database: Path | None) -> list[Disk]:
    """The home, and with SQLite the folder of the database where that is another one."""
    home = settings().home.resolve()
    folders = {home, database.resolve().parent if database else home}
    return [Disk(str(folder), shutil.disk_usage(folder).free) for folder in sorted(folders)]
