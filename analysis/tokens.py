"""The words of a text as the models know them: what disguises a word is taken off, and each keeps its place.

A word is disguised by letters of another script that look alike, digits and signs in the place of letters, letters that
are stretched, spaced or marked. Links, addresses, names and numbers become one word each for all of their kind.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from analysis.text import Remembered, Span

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
_KINDS = ("@", "://", "www.")
_MAY_BE_SPACED = re.compile(r"[ ._*-][^\W\d_][ ._*-][^\W\d_][ ._*-]")
_IS_SPACED = re.compile(_SPACED)
_STRETCHED = re.compile(r"(.)\1{2,}")
_NUMERAL = re.compile(r"[\d.]+")
_LATIN = re.compile(r"[a-z]")
_DISGUISED = re.compile(_WORD)
_MAY_BE_DISGUISED = re.compile(r"[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]|[^\W\d_][\d@$+][^\W\d_]|\$[^\W\d_]")
_SIGN_IN_A_WORD = re.compile(r"[\d@$+](?=[a-z])(?:(?<=[a-z].)|(?<=\$))")
"""The same where there are plain letters only. It begins with what is rare, so it is looked for quickly."""
_NOT_LETTERS = re.compile(r"[^\W\d_]")


class Tokens:
    """The words of a text as the models know them, in order; `begins` are the places among them at which a sentence
    begins, without two that are equal."""

    __slots__ = ("_find", "_spans", "begins", "words")

    def __init__(self, words: list[str], begins: list[int], find: Callable[[], list[Span]]) -> None:
        self.words, self.begins, self._find = words, begins, find
        self._spans: list[Span] | None = None

    @property
    def spans(self) -> list[Span]:
        """Where each word stands in the text that was read; looked for when first asked for."""
        if self._spans is None:
            self._spans = self._find()
        return self._spans


def tokens(lower: str, sentences: Sequence[Span]) -> Tokens:
    """The words and telling signs of a text in lower case that has these sentences. Time is linear in its length."""
    known = _known()
    if _is_plain(lower):
        raw, begins = list[str](), list[int]()
        for start, end in sentences:
            begins.append(len(raw))
            raw += _PLAIN.findall(lower, start, end)
        words = list(map(known.__getitem__, raw))
        return Tokens(words, _within(words, begins), lambda: list(_places(lower, raw)))
    found = list(_TOKEN.finditer(lower))
    words = [_of_a_kind(one) or known[one.group()] for one in found]
    spans = [Span(*one.span()) for one in found]
    starts = [span.start for span in spans]
    return Tokens(words, _within(words, [bisect_left(starts, one.start) for one in sentences]), lambda: spans)


def _places(lower: str, words: Iterable[str]) -> Iterator[Span]:
    """Where words stand that were found in this order. What stands between two of them begins no word, so each is the
    next that is like it."""
    end = 0
    for word in words:
        start = lower.index(word, end)
        end = start + len(word)
        yield Span(start, end)


def _within(words: Sequence[str], begins: Iterable[int]) -> list[int]:
    """A sentence without a word begins where the next does, or at the last word."""
    return sorted({0, *(min(place, len(words) - 1) for place in begins)}) if words else []


def _is_plain(lower: str) -> bool:
    """Whether a text has nothing but words and signs; it is read in half of the time."""
    if any(map(lower.__contains__, _KINDS)):
        return False
    return _MAY_BE_SPACED.search(lower) is None or _IS_SPACED.search(lower) is None


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
