"""Personal data in a text: addresses, numbers and accounts by which somebody can be found, reached or robbed.

Patterns only, each checked where its kind has a check (Luhn's for cards, ISO 7064 for IBANs, the grammar of IP). They
say that a comment shows such a thing, never whose it is. Every pattern is bounded, so time is linear.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from analysis.text import Remembered, Span

KINDS = ("email", "phone", "card", "iban", "ip", "address", "id number")
"""In the order in which they take a place: what is a card is no phone."""


class Personal(NamedTuple):
    """One thing found: which kind, and where."""

    kind: str
    span: Span


_ANY = re.compile(r"[@\d]|::")
"""Without one of these nothing is shown, and most texts have none."""
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w@-])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?(?![A-Za-z0-9])")
_DIGITS = re.compile(r"(?<![\w.,:/-])[+(]?\d[\d ().\-/]{5,24}\d(?=x\d|(?!\w|-\d|[.,:/]\d))")
_IP4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:])")
_SOCIAL = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_DATE = re.compile(r"(?:1[89]|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}\b|\d{1,2}[-/. ]\d{1,2}[-/. ](?:1[89]|20)?\d\d$")
_YEARS = re.compile(r"(?:1[89]|20)\d\d ?[-–/] ?(?:1[89]|20)?\d\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
_CALLED = re.compile(
    r"\b(?:phone|call(?:s|ed|ing)?|answering|messages?|tel|telephone|telefon|ring|mobile|cell|text|whatsapp|"
    r"(?:my|your|his|her|their|our|this|new) number|fax|dial|contact|reach|desk|handy|nummer|anrufen|numéro|appele[rz]|"
    r"teléfono|llama[rd]?|número|numero|chiama\w*)\b[^.!?\n]{0,60}$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:licen[cs]e|account|order|invoice|passport|policy|member\w*|customer|case|reference|ticket|tracking|serial)\b"
    r"[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_STREETS = (
    "street|str|road|rd|avenue|av|ave|lane|boulevard|blvd|crescent|grove|mews|highway|hwy|parkway|alley|quay|terrace"
)
_ALSO = "st|way|row|close|court|ct|place|pl|square|drive|dr|gardens|walk|rise|trail|circle|plaza|ln|parks?|streets"
"""What else a street is called, which is a word of its own too: behind a name with a capital letter only."""
_ABROAD = r"straße|strasse|str\.|weg|gasse|platz|allee|straat|laan|plein|gatan|vägen|katu|utca|út"
_BEFORE = (
    r"rue|chemin|viale|piazza|corso|calle|avenida|rua|travessa|ul\.|ulica|(?-i:Avenue|Boulevard|Place|Via|Plaza|Praça)"
)
_NO_NAME = r"(?!(?:km|miles?|times|years?|days|of|lanes?|metres|meters) )"
_WORD = r"[^\W\d_][\w'’-]{0,24}"
_HOUSE = r"\d{1,5}[a-zA-Z]?"
_ADDRESS = re.compile(
    rf"(?<![\w.,])(?:{_HOUSE},? {_NO_NAME}(?:{_WORD}\.? ){{1,4}}(?:{_STREETS})\b\.?"
    rf"|(?-i:{_HOUSE},? (?:[A-ZÀ-ÖØ-Þ0-9][\w'’-]{{0,24}}\.? ){{1,4}})(?:{_ALSO})\b\.?"
    rf"|(?:{_WORD} ){{0,2}}[^\W\d_][\w'’-]{{1,24}}(?:{_ABROAD})\.? {_HOUSE}\b"
    rf"|(?:{_WORD} ){{1,2}}(?:{_ABROAD})\.? {_HOUSE}\b"
    rf"|(?:{_BEFORE}) (?:(?:de|du|des|la|le|della|dei|da|do|dos) ){{0,2}}(?:{_WORD} ?){{1,3}},? {_HOUSE}\b"
    rf"|{_HOUSE},? (?:{_BEFORE}) (?:{_WORD} ?){{1,3}}"
    rf"|(?:apt|apartment|suite|flat|unit)\.? {_HOUSE}\b|p\.? ?o\.? box \d{{1,6}})",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(?:address(?:es)?|lives?|living|resid\w+|located|offices?|restaurant|home|house|moved|deliver\w*|ship\w*|wohn\w+|"
    r"adresse|habite|vive|adres)\b[^.!?\n\d]{0,40}?(?:\bat|\bto|\bin|\bis|:|,|\ban|\bà|\ben)\s{1,6}"
    rf"(?P<there>(?:{_HOUSE},? )?(?:(?:{_HOUSE}|[A-ZÀ-ÖØ-Þ][\w'’.-]{{1,24}}|de|du|la|da|do|and|u\.),? ?){{1,5}})"
)
_LINE = re.compile(
    rf"^[ \t>]*(?P<there>\d{{1,6}}[A-Za-z]? (?:[^\W\d_][\w'’.-]{{1,24}} ){{1,4}}{_HOUSE}|"
    rf"(?:[^\W\d_][\w'’.-]{{1,24}} ){{1,4}}{_HOUSE}|"
    rf"\d{{1,6}} (?:{_HOUSE} )?(?:[^\W\d_][\w'’.-]{{1,24}} ?){{1,4}})[ \t,]*$",
    re.MULTILINE,
)
_PHONE_DIGITS = range(7, 16)
_CARD_DIGITS = range(12, 20)
_LINES_OF_AN_ADDRESS = 2


_DIGIT = re.compile(r"\d")
_LONG = 7
"""Digits of the shortest number that somebody is called by, pays with or is known by."""
_LETTERS = re.compile(r"[^\W\d_]+")
# What an address has besides a digit: the searches for one cost much, and most texts with a digit have none of it.
_COUNTED = re.compile(r"\d[a-zA-Z]?,? \w")
_COUNTED_FOR = frozenset(re.findall(r"\w+", f"{_STREETS}|{_ALSO}|park"))
_ENDS_ABROAD = tuple(one.rstrip("\\.") for one in _ABROAD.split("|"))
_BEGINS = frozenset(["rue", "chemin", "viale", "piazza", "corso", "calle", "avenida", "rua", "travessa", "ul", "ulica"])
_BEGINS_AS_A_NAME = frozenset(("Avenue", "Boulevard", "Place", "Via", "Plaza", "Praça"))
_ROOMS = frozenset(["apt", "apartment", "suite", "flat", "unit", "box"])
_STAYS = (
    *("addres", "adres", "live", "living", "resid", "locat", "office", "restaurant", "home", "house", "moved"),
    *("deliver", "ship", "wohn", "habite", "vive"),
)
Matches = list[re.Match[str]]


def find(text: str) -> list[Personal]:
    """What a text shows, in its order; no two overlap."""
    if not _ANY.search(text):
        return []
    taken: list[Personal] = []
    for one in _found(text):
        if all(one.span.end <= other.span.start or one.span.start >= other.span.end for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.span)


def _found(text: str) -> Iterator[Personal]:
    """Of every kind in the order of KINDS' checks: what is checked first, then addresses, then telephone numbers."""
    if "@" in text:
        yield from (Personal("email", Span(*match.span())) for match in _EMAIL.finditer(text))
    digits = len(_DIGIT.findall(text))
    numbers = list(_DIGITS.finditer(text)) if digits >= _LONG else []
    if digits >= _LONG:
        yield from (Personal("iban", Span(*m.span())) for m in _IBAN.finditer(text) if is_iban(m.group()))
    yield from _cards(numbers)
    if digits:
        yield from _machines(text)
    if digits >= _LONG:
        yield from (Personal("id number", Span(*match.span())) for match in _SOCIAL.finditer(text))
    if digits:
        yield from _addresses(text)
    yield from _phones(text, numbers)


