"""Sentiment by sentence, with VADER."""

from collections.abc import Iterator

from analysis import valence
from analysis.evidence import Evidence, Kind, Material, Mood
from model.language import later
from model.words import Severity

BY = "vader 3.3.2"
"""Whose words and rules these are."""
NEUTRAL_WITHIN = 0.05
"""A sentiment strictly within this distance from 0 is neutral."""
EMOJI_HEARD = 20
"""Emoji of one sentence that are scored: VADER takes a hundred times as long for a row of some hundred."""
NEGATIVE_FROM = -0.4
"""The sentiment of the worst sentence at which `negative` is .5."""
STRONGLY_NEGATIVE = -0.8
"""The sentiment of the worst sentence at which a comment is flagged for that alone."""


def mood(material: Material) -> Mood:
    """The sentiment of each sentence, the length-weighted mean, and the worst."""
    spans = material.sentences
    if not spans:
        return Mood()
    text = material.cleaned.text
    each = tuple(compound(text[start:end]) for start, end in spans)
    lengths = [end - start for start, end in spans]
    mean = sum(score * length for score, length in zip(each, lengths, strict=True)) / sum(lengths)
    return Mood(each, mean, min(each))


def compound(sentence: str) -> float:
    """VADER's compound score, -1..1."""
    if not sentence.isascii():
        known = valence.lexicon().emoji
        emoji = [character for character in sentence if character in known]
        if len(emoji) > EMOJI_HEARD:
            sentence = "".join(c for c in sentence if c not in known) + " " + "".join(emoji[:EMOJI_HEARD])
    return valence.compound(sentence)


def negative(worst: float) -> float:
    """0..1 from the sentiment of the worst sentence, .5 at NEGATIVE_FROM. Praise elsewhere never pays for it."""
    if worst <= NEGATIVE_FROM:
        return 0.5 + 0.5 * (NEGATIVE_FROM - worst) / (1 + NEGATIVE_FROM)
    return 0.5 * (1 - worst) / (1 - NEGATIVE_FROM)


def strong_negativity(material: Material) -> Iterator[Evidence]:
    """A concern for each sentence that is strongly negative."""
    for span, score in zip(material.sentences, material.mood.each, strict=False):
        if score <= STRONGLY_NEGATIVE:
            label = later("Strongly negative words")
            yield Evidence(Kind.CONCERN, "negative", label, span, -score, severity=Severity.LOW)
