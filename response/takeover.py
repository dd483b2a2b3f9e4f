"""Who may do what with a claim: one table, pure. Somebody else's case is asked for, and taken only when the question
stayed without an answer, or at once where it is grave.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from model.errors import Conflict
from model.language import _, later
from model.words import Severity

ANSWER_WITHIN = timedelta(minutes=2)
"""So long the holder may think about a question before the case may be taken."""
ASK_LASTS = timedelta(minutes=10)
"""A question that nobody made use of is over then: another person may ask."""
KEPT_FOR = timedelta(minutes=5)
"""Who said that they keep a case is not asked again so soon by the same person."""


class Move(StrEnum):
    """What a person does with a claim."""

    CLAIM = "claim"
    RELEASE = "release"
    ASK = "ask"
    KEEP = "keep"
    HAND_OVER = "hand over"
    TAKE = "take"


class Seen(StrEnum):
    """How a claim stands for one person."""

    FREE = "free"
    MINE = "mine"
    WANTED = "mine, and somebody asks for it"
    THEIRS = "another's"
    ASKED = "another's, and I asked for it"
    OVERDUE = "another's, and my question had no answer in time"
    SOUGHT = "another's, and somebody else asks for it"
    KEPT = "another's, who keeps it"


LEGAL: dict[Seen, frozenset[Move]] = {
    Seen.FREE: frozenset({Move.CLAIM}),
    Seen.MINE: frozenset({Move.CLAIM, Move.RELEASE, Move.HAND_OVER}),
    Seen.WANTED: frozenset({Move.CLAIM, Move.RELEASE, Move.HAND_OVER, Move.KEEP}),
    Seen.THEIRS: frozenset({Move.ASK}),
    Seen.ASKED: frozenset(),
    Seen.OVERDUE: frozenset({Move.TAKE}),
    Seen.SOUGHT: frozenset(),
    Seen.KEPT: frozenset(),
}
"""What is allowed; where a case is critical, whoever does not have it may take it at once as well."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim and what is asked of its holder. `kept_from` was told at `kept_at` that the holder keeps it."""

    holder: int | None = None
    until: datetime | None = None
    asked_by: int | None = None
    asked_at: datetime | None = None
    kept_from: int | None = None
    kept_at: datetime | None = None

    def at(self, now: datetime) -> "Standing":
        """What holds now: a claim that is over is none, and with it goes what was asked of its holder."""
        if self.holder is None or self.until is None or self.until <= now:
            return Standing()
        if self.asked_at and now >= self.asked_at + ASK_LASTS:
            return replace(self, asked_by=None, asked_at=None)
        return self


def seen(standing: Standing, who: int, now: datetime) -> Seen:
    """How it stands for a person."""
    here = standing.at(now)
    if here.holder is None:
        return Seen.FREE
    if here.holder == who:
        return Seen.WANTED if here.asked_by is not None else Seen.MINE
    if here.asked_by is not None and here.asked_at is not None:
        if here.asked_by != who:
            return Seen.SOUGHT
        return Seen.OVERDUE if now >= here.asked_at + ANSWER_WITHIN else Seen.ASKED
    if here.kept_from == who and here.kept_at is not None and now < here.kept_at + KEPT_FOR:
        return Seen.KEPT
    return Seen.THEIRS


def allowed(standing: Standing, who: int, severity: int, now: datetime) -> frozenset[Move]:
    """What a person may do now."""
    how = seen(standing, who, now)
    mine_or_free = how in (Seen.FREE, Seen.MINE, Seen.WANTED)
    return LEGAL[how] if severity < Severity.CRITICAL or mine_or_free else LEGAL[how] | {Move.TAKE}


def after(
    standing: Standing, move: Move, who: int, severity: int, now: datetime, *, until: datetime, to: int | None = None
) -> Standing:
    """How it stands after a move. `until` is when a claim that begins now ends, `to` who is handed it.

    Raises Conflict in words where the move is not allowed.
    """
    here = standing.at(now)
    if move not in allowed(here, who, severity, now) or (move is Move.HAND_OVER and to in (None, who)):
        raise Conflict(_(_REFUSED[seen(here, who, now)]))
    if move is Move.RELEASE:
        return Standing()
    if move is Move.ASK:
        return replace(here, asked_by=who, asked_at=now)
    if move is Move.KEEP:
        return replace(here, asked_by=None, asked_at=None, kept_from=here.asked_by, kept_at=now)
    if move is Move.CLAIM and here.holder == who:
        return replace(here, until=until)
    return Standing(to if move is Move.HAND_OVER else who, until)


_REFUSED = {
    Seen.FREE: later("Nobody has this case any more. Claim it to go on."),
    Seen.MINE: later("This case is yours, and nobody asks for it."),
    Seen.WANTED: later("This case is yours. Hand it over, or keep it."),
    Seen.THEIRS: later("Somebody else has this case. Ask to take it over."),
    Seen.ASKED: later(
        "You have asked for this case. Without an answer you can take it over two minutes after you asked."
    ),
    Seen.OVERDUE: later("You have asked for this case and had no answer. You can take it over now."),
    Seen.SOUGHT: later("Somebody else asks for this case in this moment. Wait for what comes of it."),
    Seen.KEPT: later("You were told that this case is kept. You can ask again five minutes after that."),
}
