"""The sample association for tests: filled once in a process, and copied for each test.

    with sampled(tmp_path) as here:
        here.team["ines"]        a Person; see data/sample/association.yaml for the six
        here.store

It ends at the moment at which it was filled, so that what waits has waited as long as the story says.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from access import preferences
from ingest.sample.association import TWO_WEEKS, Talk, load
from ingest.sample.fill import fill
from ingest.take import take
from model import clock
from model.comment import Reading
from model.person import Person
from model.words import Channel
from response.cases import raise_case
from store import comments, people, sources
from store.db import Store
from tests.installation import DATABASE, PASSWORD, installation
from web.ui.tour.taken import TAKEN, State, Taken

FILES = ("levelhead.db", "key")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of one's own. `team` is by first name in small letters; all have `tests.installation.PASSWORD`."""

    store: Store
    team: dict[str, Person]
    end: datetime


@lru_cache(maxsize=1)
def template() -> tuple[Path, datetime]:
    """The folder of a filled SQLite database with its key, made once, and when its two weeks ended."""
    folder = Path(tempfile.mkdtemp(prefix="levelhead-sample-", dir=os.environ["LEVELHEAD_HOME"]))
    home, end = folder / "made", clock.now()
    home.mkdir()
    with installation(home, **{DATABASE: "sqlite"}) as store:
        at_home(store, fill(store, end=end, password=PASSWORD, days=TWO_WEEKS).people)
        with store.engine.connect() as tx:
            tx.exec_driver_sql("pragma wal_checkpoint(truncate)")
    for name in FILES:
        shutil.copy2(home / name, folder / name)
    shutil.rmtree(home)
    return folder, end


def at_home(store: Store, team: dict[str, Person]) -> None:
    """They have been here for a while: each has said that a tour is not needed now."""
    for one in team.values():
        preferences.put(store, one, TAKEN, Taken(State.LEFT))


def copy(home: Path) -> datetime:
    """Puts a copy (SQLite) into the folder `home`, to start the product on; returns when its two weeks ended."""
    folder, end = template()
    home.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copy2(folder / name, home / name)
    return end


@contextmanager
def sampled(home: Path, **variables: str) -> Iterator[Sample]:
    """Makes `home` the home of this process for a while, with the sample in it. On PostgreSQL it is filled anew."""
    if os.environ.get(DATABASE) == "postgresql":
        with installation(home, **variables) as store:
            end = clock.now()
            made = fill(store, end=end, password=PASSWORD, days=TWO_WEEKS).people
            at_home(store, made)
            yield Sample(store, made, end)
        return
    template()
    with installation(home, **variables) as store:
        end = copy(home)
        yield Sample(store, team(store), end)


def team(store: Store) -> dict[str, Person]:
    """The six people of a sample, by first name in small letters."""
    with store.read() as tx:
        return {one.email.partition("@")[0]: one for one in people.everybody(tx)}


def forty(sample: Sample, cases: int = 40, first: int = 1) -> list[int]:
    """That many more open cases, each in a thread of its own, for work that goes through many; returns their ids.

    Six threads hold six open cases at most. These are questions and remarks of the sample's own people under posts of
    which nothing else is known, raised by Tobias in the order of the ids; one in five is spam.
    `first` is the number of the first thread, for more of them later.
    """
    association = load(TWO_WEEKS)
    (blog,) = (place for place in association.places if place.channel is Channel.BLOG)
    spoken = {one.text: one for one in association.said if not one.answers}
    spam = [one for one in spoken.values() if "-" in one.who and one.who.islower()]
    plain = [one for one in spoken.values() if one not in spam]
    talks = [
        Talk(blog, 100 + number, f"notice-{number}", f"Notice {number}", "A notice of the house.")
        for number in range(first, first + cases)
    ]
    entries = []
    for number, talk in enumerate(talks, start=first - 1):
        said = spam[number % len(spam)] if number % 5 == 4 else plain[number % len(plain)]
        ago = timedelta(minutes=first - 1 + cases - number)
        entries.append(talk.entry(1, said.who, sample.end - ago, said.text, 0))
    with sample.store.read() as tx:
        source = next(one for one in sources.every(tx) if one.channel == Channel.BLOG)
    take(sample.store, source, Reading(tuple(entries)), newest=False)
    with sample.store.read() as tx:
        known = comments.known(tx, source.id, [entry.identity for entry in entries])
    return [raise_case(sample.store, sample.team["tobias"], known[entry.identity].id) for entry in entries]
