"""Taking names and personal data out of texts before they leave the house.

It goes by patterns and by names that are known: those of a thread's authors and of our own people. It takes more than
`analysis.personal` finds, since here a number too many that is masked costs little and one too few much. A name that
nobody here goes by is not recognised.
"""

import re
import unicodedata
from collections.abc import Iterable

from analysis import personal

PERSON, COLLEAGUE = "Person", "Colleague"
_READ, _CUT = 20_000, 200
"""Characters of a text that are read at all; of those read of a longer one so many go from the end, where the cut may
have made half an address of a whole one."""
_MARK = 0xE000
_MOST_MARKS = 6400
"""Marks stand for what was masked until all is: characters of private use, which are taken out of every text first."""
_SHORTEST_PART = 3
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_NAMES = frozenset(
    (
        *("the", "and", "for", "from", "with", "our", "ours", "team", "von", "van", "der", "den", "dem", "des", "del"),
        *("della", "dos", "das", "die", "und", "les", "los", "las", "anonymous", "guest", "anonym", "gast", "mrs"),
    )
)
_OBFUSCATED = re.compile(
    r"[\w.+-]{1,64}\s{0,3}[\[({<]\s{0,3}(?:at|ät|@)\s{0,3}[\])}>]\s{0,3}[\w.-]{1,63}"
    r"(?:\s{0,3}[\[({<]\s{0,3}(?:dot|punkt|\.)\s{0,3}[\])}>]\s{0,3}[\w-]{1,63}){0,4}"
    r"|[\w.+-]{1,64} at [\w-]{1,63}(?: dot [\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_LINK = re.compile(r"://|^www\.|^[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}(?:[/:?#]|[).,!?]*$)", re.IGNORECASE)
_MENTION = re.compile(r"^[\W_]*@\w")
_NUMBER = re.compile(r"[+(]?\d(?:[\s().,:/\-–]{0,3}\d){4,}")
_NEAR_A_STREET = re.compile(
    rf"\b\d{{1,5}}[a-zA-Z]?\b(?=,?(?: [\w'’.-]{{1,25}}){{0,3}} (?:{personal._STREETS}|{personal._ALSO})\b)",
    re.IGNORECASE,
)
_BESIDE_A_NAME = re.compile(r"(?<=[\w.]),? \d{1,5}[a-zA-Z]?\b|\b\d{1,5}[a-zA-Z]?\b(?=,? [^\W\d_a-zß-ÿ])")
_LAST_WORD = re.compile(r"[^\W\d_][\w'’-]{0,25}\.?$")


class Names:
    """Who goes by which mark: the authors of a thread in the order in which they are told of, and our own people."""

    def __init__(self, authors: Iterable[str], ours: Iterable[str] = ()) -> None:
        self._called: dict[str, str] = {}
        for kind, names in ((COLLEAGUE, ours), (PERSON, authors)):
            known: dict[str, str] = {}
            for name in filter(None, map(_key, names)):
                if name not in self._called:
                    known.setdefault(name, f"{kind} {len(known) + 1}")
            self._called |= known
        self._parts: dict[str, str] = {}
        for name, mark in self._called.items():
            for part in _LETTERS.findall(name):
                if len(part) >= _SHORTEST_PART and part not in _NO_NAMES:
                    self._parts.setdefault(part, mark)

    def of(self, name: str) -> str:
        """The mark that somebody goes by; 'Somebody' for who has none."""
        return self._called.get(_key(name), "Somebody")

    def within(self, text: str) -> list[tuple[re.Pattern[str], str]]:
        """What to look for in a text, the longest first: whole names, then their parts."""
        low = _key(text)
        words = set(_LETTERS.findall(low))
        whole = [(name, mark) for name, mark in self._called.items() if name in low]
        parts = [
            (part, mark)
            for part, mark in self._parts.items()
            if part in words or f"{part}s" in words or not part.isascii()
        ]
        found = [(_whole(name), mark) for name, mark in sorted(whole, key=lambda one: -len(one[0]))]
        return found + [(_part(part), mark) for part, mark in sorted(parts, key=lambda one: -len(one[0]))]


def _key(name: str) -> str:
    """What a name is known by, however it is written: 'ß' is 'ss' here."""
    return " ".join(_plain(name).casefold().split())


def _either(said: str) -> str:
    """A pattern of a folded text in each way in which it may be written."""
    return re.escape(said).replace("ss", "(?:ss|ß)").replace("i̇", "(?:i̇|İ)").replace("\\ ", r"\s+")


def _whole(name: str) -> re.Pattern[str]:
    # In the middle of a word too: what stands for a name in one script has no blanks around it in another.
    within = len(name) > _SHORTEST_PART or not name.isascii()
    return re.compile(_either(name) if within else rf"(?<!\w){_either(name)}(?!\w)", re.IGNORECASE)


def _part(part: str) -> re.Pattern[str]:
    said = _either(part)
    return re.compile(rf"(?<![^\W\d_]){said}(?:['’]?s)?(?![^\W\d_])" if part.isascii() else said, re.IGNORECASE)


def _plain(text: str) -> str:
    """The text in one way of writing, without what cannot be seen: signs between the letters of a name hide it."""
    kept = unicodedata.normalize("NFKC", text)
    return "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))


class _Marks:
    def __init__(self) -> None:
        self._said: list[str] = []

    def put(self, said: str) -> str:
        """A character that stands for it."""
        if said in self._said:
            return chr(_MARK + self._said.index(said))
        if len(self._said) == _MOST_MARKS:
            return "…"
        self._said.append(said)
        return chr(_MARK + len(self._said) - 1)

    def read(self, text: str) -> str:
        """The text with what the characters stand for."""
        for number, said in enumerate(self._said):
            text = text.replace(chr(_MARK + number), said)
        return text


def masked(text: str, names: Names, most: int) -> str:
    """At most `most` characters of a text, with marks such as '[email]' or 'Person 1' in the place of links, addresses,
    numbers that somebody could be found by, mentions and names."""
    marks = _Marks()
    left = _plain(text[:_READ])
    left = _OBFUSCATED.sub(marks.put("[email]"), left)
    left = re.sub(r"\S+", lambda word: _word(word.group(), marks), left)
    for pattern, mark in names.within(left):
        left = pattern.sub(marks.put(mark), left)
    for _again in range(2):  # what overlapped with something else the first time
        left = _personal(left, marks)
    number = marks.put("[number]")
    left = _NUMBER.sub(number, left)
    left = _NEAR_A_STREET.sub(number, left)
    left = _BESIDE_A_NAME.sub(lambda found: _house(found, number), left)
    if len(text) > _READ:
        left = left[:-_CUT]
    told = marks.read(left).strip()
    return told if len(told) <= most else told[: most - 1] + "…"


def _word(word: str, marks: _Marks) -> str:
    """A link, a mention or whatever else has an @, as its mark."""
    if _LINK.search(word):
        return marks.put("[link]")
    if "@" in word and len(word) > 1:
        return marks.put("[mention]" if _MENTION.match(word) and word.count("@") == 1 else "[email]")
    return word


def _personal(text: str, marks: _Marks) -> str:
    for one in reversed(personal.find(text)):
        text = text[: one.span.start] + marks.put(f"[{one.kind}]") + text[one.span.end :]
    return text


def _house(found: re.Match[str], number: str) -> str:
    """The number of a house, behind or before a word with a capital letter; any other small number stays."""
    said = found.group()
    if said[0].isdigit():
        return number
    before = _LAST_WORD.search(found.string, max(0, found.start() - 30), found.start())
    if before is None or before.group()[0].islower():
        return said
    return said[: said.index(" ") + 1] + number
