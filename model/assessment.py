"""What the analysis is told of a comment, and what it says of it."""

from dataclasses import dataclass
from typing import NamedTuple

from model.words import Language, Severity

SIGNALS = (
    "negative",
    "concern",
    "abuse",
    "profanity",
    "hate",
    "threat",
    "self_harm",
    "spam",
    "personal_data",
    "crisis",
    "question",
    "criticism",
    "derail",
)
"""What is looked for in every comment, in the order in which it is told. An insult aimed at somebody is `abuse`, one
aimed at a group `hate`; `crisis` is news of harm, `criticism` is of us; `derail` leads a talk away from its topic."""
THRESHOLD = 0.5
AT_ONCE = ("self_harm", "threat")
"""Signals whose cases go to named people at once. They are shown as possible, never as certain."""
HERE = "~"
"""Stands before the number of what was learnt here: in the version of an assessment by which that was applied, and in
`by` of a signal whose chance is this site's."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A comment to assess. Everything but `text` may be unknown: an empty string, or None for a count.

    `parent` is the text of the comment answered, `thread_text` the text of the post, `author_seen` the count of earlier
    comments by this author here, `seen_elsewhere` the count of near-equal comments in other threads. `our_hosts` are
    the names of our own machines ('club.example'): an e-mail address there is nobody's secret. What is `ours` we wrote
    ourselves: models have learnt from readers, so phrases alone say what it is about.
    """

    text: str
    parent: str = ""
    thread_title: str = ""
    thread_text: str = ""
    author: str = ""
    author_seen: int | None = None
    seen_elsewhere: int | None = None
    our_hosts: tuple[str, ...] = ()
    ours: bool = False


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


class Share(NamedTuple):
    """Words of the assessed text (characters, end excluded) and their part of a signal; its shares add up to 1."""

    start: int
    end: int
    share: float


class Signal(NamedTuple):
    """One of SIGNALS for one text.

    `score` is 0..1 with .5 the shipped threshold, `chance` its probability at this site's base rate (None where it was
    never calibrated), `by` the rule or model that said so, with its version (empty where nothing here gives the
    signal), `spans` the words that moved it, in their order.
    """

    name: str
    score: float = 0.0
    chance: float | None = None
    by: str = ""
    spans: tuple[Share, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether it reached the shipped threshold."""
        return self.score >= THRESHOLD


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the analysis says of one text.

    `flagged`: a person should look. `sentiment` is -1..1, the length-weighted mean of the sentences; `worst` the
    sentiment of the worst sentence. `negative` and `spam` are 0..1 with .5 the shipped threshold. `focus` is the span
    (start, end) of the sentence that matters. `degraded` names parts and signals that failed: their numbers are a
    neutral 0, or what is left where something else says it too.

    `signals` has one for each name of SIGNALS, in that order (none: assessed by a version that had no signals);
    `absent` names those that nothing here gives, `unmeasured` those that were never measured in the text's language.
    `kinds` says of each span of `personal_data`, in order, what it shows ('email', 'phone' ...). `language` is the
    text's (UNKNOWN too where an assessment is read back: its comment has it). `before` is `flagged`
    as it would be without what was learnt here, where that is another; else None.
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
    signals: tuple[Signal, ...] = ()
    absent: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    language: Language = Language.UNKNOWN
    before: bool | None = None

    def signal(self, name: str) -> Signal:
        """The signal of that name; one of 0 where the assessment has none."""
        return next((one for one in self.signals if one.name == name), Signal(name))

    @property
    def suspected_spam(self) -> bool:
        """Whether the spam score reached the shipped threshold."""
        return self.spam >= THRESHOLD
