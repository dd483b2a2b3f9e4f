"""Fills an empty database with the sample association, by the steps that a real installation takes.

The clock is put to each moment in turn, so that what stands there in the end has an age. Comments come in by
`ingest.take`; what the team does, it does by the functions of `response`. Nothing here opens a connection.
"""

import gc
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count, groupby

from access import passwords
from ingest.sample.association import ALL, LASTS, Association, Place, load
from ingest.sample.house import READ_EVERY, House
from ingest.sample.story import Desk, Step
from ingest.sample.story import load as story
from model import clock
from model.errors import Conflict
from model.person import Person
from model.settings import settings
from response import approvals, costing, timers
from store import search_index
from store.db import Store

BEFORE = timedelta(days=2)
"""How long before the first post the team was there."""
THEN = timedelta(hours=3)
"""How often the channels were read before the last two weeks."""
LONGEST_UNDO_S = 60
"""The next step of the story comes no sooner."""


Progress = Callable[[float, int], None]
"""Is told how much of the sample has been lived through, from 0 to 1, and how many comments were said by then."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: `people` who may log in by the first part of their address, and the password of them all."""

    people: dict[str, Person]
    password: str
    comments: int


def fill(
    store: Store,
    *,
    end: datetime | None = None,
    password: str = "",
    days: int = ALL,
    progress: Progress = lambda _part, _comments: None,
) -> Filled:
    """Lives through the `days` (14 or 60) that end at `end` (aware; None: now) in a migrated, empty database.

    The same end gives the same rows, but for what is secret. Without a password one is made. Raises Conflict where
    there are people or comments already, or too long to undo, and BadInput for a password that nobody may have; then
    nothing is changed.
    """
    association, password = load(days), password or secrets.token_urlsafe(12)
    end = (end or clock.now()).replace(microsecond=0)  # a feed knows no parts of a second
    passwords.require(password)
    if settings().undo_seconds > LONGEST_UNDO_S:
        raise Conflict(f"The sample is made for at most {LONGEST_UNDO_S} seconds to undo: set LEVELHEAD_UNDO_SECONDS.")
    house = House(store, association, end - association.lasts)
    with store.being_filled(), _not_collected():
        with clock.at(house.zero - BEFORE):
            house.found(password)
        _Days(house, story(days), progress).live()
        with clock.at(end):
            house.look_once_more()
            search_index.follow(store)
            costing.catch_up(store)
    progress(1.0, len(association.said))
    return Filled(house.team, password, len(association.said))


@contextmanager
def _not_collected() -> Iterator[None]:
    """Filling makes millions of small things that are done with at once; to look for rings among them takes a seventh
    of the time. What rings there are is gone with the process, or collected afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Days:
    """What happens day by day, in the order of its moments; at one moment, what is read comes first."""

    def __init__(self, house: House, steps: Sequence[Step], progress: Progress) -> None:
        self._house, self._desk, self._progress = house, Desk(house), progress
        self._next: list[tuple[timedelta, int, int, Callable[[], object]]] = []
        self._number = count()
        self._said = [one.at for one in house.association.said]
        looks = _looks(house.association, steps)
        for at, said in groupby(house.association.said, key=lambda one: looks[bisect_right(looks, one.at)]):
            self._will(at, 0, partial(house.read, list(said)))
        for place in house.association.places:
            if place.closed:
                self._will(place.closed.since, 0, partial(self._try, place.closed.since, place))
        for step in steps:
            self._will(step.at, 1, partial(self._desk.do, step))

    def _try(self, at: timedelta, place: Place) -> None:
        """Reads a site that is closed, and again after a pause, until it is open."""
        pause = self._house.try_in_vain(place)
        if pause is not None:
            self._will(at + pause, 0, partial(self._try, at + pause, place))

    def _will(self, at: timedelta, after: int, what: Callable[[], object]) -> None:
        heappush(self._next, (at, after, next(self._number), what))

    def live(self) -> None:
        """All of it. What a worker does in a real house is done here: late levels, decisions that pass on."""
        while self._next:
            at, _, _, what = heappop(self._next)
            self._progress(at / self._house.association.lasts, bisect_right(self._said, at))
            with clock.at(self._house.zero + at):
                timers.look(self._house.store)
                what()
            for decision_id in self._desk.decided:
                passes = at + timedelta(seconds=settings().undo_seconds)
                self._will(passes, 0, partial(approvals.settle, self._house.store, decision_id))
            self._desk.decided.clear()
            if self._house.to_show:
                self._will((at // READ_EVERY + 1) * READ_EVERY, 0, partial(self._house.read, ()))


def _looks(association: Association, steps: Sequence[Step]) -> list[timedelta]:
    """When the channels are read: in the last two weeks every ten minutes, before them every three hours, and before
    whatever the team does about what was said there."""
    lately = association.lasts - LASTS
    hours = [THEN * number for number in range(1, lately // THEN + 1)]
    talked = (step.at for step in steps if step.at < lately and step.does != "look" and not step.post)
    before = [at // READ_EVERY * READ_EVERY for at in talked]
    after = [lately + READ_EVERY * number for number in range(1, LASTS // READ_EVERY + 2)]
    return sorted({*hours, *before, *after})
