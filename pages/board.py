"""For the board: the report of a period, as a page and as a file of two pages."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.language import _, current, using
from store import goals, sources
from store.db import store
from web import frame
from web.guard import guard
from web.ui import first, lists, words
from web.ui.board import blocks, gather, pdf, saying
from web.ui.board import period as periods

me = guard(Permission.BOARD)

now, zone, called = words.now(), words.zone(), words.matters()
with store().read() as tx:
    begun, known = bool(sources.every(tx)), goals.every(tx, archived=True)
if not begun:
    frame.heading(_("For the board"))
    first.no_source(me)
    st.stop()
place = st.container(key="verdict")
with st.container(horizontal=True, vertical_alignment="center", key="board"):
    period = blocks.chosen(now.astimezone(zone).date())
    goal_id = blocks.goal(known, lists.number(st.query_params.get("goal")))
    with st.spinner(_("Working out the report …")), store().read() as tx:
        report = gather.gather(tx, period, now, zone, called, goal_id)
    language = current()

    def made() -> bytes:
        """The file, in the language of the page: it is made in a thread of its own."""
        with using(language):
            return pdf.made(report)

    blocks.download(made, f"levelhead-{period.since}-{period.until}.pdf")
with place:
    frame.heading(saying.verdict(report), f"{saying.title(report)} · {periods.said(period)}")
    if report.goal and report.goal.sentence:
        frame.quiet(report.goal.sentence)
    if little := saying.too_little(report):
        frame.quiet(little)
blocks.report(report, me)
st.html(f"<p class='lh-way'><a href='/overview' target='_self'>{escape(_('Back to the overview'))}</a></p>")
