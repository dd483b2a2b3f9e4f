"""What was learnt from this organisation's decisions: in versions, each tried against later decisions before it counts.

The worker learns at most once a day, and only when enough was decided since. One click goes back to the version before,
or switches learning off for good. Signals are switched off by a person alone.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from access.loosening import Change, Kind, takes_effect
from access.permissions import Permission, require
from analysis import learning
from analysis.learnt import NOTHING, SWITCHABLE, Head, Learnt, Scale
from model import clock
from model.errors import BadInput, Conflict
from model.language import _
from model.person import Person
from store import audit, labels, people
from store import learnt as rows
from store.db import Store, Tx
from store.loosenings import Loosening

THING = "learnt"
EVERY = timedelta(days=1)
_TRIED = "learning tried"
"""The fact of when it was last tried, and up to which label."""


class _Document(BaseModel):
    """A version as it is kept. `learns`: the worker may make a further one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scales: tuple[tuple[str, float, float], ...] = ()
    weights: Mapping[str, float] | None = None
    offset: float = 0.0
    off: tuple[str, ...] = ()
    learns: bool = True


def in_force(tx: Tx) -> Learnt:
    """What comments that are read from now on are assessed by, besides what ships."""
    row = rows.newest(tx)
    return _read(row.number, row.source)[0] if row else NOTHING


def learns(tx: Tx) -> bool:
    """Whether the worker learns; it does until somebody switches that off."""
    row = rows.newest(tx)
    return _read(row.number, row.source)[1] if row else True


def tried(tx: Tx) -> datetime | None:
    """When the worker last tried to learn, or somebody last took out what was learnt."""
    at = people.fact(tx, _TRIED)
    return datetime.fromisoformat(at) if at else None


@lru_cache(maxsize=4)
def _read(number: int, source: str) -> tuple[Learnt, bool]:
    kept = _Document.model_validate_json(source)
    scales = tuple(Scale(*one) for one in kept.scales)
    head = Head(dict(kept.weights), kept.offset) if kept.weights is not None else None
    return Learnt(number, scales, head, frozenset(kept.off)), kept.learns


def _written(one: Learnt, *, learns: bool) -> str:
    kept = _Document(
        scales=tuple((each.signal, each.slope, each.offset) for each in one.scales),
        weights=one.head.weights if one.head else None,
        offset=one.head.offset if one.head else 0.0,
        off=tuple(sorted(one.off)),
        learns=learns,
    )
    return kept.model_dump_json()


# --- learning --------------------------------------------------------------------------------------------------------


def look(store: Store) -> None:
    """Learns, if a day is over since the last time and enough was decided meanwhile; nothing else waits for it."""
    now = clock.now()
    with store.read() as tx:
        since = tried(tx)
        if not learns(tx) or (since and now - since < EVERY):
            return
        if labels.count_since(tx, since, learning.LEAST_NEW) < learning.LEAST_NEW:
            return
        found, before = labels.newest(tx), in_force(tx)
    outcome = learning.learn(found, before)
    with store.write() as tx:
        if in_force(tx) != before or not learns(tx):
            return  # somebody changed it meanwhile: what was tried was tried against something else
        people.set_fact(tx, _TRIED, now.isoformat())
        tried_parts = [asdict(one) for one in outcome.reports]
        data: dict[str, Any] = {"labels": len(found), "tried": [one.what for one in outcome.reports]}
        if not outcome.adopted:
            audit.record(tx, "learning.kept", THING, None, by=None, at=now, **data)
            return
        source = _written(outcome.learnt, learns=True)
        taken = [one.what for one in outcome.reports if one.adopted]
        _add(tx, rows.LEARNT, source, None, now, reports=tried_parts, labels_seen=len(found), adopted=taken, **data)


