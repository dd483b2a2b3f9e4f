"""HTML of a comment as plain text, the same from whatever route it came.

A scanner of our own, because what strangers send must cost time in proportion to its length: Python's HTML parser needs
minutes for some short texts. It is only used to read: what came as HTML is shown as text alone.
"""

import html
import re

MAX_TEXT = 100_000
_MAX_SOURCE = 4 * MAX_TEXT

# No alternative can run past the next '<', and nothing is tried twice: that is what keeps it linear.
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)"
    r"(?P<rest>[^<>\"']*+(?:\"[^\"<]*+\"[^<>\"']*+|'[^'<]*+'[^<>\"']*+)*+)>"
    r"|<(?P<junk>[!?/a-zA-Z][^<>]*+)>?"
)
_ALT = re.compile(r"""\balt\s{0,5}=\s{0,5}(?:"([^"<]*+)"|'([^'<]*+)'|([^\s"'<>]++))""", re.IGNORECASE)

_BLOCKS = re.compile(
    "address|article|aside|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6r]|header|main|nav|ol|p|pre"
    "|section|summary|table|ul"
)
_INLINE = {"q": '"', "td": " ", "th": " "}
_SILENT = frozenset(("script", "style", "template", "iframe", "head", "title"))

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANKS = re.compile("[ \t\u00a0]+")
_SPACE = re.compile("[ \t\r\n\f]+")


def to_text(source: str) -> str:
    """The readable text of some HTML, normalised; at most 100,000 characters. Never raises.

    Blocks are separated by an empty line, `<br>` is a line break, items of lists begin with '- ', quotations with '> ';
    images give their alternative text (an emoji), links their words; scripts and styles are dropped. Text without any
    tag keeps its line breaks.
    """
    bounded = mended(source[:_MAX_SOURCE])
    if "<" not in bounded or not _TAG.search(bounded):
        return tidy(html.unescape(bounded))
    return _Page(bounded).text()


class _Page:
    """One pass over some HTML."""

    def __init__(self, source: str) -> None:
        self._lines: list[str] = []
        self._now: list[str] = []
        self._quotes = 0
        self._pre = 0
        self._silent = ""
        self._scan(source)

    def text(self) -> str:
        self._break(paragraph=False)
        return tidy("\n".join(self._lines))

    def _scan(self, source: str) -> None:
        at = 0
        while (start := source.find("<", at)) >= 0:
            self._data(source[at:start])
            if source.startswith("<!--", start):
                end = source.find("-->", start + 4)
                at = end + 3 if end >= 0 else len(source)
            elif tag := _TAG.match(source, start):
                at = tag.end()
                if tag["name"]:
                    self._tag(tag["name"].lower(), bool(tag["close"]), tag["rest"])
            else:
                self._data("<")
                at = start + 1
        self._data(source[at:])

    def _data(self, piece: str) -> None:
        if not piece or self._silent:
            return
        words = html.unescape(piece) if "&" in piece else piece
        if not self._pre:
            self._now.append(words if _plain(words) else _SPACE.sub(" ", words))
            return
        first, *others = words.replace("\r\n", "\n").split("\n")
        self._now.append(first)
        for other in others:
            self._break(paragraph=False)
            self._now.append(other)

    def _tag(self, name: str, closes: bool, rest: str) -> None:
        if self._silent:
            if closes and name == self._silent:
                self._silent = ""
        elif name in _SILENT:
            self._silent = "" if closes or rest.endswith("/") else name
        elif name == "br":
            self._break(paragraph=False)
        elif name == "img":
            alt = _ALT.search(rest)
            self._now.append(html.unescape(alt[1] or alt[2] or alt[3] or "") if alt else "")
        elif name in _INLINE:
            self._now.append(_INLINE[name])
        elif name in ("li", "tr"):
            if "".join(self._now).strip():
                self._break(paragraph=False)
            if name == "li" and not closes:
                self._now.append("- ")
        elif name == "blockquote":
            self._break(paragraph=True)
            self._quotes = max(0, self._quotes + (-1 if closes else 1))
        elif _BLOCKS.fullmatch(name):
            self._break(paragraph=True)
            if name == "pre":
                self._pre = max(0, self._pre + (-1 if closes else 1))

    def _break(self, *, paragraph: bool) -> None:
        """Ends the line; a paragraph's end leaves an empty line behind it, unless a list item has only begun."""
        line = tidy_line("".join(self._now))
        if paragraph and line == "-":
            return
        self._now = []
        self._lines.append("> " * min(self._quotes, 5) + line if line else "")
        if paragraph and line:
            self._lines.append("")


def storable(text: str) -> str:
    """Text without what no database and no file takes: NUL and halves of characters."""
    return text if text.isprintable() else _UNSTORABLE.sub("", text)


def mended(text: str) -> str:
    """Text whose UTF-8 was taken for Latin-1 on its way, put right; anything else as it is.

    feedparser does this to what it reads, so the other routes have to do it too for one comment to have one text.
    """
    for _ in range(3):
        if text.isascii():
            break
        try:
            text = text.encode("latin-1").decode("utf-8")
        except UnicodeError:
            break
    return text


def tidy(text: str) -> str:
    """Blanks folded, at most one empty line in a row, no control characters, at most 100,000 characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for one in map(tidy_line, lines):
        if one or (kept and kept[-1]):
            kept.append(one)
    return "\n".join(kept).strip()[:MAX_TEXT].rstrip()


def tidy_line(text: str) -> str:
    """One line without outer blanks and control characters, inner blanks folded."""
    return (text if _plain(text) else _BLANKS.sub(" ", _CONTROL.sub(_windows, text))).strip(" ")


def _plain(text: str) -> bool:
    """Whether there is nothing to fold or to drop: no control character, no blank but single spaces. Most text is so,
    and is told apart in a tenth of the time of the searches."""
    return text.isprintable() and "  " not in text


def line(text: str, most: int) -> str:
    """A single line of at most `most` characters, entities resolved, as for names and titles."""
    if len(text) <= most and "&" not in text and text.isascii() and _plain(text):
        return text.strip(" ")
    bounded = html.unescape(mended(text[: most * 10]))
    plain = bounded if bounded.isprintable() else _CONTROL.sub(_windows, bounded)
    return " ".join(plain.split())[:most].rstrip()


def _windows(control: re.Match[str]) -> str:
    """What a control character was meant to be: a letter of Windows-1252, or nothing."""
    code = ord(control[0])
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code < 0xA0 else ""
