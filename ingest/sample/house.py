"""The house of the sample: its people and channels in the database, and reading what was said there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access import loosening, passwords
from access import people as joining
from channels.feed.read import refusal
from ingest import read as reading
from ingest import rhythm
from ingest.sample import feeds
from ingest.sample.association import Aim, Association, Place, Said, Somebody
from ingest.take import Taken, take
from model import clock
from model.comment import Entry, Reading
from model.errors import Conflict
from model.person import Person
from model.words import SourceKind
from response import confirming, goals, policies
from store import audit, loosenings, people, sample, sources
from store.db import Store
from store.second_looks import May
from store.sources import Source

READ_EVERY = timedelta(minutes=10)
_WHY = "The house is set up."
SHOWN = 4
"""How many comments a feed shows: few, as each is read again with every read."""


@dataclass
class House:
    """The association as it stands in the database. `zero` is its first midnight (aware); `goals` has the goal that the
    answers in a thread serve, by its slug."""

    store: Store
    association: Association
    zero: datetime
    team: dict[str, Person] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    goals: dict[str, int] = field(default_factory=dict)
    unread: list[tuple[Place, Entry]] = field(default_factory=list)
    _shown: dict[str, list[Entry]] = field(default_factory=dict)
    to_show: list[tuple[Place, Entry]] = field(default_factory=list)

    # --- moving in ---------------------------------------------------------------------------------------------------

    def found(self, password: str) -> None:
        """Marks the database as the sample's; then come the people, the policy and the channels.

        Raises Conflict where somebody or something is there already.
        """
        with self.store.write() as tx:
            if not sample.is_empty(tx):
                raise Conflict(
                    "There are people or comments in this database, so the sample is not put into it. Give the sample a"
                    " home of its own: LEVELHEAD_HOME names a folder."
                )
            sample.mark(tx)
            audit.record(tx, "sample.begun", "facts", None, by=None, at=clock.now())
        first, digest = self.association.administrator, passwords.hashed(password)  # a fifth of a second for each
        self._first(first, password)
        for one in self.association.people:
            if one is not first:
                by = self.team[first.key]
                token = joining.add(self.store, by, one.name, one.email, one.roles, one.levels, _WHY)
                joining.join(self.store, token, password, digest=digest)
                self.confirm()
                self.known(one.key)
        policies.ensure(self.store)
        policies.save(self.store, self.team[first.key], self.association.policy, seen_number=1, why=_WHY)
        self.confirm()
        for place in self.association.places:
            self._open(place, self.team[first.key])
        for aim in self.association.aims:
            self._aim(aim, self.team[first.key])

    def _aim(self, aim: Aim, by: Person) -> None:
        """A goal is entered, and its matters are tagged with it."""
        goal_id = goals.add(self.store, by, aim.name, aim.sentence)
        for matter in aim.matters:
            goals.tag_matter(self.store, by, matter, goal_id)
        self.goals |= dict.fromkeys(aim.threads, goal_id)

    def confirm(self) -> None:
        """What waits for a second person is confirmed by whoever can, as the house would do within the day."""
        with self.store.read() as tx:
            waiting = loosenings.waiting(tx, clock.now())
            second = {one.id: loosening.seconds(tx, one.by, one.person_id)[0] for one in waiting}
        for one in waiting:
            confirming.confirm(self.store, second[one.id], one.id)

    def _first(self, one: Somebody, password: str) -> None:
        house = self.association
        code = joining.set_up_code(self.store)
        joining.set_up(self.store, code, house.name, house.time_zone, one.name, one.email, password)
        made = self.known(one.key)
        joining.set_roles(self.store, made, made.id, one.roles, one.levels)
        self.known(one.key)

    def known(self, key: str) -> Person:
        """Somebody as the database knows them now, to act from here on."""
        (email,) = (one.email for one in self.association.people if one.key == key)
        with self.store.read() as tx:
            found = people.by_email(tx, email)
        assert found is not None
        self.team[key] = found
        return found

    def _open(self, place: Place, by: Person) -> None:
        """A channel without any address that could be asked: `next_read_at` stays empty, and so does the account."""
        now = clock.now()
        with self.store.write() as tx:
            source_id = sources.add(
                tx,
                name=place.name,
                channel=place.channel,
                kind=place.kind,
                site_url=place.address,
                feed_url="",
                active=True,
                created_at=now,
            )
            audit.record(tx, "source.added", "source", source_id, by=by.id, at=now, kind=place.kind, account=False)
        self.sources[place.key] = source_id

    # --- reading -----------------------------------------------------------------------------------------------------

    def will_show(self, place: Place, entry: Entry) -> None:
        """The next read of a channel meets this as well: an answer of ours that somebody has put there."""
        self.to_show.append((place, entry))

    def read(self, said: Sequence[Said]) -> Taken:
        """What was left since the last read comes in, with the newest of before, as a feed shows them."""
        fresh = [
            *self.unread,
            *((one.thread.place, one.entry(self.zero)) for one in said),
            *self.to_show,
        ]
        self.to_show.clear()
        self.unread = [one for one in fresh if self._is_closed(one[0])]
        return sum(
            (
                self._read(place, [entry for at, entry in fresh if at is place])
                for place in self.association.places
                if not self._is_closed(place)
            ),
            Taken(),
        )

    def _is_closed(self, place: Place) -> bool:
        return bool(place.closed and self.zero + place.closed.since <= clock.now() < self.zero + place.closed.until)

    def try_in_vain(self, place: Place) -> timedelta | None:
        """A read of a site that lets nobody read it; returns the pause before the next try, or None when it is open
        again, so that a read brings what was said meanwhile."""
        if not self._is_closed(place):
            self.read(())
            self._look(place, problem="", failures=0, failing_since=None)
            return None
        assert place.closed
        now, source = clock.now(), self._source(place)
        said = str(refusal(place.address, place.closed.status))
        reading.failed(self.store, source, now, said)
        self._look(place, read_at=source.read_at)
        return rhythm.after_failure(now, source.failures + 1, reading.bounds(), chance=0.5) - now

    def _source(self, place: Place) -> Source:
        with self.store.read() as tx:
            source = sources.get(tx, self.sources[place.key])
        assert source is not None
        return source

    def _look(self, place: Place, **values: object) -> None:
        """What a look leaves on the source's row; nothing of the sample is ever due to be read."""
        with self.store.write() as tx:
            sources.change(tx, self.sources[place.key], **{"next_read_at": None, "read_at": clock.now(), **values})

    def _read(self, place: Place, new: list[Entry]) -> Taken:
        if not new:
            return Taken()
        new.sort(key=lambda entry: entry.published_at or self.zero)
        shown = [*self._shown.get(place.key, ()), *new][-max(SHOWN, len(new) + 1) :]
        self._shown[place.key] = shown
        # A feed shows the newest first. What people bring is no picture of all that there is.
        is_feed, shown = place.kind is SourceKind.FEED, shown[::-1]
        return take(
            self.store,
            self._source(place),
            feeds.read(place, shown) if is_feed else Reading(tuple(shown)),
            newest=is_feed,
            may=May.LIKENESS,  # what became of it is told; only what is like it is found by the house's own worker
            final=False,  # what people did then was written for what phrases raise
            also=lambda tx, _: sources.change(tx, self.sources[place.key], read_at=clock.now()),
        )

    def look_once_more(self) -> None:
        """A read of each feed that brings nothing new: it is looked at to the end."""
        for place in self.association.places:
            if place.kind is SourceKind.FEED and not self._is_closed(place):
                self._look(place)