def _cards(numbers: Matches) -> Iterator[Personal]:
    for match in numbers:
        if is_card(_only_digits(match)) and not _is_grouped_phone(match):
            yield Personal("card", Span(*match.span()))


def _machines(text: str) -> Iterator[Personal]:
    for pattern, mark, least in ((_IP4, ".", 3), (_IP6, ":", 2)):
        if text.count(mark) >= least:
            yield from (Personal("ip", Span(*match.span())) for match in pattern.finditer(text) if is_ip(match.group()))


def _phones(text: str, numbers: Matches) -> Iterator[Personal]:
    for match in numbers:
        if _is_phone(text, match, _only_digits(match)):
            yield Personal("phone", Span(*match.span()))


def _only_digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())


def _addresses(text: str) -> Iterator[Personal]:
    if _has_a_street(text):
        yield from (Personal("address", Span(*m.span())) for m in _ADDRESS.finditer(text) if not _is_year(m.group()))
    if any(map(text.__contains__, _STAYS)):
        yield from _where_somebody_stays(text)
    if text.count("\n") >= _LINES_OF_AN_ADDRESS:
        yield from (Personal("address", Span(*m.span("there"))) for m in _LINE.finditer(text))


def _has_a_street(text: str) -> bool:
    """Whether a text with a digit has a word without which _ADDRESS finds nothing."""
    parts = set(map(_parts().__getitem__, _LETTERS.findall(text)))
    return _ENOUGH in parts or (_COUNTED_ONLY in parts and _COUNTED.search(text) is not None)


