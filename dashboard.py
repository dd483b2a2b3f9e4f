"""The dashboard: who you are, and which pages you may open."""

import streamlit as st

from store import cases, responses
from store.db import store
from web import frame
from web.guard import visitor
from web.navigation import PLACES, allowed

frame.begin()
here = visitor()
with store().read() as tx:
    counts = {"queue.py": cases.count_open(tx), "approvals.py": responses.count_waiting(tx, here.person.id)}

places = [place for place in allowed(here.person) if place.script.is_file()]
pages = [
    st.Page(
        place.script,
        title=f"{place.title} {counts[place.file]}" if counts.get(place.file) else place.title,
        url_path=place.path,
        default=place == places[0],
        visibility="hidden" if place.hidden else "visible",
    )
    for place in PLACES
    if place in places
]
if not pages:
    frame.person_bar(here)
    st.title("You have no role yet", anchor=False)
    st.text("Ask an administrator to give you one on the People page.")
    st.stop()
page = st.navigation(pages, position="top")
frame.person_bar(here)
page.run()
