"""The three lists of My approvals: what waits for me, what waits because of me, what I decided."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from model import language
from model.language import Labels, _, later
from model.person import Person
from model.words import Action, Channel, DecisionKind, ResponseState, Severity
from store import deciding
from store.db import store
from store.deciding import PAGE, Question, Row
from web import frame
from web.ui import keys, softening, words
from web.ui.components import component
from web.ui.keys import Keys
from web.ui.lists import number, shortened
from web.ui.together import wellness

SHOWN = Labels({"waiting": later("Wait for you"), "because": later("Because of you"), "decided": later("You decided")})
_LIST, _HELP = "approvals-list", "approvals_help"


def title(row: Row) -> str:
    """'Reply to Carys', 'Put on hold: Carys'."""
    who = row.commenter or _("No name")
    does = Action(row.action)
    if does is not Action.REPLY and row.commenter is None:
        return words.ACTION[does]
    if does is not Action.REPLY:
        return f"{words.ACTION[does]}: {who}"
    return _("Reply to {who}", who=who) if row.commenter is not None else _("A response of our own")


def where(row: Row) -> str:
    """'Ines Okafor · Blog · version 3, level 1 of 2'."""
    steps = len(row.route.get("steps", ()))
    at = (
        _("version {n}, step {step} of {steps}", n=row.version_number, step=row.step + 1, steps=steps)
        if steps
        else _("version {n}", n=row.version_number)
    )
    channel = words.CHANNEL[Channel(row.channel)] if row.channel else ""
    return " · ".join(filter(None, (row.author, channel, at)))


def drawn(row: Row, soften: int, decided: str = "") -> dict[str, Any]:
    """A row as the list draws it; everything in it is text. `decided` is what this person has just done with it. Of a
    comment from the severity `soften` on no word is shown."""
    severity = row.severity or 0
    said = row.text if row.action == Action.REPLY else row.about or ""
    if held := _hidden(row, soften):
        said = _("Hidden: {held}", held=held)
    level = words.SEVERITY[Severity(severity)] if severity else ""
    name, place, age = title(row), where(row), words.age(row.since)
    return {
        "key": f"decide-{row.submission_id}",
        "severity": severity,
        "severity_word": level,
        "title": name,
        "age": age,
        "exact": words.exact(row.since),
        "before": " ".join(shortened(said, 220).split()),
        "marked": "",
        "after": "",
        "where": place,
        "same": "",
        "who": decided,
        "yours": bool(decided),
        "parts": _("You are asked in the place of others") if row.stood_in is not None and not decided else "",
        "late": False,
        "spoken": ". ".join(
            part for part in (f"{name}, {level}" if level else name, said, place, age, decided) if part
        ),
    }


def _hidden(row: Row, soften: int) -> str:
    """What is hidden of a row: the comment's own words stand in it where something is to be done to the comment."""
    return "" if row.action == Action.REPLY else softening.holds(row.about_severity, soften)


def choose(rows: Sequence[dict[str, Any]], chosen: int, mine: Keys) -> None:
    """The list; who picks a row changes the page's address, and so what is beside the list."""
    component("queue")(
        key=_LIST,
        data={
            "label": _("What waits for your decision"),
            "rows": list(rows),
            "hand": f"decide-{chosen}",
            "letters": mine.letters,
            "acts": [],
            "says": {},
            "done": 0,
        },
        on_picked_change=_picked,
        on_help_change=_help,
    )
    if st.session_state.pop(_HELP, False):
        keys.help_on_keys(mine)


def _picked() -> None:
    found = number(str(st.session_state[_LIST].get("picked") or "").partition("-")[2])  # as it is
    if found is not None:
        go_to(found)


def go_to(submission_id: int) -> None:
    """Opens a decision; what the address said of an earlier one is gone from it."""
    st.query_params.from_dict({"decide": str(submission_id)})


def _help() -> None:
    if st.session_state[_LIST].get("help"):  # as it is
        st.session_state[_HELP] = True