_ENOUGH, _COUNTED_ONLY = 1, 2
"""What a word is to an address: enough to look for one, or so where a number stands before a word; else 0."""


@cache
def _parts() -> Remembered[int]:
    return Remembered(_part)


def _part(word: str) -> int:
    lower = word.lower()
    if lower in _BEGINS or word in _BEGINS_AS_A_NAME or lower in _ROOMS or lower.endswith(_ENDS_ABROAD):
        return _ENOUGH
    return _COUNTED_ONLY if lower in _COUNTED_FOR else 0


def _where_somebody_stays(text: str) -> Iterator[Personal]:
    for match in _LIVES.finditer(text):
        there = match["there"].rstrip(" ,")
        if any(map(str.isdigit, there)) and any(map(str.isalpha, there)) and not _is_year(there):
            yield Personal("address", Span(match.start("there"), match.start("there") + len(there)))


def _is_year(said: str) -> bool:
    """Whether the only number in it is a year: 'in 1971, Valentin Street' is no address."""
    return all(re.fullmatch(r"(?:1[89]|20)\d\d", number) for number in re.findall(r"\d+", said))


def is_card(digits: str) -> bool:
    """Whether digits could be the number of a card (ISO/IEC 7812: 12 to 19 digits, the last by Luhn's check)."""
    if len(digits) not in _CARD_DIGITS or len(set(digits)) == 1:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether a text is an account's number (ISO 13616: 15 to 34 characters, the remainder by 97 is 1)."""
    said = re.sub(r"\s", "", text).upper()
    if not 15 <= len(said) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in said[4:] + said[:4])) % 97 == 1


def is_ip(text: str) -> bool:
    """Whether a text is the address of a machine, of either version."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    # A time of day has two colons, and two colons alone are punctuation.
    return any(map(str.isalnum, text)) and (text.count(":") != 2 or "::" in text)


def _is_grouped_phone(match: re.Match[str]) -> bool:
    return match.group().startswith(("+", "(", "00"))


def _is_phone(text: str, match: re.Match[str], digits: str) -> bool:
    said = match.group()
    if len(digits) not in _PHONE_DIGITS or _DATE.match(said) or _YEARS.fullmatch(said):
        return False
    if said.startswith(("+", "(", "00")):
        return True
    if _OTHER.search(text, max(0, match.start() - 60), match.start()):
        return False
    named = _CALLED.search(text, max(0, match.start() - 90), match.start()) is not None
    if _THOUSANDS.fullmatch(said) or len(re.split(r"[ ().\-/]+", said)) == 1:
        return named or (said.startswith("0") and len(digits) >= 9)
    return named or said.startswith("0") or _usual(said)


def _usual(said: str) -> bool:
    """Groups as telephone numbers are written: two to five of them, each of two to four digits."""
    groups = re.split(r"[ ().\-/]+", said)
    return 2 <= len(groups) <= 5 and all(2 <= len(group) <= 4 for group in groups)
