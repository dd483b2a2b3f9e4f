"""The words of a comment as escaped HTML: why parts are flagged, where links lead, other scripts and directions. Pure.

Nothing in it is loaded by a browser, and nothing is opened without a second step.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice, pairwise

from analysis import labels
from channels.links import Outward
from model.assessment import Reason
from model.language import _, many
from web.ui import links, told_by
from web.ui.links import Placed

SHOWN, LEAD_SHOWN = 900, 4_000
"""Characters of a comment that are open at once: of the one that matters more."""
MOST = 20_000
_BETWEEN = re.compile(r"\n{2,}")
_MOST_PARAGRAPHS = 200
_WORD = 40
"""A cut is made up to so many characters earlier, between two words."""


def body(
    text: str,
    reasons: Sequence[Reason] = (),
    outward: Sequence[Outward] = (),
    *,
    most: int = LEAD_SHOWN,
    first: int = 1,
) -> str:
    """A comment's text with its marks and links. What is longer than `most` is folded, and open where a mark lies in
    it; beyond 20,000 characters it only says how many are left. `first` is the number of the first reason."""
    there, rest = links.placed(text, outward)
    spans = [(one.start, one.end) for one in reasons if 0 <= one.start < one.end <= len(text)]
    most = _fair(text, min(most, MOST), [*spans, *((one.start, one.end) for one in there)])
    parts = [_paragraphs(text, 0, most, reasons, there, first)]
    if most < len(text):
        end = min(len(text), MOST)
        marked = " open" if any(start >= most for start, _ in spans) else ""
        folded = _paragraphs(text, most, end, reasons, there, first)
        if end < len(text):
            left = many(
                "{n} more character is not shown here.", "{n} more characters are not shown here.", len(text) - end
            )
            folded += f"<p class='lh-quiet'>{escape(left)}</p>"
        more = escape(many("{n} more character", "{n} more characters", len(text) - most))
        parts.append(f"<details{marked}><summary>{more}</summary>{folded}</details>")
    if rest:
        parts.append(f"<div class='lh-par'>{''.join(links.link('', one) for one in rest)}</div>")
    return f"<div class='lh-body'>{''.join(parts)}</div>"


def _fair(text: str, most: int, whole: Sequence[tuple[int, int]]) -> int:
    """Where a long text is cut: between two words, and not within a mark or a link unless that goes on for long."""
    if len(text) <= most + most // 4:
        return len(text)
    for start, end in whole:
        if start < most < end:
            most = end if end - most <= most // 4 else most
    blank = max(text.rfind(" ", most - _WORD, most), text.rfind("\n", most - _WORD, most))
    inside = any(start < blank + 1 < end for start, end in whole)
    return most if blank < 0 or inside else blank + 1


def _paragraphs(text: str, start: int, end: int, reasons: Sequence[Reason], there: Sequence[Placed], first: int) -> str:
    """Each paragraph has the direction of its own script; there are 200 at most, the rest is lines of the last."""
    parts, at = [], start
    gaps = islice(_BETWEEN.finditer(text, start, end), _MOST_PARAGRAPHS)
    for gap in [*((one.start(), one.end()) for one in gaps), (end, end)]:
        if inside := "".join(_segments(text, at, gap[0], reasons, there, first)):
            parts.append(f"<div class='lh-par' dir='auto'>{inside}</div>")
        at = gap[1]
    return "".join(parts)


def _segments(
    text: str, start: int, end: int, reasons: Sequence[Reason], there: Sequence[Placed], first: int
) -> Iterator[str]:
    """The pieces of one paragraph, each either within a mark or a link or not."""
    numbered = [(n, one) for n, one in enumerate(reasons, first) if one.start < end and one.end > start]
    outside = [one for one in there if one.start < end and one.end > start]
    # A mark neither begins nor ends within a link, which is one thing to press.
    edges = {start, end, *(edge for _, one in numbered for edge in (one.start, one.end))}
    edges = {edge for edge in edges if not any(one.start < edge < one.end for one in outside)}
    edges |= {edge for one in outside for edge in (one.start, one.end)}
    points = sorted(edge for edge in edges if start <= edge <= end)
    for begin, stop in pairwise(points):
        piece = escape(text[begin:stop]).replace("\n", "<br>")
        leads = next((one for one in outside if one.start <= begin and stop <= one.end), None)
        if leads:
            piece = links.link(piece, leads) if stop == leads.end else piece
        on = [(number, one) for number, one in numbered if one.start < stop and begin < one.end]
        yield _marked(piece, on, [(number, one) for number, one in on if one.end <= stop]) if on else piece


def _marked(piece: str, on: Sequence[tuple[int, Reason]], ending: Sequence[tuple[int, Reason]]) -> str:
    """A piece that reasons are about; where one ends stand its number and why, for those who point or tab there."""
    strong = " class='lh-two'" if len(on) > 1 else ""
    why = "; ".join(f"{number}: {labels.said(one.label)}" for number, one in on)
    ends = "".join(_number(number, one) for number, one in ending)
    return f"<mark{strong} title='{escape(why)}'>{piece}{ends}</mark>"


def _number(number: int, reason: Reason) -> str:
    label, share = labels.said(reason.label), f"{reason.share:.0%}"
    said = _("{label}, {share} of the concern, {found}", label=label, share=share, found=told_by.found(reason.rule))
    return f"<sup tabindex='0'>{number}<span class='lh-tip' role='note'>{escape(said)}</span></sup>"