def pages(name: str, count: int) -> int:
    """Which page of a list is shown, counted from 0; a choice of pages where there are several."""
    wanted = max(1, number(st.query_params.get("page")) or 1)
    last = max(1, -(-count // PAGE))
    here = min(wanted, last)
    if last > 1:
        frame.quiet(_("Page {n} of {last}, {count} in all.", n=here, last=last, count=language.number(count)))
        picked = st.pagination(last, default=here, key=f"pages-{name}-{here}")
        if picked != here:
            st.query_params["page"] = str(picked)
            st.rerun()
    return here - 1


def because(me: Person) -> None:
    """What this person wrote or escalated, and at whom it stands since when."""
    with store().read() as tx:
        count = deciding.count_because(tx, me.id)
        asked = deciding.asked_by(tx, me.id)
    page = pages("because", count)
    with store().read() as tx:
        rows = deciding.because(tx, me.id, page)
        names = deciding.asked_names(tx, [row.submission_id for row in rows])
    if not rows and not asked:
        frame.quiet(_("Nothing that you wrote, sent or escalated waits for anybody."))
        return
    st.html(because_html(rows, names, asked, wellness.softens_from(me)))


def because_html(rows: Sequence[Row], names: dict[int, list[str]], asked: Sequence[Question], soften: int) -> str:
    """Pure: what waits, each with at whom it stands and since when; then the questions without an answer."""
    parts = []
    for row in rows:
        asks = words.listed(names.get(row.submission_id, []), last="and")
        who = asks or _("nobody: that level has nobody who could decide")
        at = _("At {who} since {when}", who=who, when=words.exact(row.since))
        parts.append(
            _line(title(row), row.text if row.action == Action.REPLY else row.about or "", row, _hidden(row, soften))
            + f"<small>{escape(at)} · {escape(where(row))}</small></li>"
        )
    for one in asked:
        asks, when = _("A question to {name}", name=one.name), words.exact(one.at)
        case = escape(_("case {id}", id=one.case_id))
        parts.append(
            f"<li><time title='{escape(when)}'>{escape(words.age(one.at))}</time><strong>{escape(asks)}</strong>"
            f"<br>“{escape(shortened(one.text, 160))}”<small>{escape(_('No answer since {when}', when=when))} · "
            f"<a href='/queue?case={one.case_id}' target='_self'>{case}</a></small></li>"
        )
    return f"<ul class='lh-rows'>{''.join(parts)}</ul>"


def _line(name: str, text: str, row: Row, held: str) -> str:
    said = softening.veiled(f"<span dir='auto'>{escape(shortened(text, 160))}</span>", held)
    link = escape(name)
    if row.case_id is not None:
        link = f"<a href='/reply?case={row.case_id}' target='_self'>{link}</a>" if row.action == Action.REPLY else link
    return (
        f"<li><time title='{escape(words.exact(row.since))}'>{escape(words.age(row.since))}</time>"
        f"<strong>{link}</strong><br>{said}"
    )


def decided(me: Person) -> None:
    """What this person decided, newest first, and what became of it."""
    with store().read() as tx:
        count = deciding.count_decided(tx, me.id)
    page = pages("decided", count)
    with store().read() as tx:
        rows = deciding.decided(tx, me.id, page)
    if not rows:
        frame.quiet(_("You have not decided anything yet. What you decide is listed here."))
        return
    st.html(decided_html(rows))


def decided_html(rows: Sequence[Row]) -> str:
    """Pure: each decision with the words that went with it, and how the response stands now."""
    parts = []
    for row in rows:
        did = words.DECIDED[DecisionKind(row.kind)]
        why = f" “{escape(shortened(row.reason, 160))}”" if row.reason else ""
        after = words.NOW[ResponseState(row.state)] if row.settled_at else _("now: can still be undone")
        parts.append(
            f"<li><time title='{escape(words.exact(row.since))}'>{escape(words.age(row.since))}</time>"
            f"<strong>{escape(did)}</strong>: {escape(title(row))}{why}<br>"
            f"<span dir='auto' class='lh-quiet'>{escape(shortened(row.text, 160))}</span>"
            f"<small>{escape(where(row))} · {escape(after)}</small></li>"
        )
    return f"<ul class='lh-rows'>{''.join(parts)}</ul>"
