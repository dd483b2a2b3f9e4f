"""The dashboard: who you are, and which pages you may open."""

import streamlit as st

from model import clock
from model.language import _
from model.settings import settings
from model.words import PublicationState
from response import last
from store import pauses, publications
from store.db import store
from store.sample import is_sample
from web import frame, front, turns
from web.guard import known, visitor
from web.navigation import PLACES, Place, allowed, menus, stands_at
from web.ui import pausing, tab, undoing
from web.ui.beginning import standing
from web.ui.tour import panel as tour

with turns.turn():
    frame.begin()
    here = visitor()
    mine = allowed(here.person)
    with store().read() as tx:
        made_up = is_sample(tx)
        paused = pauses.lasting(tx, clock.now())
        undoable = last.offer(tx, here.person, clock.now())
        counts = {which: tab.counted(tx, which, here.person.id, clock.now()) for which in (tab.QUEUE, tab.APPROVALS)}
        beginning, taken = standing.under_way(tx, here.person), tour.of(tx, here.person)
        counts["unconfirmed.py"] = publications.count_in_state(tx, PublicationState.UNCONFIRMED)

    def named(title: str, *places: Place) -> str:
        """The title of a page or of a menu, with how many things wait there for this person."""
        waiting = sum(counts.get(place.file, 0) for place in places if place in mine)
        return f"{_(title)} {waiting}" if waiting else _(title)

    tabs = menus(mine)
    pages = {
        place: st.Page(
            place.script,
            title=named(place.title, place),
            url_path=place.path,
            visibility="visible" if any(place in one for one in tabs.values()) else "hidden",
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
    # What the person may not open is there as well, without a tab: its guard says why, better than "not found".
    hidden = [pages[place] for place in PLACES if not any(place in one for one in tabs.values())]
    sections = {named(name, *of) if name else "": [pages[place] for place in of] for name, of in tabs.items()}
    page = st.navigation(sections | {"": [start, *sections[""], *hidden]}, position="top")
    opened = next((place for place, one in pages.items() if one == page), None)
    frame.person_bar(here, stands_at(tabs, opened), sample=made_up, doors=made_up and front.has_doors(settings().home))
    frame.whole_page()
    file = opened.file if opened else ""
    pausing.line(here.person, paused)
    standing.line(beginning if file != "begin.py" else None)
    tour.show(here.person, taken, file, offer=beginning is None)
    undoing.line(here.person, undoing.elsewhere(undoable, file))
    which = tab.counts(file)
    tab.title(here.person.id, which, _(opened.title) if opened else "", iter((counts[which],)))
    with known(here):
        page.run()
