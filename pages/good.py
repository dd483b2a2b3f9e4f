"""How good is it here? How often raising was right, what was missed, what was learnt; and the weekly check."""

import streamlit as st

from access.loosening import Kind
from access.permissions import Permission, may
from analysis import judged
from analysis.figures import FEW
from analysis.judged import Asked
from analysis.learnt import SWITCHABLE
from analysis.sampling import A_WEEK
from model.language import _, many
from response import learning, matters
from store import checks, deciders, labels
from store import learnt as versions
from store.db import store
from web import frame
from web.guard import guard
from web.ui import loosening, words
from web.ui.acting import say
from web.ui.good import check, figures, learnt
from web.ui.good.learnt import Past
from web.ui.keys import keys

me = guard(Permission.GOOD)
SHOWN = 10

with store().read() as tx:
    told = labels.newest(tx)
    asked = checks.lately(tx)
    week = checks.newest_week(tx)
    this_week = checks.of_week(tx, week.week) if week and may(me, Permission.TRIAGE) else []
    now = learning.in_force(tx)
    past = Past(learning.learns(tx), len(told), learning.tried(tx), versions.newest_ones(tx, SHOWN))
    kept = matters.grave(tx)
    names = deciders.names(tx) if past.versions else {}
frame.heading(_("How good is it here?"), many("{n} judgement", "{n} judgements", len(told)) if told else "")
say()
if not told and week is None:
    frame.nothing(
        _("Nothing was judged yet"),
        _(
            "Here you see how often raising a comment was right, once cases were answered, escalated or dismissed as"
            " wrongly raised; from {few} judgements on with a share. From the first Monday after comments were read,"
            " {n} of those that nothing raised are drawn each week: what somebody says of them tells what is missed.",
            few=FEW,
            n=A_WEEK,
        ),
    )
    st.stop()
if this_week:
    check.one_by_one(me, this_week, keys(me))
found = judged.precision(told)
st.subheader(_("How often raising was right"), anchor=False)
frame.quiet(figures.finding(found.everything))
lines = figures.precision(found, words.matters())
st.subheader(_("What was missed"), anchor=False)
some = [Asked(one.week, one.channel, one.language, one.population, one.drawn, one.answer) for one in asked]
all_missed = judged.missed(some)
frame.quiet(figures.missed_finding(all_missed, weeks=len({one.week for one in some})))
if all_missed.answered:
    lines += figures.missed("channels", judged.missed_by(some, lambda one: one.channel))
    lines += figures.missed("languages", judged.missed_by(some, lambda one: one.language))
figures.download(lines)
learnt.stands(me, now, past, names)
learnt.proposed(
    me,
    now,
    judged.to_switch_off(found.signals, SWITCHABLE),
    judged.to_switch_off(found.matters, {one.key for one in found.matters} - kept),
)
loosening.waiting(me, (Kind.SIGNAL,))
