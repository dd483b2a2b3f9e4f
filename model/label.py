"""What people's work says of comments as they were assessed: one label for each comment that somebody judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Judged(StrEnum):
    """What a person did that is a label. The value is stored, so it never changes its spelling."""

    WRONGLY_RAISED = "wrongly raised"
    SPAM = "spam"
    NOT_SPAM = "not spam"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    DECIDED = "decided"
    RAISED = "raised"
    CHECK_YES = "check: yes"
    CHECK_NO = "check: no"


@dataclass(frozen=True, slots=True)
class Label:
    """A label of one revision of a comment. It holds no words of anybody.

    `wanted`: a person had to see it; `spam`: it is spam; None where the label says nothing of that. `flagged` is what
    was in force when it was assessed, `shipped` what the assessment said without anything learnt here. `fixed`:
    whatever is learnt leaves this flag alone. `raised` are the signals by which it was raised, `scores` those that were
    measured (0..1), `chances` the probabilities that were told of them, where they were. `weight` is how many comments
    it stands for, where it was drawn from many.
    """

    comment_id: int
    revision: int
    judged: Judged
    wanted: bool | None
    spam: bool | None
    at: datetime
    channel: str
    language: str
    flagged: bool
    shipped: bool
    fixed: bool
    raised: tuple[str, ...]
    matters: tuple[str, ...]
    scores: Mapping[str, float]
    weight: float = 1.0
    by: int | None = None
    case_id: int | None = None
    chances: Mapping[str, float] = field(default_factory=dict)
