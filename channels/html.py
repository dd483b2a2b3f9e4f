"""HTML of a comment as plain text, the same from whatever route it came."""

import html
import re
from html.parser import HTMLParser

MAX_TEXT = 100_000

_BLOCKS = re.compile(
    "address|article|aside|blockquote|dd|div|dl|dt|figure|footer|form|h[1-6r]|header|li|main|nav|ol|p|pre|section|table"
    "|td|th|tr|ul"
)
_DROPPED = re.compile("script|style|noscript|template|iframe|object|svg|math")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\u00a0]+")


class _Text(HTMLParser):
    """Collects text; a block begins a new paragraph, <br> a new line. Images give their alternative text (an emoji)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _DROPPED.fullmatch(tag):
            self._dropping += 1
        elif tag == "br":
            self.parts.append("\n")
        elif _BLOCKS.fullmatch(tag):
            self.parts.append("\n\n" if tag != "li" else "\n")
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if _DROPPED.fullmatch(tag):
            self._dropping = max(0, self._dropping - 1)
        elif _BLOCKS.fullmatch(tag):
            self.parts.append("\n\n" if tag != "li" else "")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            # A line break in HTML's source is a blank, except that WordPress writes '<br />' and a line break.
            self.parts.append(data.replace("\r", "").replace("\n", " "))


def to_text(source: str) -> str:
    """The readable text of some HTML, normalised; at most 100,000 characters. Never raises."""
    if "<" not in source and "&" not in source:
        return tidy(source)
    reader = _Text()
    try:
        reader.feed(source[: MAX_TEXT * 4])
        reader.close()
    except (ValueError, AssertionError):  # the parser gives up on a few malformed declarations
        return tidy(html.unescape(re.sub("<[^>]{0,500}>", " ", source[: MAX_TEXT * 4])))
    return tidy("".join(reader.parts))


def tidy(text: str) -> str:
    """Blanks folded, at most one empty line in a row, no control characters, at most 100,000 characters."""
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [_BLANKS.sub(" ", line).strip() for line in clean.split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()[:MAX_TEXT]


def line(text: str, most: int) -> str:
    """A single line of at most `most` characters, entities resolved."""
    return " ".join(_CONTROL.sub("", html.unescape(text)).split())[:most]
