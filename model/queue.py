"""The views of the queue, their filters and the order of cases: plain values, with no query and no screen in them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from model.language import later
from model.words import Channel, Language, ResponseState, Severity

AUTHOR_MOST = 200
_DIGITS = 9


class Held(StrEnum):
    """Whose claim a view asks for."""

    BY_ANYBODY = ""
    BY_ME = "me"
    BY_NOBODY = "nobody"


class Of(StrEnum):
    """What a view is made of: cases, or comments that are no alarm and wait for a look all the same."""

    CASES = "cases"
    QUESTIONS = "questions"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class View:
    """One view. None: both are shown. A response of the case is in the state `reply`; `answering`: one waits for
    approval, or has it; `handed_off`: something of it waits to be posted by hand."""

    key: str
    title: str
    empty: str
    of: Of = Of.CASES
    open: bool | None = True
    held: Held = Held.BY_ANYBODY
    snoozed: bool | None = False
    asked: bool | None = None
    reply: ResponseState | None = None
    answering: bool | None = None
    handed_off: bool | None = None
    closed_within: timedelta | None = None


VIEWS: tuple[View, ...] = (
    View("todo", later("To do"), later("Nothing needs you right now."), asked=False, answering=False),
    View("questions", later("Questions"), later("Nobody waits for an answer to a question."), of=Of.QUESTIONS),
    View("spam", later("Suspected spam"), later("Nothing looks like spam."), of=Of.SPAM),
    View(
        "mine",
        later("Mine"),
        later("You have claimed no case. Open one under “To do” and press Claim."),
        held=Held.BY_ME,
        snoozed=None,
    ),
    View(
        "unclaimed",
        later("Unclaimed"),
        later("Somebody is on every case."),
        held=Held.BY_NOBODY,
        asked=False,
        answering=False,
    ),
    View("asked", later("Waiting for an answer"), later("No question to a colleague is open."), asked=True),
    View("approval", later("Waiting for approval"), later("No reply waits for approval."), reply=ResponseState.WAITING),
    View(
        "leaving", later("Going out"), later("No reply is going out."), reply=ResponseState.APPROVED, handed_off=False
    ),
    View("snoozed", later("Snoozed"), later("No case is put off."), snoozed=True),
    View(
        "handoffs",
        later("To post by hand"),
        later("Nothing waits to be posted by hand."),
        open=None,
        snoozed=None,
        handed_off=True,
    ),
    View(
        "closed",
        later("Closed this week"),
        later("No case was closed in the last seven days."),
        open=False,
        snoozed=None,
        closed_within=timedelta(days=7),
    ),
)
LIKE = View("like", later("Like this one"), later("No open case is like it any more."), snoozed=None)
"""Open cases that are like one comment; shown where `Filters.like` names it, and not counted with the others."""
EVERY = View("every", later("All open"), later("No case is open."), snoozed=None)
"""All open cases, whoever is on them and whatever they wait for; shown where the address asks for it, as the charts
do."""
BY_KEY: Mapping[str, View] = {view.key: view for view in VIEWS}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a case has been open: so long or longer, and not so long; None: however long."""

    least: timedelta
    below: timedelta | None
    name: str


WAITING: Mapping[str, Waiting] = {
    "4h": Waiting(timedelta(), timedelta(hours=4), later("under 4 h")),
    "1d": Waiting(timedelta(hours=4), timedelta(days=1), later("4 to 24 h")),
    "3d": Waiting(timedelta(days=1), timedelta(days=3), later("1 to 3 days")),
    "more": Waiting(timedelta(days=3), None, later("over 3 days")),
}
"""The ages of open cases, by the word that stands in an address."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a view is narrowed to; empty, zero: not narrowed. `age` is in days, `severity` the least.

    `like` is a comment: to those that say nearly the same, and those of its author at its source. `waiting` is a key of
    WAITING.
    """

    channel: str = ""
    source: int = 0
    matter: str = ""
    severity: int = 0
    age: int = 0
    author: str = ""
    language: str = ""
    like: int = 0
    waiting: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str], matters: frozenset[str]) -> Self:
        """The filters that an address or a saved view names; what cannot be read narrows nothing."""
        channel, matter, language = said.get("channel", ""), said.get("matter", ""), said.get("language", "")
        severity, age = _number(said.get("severity", "")), _number(said.get("age", ""))
        waiting = said.get("waiting", "")
        return cls(
            channel=channel if channel in set(Channel) else "",
            source=_number(said.get("source", "")),
            matter=matter if matter in matters else "",
            severity=severity if severity in set(Severity) else 0,
            age=min(age, 3650),
            author=" ".join(said.get("author", "").replace("\x00", "").split())[:AUTHOR_MOST],
            language=language if language in set(Language) else "",
            like=_number(said.get("like", "")),
            waiting=waiting if waiting in WAITING else "",
        )

    def said(self) -> dict[str, str]:
        """What `read` makes the same filters of."""
        pairs = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in pairs.items() if value}

    def without(self, name: str) -> "Filters":
        """The same without one of them."""
        return replace(self, **{name: getattr(Filters(), name)})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a case has waited, and how long it may by the policy in force when it was opened; in seconds."""

    waited: float
    target: float

    @classmethod
    def of(cls, opened_at: datetime, due_at: datetime, now: datetime) -> Self:
        return cls(max(0.0, (now - opened_at).total_seconds()), max(0.0, (due_at - opened_at).total_seconds()))

    @property
    def late(self) -> bool:
        return self.waited > self.target


def priority(severity: int, due_at: datetime, number: int) -> tuple[int, datetime, int]:
    """What cases are sorted by: the gravest first, then the one whose time is over first, or will be.

    Among cases that may wait equally long this is also the order of how much of that time is used up.
    """
    return -severity, due_at, number
