"""The sample association as its files tell it: people, channels, and who said what when.

It has lived for 60 days. The last two weeks stand in data/sample, what was before them in data/sample/earlier; whoever
needs no more than the last two weeks can have them alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from model.comment import Entry
from model.errors import BadInput
from model.settings import ROOT
from model.words import Channel, Role, SourceKind

FOLDER = ROOT / "data" / "sample"
TWO_WEEKS, ALL = 14, 60
"""How many days of it there are to be had."""
LASTS = timedelta(days=12, hours=15, minutes=30)
"""From the first midnight of the last two weeks to the moment at which the sample is left to its visitors."""
EARLIER = timedelta(days=47)
"""How long before that midnight the first one of all 60 days is."""
_MOMENT = re.compile(r"(\d+)d (\d\d):(\d\d)")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where PyYAML was built with it."""


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
class Closed:
    """For how long a site let nobody read it, since the first midnight, and with which status it answered."""

    since: timedelta
    until: timedelta
    status: int


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of the association. Blogs and Mastodon are read; elsewhere people bring what was said, by hand."""

    key: str
    name: str
    channel: Channel
    address: str
    closed: Closed | None = None

    @property
    def kind(self) -> SourceKind:
        return SourceKind.FEED if self.channel in (Channel.BLOG, Channel.MASTODON) else SourceKind.BY_HAND


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

    @property
    def whole(self) -> str:
        """The post as it was written and sent. What has no title is called by how it begins."""
        if self.text.startswith(self.title):
            return self.text
        return f"{self.title}\n\n{self.text}"

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
class Aim:
    """A goal of the association, the matters that belong to it, and the threads whose answers serve it."""

    name: str
    sentence: str
    matters: tuple[str, ...]
    threads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Association:
    """Everything but what the team does. `lasts` is from the first midnight to the end; `policies` are by the names
    that the story has for them, `policy` is that of the beginning."""

    name: str
    time_zone: str
    people: tuple[Somebody, ...]
    places: tuple[Place, ...]
    talks: Mapping[str, Talk]
    policies: Mapping[str, str]
    policy: str
    lasts: timedelta
    aims: tuple[Aim, ...] = ()

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


def before(days: int) -> timedelta:
    """How long before the first midnight of the last two weeks so many days begin. Raises BadInput."""
    if days not in (TWO_WEEKS, ALL):
        raise BadInput(f"There are {TWO_WEEKS} or {ALL} days of the sample: choose one of the two.")
    return EARLIER if days == ALL else timedelta(0)


def load(days: int = ALL, folder: Path = FOLDER) -> Association:
    """The association that ships, as it was for so many days: `TWO_WEEKS` or `ALL`. Raises BadInput."""
    later = before(days)
    told: dict[str, Any] = yaml.safe_load((folder / "association.yaml").read_text())
    people, sources = {one["email"]: one for one in told["people"]}, dict(told["sources"])
    policies = {"": (folder / "policy.yaml").read_text()}
    first = ""
    if later:
        earlier = folder / "earlier"
        more: dict[str, Any] = yaml.safe_load((earlier / "association.yaml").read_text())
        people |= {one["email"]: one for one in more["people"]}
        sources = {key: sources.get(key, {}) | more["sources"].get(key, {}) for key in [*sources, *more["sources"]]}
        policies |= {path.stem: path.read_text() for path in (earlier / "policies").glob("*.yaml")}
        first = more["policy"]
    places = {key: _place(key, one) for key, one in sources.items()}
    talks = [*_talks(folder, places, later), *(_talks(folder / "earlier", places, timedelta(0)) if later else ())]
    return Association(
        name=told["name"],
        time_zone=told["time_zone"],
        people=tuple(
            Somebody(one["name"], one["email"], frozenset(map(Role, one["roles"])), frozenset(one.get("levels", ())))
            for one in people.values()
        ),
        places=tuple(places.values()),
        talks={talk.slug: talk for talk in talks},
        policies=policies,
        policy=policies[first],
        lasts=later + LASTS,
        aims=tuple(
            Aim(one["name"], one["sentence"], tuple(one["matters"]), frozenset(one["threads"])) for one in told["goals"]
        ),
    )


def _place(key: str, told: Mapping[str, Any]) -> Place:
    shut = told.get("closed")
    closed = Closed(since(shut["since"]), since(shut["until"]), shut["status"]) if shut else None
    return Place(key, told["name"], Channel(told["channel"]), told["address"], closed)


def _talks(folder: Path, places: Mapping[str, Place], later: timedelta) -> Iterable[Talk]:
    """The threads of a folder; each file begins with the number of its thread."""
    for path in sorted((folder / "threads").glob("*.yaml"), key=_number):
        yield _talk(_number(path), yaml.load(path.read_text(), Loader=LOADER), places, later)  # noqa: S506 (a safe one)


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _talk(number: int, told: Mapping[str, Any], places: Mapping[str, Place], later: timedelta) -> Talk:
    bare = Talk(places[told["source"]], number, told["slug"], told["title"], told["text"].strip())
    said = tuple(
        Said(bare, place, one["who"], since(one["at"]) + later, one["text"], one.get("re", 0))
        for place, one in enumerate(told["comments"], start=1)
    )
    return replace(bare, said=said)
