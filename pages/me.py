"""My settings: when and how a person is told that something waits, and what they want to read and press."""

import streamlit as st

from access.permissions import Permission
from model.language import _
from web import frame
from web.guard import guard, visitor
from web.ui import absence, mine, second, sessions
from web.ui.acting import say
from web.ui.together import panel, wellness
from web.ui.tour import panel as tour

me = guard(Permission.OWN)
frame.heading(_("My settings"), me.email)
say()
panel.mine(me)
mine.undelivered(me)
mine.settings_form(me)
second.mine(me)
sessions.mine(visitor())
wellness.own_form(me)
st.subheader(_("What I can be asked about"), anchor=False)
absence.expertise_form(me, me)
absence.mine(me)
tour.found_again(me)
