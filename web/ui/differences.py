"""What changed from one text to another, word by word. Pure, and bounded in time for texts of any length."""

import re
from difflib import SequenceMatcher
from enum import Enum

_STAYED = 3
_MOST = 1_500_000
"""So many pairs of words are compared; of longer texts whole lines, then the texts as they stand."""


class Kind(Enum):
    """What became of a part."""

    SAME = "same"
    GONE = "gone"
    CAME = "came"


Part = tuple[Kind, str]


def changes(before: str, now: str) -> list[Part]:
    """The parts in their order. Those that stayed or went are `before`, those that stayed or came are `now`."""
    start = _alike(before, now)
    # A word is never cut in two.
    start = max((found.end() for found in re.finditer(r"\s", before[:start])), default=0)
    old, new = before[start:], now[start:]
    parts = _joined([(Kind.SAME, before[:start]), *_compared(old, new)])
    return [part for part in parts if part[1]]


def _alike(one: str, other: str) -> int:
    """How many signs both begin with."""
    most = min(len(one), len(other))
    return next((at for at in range(most) if one[at] != other[at]), most)


def _compared(before: str, now: str) -> list[Part]:
    for pattern in (r"\S+\s*|\s+", r"[^\n]*\n|[^\n]+"):
        old, new = re.findall(pattern, before), re.findall(pattern, now)
        if len(old) * len(new) <= _MOST:
            return _matched(old, new)
    return [(Kind.GONE, before), (Kind.CAME, now)]


def _matched(old: list[str], new: list[str]) -> list[Part]:
    parts: list[Part] = []
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(opcodes):
        # A word or two that stayed between two changes reads better as part of the change.
        short = b - a < _STAYED and 0 < place < len(opcodes) - 1
        if kind == "equal" and not short:
            parts.append((Kind.SAME, "".join(old[a:b])))
        else:
            parts += [(Kind.GONE, "".join(old[a:b])), (Kind.CAME, "".join(new[c:d]))]
    return parts


def _joined(parts: list[Part]) -> list[Part]:
    """Between two parts that stayed, all that went stands before all that came."""
    joined: list[Part] = []
    gone, came = "", ""
    for kind, text in [*parts, (Kind.SAME, "")]:
        if kind is Kind.GONE:
            gone += text
        elif kind is Kind.CAME:
            came += text
        else:
            end = _ends(gone, came)
            gone, came = gone[: len(gone) - len(end)], came[: len(came) - len(end)]
            joined += [(Kind.GONE, gone), (Kind.CAME, came), (Kind.SAME, end + text)]
            gone, came = "", ""
    return joined


def _ends(gone: str, came: str) -> str:
    """The end of a line that both have stayed: shown as gone and as come, it would tear the new line off its own."""
    tails = [text[len(text.rstrip()) :] for text in (gone, came)]
    return tails[0] if tails[0] == tails[1] and "\n" in tails[0] else ""
