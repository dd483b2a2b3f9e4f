"""The first use: nothing can be shown before the first source is there."""

import streamlit as st

from access.permissions import Permission, may
from model.person import Person
from web import frame


def no_source(me: Person) -> None:
    """Says so, with the way to the first source for those who may add one."""
    if not may(me, Permission.SOURCES):
        frame.nothing("No source is read yet", "An administrator adds the first one on Sources. Then it begins here.")
        return
    frame.nothing("No source is read yet", "Paste your blog's address: you see what would be read before it is saved.")
    with st.container(key="first", horizontal=True, horizontal_alignment="center"):
        st.page_link("pages/sources.py", label="Add the first source", icon=":material/arrow_forward:")
