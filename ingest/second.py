"""The second look: comments are read once more after they are stored, by what whole sentences mean.

What waits is rows (`store.second_looks`); a job is only who comes for a batch of them. So whoever is killed leaves the
rest to the next, and where the encoder cannot be loaded the rows wait, quietly, until it can.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from analysis import Vocabulary, held, learnt, twice
from analysis.deep import NO_MEMORY
from analysis.similarity import packed
from analysis.stored import Damaged
from analysis.twice import Look, learnt_of, says_more
from jobs import Context, enqueue, in_steps
from model import clock
from model.assessment import Assessment
from model.comment import BINNED
from model.settings import settings
from response import cases, learning, matters
from response.cases import Flagged
from store import audit, comments, people, rollups, second_looks, vectors
from store.db import Store, Tx
from store.second_looks import FACT, JOB, Looked, May

AT_ONCE = 256
"""Texts that are read together."""
_WRITTEN_AT_ONCE = 32
AGAIN_S = 3600.0
"""After so long it is tried again to load what could not be loaded, and said once more in the log."""
LEFT = timedelta(seconds=60)
"""What has waited longer without a job gets one."""
HELD_FOR = timedelta(minutes=2)
"""So long the first look waits for the second with what is mild; what it has flagged is raised then."""
_BATCHES, _FORGOTTEN = 20, 500
SPAM = "spam"
T = TypeVar("T")

_log = logging.getLogger("levelhead.second")


class Reader:
    """What this process looks twice with: loaded by the first who needs it. Where that fails it is tried again after an
    hour, and nobody is told more often."""

    def __init__(self, load: Callable[[], Look] = twice.load, steady: Callable[[], float] = time.monotonic) -> None:
        self._load, self._steady = load, steady
        self._lock = threading.Lock()
        self._look: Look | None = None
        self._failed: float | None = None

    def get(self, store: Store) -> Look | None:
        """What it looks with, or None where it cannot be loaded; the reason then stands on the page Health."""
        with self._lock:
            if self._look is None and (self._failed is None or self._steady() - self._failed >= AGAIN_S):
                try:
                    self._look = self._load()
                except Damaged as error:
                    self._fail(store, str(error), type(error.__cause__ or error).__name__)
                else:
                    self._failed = None
                    _tell(store, "")
            return self._look

    def lost(self, store: Store, problem: str) -> None:
        """It was loaded and cannot be used: its memory is given back, and it is tried again after an hour."""
        with self._lock:
            self._look = None
            twice.forget()
            self._fail(store, problem, "MemoryError")

    def _fail(self, store: Store, problem: str, kind: str) -> None:
        self._failed = self._steady()
        _log.warning("no second look: %s (%s)", problem, kind)
        _tell(store, problem)


READER = Reader()


def _tell(store: Store, problem: str) -> None:
    with store.read() as tx:
        if people.fact(tx, FACT) == problem:
            return
    with store.sign() as tx:
        people.set_fact(tx, FACT, problem)


def expected(tx: Tx) -> bool:
    """Whether a second look will soon be taken of what is read now: it is switched on, and could be taken when last
    somebody tried."""
    return settings().second_look and people.fact(tx, FACT) == ""


def wait(tx: Tx, rows: Sequence[tuple[int, int, May]], now: datetime, *, soon: bool = True) -> None:
    """Comments (id and revision) wait for a second look, in the change that brought them, which has its event already.

    One job for all of them comes `soon`; else whoever next looks for what was left over.
    """
    if not rows or not settings().second_look:
        return
    batch = audit.head(tx)
    second_looks.add(tx, rows, batch, now)
    if soon:
        enqueue(tx, JOB, batch, _key(batch))


def _key(batch: int) -> str:
    return f"{JOB}:{batch}"


def sweep(store: Store) -> None:
    """Sees to what waits without a job: one was ended because nothing could be loaded, or a restore has lost it. With
    second looks switched off nothing waits."""
    if not settings().second_look:
        _give_up(store)
        return
    raise_held(store, clock.now() - HELD_FOR)
    with store.read() as tx:
        left = second_looks.left_over(tx, clock.now() - LEFT, _BATCHES)
    if left and READER.get(store):
        in_steps(store, left, lambda tx, batch: enqueue(tx, JOB, batch, _key(batch)))
    elif left:
        raise_held(store, clock.now())


def _give_up(store: Store) -> None:
    raise_held(store, clock.now())
    with store.read() as tx:
        waits, told = second_looks.waiting(tx)[0], people.fact(tx, FACT)
    if told is not None:
        with store.sign() as tx:
            people.drop_fact(tx, FACT)
    while waits:
        with store.sign() as tx:
            waits = second_looks.forget_some(tx, _FORGOTTEN)


def raise_held(store: Store, before: datetime) -> None:
    """Raises what the first look has flagged and kept to itself since a moment or longer, as it would have at once: no
    second look has spoken, and none may be waited for any more."""
    while True:
        with store.read() as tx:
            if not second_looks.held(tx, before, 1):
                return
        with store.write() as tx:
            waited = second_looks.held(tx, before, _WRITTEN_AT_ONCE)
            _by_the_first(tx, second_looks.wait_no_more(tx, waited), clock.now())


def _by_the_first(tx: Tx, found: Sequence[Looked], now: datetime) -> None:
    """Raises those that the first look has kept to itself, by the door of a read. What a person has decided stands."""
    mine = [one for one in found if one.held and one.counts]
    settled = second_looks.decided(tx, [(one.comment_id, one.revision) for one in mine]) if mine else set()
    first = comments.assessments_of(tx, [one.comment_id for one in mine if one.comment_id not in settled])
    raised = [(one, first[one.comment_id]) for one in mine if one.comment_id in first]
    with rollups.recounted(tx, [one.comment_id for one, _said in raised]):
        _say(tx, raised)
    flagged = [_case(one, said) for one, said in raised if _flagged(one, said)]
    if flagged:
        cases.take_all(tx, flagged, now)


def look(context: Context) -> None:
    """The job: takes the second looks of a batch, some hundred texts at a time, and writes down what they say in small
    transactions. Reading holds no transaction."""
    store, batch = context.store, context.job.ref
    reader = READER.get(store) if settings().second_look else None
    if reader is None:
        raise_held(store, clock.now())
    while reader and context.still_mine():
        with store.read() as tx:
            found = second_looks.of_batch(tx, batch, AT_ONCE)
            first = comments.assessments_of(tx, [one.comment_id for one in found if one.counts])
            by, taught = matters.in_force(tx).vocabulary, learning.in_force(tx)
        if not found:
            return
        readable = [one for one in found if one.counts and one.comment_id in first]
        try:
            looked = _read(reader, readable, by)
            made = _vectors(reader, readable)
        except MemoryError:
            READER.lost(store, NO_MEMORY)
            raise_held(store, clock.now())
            return
        grave, channels = learnt.grave(by.changes), {one.comment_id: one.channel for one in readable}
        said = {one: learnt_of(first[one], now, taught, channels[one], grave) for one, now in looked.items()}
        more = {one for one, now in said.items() if says_more(first[one], now)}
        alone = {
            one: learnt_of(held.set_aside(first[one]), looked[one], taught, channels[one], grave)
            for one in (each.comment_id for each in readable if each.held)
            if one in looked
        }
        for part in _parted(found, _WRITTEN_AT_ONCE):
            if not _write(context, part, Seen(said, more, alone, made, reader.version)):
                return


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of comments, by id: what two looks say, of which of them that is `more` than the first has said,
    what they say where the first has waited for the second (`alone`), and their vectors; and by which version."""

    said: dict[int, Assessment]
    more: set[int]
    alone: dict[int, Assessment]
    made: dict[int, bytes]
    version: str


