"""VADER's compound score, to the last bit the one that vaderSentiment gives, in a fifth of its time.

Words, weights and rules are vaderSentiment's own. It puts all words of a sentence into lower case again for each word
that it scores, and weighs every word; here each is looked up once, and what no lexicon knows is passed over. A property
test holds the two together.
"""

import math
import string
from collections.abc import Sequence
from functools import cache
from itertools import compress
from typing import NamedTuple

from vaderSentiment import vaderSentiment as vader

from analysis.text import Remembered

_BOOSTERS: dict[str, float] = vader.BOOSTER_DICT
_SPECIAL: dict[str, float] = vader.SPECIAL_CASES
_NEGATIONS = frozenset(vader.NEGATE)
_CAPITALS: float = vader.C_INCR
_NEGATED: float = vader.N_SCALAR
_ALPHA = 15
_MARKS = string.punctuation
# The phrases of more than one word that change a score: looked for only where one of their last words stands.
_LONGER_BOOSTERS = frozenset(phrase for phrase in _BOOSTERS if " " in phrase)
_LAST_OF_PHRASES = frozenset(phrase.rpartition(" ")[2] for phrase in (*_SPECIAL, *_LONGER_BOOSTERS))
_SWAYING = frozenset(
    {*_NEGATIONS, *_BOOSTERS, *_LAST_OF_PHRASES, "no", "never", "so", "this", "without", "doubt", "least"}
)
"""Words that can change what another weighs; so does whatever has "n't" in it."""


class Lexicon(NamedTuple):
    """VADER's words with their valence, and its emoji with what is read in their place."""

    words: dict[str, float]
    emoji: dict[str, str]


@cache
def lexicon() -> Lexicon:
    """As vaderSentiment ships it, read once."""
    shipped = vader.SentimentIntensityAnalyzer()
    # A longer emoji is never met: the text is read character by character.
    return Lexicon(shipped.lexicon, {sign: said for sign, said in shipped.emojis.items() if len(sign) == 1})


class _Word(NamedTuple):
    """A word without the marks around it, the same in lower case, whether it can have a score by itself, and whether it
    can change that of another."""

    item: str
    lower: str
    scored: bool
    sways: bool


@cache
def _words() -> Remembered[_Word]:
    return Remembered(_word)


def _word(token: str) -> _Word:
    """What is two characters or less without its marks may be an emoticon, and keeps them."""
    bare = token.strip(_MARKS)
    item = bare if len(bare) > 2 else token
    lower = item.lower()
    scored = lower in lexicon().words and lower not in _BOOSTERS
    return _Word(item, lower, scored, lower in _SWAYING or "n't" in lower)


def compound(text: str) -> float:
    """-1..1, rounded to four places; 0 for a text without a word of the lexicon."""
    known, emoji = lexicon()
    if not text.isascii():
        text = _spelt(text, emoji)
    words = list(map(_words().__getitem__, text.split()))
    if not words:
        return 0.0
    items, lower, scored, sways = zip(*words, strict=True)
    if True not in scored:
        return 0.0
    capitals = 0 < sum(map(str.isupper, items)) < len(items)
    scores = [0.0] * len(words)
    for place in compress(range(len(words)), scored):
        if True not in sways[max(0, place - 3) : place + 3]:
            scores[place] = _loud(known[lower[place]], capitals and items[place].isupper())
        elif lower[place] != "kind" or lower[place + 1 : place + 2] != ("of",):
            scores[place] = _valence(items, lower, place, capitals, known)
    if "but" in lower:
        _turn(scores, lower.index("but"))
    total = float(sum(scores))
    if total > 0:
        total += _emphasis(text)
    elif total < 0:
        total -= _emphasis(text)
    return float(round(max(-1.0, min(1.0, total / math.sqrt((total * total) + _ALPHA))), 4))


def _spelt(text: str, emoji: dict[str, str]) -> str:
    """The text with words in the place of emoji; a blank stands before them, though never behind."""
    if emoji.keys().isdisjoint(text):
        return text
    parts: list[str] = []
    blank = True
    for character in text:
        said = emoji.get(character)
        if said is None:
            parts.append(character)
            blank = character == " "
        else:
            parts.append(said if blank else f" {said}")
            blank = False
    return "".join(parts)


