"""The links and images in the HTML of a comment, with the words that stood on them. Read only, never followed."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.html import tidy, to_text

MOST = 50
_MOST_SOURCE = 100_000
_MOST_ADDRESS = 2000

# As in channels.html: no alternative can run past the next '<', and nothing is tried twice.
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>a|img)(?=[\s/>])(?P<rest>[^<>\"']*+(?:\"[^\"<]*+\"[^<>\"']*+|'[^'<]*+'[^<>\"']*+)*+)>",
    re.IGNORECASE,
)
_VALUE = r"""(?:"([^"<]*+)"|'([^'<]*+)'|([^\s"'<>]++))"""
_ADDRESS = {
    "a": re.compile(rf"(?<![\w-])href\s{{0,5}}=\s{{0,5}}{_VALUE}", re.IGNORECASE),
    "img": re.compile(rf"(?<![\w-])src\s{{0,5}}=\s{{0,5}}{_VALUE}", re.IGNORECASE),
}
_ALT = re.compile(rf"(?<![\w-])alt\s{{0,5}}=\s{{0,5}}{_VALUE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outward:
    """Something in a comment that leads elsewhere: where, what it is called in the comment's text, and whether it is
    an image."""

    address: str
    words: str
    image: bool


def outward(source: str) -> tuple[Outward, ...]:
    """The links and images of some HTML in their order, at most 50 of the first 100,000 characters. Never raises."""
    found: list[Outward] = []
    for one in _each(source[:_MOST_SOURCE]):
        found.append(one)
        if len(found) == MOST:
            break
    return tuple(found)


def _each(source: str) -> Iterator[Outward]:
    address, start = "", -1
    for tag in _TAG.finditer(source):
        name, closes = tag["name"].lower(), bool(tag["close"])
        if name == "img":
            if not closes and (where := _value(_ADDRESS["img"], tag["rest"])):
                yield Outward(where, tidy(_value(_ALT, tag["rest"])), image=True)
            continue
        if start >= 0 and address:
            yield Outward(address, to_text(source[start : tag.start()]), image=False)
        address, start = ("", -1) if closes else (_value(_ADDRESS["a"], tag["rest"]), tag.end())
    if start >= 0 and address:
        yield Outward(address, to_text(source[start:]), image=False)


def _value(pattern: re.Pattern[str], rest: str) -> str:
    found = pattern.search(rest)
    return html.unescape(found[1] or found[2] or found[3] or "").strip()[:_MOST_ADDRESS] if found else ""
