"""Audit log: who did what, when and why, by person, action, thing and time; handed out as CSV or JSON lines."""

import tempfile
from datetime import date, datetime, time, timedelta
from typing import IO

import streamlit as st

from access.permissions import Permission, may
from model.language import _, number, using
from model.language import current as spoken
from response import health, record
from store import audit, people
from store.db import store
from store.search import LONGEST
from store.trail import LEVELHEAD, MOST_EXPORTED, Wanted
from web import frame
from web.guard import guard
from web.ui import recorded, words
from web.ui.acting import attempt, say
from web.ui.lists import number as as_number

me = guard(Permission.RECORD)
_FILTERS = ("person", "action", "about", "number", "from", "to", "q")
_FILE = "record-file"


def wanted_of(query: dict[str, str]) -> Wanted:
    """What the page's address asks for; what is wrong in it does not count."""
    day = {name: _day(query.get(name, "")) for name in ("from", "to")}
    begin, end = day["from"], day["to"]
    return Wanted(
        person=as_number(query.get("person")),
        action=query.get("action", "") if query.get("action") in recorded.ACTIONS else "",
        subject=query.get("about", "") if query.get("about") in recorded.THINGS else "",
        number=as_number(query.get("number")),
        begin=_midnight(begin) if begin else None,
        end=_midnight(end + timedelta(days=1)) if end else None,
        text=" ".join(query.get("q", "").split())[:LONGEST],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), words.zone())


def filters(wanted: Wanted, names: dict[int, str]) -> None:
    """The form; what is chosen goes into the address, so that it can be sent to a colleague."""
    with st.form("filters", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        everybody = {LEVELHEAD: _("Levelhead itself"), **names}
        person = st.selectbox(
            _("Who"),
            list(everybody),
            index=list(everybody).index(wanted.person) if wanted.person in everybody else None,
            format_func=lambda one: everybody[one],
            placeholder=_("Everybody"),
            width=190,
        )
        known = sorted(recorded.ACTIONS, key=lambda one: recorded.ACTIONS[one].casefold())
        action = st.selectbox(
            _("What"),
            known,
            index=known.index(wanted.action) if wanted.action else None,
            format_func=lambda one: recorded.ACTIONS[one],
            placeholder=_("Everything"),
            width=250,
        )
        things = list(recorded.THINGS)
        about = st.selectbox(
            _("About"),
            things,
            index=things.index(wanted.subject) if wanted.subject else None,
            format_func=lambda one: recorded.THINGS[one],
            placeholder=_("Anything"),
            width=150,
        )
        which = st.text_input(_("Number"), value=str(wanted.number or ""), max_chars=10, width=90)
        first = st.date_input(
            _("From"), value=wanted.begin.date() if wanted.begin else None, format="YYYY-MM-DD", width=150
        )
        until = (wanted.end - timedelta(days=1)).date() if wanted.end else None
        last = st.date_input(_("To"), value=until, format="YYYY-MM-DD", width=150)
        typed = st.text_input(
            _("Words"),
            wanted.text,
            max_chars=LONGEST,
            placeholder=_("in reasons, questions, notes"),
            help=_('What people typed: words, "a phrase", beginnings*, -without'),
            width=220,
        )
        if st.form_submit_button(_("Show")):
            thing = about or ("case" if as_number(which) else None)
            chosen = (person, action, thing, as_number(which), first, last, (typed or "").strip() or None)
            st.query_params.from_dict(
                {name: str(one) for name, one in zip(_FILTERS, chosen, strict=True) if one is not None}
            )
            st.session_state.pop(_FILE, None)
            st.rerun()


def hand_out(wanted: Wanted) -> None:
    """Makes a file of what is shown, and offers it."""
    with st.popover(_("Export")):
        frame.quiet(
            _(
                "What the filters choose, the newest {n} events at most, with names and with what was typed. That it"
                " was exported stands on the record.",
                n=number(MOST_EXPORTED),
            )
        )
        lines = st.segmented_control(
            _("As"),
            [False, True],
            default=False,
            required=True,
            format_func=lambda one: _("JSON lines") if one else _("CSV"),
        )
        if st.button(_("Make the file")):
            made = attempt(lambda: _written(wanted, bool(lines)))
            st.session_state[_FILE] = (made, lines) if made else None
        if kept := st.session_state.get(_FILE):
            made, as_lines = kept
            name = f"levelhead-record.{'jsonl' if as_lines else 'csv'}"
            st.download_button(_("Download it"), made, file_name=name, on_click="ignore")


def _written(wanted: Wanted, lines: bool) -> bytes:
    """The file, by way of the disk: memory holds it once, however it is put together."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file, using(spoken()):
        record.export(store(), me, wanted, file, lines=lines, told=recorded.action)
        file.flush()
        raw: IO[bytes] = file.buffer
        raw.seek(0)
        return raw.read()


query = st.query_params.to_dict()
wanted, before = wanted_of(query), as_number(query.get("before"))
found, beside = record.read(store(), me, wanted, before)
with store().read() as tx:
    names = {one.id: one.name for one in people.everybody(tx)}
    proof, events = record.proof(tx), audit.head(tx)
checked = health.of_record(words.now(), events, proof)
frame.heading(_("Audit log"), "")
say()
(frame.problem if checked.state is health.State.ACT else frame.quiet)(words.in_zone(checked.says))
filters(wanted, names)
kept = {name: query[name] for name in _FILTERS if name in query}
if found.events:
    st.html(recorded.rows(found.events, beside, names, opens_cases=may(me, Permission.TRIAGE)))
else:
    frame.nothing(_("Nothing on the record fits."), _("Choose less, or another time."))
with st.container(horizontal=True, vertical_alignment="center"):
    if found.looked_until:
        frame.quiet(_("Looked back until {when}.", when=words.exact(found.looked_until)))
    if found.next and st.button(_("Further back")):
        st.query_params.from_dict({**kept, "before": str(found.next)})
        st.rerun()
    if before and st.button(_("To the newest")):
        st.query_params.from_dict(kept)
        st.rerun()
    hand_out(wanted)
