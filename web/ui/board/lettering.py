"""The letters of the file for the board: Fira Sans, which has Latin, Greek and Cyrillic, and is in the file itself."""

from functools import lru_cache

import fontpkg_fira_sans
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "FiraSans-Regular", "FiraSans-SemiBold"


@lru_cache(maxsize=1)
def known() -> None:
    """Makes the letters known to reportlab; once in a process."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, fontpkg_fira_sans.ROOT / "files" / f"{name}.ttf"))


def wide(text: str, font: str, size: float) -> float:
    """How wide a text is on one line, in points."""
    known()
    return float(pdfmetrics.stringWidth(text, font, size))


def fitted(text: str, font: str, size: float, width: float) -> str:
    """A text on one line, cut to what there is room for."""
    if wide(text, font, size) <= width:
        return text
    while text and wide(f"{text}…", font, size) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def lines(text: str, font: str, size: float, width: float, most: int) -> list[str]:
    """A text on several lines, `most` at most: what is longer is cut. A word that is wider than a line is cut too."""
    known()
    found = [str(line) for line in simpleSplit(text, font, size, width)]
    kept = found[:most]
    if len(found) > most:
        kept[-1] = f"{kept[-1]} {found[most]}"
    return [fitted(line, font, size, width) for line in kept]


def largest(text: str, font: str, sizes: tuple[float, ...], width: float, most: int) -> tuple[float, list[str]]:
    """A text in the largest of some sizes (the largest first) in which it has room on `most` lines; in the smallest it
    is cut."""
    for size in sizes:
        known()
        if len(simpleSplit(text, font, size, width)) <= most:
            return size, lines(text, font, size, width, most)
    return sizes[-1], lines(text, font, sizes[-1], width, most)
