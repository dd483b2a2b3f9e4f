"""Fills an empty database with the sample association, by the steps that a real installation takes.

The clock is put to each moment in turn, so that what stands there in the end is two weeks old. Comments come in by
`ingest.take`; what the team does, it does by the functions of `response`. Nothing here opens a connection.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count, groupby

from access import passwords
from ingest.sample.association import LASTS, load
from ingest.sample.house import READ_EVERY, House
from ingest.sample.story import Desk
from ingest.sample.story import load as story
from model import clock
from model.errors import Conflict
from model.person import Person
from model.settings import settings
from response import approvals, timers
from store import search_index
from store.db import Store

BEFORE = timedelta(days=2)
"""How long before the first post the team was there."""
LONGEST_UNDO_S = 60
"""The next step of the story comes no sooner."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: `people` by the first part of their address, and the password that is the same for all."""

    people: dict[str, Person]
    password: str
    comments: int


def fill(store: Store, *, end: datetime | None = None, password: str = "") -> Filled:
    """Lives through two weeks that end at `end` (aware; None: now) in a migrated, empty database.

    The same end gives the same rows, but for what is secret. Without a password one is made. Raises Conflict where
    there are people or comments already, or too long to undo, and BadInput for a password that nobody may have; then
    nothing is changed.
    """
    association, end, password = load(), end or clock.now(), password or secrets.token_urlsafe(12)
    passwords.hashed(password)
    if settings().undo_seconds > LONGEST_UNDO_S:
        raise Conflict(f"The sample is made for at most {LONGEST_UNDO_S} seconds to undo: set LEVELHEAD_UNDO_SECONDS.")
    house = House(store, association, end - LASTS)
    with clock.at(house.zero - BEFORE):
        house.found(password)
    _Weeks(house).live()
    with clock.at(end):
        house.look_once_more()
        search_index.follow(store)
    return Filled(house.team, password, len(association.said))


class _Weeks:
    """What happens in the two weeks, in the order of its moments; at one moment, what is read comes first."""

    def __init__(self, house: House) -> None:
        self._house, self._desk = house, Desk(house)
        self._next: list[tuple[timedelta, int, int, Callable[[], object]]] = []
        self._number = count()
        for at, said in groupby(house.association.said, key=lambda one: (one.at // READ_EVERY + 1) * READ_EVERY):
            self._will(at, 0, partial(house.read, list(said)))
        for step in story():
            self._will(step.at, 1, partial(self._desk.do, step))

    def _will(self, at: timedelta, after: int, what: Callable[[], object]) -> None:
        heappush(self._next, (at, after, next(self._number), what))

    def live(self) -> None:
        """All of it. What a worker does in a real house is done here: late levels, decisions that pass on."""
        while self._next:
            at, _, _, what = heappop(self._next)
            with clock.at(self._house.zero + at):
                timers.look(self._house.store)
                what()
            for decision_id in self._desk.decided:
                passes = at + timedelta(seconds=settings().undo_seconds)
                self._will(passes, 0, partial(approvals.settle, self._house.store, decision_id))
            self._desk.decided.clear()
            if self._house.to_show:
                self._will((at // READ_EVERY + 1) * READ_EVERY, 0, partial(self._house.read, ()))
