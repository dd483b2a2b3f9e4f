"""What somebody changed in a text, by kind: a typo, the wording, a fact, or what it says. Pure, by rules alone.

The rules know English and German words; of other languages sentences, numbers, links and spelling. They cannot read:
`docs/metrics.md` says what they take for what, and where they err.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from analysis.language import language
from analysis.text import clean, sentences
from model.words import Language


class Change(StrEnum):
    """The kinds, the weightiest last. A change of several kinds counts as its weightiest."""

    TYPO = "typo"
    WORDING = "wording"
    FACT = "fact"
    POSITION = "position"


_KEPT = 1 / 3
"""A sentence with less than this share of its words in any sentence of the other text is not that sentence reworded."""
_LONG_WORD, _VERY_LONG_WORD = 4, 9
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+|[\w.+-]+@[\w-]+\.\w[\w.-]*")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MENTION = re.compile(r"(?<!\w)@\w+")
_TITLED = re.compile(r"\b(?:Herr|Herrn|Frau|Dr|Prof|Mr|Mrs|Ms)\b\.?((?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+){1,3})")
_COUNTS = (
    "two three four five six seven eight nine ten eleven twelve twenty hundred thousand million"
    " zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert tausend millionen"
)
_DATES = (
    "january february april june july august september october november december monday tuesday wednesday thursday"
    " friday saturday sunday today tomorrow yesterday tonight januar februar märz juni juli oktober dezember montag"
    " dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute morgen gestern"
)
_TELLS = frozenset(f"{_COUNTS} {_DATES}".split())
"""Words that say how many or when."""
_NO = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot)\b|n't\b"
    r"|\b(?:nein|nicht|nichts|nie|niemals|niemand\w*|kein\w*|ohne|weder)\b"
)
_SORRY = re.compile(r"\b(?:sorry|apolog\w+|regret\w*|forgive)\b|\b(?:entschuldig\w+|verzeih\w+|bedauer\w+|leid)\b")
_PROMISE = re.compile(
    r"\b(?:will|shall|promis\w+|guarante\w+|pledge\w*|going to)\b|'ll\b"
    r"|\b(?:wir werden|werden wir|ich werde|werde ich|versprech\w+|versprochen|garantier\w+|sagen zu|zusagen?)\b"
)
_STANDS = (_NO, _SORRY, _PROMISE)


def kind(before: str, after: str) -> Change | None:
    """The weightiest kind of change from one text to another; None where both are the same, character by character."""
    if before == after:
        return None
    old, new = clean(before).text, clean(after).text
    if _says_otherwise(old, new):
        return Change.POSITION
    if _facts(old, new) != _facts(new, old):
        return Change.FACT
    return Change.TYPO if _only_spelling(old, new) else Change.WORDING


# --- what it says ----------------------------------------------------------------------------------------------------


def _says_otherwise(old: str, new: str) -> bool:
    """Whether a sentence went or came, or a no, an apology or a promise did."""
    before, after = old.lower(), new.lower()
    if any(len(sign.findall(before)) != len(sign.findall(after)) for sign in _STANDS):
        return True
    said, says = _said(old), _said(new)
    left, came = list((said - says).elements()), list((says - said).elements())
    return _without_match(left, came) or _without_match(came, left)


def _said(text: str) -> Counter[frozenset[str]]:
    """The sentences as sets of their words; those without a word say nothing."""
    spans = (frozenset(_words(text[one.start : one.end])) for one in sentences(text))
    return Counter(words for words in spans if words)


def _without_match(some: list[frozenset[str]], others: list[frozenset[str]]) -> bool:
    """Whether one of some sentences has no counterpart among the others."""
    return any(max((len(one & other) / len(one) for other in others), default=0.0) < _KEPT for one in some)


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text)]


def _plain(word: str) -> str:
    """Without capitals, accents and apostrophes."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if c.isalnum())


# --- facts -----------------------------------------------------------------------------------------------------------


def _facts(text: str, other: str) -> Counter[str]:
    """Numbers, dates, links and addresses of a text; and of names those that do not stand in the other one."""
    rest = _LINK.sub(" ", text)
    found = Counter(link.rstrip(".,;:!?").casefold() for link in _LINK.findall(text))
    found.update(_NUMBER.findall(rest))
    found.update(word for word in map(str.casefold, _WORD.findall(rest)) if word in _TELLS)
    elsewhere = {word.casefold() for word in _WORD.findall(other)}
    found.update({name for name in _names(rest) if name not in elsewhere})
    return found


def _names(text: str) -> Iterator[str]:
    """Words that are names as far as their writing tells, in small letters: with a capital within an English sentence;
    in German, where every noun has one, after a title; and what follows an @."""
    yield from (found.casefold().removeprefix("@") for found in _MENTION.findall(text))
    for found in _TITLED.findall(text):
        yield from (word.casefold() for word in found.split())
    if language(text) is not Language.ENGLISH:
        return
    for span in sentences(text):
        for word in _WORD.findall(text[span.start : span.end])[1:]:
            if word[0].isupper() and not word.isupper() and _plain(word) not in _I:
                yield word.casefold()


_I = frozenset({"i", "im", "ill", "ive", "id"})


# --- spelling --------------------------------------------------------------------------------------------------------


def _only_spelling(old: str, new: str) -> bool:
    """Whether the texts differ in blanks, punctuation, capitals and accents, or words in a letter."""
    before, after = _words(old), _words(new)
    if "".join(before) == "".join(after):
        return True
    return len(before) == len(after) and all(map(_near, before, after))


def _near(one: str, other: str) -> bool:
    """Whether two words are one word misspelt: a letter too many, too few, wrong, or two of them swapped; in a very
    long one two of these. Short words are words of their own: 'he' is not 'we' misspelt."""
    if one == other:
        return True
    short = min(len(one), len(other))
    if short < _LONG_WORD:
        return False
    return _distance(one, other) <= (2 if short >= _VERY_LONG_WORD else 1)


def _distance(one: str, other: str) -> int:
    """How many letters are to be put in, taken out, changed, or swapped with their neighbour; 3 for more than two."""
    if abs(len(one) - len(other)) > 2:
        return 3
    older: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, facing in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != facing))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing:
                cost = min(cost, older[column - 2] + 1)
            line.append(cost)
        older, last = last, line
    return min(last[-1], 3)
