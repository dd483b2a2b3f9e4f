"""The dashboard: who you are, and which pages you may open."""

import streamlit as st

from model import clock
from model.language import _
from model.words import PublicationState
from response import last
from store import pauses, publications
from store.db import store
from store.sample import is_sample
from web import frame
from web.guard import known, visitor
from web.navigation import PLACES, allowed
from web.ui import pausing, tab, undoing

frame.begin()
here = visitor()
mine = allowed(here.person)
with store().read() as tx:
    made_up = is_sample(tx)
    paused = pauses.lasting(tx, clock.now())
    undoable = last.offer(tx, here.person, clock.now())
    counts = {which: tab.counted(tx, which, here.person.id, clock.now()) for which in (tab.QUEUE, tab.APPROVALS)}
    counts["unconfirmed.py"] = publications.count_in_state(tx, PublicationState.UNCONFIRMED)

# What the person may not open is there as well, without a tab: its guard says why, which is better than 'not found'.
pages = {
    place: st.Page(
        place.script,
        title=f"{_(place.title)} {counts[place.file]}" if place in mine and counts.get(place.file) else _(place.title),
        url_path=place.path,
        visibility="hidden" if place.hidden or place not in mine else "visible",
    )
    for place in PLACES
}


def home() -> None:
    """Where '/' leads: to the first page that the person may open."""
    if mine:
        st.switch_page(pages[mine[0]])
    frame.heading(_("You have no role yet"))
    st.text(_("Ask an administrator to give you one on the People page."))


start = st.Page(home, title="Levelhead", default=True, visibility="hidden")
page = st.navigation([start, *pages.values()], position="top")
frame.person_bar(here, sample=made_up)
frame.whole_page()
opened = next((place for place, one in pages.items() if one == page), None)
file = opened.file if opened else ""
pausing.line(here.person, paused)
undoing.line(here.person, undoing.elsewhere(undoable, file))
which = tab.counts(file)
tab.title(here.person.id, which, _(opened.title) if opened else "", iter((counts[which],)))
with known(here):
    page.run()
