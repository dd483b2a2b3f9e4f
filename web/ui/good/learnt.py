"""What was learnt, on the page: before and after, the way back, and what is proposed for switching off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from access.permissions import Permission, may
from analysis import learning as rules
from analysis.judged import Line
from analysis.learnt import Learnt
from model.language import Labels, _, later, many, number
from model.person import Person
from response import learning
from store import learnt as rows
from store.db import store
from store.learnt import LearntVersion
from web import frame
from web.ui import loosening, telling, words
from web.ui.acting import attempt
from web.ui.good.figures import between, drawn, percent

_MATTERS = "pages/matters.py"
_KIND = Labels(
    {
        rows.LEARNT: later("Learnt from {n} judgements"),
        rows.BACK: later("Back to what was in force before"),
        rows.OFF: later("Learning switched off"),
        rows.ON: later("Learning switched on"),
        rows.SIGNAL: later("A signal was switched"),
    }
)


@dataclass(frozen=True, slots=True)
class Past:
    """What was learnt so far: whether anything is learnt at all, how many judgements there are, when it was last tried,
    and the newest versions, newest first."""

    learns: bool
    judged: int
    tried: datetime | None
    versions: Sequence[LearntVersion]


def stands(me: Person, now: Learnt, past: Past, names: Mapping[int, str]) -> None:
    """What is in force, how it did before and after, and the ways back."""
    st.subheader(_("What was learnt here"), anchor=False)
    last = next((one for one in past.versions if one.kind == rows.LEARNT), None)
    if not past.learns:
        frame.quiet(_("Learning is switched off: comments are assessed as Levelhead ships."))
    elif last is None:
        frame.quiet(_nothing_yet(past))
    if last is not None:
        _before_after(last)
        if past.learns and any(one.kind in (rows.BACK, rows.OFF) for one in past.versions if one.number > last.number):
            frame.quiet(_("This was taken out since, and counts no more."))
    if may(me, Permission.ASSESSING):
        _ways(me, now, past.learns)
    if past.versions:
        lines = "".join(f"<li>{escape(_line(one, names))}</li>" for one in past.versions)
        st.html(f"<details><summary>{escape(_('Versions'))}</summary><ul>{lines}</ul></details>")


def _nothing_yet(past: Past) -> str:
    """Why nothing was learnt so far, and when it is tried."""
    if past.tried is not None:
        return many(
            "Tried last on {when}: nothing was better on later decisions, so comments are assessed as Levelhead ships."
            " It is tried again once {n} more comment was judged.",
            "Tried last on {when}: nothing was better on later decisions, so comments are assessed as Levelhead ships."
            " It is tried again once {n} more comments were judged.",
            rules.LEAST_NEW,
            when=words.exact(past.tried),
        )
    if past.judged >= rules.LEAST:
        return _(
            "Nothing yet. Enough was judged, and Levelhead tries within the hour whether it can do better; what is not"
            " better on later decisions is never used."
        )
    return many(
        "Nothing yet. Once {n} comment was judged, Levelhead tries once a day whether it can do better; what is not"
        " better on later decisions is never used.",
        "Nothing yet. Once {n} comments were judged, Levelhead tries once a day whether it can do better; what is not"
        " better on later decisions is never used.",
        rules.LEAST,
    )


def _line(one: LearntVersion, names: Mapping[int, str]) -> str:
    who = names.get(one.by, _("somebody")) if one.by is not None else _("Levelhead itself")
    said = _KIND[one.kind].format(n=number(one.labels))
    return f"{one.number} · {words.exact(one.at)} · {who} · {said}"


def _before_after(last: LearntVersion) -> None:
    """What the version of last was measured by: labels that it had not learnt from."""
    first = last.reports[0] if last.reports else {}
    frame.quiet(
        _(
            "Version {number}, {when}: learnt from {earlier} judgements, and measured by the {later} that came after"
            " them. What was not better there is not used.",
            number=last.number,
            when=words.exact(last.at),
            earlier=number(first.get("earlier", 0)),
            later=number(first.get("later", 0)),
        )
    )
    heads = [_("what"), _("judged after"), _("before"), _("after"), _("used")]
    drawn(_("Before and after"), heads, [_report(one) for one in last.reports])


def _report(one: Mapping[str, Any]) -> list[str]:
    head = one["what"] == rules.HEAD
    name = _("What needs a person") if head else _("Chance of: {signal}", signal=telling.named(one["what"]))
    told = [_measure(one[when], one["later"], head=head) for when in ("before", "after")]
    return [escape(name), number(one["later"]), *told, escape(_("yes") if one["adopted"] else _("no"))]


def _measure(one: Mapping[str, Any], n: int, *, head: bool) -> str:
    """How well something did, as HTML: each figure on a line of its own."""
    said = [_("log loss {n}", n=number(one["log_loss"], 3))]
    if head:
        said = [
            _("{right} of {n} right", right=number(one["right"]), n=number(n)),
            _("{n} missed", n=number(one["missed"])),
            _("{n} raised for nothing", n=number(one["needless"])),
            *said,
        ]
    return f"<span>{'<br>'.join(map(escape, said))}</span>"


def _ways(me: Person, now: Learnt, learns: bool) -> None:
    """One click back, and off for good."""
    with st.container(horizontal=True, key="learnt-ways"):
        learnt = now.head is not None or bool(now.scales)
        if learnt and st.button(_("Back to the version before"), key=f"back-{now.number}"):
            attempt(lambda: learning.back(store(), me, now.number), _("Done. Comments read from now on go by it."))
            st.rerun()
        if learns and st.button(_("Switch learning off"), key=f"off-{now.number}"):
            done = _("Switched off, with all that was learnt. Labels are kept, and it can be switched on again.")
            attempt(lambda: learning.switch(store(), me, now.number, on=False), done)
            st.rerun()
        if not learns and st.button(_("Switch learning on"), key=f"on-{now.number}"):
            done = _("Switched on. Levelhead tries once a day, when enough was judged.")
            attempt(lambda: learning.switch(store(), me, now.number, on=True), done)
            st.rerun()


# --- what is proposed ------------------------------------------------------------------------------------------------


def proposed(me: Person, now: Learnt, wrong: Sequence[Line], wrong_matters: Sequence[Line]) -> None:
    """Signals and matters that are more often wrong than right, and those switched off; nothing where none is. It is
    shown to whoever may switch them."""
    if not may(me, Permission.ASSESSING) or not (wrong or wrong_matters or now.off):
        return
    st.subheader(_("More often wrong than right"), anchor=False)
    frame.quiet(
        _(
            "Nothing here is switched off by itself: you decide. What it raises can be right all the same. A signal"
            " that is off raises nothing from then on, until somebody switches it on again here."
        )
    )
    for line in wrong:
        if line.key not in now.off:
            _signal(me, now, line)
    called = words.matters()
    for line in wrong_matters:
        with st.container(border=True, key=f"wrong-{line.key}"):
            st.html(_wrong(called.get(line.key, line.key), line))
            st.page_link(_MATTERS, label=_("Change it, or switch it off, on Matters"))
    for signal in sorted(now.off):
        with st.container(border=True, key=f"off-{signal}", horizontal=True, vertical_alignment="center"):
            st.text(_("{signal}: switched off", signal=telling.named(signal)))
            if st.button(_("Switch it on"), key=f"switch-on-{signal}-{now.number}"):
                _switch(me, signal, now.number, on=True)


def _wrong(name: str, line: Line) -> str:
    figures = _(
        "{right} of {n} were right: {share} (95 % interval: {interval}).",
        right=number(line.right),
        n=number(line.n),
        share=percent(line.right / line.n),
        interval=between(line.interval),
    )
    return f"<p><strong>{escape(name)}</strong><br>{escape(figures)}</p>"


def _signal(me: Person, now: Learnt, line: Line) -> None:
    with st.container(border=True, key=f"wrong-{line.key}"):
        st.html(_wrong(telling.named(line.key), line))
        why = loosening.why_field(me, None, f"signal-{line.key}")
        if st.button(_("Switch it off"), key=f"switch-off-{line.key}-{now.number}"):
            _switch(me, line.key, now.number, on=False, why=why)


def _switch(me: Person, signal: str, number_seen: int, *, on: bool, why: str = "") -> None:
    def said(made: int) -> str:
        if on:
            return _("Switched on again.")
        return _("Switched off.") if made else _("It waits for a second person; until then it stays on.")

    attempt(lambda: learning.switch_signal(store(), me, signal, number_seen, on, why), said)
    st.rerun()
