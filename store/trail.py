"""Reading the record: its events by person, action, thing and time, a page at a time, each page at the same cost.

Events are numbered without a gap in the order in which they were written. So a moment is found by halving, a page
begins behind a number, and nothing is ever counted.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select

from store.audit import Event
from store.db import Tx
from store.rows import parted
from store.schema import audit, responses, submissions, words
from store.search import Term, folded, terms

PAGE = 50
LOOKED_AT = 20_000
"""So many events are looked at for one page, where several filters hold at once."""
MOST_EXPORTED = 50_000
LEVELHEAD = 0
"""The person to ask for what Levelhead itself did."""
_CLOCKS = 500
"""An event may be dated a little before the one that was written before it: so many are looked at beyond a moment."""
_MOST_RESPONSES = 500
_HASH, _TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"), re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of a person (0: Levelhead itself), of an action, about a kind of thing and the one of a number, not
    before `begin` and before `end`, with which something was typed that holds `text` (words, "phrases", beginnings*,
    -without). What is empty does not count."""

    person: int | None = None
    action: str = ""
    subject: str = ""
    number: int | None = None
    begin: datetime | None = None
    end: datetime | None = None
    text: str = ""

    @property
    def anything(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class Page:
    """Events, newest first. `next` is the number behind which the next page begins, None at the end; `looked_until` the
    oldest event that was looked at where the page is not full and there may be more behind it."""

    events: tuple[Event, ...]
    next: int | None
    looked_until: datetime | None = None


def page(tx: Tx, wanted: Wanted, before: int | None = None, limit: int = PAGE, looked_at: int = LOOKED_AT) -> Page:
    """The newest events that are wanted, of those with a number below `before`."""
    first, rest = _conditions(tx, wanted, before)
    if not rest and not wanted.text:
        found = [Event(**row._mapping) for row in tx.execute(_newest(select(audit), first, limit + 1))]
        return Page(tuple(found[:limit]), found[limit - 1].seq if len(found) > limit else None)
    near = _newest(select(audit.c.seq), first, looked_at).subquery()
    count, oldest = tx.execute(select(func.count(), func.min(near.c.seq)).select_from(near)).one()
    some = [audit.c.seq.in_(select(near.c.seq)), *rest]
    if wanted.text:
        some = [audit.c.seq.in_(_with_words(tx, some, wanted.text, limit + 1))]
    query = select(audit).where(*some)
    found = [Event(**row._mapping) for row in tx.execute(query.order_by(audit.c.seq.desc()).limit(limit + 1))]
    if len(found) > limit:
        return Page(tuple(found[:limit]), found[limit - 1].seq)
    if count < looked_at:
        return Page(tuple(found), None)
    return Page(tuple(found), int(oldest), _at(tx, int(oldest)))


def each(tx: Tx, wanted: Wanted, most: int = MOST_EXPORTED) -> Iterator[Event]:
    """The newest wanted events, newest first, so many at most; page by page, so that memory holds one."""
    before: int | None = None
    while most > 0:
        found = page(tx, wanted, before, min(1000, most))
        yield from found.events
        most -= len(found.events)
        before = found.next
        if before is None:
            return


def _with_words(tx: Tx, some: Sequence[ColumnElement[bool]], text: str, limit: int) -> list[int]:
    """The newest of some events with which something was typed that holds some words. The record has only its keyed
    hash, so the hashes of these events are looked up, and what stands there is read."""
    wanted = terms(text)
    data = tx.execute(select(audit.c.seq, cast(audit.c.data, String)).where(*some).order_by(audit.c.seq.desc()))
    hashes = {int(row[0]): found for row in data if (found := set(_HASH.findall(row[1])))}
    fitting: set[str] = set()
    for part in parted(sorted({one for found in hashes.values() for one in found})):
        said = tx.execute(select(words.c.keyed_hash, words.c.text).where(words.c.keyed_hash.in_(part)))
        fitting |= {row[0] for row in said if holds(row[1], wanted)}
    return [seq for seq, found in hashes.items() if found & fitting][:limit]


def holds(text: str, wanted: Sequence[Term]) -> bool:
    """Whether a text holds all words that are wanted, and none that is not; False where none is wanted. Pure."""
    said = f" {' '.join(_TOKEN.findall(folded(text)))} "
    found = [(f" {' '.join(one.words)}{'' if one.beginning else ' '}" in said) != one.unwanted for one in wanted]
    return all(found) and any(not one.unwanted for one in wanted)


def _newest(
    query: Select[tuple[object, ...]], first: Sequence[ColumnElement[bool]], limit: int
) -> Select[tuple[object, ...]]:
    return query.where(*first).order_by(audit.c.seq.desc()).limit(limit)


def _conditions(
    tx: Tx, wanted: Wanted, before: int | None
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """What one index answers by itself, and what is left to be looked at one by one."""
    first: list[ColumnElement[bool]] = []
    rest: list[ColumnElement[bool]] = []
    by_index = [about for about in (_about(tx, wanted), _of_action(wanted), _of_person(wanted)) if about is not None]
    first += by_index[:1]
    rest += by_index[1:]
    if wanted.subject and wanted.number is None:
        rest.append(audit.c.subject == wanted.subject)
    if wanted.begin:
        first.append(audit.c.seq > _first_since(tx, wanted.begin) - _CLOCKS)
        rest.append(audit.c.at >= wanted.begin)
    if wanted.end:
        first.append(audit.c.seq < _first_since(tx, wanted.end) + _CLOCKS)
        rest.append(audit.c.at < wanted.end)
    if before is not None:
        first.append(audit.c.seq < before)
    return first, rest


def _about(tx: Tx, wanted: Wanted) -> ColumnElement[bool] | None:
    """About one thing; a case comes with its responses."""
    if wanted.number is None or not wanted.subject:
        return None
    it = and_(audit.c.subject == wanted.subject, audit.c.subject_id == wanted.number)
    if wanted.subject != "case":
        return it
    query = select(responses.c.id).where(responses.c.case_id == wanted.number).order_by(responses.c.id.desc())
    its = list(tx.execute(query.limit(_MOST_RESPONSES)).scalars())
    return or_(it, and_(audit.c.subject == "response", audit.c.subject_id.in_(its))) if its else it


def _of_action(wanted: Wanted) -> ColumnElement[bool] | None:
    return audit.c.action == wanted.action if wanted.action else None


def _of_person(wanted: Wanted) -> ColumnElement[bool] | None:
    if wanted.person is None:
        return None
    return audit.c.person_id.is_(None) if wanted.person == LEVELHEAD else audit.c.person_id == wanted.person


def _first_since(tx: Tx, moment: datetime) -> int:
    """The number of the first event that is not older than a moment, found by halving; where all are older, one more
    than there are."""
    low, high = 1, int(tx.execute(select(func.max(audit.c.seq))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = _at(tx, middle)
        if at is not None and at < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _at(tx: Tx, seq: int) -> datetime | None:
    return tx.execute(select(audit.c.at).where(audit.c.seq == seq)).scalar()


# --- what stands elsewhere -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rows say to some events: what was typed, by its keyed hash (empty: erased), the version that a
    submission was of, and the case that a response is of (None: of none)."""

    words: dict[str, str] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    cases: dict[int, int | None] = field(default_factory=dict)


def beside(tx: Tx, events: Collection[Event]) -> Beside:
    """What stands beside the events of one page."""
    hashes = {value for one in events for value in one.data.values() if _is_hash(value)}
    sent = {value for one in events if isinstance(value := one.data.get("submission"), int)}
    ids = {one.subject_id for one in events if one.subject == "response" and one.subject_id is not None}
    said = tx.execute(select(words.c.keyed_hash, words.c.text).where(words.c.keyed_hash.in_(hashes)))
    versions = select(submissions.c.id, submissions.c.version_number).where(submissions.c.id.in_(sent))
    cases = select(responses.c.id, responses.c.case_id).where(responses.c.id.in_(ids))
    return Beside(
        {row[0]: row[1] for row in said},
        {row[0]: row[1] for row in tx.execute(versions)},
        {row[0]: row[1] for row in tx.execute(cases)},
    )


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and value.isascii() and value.isalnum()
