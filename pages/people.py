"""People: who is here, what each may do, and the links with which they set their passwords."""

import streamlit as st

from access.permissions import Permission
from model.language import _, number
from store import steps
from store.db import store
from store.people import everybody, last_seen
from web.frame import heading, problem
from web.guard import guard, visitor
from web.ui import loosening, mine, one_time, second, sessions, team, waits, words
from web.ui.acting import say
from web.ui.together import wellness

here = guard(Permission.PEOPLE)
with store().read() as tx:
    everyone, seen = everybody(tx), last_seen(tx)
    stuck = steps.without_way(tx, words.now())

active = sum(person.active for person in everyone)
out = len(everyone) - active
line = [_("{n} may log in", n=number(active)), *([_("{n} may not", n=number(out))] if out else [])]
heading(_("People"), " · ".join(line))
say()
listing, forms = st.columns([60, 40], gap="large")
with forms:
    one_time.show()
    tasks = {"add": _("Add a person"), "change": _("Change a person")}
    do = st.segmented_control(
        _("What to do"), list(tasks), default="add", format_func=tasks.get, required=True, label_visibility="collapsed"
    )
    if do == "add":
        team.add_form(here)
    else:
        team.change_form(here, everyone)
with listing:
    if told := waits.for_administrators(stuck):
        problem(told)
    loosening.waiting(here, loosening.ABOUT_PEOPLE)
    rows = [team.row(each, seen.get(each.id)) for each in everyone]
    st.html(f"<ul class='lh-people'>{''.join(rows)}</ul>")
    second.required_form(here)
    sessions.everybodys(here, visitor().session_id)
    mine.mail_for_administrators(here, everyone)
    wellness.team_form(here)
