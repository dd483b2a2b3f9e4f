"""The first use: nothing can be shown before the first source is there."""

import streamlit as st

from access.permissions import Permission, may
from model.language import _
from model.person import Person
from web import frame

_SOURCES = "pages/sources.py"


def no_source(me: Person) -> None:
    """Says so, with the way to the first source for those who may add one."""
    if not may(me, Permission.SOURCES):
        frame.nothing(
            _("No source is read yet"), _("An administrator adds the first one on Sources. Then it begins here.")
        )
        return
    frame.nothing(
        _("No source is read yet"), _("Paste your blog's address: you see what would be read before it is saved.")
    )
    with st.container(key="first", horizontal=True, horizontal_alignment="center"):
        st.page_link(page=_SOURCES, label=_("Add the first source"), icon=":material/arrow_forward:")
