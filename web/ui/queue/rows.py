"""A row of the queue as data for the list: pure, so that what is read on the screen can be tested without one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analysis import labels
from analysis.asking import asks
from analysis.text import sentences
from model.language import _, later, many
from model.queue import Of, View, Wait
from model.words import Channel, Severity
from response import states
from response.wellness import NEVER
from store.our_people import Answer
from store.queue import ALIKE, Row
from web.ui import words
from web.ui.lists import shortened

_BEFORE, _MOST = 60, 220
_TITLE = 60
_THREAD = 48


def key(view: View, number: int) -> str:
    """What a row is called in the page's address: 'case-7', 'comment-12'."""
    return f"{'case' if view.of is Of.CASES else 'comment'}-{number}"


def excerpt(text: str, sentence: tuple[int, int], span: tuple[int, int] | None) -> tuple[str, str, str]:
    """The sentence that matters as three parts: before the span, the span, after it; at most 220 characters.

    A long sentence begins near the span. Without a span all of it is the first part.
    """
    start, end = sentence if 0 <= sentence[0] < sentence[1] <= len(text) else (0, len(text))
    if span is None or not start <= span[0] < span[1] <= end:
        said = text[start:end]
        return (_line(said if len(said) <= _MOST else said[: _MOST - 1].rstrip() + "…"), "", "")
    before, marked, after = text[start : span[0]], text[span[0] : span[1]], text[span[1] : end]
    if len(before) > _BEFORE:
        cut = before[-_BEFORE:]
        before = "… " + (cut.partition(" ")[2] or cut)
    if len(marked) > _MOST:
        return _line(before), _line(marked[: _MOST - 1]) + "…", ""
    left = max(0, _MOST - len(before) - len(marked))
    after = after if len(after) <= left else after[:left].rstrip() + "…"
    return _line(before), _line(marked), _line(after)


def _line(text: str) -> str:
    """On one line, with the blanks at its ends kept as one."""
    inner = " ".join(text.split())
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")


def worst(row: Row) -> tuple[int, int] | None:
    """The span of the strongest reason within the sentence that matters."""
    inside = [
        one
        for one in row.reasons or ()
        if not one["rule"].startswith("spam:") and row.focus_start <= one["start"] < one["end"] <= row.focus_end
    ]
    best = max(inside, key=lambda one: float(one["share"]), default=None)
    return (int(best["start"]), int(best["end"])) if best else None


def question(text: str) -> tuple[int, int] | None:
    """The first sentence that asks something."""
    return next(((one.start, one.end) for one in sentences(text) if asks(text[one.start : one.end])), None)


def parts(row: Row, now: datetime) -> tuple[str, bool]:
    """What makes the priority of an open case, in words, and whether its time is over."""
    if row.opened_at is None or row.due_at is None or row.state != "open":
        return "", False
    wait = Wait.of(row.opened_at, row.due_at, now)
    said = later("severity {n} · waits {waited} of {target}")
    if wait.late:
        said = later("severity {n} · waits {waited} of {target}, late")
    return _(said, n=row.severity, waited=words.span(wait.waited), target=words.span(wait.target)), wait.late


def who(row: Row, me: int, approvals: int, answers: Sequence[Answer]) -> str:
    """Who is on it, or what it waits for, or how many approvals a reply needs."""
    if row.state == "closed":
        return states.STATE.get(row.outcome, row.outcome)
    if row.claimed_by:
        return _("Yours") if row.claimed_by == me else row.claimed_name or _("Somebody")
    if row.snoozed_until:
        return _("until {when}", when=words.exact(row.snoozed_until))
    if answers:
        return _("answered there by {name}", name=answers[-1].name)
    return many("{n} approval", "{n} approvals", approvals) if approvals else _("you may answer")


def _title(row: Row, view: View) -> str:
    if view.of is Of.QUESTIONS:
        return _("Question, no answer yet")
    if view.of is Of.SPAM:
        return _("Suspected spam")
    return shortened(labels.said(row.headline), _TITLE)


def shown(
    view: View,
    found: Sequence[Row],
    *,
    me: int,
    now: datetime,
    approvals: Mapping[int, int],
    answers: Mapping[int, list[Answer]],
    soften: int = NEVER,
) -> list[dict[str, Any]]:
    """The rows as the list draws them. Everything in them is text. From the severity `soften` on it is not shown."""
    return [_one(view, row, me, now, approvals.get(row.id, 0), answers.get(row.id, ()), soften) for row in found]


def _one(
    view: View, row: Row, me: int, now: datetime, approvals: int, answers: Sequence[Answer], soften: int
) -> dict[str, Any]:
    of_cases = view.of is Of.CASES
    focus, span = (row.focus_start, row.focus_end), worst(row) if of_cases else None
    # Where nothing was found, as a person raised it, what is asked says most.
    if (view.of is Of.QUESTIONS or (of_cases and span is None)) and (asked := question(row.text)):
        focus, span = (0, len(row.text)), asked
    before, marked, after = excerpt(row.text, focus, span)
    if of_cases and span is None and marked == "":
        before, marked = "", before
    title = _title(row, view)
    hidden = of_cases and row.severity >= soften
    if hidden:
        before, marked, after = _("Hidden: severity {n}. Open the case to read it.", n=row.severity), "", ""
        title = title.partition(" (")[0]
    severity = words.SEVERITY[Severity(row.severity)] if of_cases else ""
    stands = words.stands(row.status, row.deleted_at)
    where = " · ".join(
        filter(
            None,
            (
                row.author or _("No name"),
                words.CHANNEL[Channel(row.channel)],
                shortened(row.thread_title, _THREAD),
                stands,
            ),
        )
    )
    same = _same(row.same)
    on_it = who(row, me, approvals, answers) if of_cases else ""
    counted, late = parts(row, now)
    spoken = [f"{title}, {severity}" if severity else title, f"{before}{marked}{after}".strip(), where]
    spoken += [_others(row.same)] if same else []
    spoken += [words.age(row.at), on_it, _("late") if late else ""]
    return {
        "key": key(view, row.id),
        "version": row.version,
        "hidden": hidden,
        "severity": row.severity if of_cases else 0,
        "severity_word": severity,
        "title": title,
        "age": words.age(row.at),
        "exact": words.exact(row.at),
        "before": before,
        "marked": marked,
        "after": after,
        "where": where,
        "same": same,
        "who": on_it,
        "yours": of_cases and row.claimed_by == me and row.state == "open",
        "parts": counted,
        "late": late,
        "spoken": ". ".join(part for part in spoken if part),
    }


def _same(n: int) -> str:
    """'+3 say the same'."""
    if n > ALIKE:
        return _("more than {n} say the same", n=ALIKE)
    return many("+{n} says the same", "+{n} say the same", n) if n else ""


def _others(n: int) -> str:
    if n > ALIKE:
        return _("more than {n} other comments in this thread say the same", n=ALIKE)
    return many("{n} other comment in this thread says the same", "{n} other comments in this thread say the same", n)
