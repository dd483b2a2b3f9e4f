"""What was loosened: changes that give power or ask for less, those that wait for a second person first."""

import streamlit as st

from access.permissions import Permission
from model.language import _, many
from store import deciders, loosenings
from store.db import store
from web import frame
from web.guard import guard
from web.ui import loosening, one_time, words
from web.ui.acting import say

me = guard(Permission.LOOSENED)
wanted = st.query_params.get("change", "")
with store().read() as tx:
    named = loosenings.get(tx, int(wanted)) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10 else None
    waiting = loosenings.waiting(tx, words.now())
    past = loosenings.newest(tx)
    names = deciders.names(tx)
line = many("{n} waits for a second person", "{n} wait for a second person", len(waiting)) if waiting else ""
frame.heading(_("What was loosened"), line)
say()
one_time.show()
if wanted and named is None:
    frame.problem(_("There is no such change."))
shown = [named] if named else []
shown += [one for one in (*waiting, *past) if named is None or one.id != named.id]
if not shown:
    frame.nothing(
        _("Nothing was loosened yet"),
        _("A change that gives somebody power, asks for fewer approvals or resets a log-in stands here."),
    )
for one in shown:
    loosening.card(me, one, names)
