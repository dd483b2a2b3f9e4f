"""What was found, as it is shown: the words marked, and everything from outside as text alone."""

import re
from collections.abc import Sequence
from html import escape

from model.language import Labels, later
from model.words import CaseState, ResponseState
from store.search import Term, folded

SHOWN = 400
"""Characters of a text that are shown, around the first word that was found."""
CASE = Labels({str(CaseState.OPEN): later("open"), str(CaseState.CLOSED): later("closed")})
RESPONSE = Labels(
    {
        str(ResponseState.DRAFT): later("draft"),
        str(ResponseState.WAITING): later("waiting"),
        str(ResponseState.CHANGES_REQUESTED): later("changes requested"),
        str(ResponseState.REJECTED): later("rejected"),
        str(ResponseState.APPROVED): later("approved"),
        str(ResponseState.HELD): later("held"),
        str(ResponseState.PUBLISHED): later("published"),
        str(ResponseState.WITHDRAWN): later("withdrawn"),
    }
)
"""How what was found stands, by its state in the database."""
_BEFORE = 120
_WORD = re.compile(r"[^\W_]+")


def marked(text: str, typed: Sequence[Term]) -> str:
    """The part of a text that holds what was looked for, as HTML: escaped, the words in <mark>."""
    exact = {word for term in typed if not term.unwanted for word in term.words[: len(term.words) - term.beginning]}
    begins = tuple(term.words[-1] for term in typed if term.beginning and not term.unwanted)
    hits = [found.span() for found in _WORD.finditer(text) if _hit(folded(found.group()), exact, begins)]
    start = max(0, hits[0][0] - _BEFORE) if hits and hits[0][0] > SHOWN - _BEFORE else 0
    start = text.find(" ", start) + 1 if start else 0
    end = min(len(text), start + SHOWN)
    parts, at = ["…" if start else ""], start
    for begin, stop in hits:
        if at <= begin and stop <= end:
            parts += [escape(text[at:begin]), f"<mark>{escape(text[begin:stop])}</mark>"]
            at = stop
    return "".join([*parts, escape(text[at:end]), "…" if end < len(text) else ""])


def _hit(word: str, exact: set[str], begins: tuple[str, ...]) -> bool:
    return word in exact or bool(begins and word.startswith(begins))