def _add(
    tx: Tx,
    kind: str,
    source: str,
    by: int | None,
    now: datetime,
    *,
    reports: list[dict[str, Any]] | None = None,
    labels_seen: int = 0,
    **data: Any,
) -> int:
    row = rows.newest(tx)
    number = row.number + 1 if row else 1
    values = {"kind": kind, "source": source, "reports": reports or [], "labels": labels_seen, "by": by, "at": now}
    if not rows.add(tx, number, **values):
        raise _somebody_else()
    audit.record(tx, f"learning.{kind}", THING, number, by=by, at=now, **data)
    return number


# --- what a person decides -------------------------------------------------------------------------------------------


def back(store: Store, by: Person, seen_number: int) -> int:
    """What was learnt last counts no more: what was in force before it does again. Returns the new version's number.

    The worker does not learn the same at once: it waits until as much again was decided. Raises Conflict where another
    version is in force than was seen, BadInput where nothing was learnt.
    """
    require(by, Permission.ASSESSING)
    now = clock.now()
    with store.write() as tx:
        present = _seen(tx, seen_number)
        last = next((one for one in rows.newest_ones(tx, 100, rows.LEARNT) if one.number <= present.number), None)
        if last is None or (present.head is None and not present.scales):
            raise BadInput(_("Nothing is in force that was learnt here."))
        former = rows.get(tx, last.number - 1)
        was = _read(former.number, former.source)[0] if former else NOTHING
        if (was.head, was.scales) == (present.head, present.scales):
            was = NOTHING
        source = _written(Learnt(0, was.scales, was.head, present.off), learns=learns(tx))
        people.set_fact(tx, _TRIED, now.isoformat())
        return _add(tx, rows.BACK, source, by.id, now, former=last.number)


def switch(store: Store, by: Person, seen_number: int, on: bool) -> int:
    """Switches learning off for good, with all that was learnt, or on again. Signals switched off by hand stay so."""
    require(by, Permission.ASSESSING)
    now = clock.now()
    with store.write() as tx:
        present = _seen(tx, seen_number)
        kept = present if on else Learnt(0, off=present.off)
        return _add(tx, rows.ON if on else rows.OFF, _written(kept, learns=on), by.id, now)


def switch_signal(store: Store, by: Person, signal: str, seen_number: int, on: bool, why: str = "") -> int:
    """Switches a signal off, or on again; returns the version's number.

    Switched off it raises nothing any more, so it waits for a second person where there is one: then nothing changes
    yet, and the number is 0. Raises BadInput for a signal that stays on.
    """
    require(by, Permission.ASSESSING)
    _switchable(signal)
    now = clock.now()
    with store.write() as tx:
        present = _seen(tx, seen_number)
        if (signal not in present.off) == on:
            return present.number
        change = Change(Kind.SIGNAL, what={"signal": signal}, wide=True)
        if not on and not takes_effect(tx, by, change, why, now):
            return 0
        return _switched(tx, present, signal, by.id, now, on=on)


def carry_out(tx: Tx, one: Loosening, confirmed_by: int, now: datetime) -> int:
    """A signal whose switching off was confirmed is off from now on, whatever was learnt meanwhile."""
    assert one.by is not None
    signal = one.what["signal"]
    _switchable(signal)
    return _switched(tx, in_force(tx), signal, one.by, now, on=False, confirmed_by=confirmed_by)


def _switched(tx: Tx, present: Learnt, signal: str, by: int, now: datetime, *, on: bool, **more: Any) -> int:
    off = present.off - {signal} if on else present.off | {signal}
    source = _written(Learnt(0, present.scales, present.head, off), learns=learns(tx))
    return _add(tx, rows.SIGNAL, source, by, now, signal=signal, on=on, **more)


def _switchable(signal: str) -> None:
    if signal not in SWITCHABLE:
        raise BadInput(
            _(
                "This signal stays on: somebody may be in danger, and what nobody looks for nobody sees. A single"
                " matter can be switched off on the page Matters."
            )
        )


def _seen(tx: Tx, number: int) -> Learnt:
    present = in_force(tx)
    if present.number != number:
        raise _somebody_else()
    return present


def _somebody_else() -> Conflict:
    return Conflict(_("Another version is in force by now. Look at it before you go on."))
