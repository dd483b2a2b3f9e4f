"""What the analysis is told of a comment, and what it says of it."""

from dataclasses import dataclass

from model.words import Severity


@dataclass(frozen=True, slots=True)
class Subject:
    """A comment to assess. Everything but `text` may be unknown: an empty string, or None for a count.

    `parent` is the text of the comment answered, `thread_text` the text of the post, `author_seen` the count of earlier
    comments by this author here, `seen_elsewhere` the count of near-equal comments in other threads.
    """

    text: str
    parent: str = ""
    thread_title: str = ""
    thread_text: str = ""
    author: str = ""
    author_seen: int | None = None
    seen_elsewhere: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for what an assessment says.

    `rule` is the rule's stable name ('matter:children', 'spam:generic-praise', 'negative'), `label` its name for
    people, `matter` the matter's key or empty. `start` and `end` are the span in the assessed text (characters, end
    excluded), `text` the words of that span. `share` is its part of the concern (or, for spam reasons, of the spam
    score); the shares of the reasons of one kind add up to 1.
    """

    rule: str
    label: str
    matter: str
    start: int
    end: int
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the analysis says of one text.

    `flagged`: a person should look. `sentiment` is -1..1, the length-weighted mean of the sentences; `worst` the
    sentiment of the worst sentence. `negative` and `spam` are 0..1 with .5 the shipped threshold. `focus` is the span
    (start, end) of the sentence that matters. `degraded` names signals that failed; their numbers are a neutral 0.
    """

    flagged: bool
    severity: Severity
    sentiment: float
    worst: float
    negative: float
    spam: float
    matters: tuple[str, ...]
    reasons: tuple[Reason, ...]
    focus: tuple[int, int]
    degraded: tuple[str, ...]
    version: str

    @property
    def suspected_spam(self) -> bool:
        """Whether the spam score reached the shipped threshold."""
        return self.spam >= 0.5
