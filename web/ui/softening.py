"""What is hidden until a person asks for it: texts from the severity on that they chose. Pure, and the one place that
decides it and draws it. `soften` is always that severity (`wellness.softens_from`), and `severity` that of what was
flagged, 0 of what was not.
"""

from collections.abc import Sequence
from html import escape

from analysis import labels
from model.assessment import Reason
from model.language import _
from store.comments import Comment
from web.ui.lists import shortened


def holds(severity: int, soften: int, reasons: Sequence[Reason] = ()) -> str:
    """What a text holds that is hidden: 'severity 4, Threat'; empty where it is shown."""
    if not severity or severity < soften:
        return ""
    why = max(reasons, key=lambda reason: reason.share, default=None)
    grade = _("severity {n}", n=severity)
    return f"{grade}, {label(why.label)}" if why else grade


def veiled(html: str, held: str) -> str:
    """A text as HTML, one step away where it `held` something."""
    if not held:
        return html
    hidden = escape(_("Hidden: {held}. Show", held=held))
    return f"<details class='lh-soft'><summary>{hidden}</summary>{html}</details>"


def label(said: str, *, hide: bool = True) -> str:
    """A reason or a headline in the reader's language; to `hide`: without the words of the comment, in brackets."""
    return labels.said(said.partition(" (")[0] if hide else said)


def first_words(one: Comment, most: int, soften: int) -> str:
    """The beginning of a comment on one line, or that it is hidden; text, not HTML."""
    if held := holds(one.flagged_severity, soften):
        return _("Hidden: {held}", held=held)
    return shortened(" ".join(one.text.split()), most)
