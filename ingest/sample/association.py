"""The sample association as its files tell it: people, channels, and who said what when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from model.comment import Entry
from model.settings import ROOT
from model.words import Channel, Role, SourceKind

FOLDER = ROOT / "data" / "sample"
LASTS = timedelta(days=12, hours=15, minutes=30)
"""From the first midnight to the moment at which the sample is left to its visitors."""
_MOMENT = re.compile(r"(\d+)d (\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the team."""

    name: str
    email: str
    roles: frozenset[Role]
    levels: frozenset[int]

    @property
    def key(self) -> str:
        """What the story calls this person: 'ines'."""
        return self.email.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of the association. A blog is read; of Facebook people bring what was said, so it is by hand."""

    key: str
    name: str
    channel: Channel
    address: str

    @property
    def kind(self) -> SourceKind:
        return SourceKind.FEED if self.channel is Channel.BLOG else SourceKind.BY_HAND


@dataclass(frozen=True, slots=True)
class Said:
    """A comment: `number` counts within its thread from 1, `answers` is that of the comment it replies to (0: to the
    post), `at` the time since the first midnight."""

    thread: "Talk"
    number: int
    who: str
    at: timedelta
    text: str
    answers: int = 0

    def entry(self, zero: datetime) -> Entry:
        """As the channel shows it. `zero` is the first midnight (aware)."""
        return self.thread.entry(self.number, self.who, zero + self.at, self.text, self.answers)


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread: a post and, under it, what people said."""

    place: Place
    number: int
    slug: str
    title: str
    text: str
    said: tuple[Said, ...] = ()

    @property
    def address(self) -> str:
        return f"{self.place.address}/{self.slug}/"

    def url(self, number: int) -> str:
        """The address of a comment in it."""
        return f"{self.address}#comment-{self.number * 1000 + number}"

    def identity(self, number: int) -> str:
        """What the comment is known by: a blog of WordPress numbers all its comments."""
        blog = self.place.channel is Channel.BLOG
        return f"wp:{self.number * 1000 + number}" if blog else self.url(number)

    def entry(self, number: int, who: str, at: datetime, text: str, answers: int) -> Entry:
        """A comment of this thread, as the channel shows it."""
        return Entry(
            external_id=self.url(number),
            identity=self.identity(number),
            author=who,
            url=self.url(number),
            published_at=at,
            text=text,
            in_reply_to=self.url(answers) if answers else "",
            parent_identity=self.identity(answers) if answers else "",
            thread_url=self.address,
            thread_title=self.title,
            thread_text=self.text,
        )


@dataclass(frozen=True, slots=True)
class Association:
    """Everything but what the team does."""

    name: str
    time_zone: str
    people: tuple[Somebody, ...]
    places: tuple[Place, ...]
    talks: Mapping[str, Talk]
    policy: str

    @property
    def administrator(self) -> Somebody:
        return next(one for one in self.people if Role.ADMIN in one.roles)

    @property
    def said(self) -> list[Said]:
        """All comments, in the order in which they were left."""
        return sorted((one for talk in self.talks.values() for one in talk.said), key=lambda one: one.at)


def since(moment: str) -> timedelta:
    """'2d 09:41' as the time since the first midnight."""
    found = _MOMENT.fullmatch(moment)
    if found is None:
        raise ValueError(f"'{moment}' is no moment of the sample; write it as '2d 09:41'.")
    return timedelta(days=int(found[1]), hours=int(found[2]), minutes=int(found[3]))


def load(folder: Path = FOLDER) -> Association:
    """The association that ships."""
    told: dict[str, Any] = yaml.safe_load((folder / "association.yaml").read_text())
    places = {
        key: Place(key, one["name"], Channel(one["channel"]), one["address"]) for key, one in told["sources"].items()
    }
    talks = [
        _talk(number, yaml.safe_load(path.read_text()), places)
        for number, path in enumerate(sorted((folder / "threads").glob("*.yaml")), start=1)
    ]
    return Association(
        name=told["name"],
        time_zone=told["time_zone"],
        people=tuple(
            Somebody(one["name"], one["email"], frozenset(map(Role, one["roles"])), frozenset(one.get("levels", ())))
            for one in told["people"]
        ),
        places=tuple(places.values()),
        talks={talk.slug: talk for talk in talks},
        policy=(folder / "policy.yaml").read_text(),
    )


def _talk(number: int, told: Mapping[str, Any], places: Mapping[str, Place]) -> Talk:
    bare = Talk(places[told["source"]], number, told["slug"], told["title"], told["text"].strip())
    said = tuple(
        Said(bare, place, one["who"], since(one["at"]), one["text"], one.get("re", 0))
        for place, one in enumerate(told["comments"], start=1)
    )
    return Talk(bare.place, number, bare.slug, bare.title, bare.text, said)
