"""What went out from here in some days, as the marks of the overview's chart count it: which responses, where and
when. What they say stands on the pages of those who write and decide."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import Labels, _, later
from model.person import Person
from model.tally import Ours
from model.words import Channel
from store import done
from store.db import store
from store.done import WentOut
from web import frame
from web.ui import lists, words
from web.ui.board import period as periods
from web.ui.board.period import Period
from web.ui.narrowed import day_of

TITLE = Labels(
    {
        Ours.REPLY: later("Replies that went out"),
        Ours.POST: later("Posts of our own that went out"),
        Ours.STATEMENT: later("Statements to several channels that went out"),
    }
)


def address(what: Ours, since: date, until: date, *, utc: bool) -> dict[str, str]:
    """Where these stand; `utc`: the days are UTC's, as those of a year are."""
    of = {"out": what.value, "since": since.isoformat(), "until": until.isoformat()}
    return of | ({"days": "utc"} if utc else {})


def asked(said: Mapping[str, str]) -> tuple[Ours, Period, tzinfo] | None:
    """What an address asks for; None where it does not ask for what went out, or for no days."""
    since, until = day_of(said.get("since", "")), day_of(said.get("until", ""))
    if said.get("out") not in set(Ours) or since is None or until is None or since > until:
        return None
    return Ours(said["out"]), Period(since, until), UTC if said.get("days") == "utc" else words.zone()


def show(me: Person, what: Ours, of: Period, zone: tzinfo) -> None:
    """The page of them."""
    begin = datetime.combine(of.since, time(), zone)
    end = datetime.combine(of.until + timedelta(days=1), time(), zone)
    with store().read() as tx:
        found = done.went_out(tx, what, begin, end, lists.number(st.query_params.get("before")))
    shown = found[: done.PAGE]
    frame.heading(TITLE[what], periods.said(of))
    if shown:
        st.html(f"<ul class='lh-rows'>{''.join(_row(me, one) for one in shown)}</ul>")
    else:
        frame.quiet(_("Nothing of it went out in this time."))
    st.html(f"<p class='lh-way'><a href='/overview' target='_self'>{escape(_('Back to the overview'))}</a></p>")
    if len(found) > done.PAGE and st.button(_("Further back")):
        st.query_params["before"] = str(shown[-1].id)
        st.rerun()


def _row(me: Person, one: WentOut) -> str:
    name = escape(_("Response {id}", id=one.response_id))
    if may(me, Permission.TRIAGE):
        way = f"/queue?case={one.case_id}" if one.case_id is not None else f"/new?response={one.response_id}"
        name = f"<a href='{way}' target='_self'>{name}</a>"
    there = words.joined([words.CHANNEL[Channel(channel)] for channel in one.channels])
    said = escape(f"{there} · {words.exact(one.at)}")
    return f"<li><strong>{name}</strong> <small>{said}</small></li>"
