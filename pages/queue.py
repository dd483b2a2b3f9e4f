"""Queue: what needs a person, view by view, and the case or comment that is open."""

from datetime import datetime

import streamlit as st

from access.permissions import Permission
from model import clock
from model.language import _, number
from model.queue import Filters, Of, View
from response.board import Board, board
from store import queue
from store.db import store
from web import frame
from web.guard import guard
from web.ui import lists, undoing
from web.ui.acting import say
from web.ui.good import check
from web.ui.keys import help_on_keys, keys
from web.ui.queue import arrivals, case, comment, listing, rows, several, views
from web.ui.together import wellness

me = guard(Permission.TRIAGE)
mine, soften = keys(me), wellness.softens_from(me)


def the_list(view: View, filters: Filters, found: Board, hand: str, gone: bool, now: datetime) -> None:
    """The rows, what came since, and what is to be known of both."""
    here = [row.id for row in found.rows]
    arrivals.bar(view, filters, here, found.news, head, min((row.at for row in found.rows), default=None))
    if found.news.counts.get(view.key, 0) > queue.SHOWN and not filters.said():
        frame.quiet(_("The first {n} are shown. A filter shows fewer.", n=number(queue.SHOWN)))
    if gone:
        # What has just been decided stays open beside the list until another row is chosen.
        frame.quiet(
            _("The open case is not in this list any more.")
            if view.of is Of.CASES
            else _("The open comment is not in this list any more.")
        )
    drawn = rows.shown(
        view,
        found.rows,
        me=me.id,
        now=now,
        approvals=found.approvals,
        answers=found.answers,
        soften=soften,
    )
    listing.choose(_(view.title), drawn, hand, mine, several.acts(view))


now = clock.now()
view, filters = views.asked_for()
several.act(me, view)
if undone := undoing.back():
    listing.open_row(*undone)
before = listing.before(view, filters)
found = board(store(), me, view, filters, now, before)
listing.keep(view, filters, [row.id for row in found.rows])

head = st.container(key="queue-head")
views.choose(view, filters, found, me)

name = listing.name(view)
asked = {key: lists.number(st.query_params.get(key)) for key in listing.NAMES}
what, wanted = next(((key, which) for key, which in asked.items() if which is not None), (name, None))
if not found.rows and wanted is None:
    say()
    arrivals.bar(view, filters, [], found.news, head, None)
    views.nothing(view, filters, now, me)
    st.stop()

left, right = st.columns([33, 67], gap="medium")
chosen = wanted if wanted is not None else found.rows[0].id
gone = wanted is not None and (what != name or wanted not in [row.id for row in found.rows])
with left, st.container(key="list"):
    the_list(view, filters, found, f"{what}-{chosen}", gone, now)
# On a phone there is room for the list or for what is open: the address says which.
with right, st.container(key="auto" if wanted is None else "open"):
    with st.container(key="back"):
        if st.button(_("Back to the list")):
            for key in listing.NAMES:
                st.query_params.pop(key, None)
            st.rerun()
    if what == "case":
        case.pane(me, mine, chosen, soften)
    else:
        comment.pane(me, mine, view, chosen, soften)
with st.container(key="keys"):
    if st.button(_("Keys"), type="tertiary", shortcut=mine["help"], key="keys-help"):
        help_on_keys(mine)
    check.quiet_task()