def _valence(items: Sequence[str], lower: Sequence[str], place: int, capitals: bool, known: dict[str, float]) -> float:
    """What one word of the lexicon weighs with up to three words before it."""
    word = lower[place]
    valence = known[word]
    before = (*lower[max(0, place - 3) : place][::-1], "", "", "")[:3]
    if word == "no" and place != len(lower) - 1 and lower[place + 1] in known:
        valence = 0.0
    if before[0] == "no" or before[1] == "no" or (before[2] == "no" and before[0] in ("or", "nor")):
        valence = known[word] * _NEGATED
    valence = _loud(valence, capitals and items[place].isupper())
    for distance, fading in ((1, 1.0), (2, 0.95), (3, 0.9)):
        if place < distance:
            break
        if before[distance - 1] not in known:
            if before[distance - 1] in _BOOSTERS:
                valence += _boost(items[place - distance], before[distance - 1], valence, capitals) * fading
            valence *= _turned(before, distance)
            if distance == 3 and not _LAST_OF_PHRASES.isdisjoint(lower[place - 2 : place + 3]):
                valence = _idiom(valence, lower, place)
    if before[0] == "least" and (place < 2 or before[1] not in ("at", "very")):
        valence *= _NEGATED
    return valence


def _loud(valence: float, capitals: bool) -> float:
    """What a word weighs in capitals, where not all are."""
    if not capitals:
        return valence
    return valence + _CAPITALS if valence > 0 else valence - _CAPITALS


def _boost(item: str, word: str, valence: float, capitals: bool) -> float:
    scalar = -_BOOSTERS[word] if valence < 0 else _BOOSTERS[word]
    if capitals and item.isupper():
        scalar = scalar + _CAPITALS if valence > 0 else scalar - _CAPITALS
    return scalar


def _turned(before: Sequence[str], distance: int) -> float:
    """By what the word at a distance multiplies a valence: negations turn it, 'never so' and its like strengthen it."""
    first, second, third = before
    if distance == 2:
        if second == "never" and first in ("so", "this"):
            return 1.25
        if second == "without" and first == "doubt":
            return 1.0
    elif distance == 3:
        if (third == "never" and second in ("so", "this")) or first in ("so", "this"):
            return 1.25
        if third == "without" and "doubt" in (first, second):
            return 1.0
    word = before[distance - 1]
    return _NEGATED if word in _NEGATIONS or "n't" in word else 1.0


def _idiom(valence: float, lower: Sequence[str], place: int) -> float:
    """Special phrases around a word, and boosters of two words before it."""
    third, second, first, word = lower[place - 3 : place + 1]
    sequences = (
        f"{first} {word}",
        f"{second} {first} {word}",
        f"{second} {first}",
        f"{third} {second} {first}",
        f"{third} {second}",
    )
    valence = next((_SPECIAL[sequence] for sequence in sequences if sequence in _SPECIAL), valence)
    behind = lower[place + 1 : place + 3]
    for length in range(1, len(behind) + 1):
        valence = _SPECIAL.get(" ".join((word, *behind[:length])), valence)
    for sequence in (sequences[3], sequences[4], sequences[2]):
        if sequence in _LONGER_BOOSTERS:
            valence += _BOOSTERS[sequence]
    return valence


def _turn(scores: list[float], but: int) -> None:
    """What stands behind 'but' counts more, what stands before it less. Equal scores are taken for the first of them,
    as vaderSentiment does."""
    for place in range(len(scores)):
        if scores[place]:
            first = scores.index(scores[place])
            if first != but:
                scores[first] *= 0.5 if first < but else 1.5


def _emphasis(text: str) -> float:
    questions = text.count("?")
    asked = 0.0 if questions < 2 else questions * 0.18 if questions <= 3 else 0.96
    return min(text.count("!"), 4) * 0.292 + asked
