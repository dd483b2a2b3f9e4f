"""What the phases read, and what they find."""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from analysis.phrases import Hit
from analysis.text import Cleaned, Span
from model.assessment import Subject
from model.words import Language, Severity

ENGLISH = frozenset({Language.ENGLISH})
"""The languages of what was measured in English alone."""


class Kind(Enum):
    """What a piece of evidence speaks for."""

    CONCERN = "concern"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding. `span` is in the cleaned text. `weight` is compared with others of its kind; for spam it is 0..1,
    the spam score that this finding alone would give. `severity` is what a concern asks for. `phrases` are the words in
    the span that it was found by, where there are such."""

    kind: Kind
    rule: str
    label: str
    span: Span
    weight: float
    matter: str = ""
    severity: Severity = Severity.NONE
    phrases: tuple[Span, ...] = ()


class Moved(NamedTuple):
    """Words of the cleaned text that moved a signal: how much, compared with its others; and of personal data, what it
    is."""

    span: Span
    weight: float
    kind: str = ""


HELD = 0.49
"""The most that is told of a signal which must not reach its threshold."""


@dataclass(frozen=True, slots=True)
class Mood:
    """The sentiment (-1..1) of each sentence, of the whole as their length-weighted mean, and of the worst sentence."""

    each: tuple[float, ...] = ()
    mean: float = 0.0
    worst: float = 0.0


class Told(NamedTuple):
    """What one rule or model says of one signal. `score` is 0..1 with .5 the threshold, `chance` a probability or None
    where it is not calibrated, `by` its name and version, `languages` those it was measured in (None: in any), `matter`
    the key of what a concern is most likely about, where that is known, `mood` the sentiment where a model
    says it better than VADER alone."""

    signal: str
    score: float
    by: str
    moved: tuple[Moved, ...] = ()
    chance: float | None = None
    languages: frozenset[Language] | None = None
    matter: str = ""
    mood: Mood | None = None

    def held(self) -> "Told":
        """The same with a score that does not reach the threshold."""
        return self if self.score <= HELD else self._replace(score=HELD)


@dataclass(frozen=True, slots=True)
class Material:
    """A comment as the phases get it. `hits` are the phrases found in it, by the list they are from; a list that could
    not be read is not there. `mood` is empty (no sentences) when the sentiment failed."""

    subject: Subject
    cleaned: Cleaned
    sentences: tuple[Span, ...]
    hits: Mapping[str, list[Hit[Any]]] = field(default_factory=lambda: defaultdict(list))
    mood: Mood = field(default_factory=Mood)

    def sentence_of(self, span: Span) -> int:
        """The number of the sentence in which a span begins."""
        return max(0, bisect_right(self.sentences, (span.start, sys.maxsize)) - 1)

    def words(self, span: Span) -> str:
        """The cleaned words of a span."""
        return self.cleaned.text[span.start : span.end]

    def whole(self) -> Span:
        """The first sentence to the last."""
        return Span(self.sentences[0].start, self.sentences[-1].end) if self.sentences else Span(0, 0)
