"""Second opinion: whether a language model can be asked about a comment, what it gets to read, and for how much."""

import streamlit as st

from access.loosening import Kind
from access.permissions import Permission
from model import clock
from model.language import _
from response import opinion_settings, opinions
from store import opinions as asked
from store import people, sample
from store.db import store
from web import frame
from web.guard import guard
from web.ui import loosening, opining
from web.ui.acting import say

me = guard(Permission.OPINION)

with store().read() as tx:
    is_sample = sample.is_sample(tx)
    now = opinion_settings.in_force(tx)
    spent = opinions.spent(tx, clock.now())
    last = asked.last(tx, opining.SHOWN)
    names = {one.id: one.name for one in people.everybody(tx)}
frame.heading(_("Second opinion"), _("on") if now.active else _("off"))
say()
frame.quiet(
    _(
        "Whoever works on a comment can ask a language model what it makes of it, or for a draft to start from. Nothing"
        " is sent unless a person asks, names and personal data are masked first, and what comes back is shown, and"
        " changes nothing. All else works without it."
    )
)
if is_sample:
    frame.nothing(_("The sample asks no model"), _("Here you see what there is to choose; nothing of it can be saved."))
loosening.waiting(me, (Kind.OPINION,))
left, right = st.columns([56, 44], gap="large")
with left:
    chosen = opining.form(me, now)
with right:
    opining.switch(me, now)
    opining.money(now, spent)
    opining.sent(chosen)
    opining.last(last, names, now.chosen.currency)
