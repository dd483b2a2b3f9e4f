"""The words of a text as the models know them: what disguises a word is taken off, and each keeps its place.

A word is disguised by letters of another script that look alike, digits and signs in the place of letters, letters that
are stretched, spaced or marked. Links, addresses, names and numbers become one word each for all of their kind.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from analysis.text import Remembered

LINK, MAIL, NAME, NUMBER = "‹link›", "‹mail›", "‹name›", "‹number›"
LONGEST = 24
"""Letters of one word that are looked at."""

_CYRILLIC = str.maketrans("авеікмнорстухѕјԁһӏԛԝ", "abeikmhopctyxsjdhlqw")
_GREEK = str.maketrans("αβγεικνορτυχϲ", "abyeikvoptuxc")
_FOR_LETTERS = str.maketrans("0134578@$!+", "oieastbasit")
# A '+' behind a count: nothing that was taken is given back, as no part of it could begin what follows.
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?P<gap>[ ._*-])[^\W\d_](?:(?P=gap)[^\W\d_]){2,20}(?!\w)").pattern
_WORD = r"(?:(?<!\w)\$(?=[^\W\d_]))?[^\W_]++(?:['@$!*+_.-][^\W_]++)*+"
_SIGN = r"[!?]++|[^\w\s.,;:'\"()\[\]/\\-]"
_TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)\S{1,300})"
    r"|(?P<mail>[\w.+-]{1,64}+@[\w-]{1,63}\.[\w.-]{1,60})"
    r"|(?P<name>(?<!\w)@\w{1,40})"
    rf"|(?P<spaced>{_SPACED})|{_WORD}|{_SIGN}"
)
_PLAIN = re.compile(f"{_WORD}|{_SIGN}")
_NOT_PLAIN = re.compile(rf"@|://|www\.|{_SPACED}")
"""Without one of these in it a text has nothing but words and signs, and is read in half of the time."""
_STRETCHED = re.compile(r"(.)\1{2,}")
_NUMERAL = re.compile(r"[\d.]+")
_LATIN = re.compile(r"[a-z]")
_DISGUISED = re.compile(_WORD)
_MAY_BE_DISGUISED = re.compile(r"[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]|[^\W\d_][\d@$+][^\W\d_]|\$[^\W\d_]")
_SIGN_IN_A_WORD = re.compile(r"[\d@$+](?=[a-z])(?:(?<=[a-z].)|(?<=\$))")
"""The same where there are plain letters only. It begins with what is rare, so it is looked for quickly."""
_NOT_LETTERS = re.compile(r"[^\W\d_]")


class Tokens(NamedTuple):
    """The words of a text as the models know them, in order, and where each begins and ends in the text that was read.

    Columns, as there are many: a thing for each would be one more for the memory to keep count of."""

    words: list[str]
    starts: list[int]
    ends: list[int]


def tokens(lower: str) -> Tokens:
    """The words and telling signs of a text in lower case. Time is linear in its length."""
    known = _known()
    if _NOT_PLAIN.search(lower):
        found = list(_TOKEN.finditer(lower))
        words = [_of_a_kind(one) or known[one.group()] for one in found]
    else:
        found = list(_PLAIN.finditer(lower))
        words = [known[one.group()] for one in found]
    return Tokens(words, [one.start() for one in found], [one.end() for one in found])


def _of_a_kind(match: re.Match[str]) -> str:
    """What stands for all of a kind, or the letters of a word that was spaced; empty where it is neither."""
    kind = match.lastgroup
    if kind == "spaced":
        return _known()[_letters(match.group())]
    return {"link": LINK, "mail": MAIL, "name": NAME}.get(str(kind), "")


@cache
def _known() -> Remembered[str]:
    return Remembered(_plain)


def _plain(raw: str) -> str:
    if raw[0] in "!?":
        return raw[0]
    return raw if len(raw) == 1 and not raw.isalnum() else folded(raw)


def folded(word: str) -> str:
    """A word in lower case without its disguise.

    >>> folded("іdі0t"), folded("soooooo"), folded("$h!t"), folded("2026")
    ('idiot', 'soo', 'shit', '‹number›')
    """
    word = word[:LONGEST]
    if word.isascii() and word.isalpha():
        return _STRETCHED.sub(r"\1\1", word)
    if _NUMERAL.fullmatch(word):
        return NUMBER
    if not word.isascii():
        word = _unmarked(unicodedata.normalize("NFKC", word))
        if _LATIN.search(word) and not word.isascii():
            word = word.translate(_CYRILLIC).translate(_GREEK)
    if not word.isalpha() and len(_NOT_LETTERS.findall(word)) * 2 >= len(word):
        written = word.translate(_FOR_LETTERS)
        if written.isalpha():
            word = written
    return _STRETCHED.sub(r"\1\1", word)


def undisguised(lower: str) -> str:
    """A text in lower case with plain letters in the place of what only looks like them. Each keeps its place, so what
    is stretched or spaced stays so. What begins with a digit is a number ('1st', '5pm'), and '!' may end a sentence.

    >>> undisguised("i will k1ll you, іdіot"), undisguised("the 1st of may, b2b")
    ('i will kill you, idiot', 'the 1st of may, b2b')
    """
    may_be = _SIGN_IN_A_WORD if lower.isascii() else _MAY_BE_DISGUISED
    return _DISGUISED.sub(_plainly, lower) if may_be.search(lower) else lower


def _plainly(match: re.Match[str]) -> str:
    word: str = match.group()
    if not word.isascii() and _LATIN.search(word):
        word = word.translate(_CYRILLIC).translate(_GREEK)
    if word.isalpha() or word[0].isdigit() or "!" in word or len(_NOT_LETTERS.findall(word)) * 2 < len(word):
        return word
    written = word.translate(_FOR_LETTERS)
    return written if written.isalpha() else word


def _unmarked(word: str) -> str:
    """Letters without the marks upon them; where marks make another letter (й, ガ) they stay."""
    if not _LATIN.search(word):
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _letters(spaced: str) -> str:
    return "".join(_NOT_LETTERS.findall(spaced))