def _parted(found: Sequence[T], size: int) -> list[Sequence[T]]:
    return [found[start : start + size] for start in range(0, len(found), size)]


def _read(reader: Look, found: Sequence[Looked], by: Vocabulary) -> dict[int, Assessment]:
    """What a second look alone says of each comment. One that cannot be read keeps what the first look has said; it
    takes no other with it."""
    may = [one for one in found if one.may is not May.LIKENESS]
    if not may:
        return {}
    try:
        said = reader.read([one.subject for one in may], by)
    except MemoryError:
        raise
    except Exception as error:  # Whatever it is: one comment must not hold up the others.
        if len(may) > 1:
            half = len(may) // 2
            return _read(reader, may[:half], by) | _read(reader, may[half:], by)
        # The type alone: a message may quote the comment, and logs outlive it.
        _log.warning("comment %s could not be read a second time: %s", may[0].comment_id, type(error).__name__)
        return {}
    return {one.comment_id: now for one, now in zip(may, said, strict=True)}


def _vectors(reader: Look, found: Sequence[Looked]) -> dict[int, bytes]:
    """What finds others like them, of those that say enough to be told apart."""
    told = [one for one in found if one.tells]
    made = packed(reader.vectors([one.subject.text for one in told]))
    return {one.comment_id: vector for one, vector in zip(told, made, strict=True)}


