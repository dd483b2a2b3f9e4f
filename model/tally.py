"""How many comments there were: what the figures of the overview are made of."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of some comments, as docs/metrics.md defines them: neither ours nor of an undone upload, by their
    present revision. `comments` is without spam that nobody has to look at; the next four are of these comments,
    `sentiment` being the sum of -1..1 each. `spam` is what was left out."""

    comments: int = 0
    flagged: int = 0
    negative: int = 0
    new_authors: int = 0
    sentiment: float = 0.0
    spam: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.comments + other.comments,
            self.flagged + other.flagged,
            self.negative + other.negative,
            self.new_authors + other.new_authors,
            self.sentiment + other.sentiment,
            self.spam + other.spam,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.comments - other.comments,
            self.flagged - other.flagged,
            self.negative - other.negative,
            self.new_authors - other.new_authors,
            self.sentiment - other.sentiment,
            self.spam - other.spam,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or the week that begins with it, and its counts."""

    day: date
    tally: Tally


class Ours(StrEnum):
    """What went out from here: an answer to a case, a post of our own, or one that went to several channels at once."""

    REPLY = "reply"
    POST = "post"
    STATEMENT = "statement"