def _write(context: Context, part: Sequence[Looked], seen: Seen) -> bool:
    """Writes down what was seen of some comments, each once and only of the revision that was read; whether the job is
    still this worker's."""
    now = clock.now()
    read = {one.comment_id: one.revision for one in part}
    with context.store.write() as tx:
        if not context.holds(tx):
            return False
        here = second_looks.take(tx, context.job.ref, list(read))
        same = [one for one in here if one.counts and one.revision == read[one.comment_id]]
        judged = [one for one in same if one.comment_id in seen.said]
        if judged:
            _judge(tx, judged, seen, now)
            counts = {"count": len(judged), "version": seen.version}
            audit.record(tx, "comments.second_look", "source", judged[0].source_id, by=None, at=now, **counts)
        # What could not be read a second time has nobody else to speak for it.
        _by_the_first(tx, [one for one in same if one.held and one.comment_id not in seen.said], now)
        vectors.keep(
            tx, {one.comment_id: seen.made[one.comment_id] for one in same if one.comment_id in seen.made}, now
        )
    return True


def _judge(tx: Tx, found: Sequence[Looked], seen: Seen, now: datetime) -> None:
    """By the door of the first look: assessments, what counts, cases. What a person has decided stands."""
    waited = {one.comment_id for one in found if one.held}
    said = {one: seen.alone[one] if one in waited else seen.said[one] for one in (each.comment_id for each in found)}
    more = [one for one in found if one.comment_id in seen.more | waited]
    settled = second_looks.decided(tx, [(one.comment_id, one.revision) for one in more]) if more else set()
    raised = [(one, said[one.comment_id]) for one in more if one.comment_id not in settled]
    with rollups.recounted(tx, [one.comment_id for one in more]):
        comments.add_assessments(
            tx, [comments.assessment_row(one.comment_id, one.revision, said[one.comment_id], now) for one in found]
        )
        _say(tx, raised)
    flagged = [_case(one, now_said) for one, now_said in raised if one.opens and _flagged(one, now_said)]
    if flagged:
        cases.take_second(tx, flagged, now)


def _say(tx: Tx, raised: Sequence[tuple[Looked, Assessment]]) -> None:
    """Comments say on their rows what was found of them."""
    for one, said in raised:
        if changed := _changed(one, said):
            comments.set_columns(tx, one.comment_id, **changed)


def _case(one: Looked, said: Assessment) -> Flagged:
    return Flagged(one.comment_id, one.thread_id, one.revision, said)


def _flagged(one: Looked, said: Assessment) -> bool:
    """As of the first look: what the source holds as spam, or in its bin, is only listed."""
    if one.status in BINNED:
        return False
    return said.flagged and (one.status != SPAM or bool(said.matters))


def _changed(one: Looked, said: Assessment) -> dict[str, object]:
    """What the row of a comment says otherwise after a second look; nothing of it becomes less."""
    after: dict[str, object] = {
        "flagged": one.flagged or _flagged(one, said),
        "spam": one.spam or said.suspected_spam,
        "severity": max(one.severity, int(said.severity)),
    }
    return {name: value for name, value in after.items() if value != getattr(one, name)}
