"""My approvals: what waits for me, what waits because of me, what I decided; one decision on one screen."""

from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import _, many, sense
from model.words import DecisionKind
from response import cases, deciding_now, views
from store import cases as case_rows
from store import deciding as rows
from store import responses, undoable
from store.db import store
from web import frame
from web.guard import guard
from web.ui import deciding, deciding_lists, deciding_open, lists, reading, words
from web.ui.acting import attempt, say
from web.ui.keys import keys
from web.ui.together import wellness

me = guard(Permission.WAITS)
decides = may(me, Permission.DECIDE)


def questions() -> None:
    """What somebody asked this person."""
    with store().read() as tx:
        asked = case_rows.asked_of(tx, me.id)
    for one in asked:
        about = views.case_view(store(), one.case_id)
        reasons = {about.lead.id: reading.concern(about.assessments.get(about.lead.id))}
        by = escape(_("{name} asks you", name=one.by_name))
        st.html(f"<div class='lh-note'>“{escape(one.text)}”<small>{by}</small></div>")
        name = lists.plain(about.lead.author or _("No name"))
        with st.expander(_("The comment by {name} that this is about", name=name)):
            st.html(reading.thread(about.thread, about.comments, about.lead, reasons, soften=wellness.softens_from(me)))
        with st.form(f"answering-{one.id}", border=False):
            text = st.text_area(_("Your answer"), max_chars=5000, key=f"answer-{one.id}")
            if st.form_submit_button(sense("what a button does", "Answer")):
                attempt(lambda one=one, text=text: cases.answer(store(), me, one.id, text), _("Answered."))
                st.rerun()


with store().read() as tx:
    counts = {
        "waiting": responses.count_waiting(tx, me.id) + case_rows.count_asked(tx, me.id) if decides else 0,
        "because": rows.count_because(tx, me.id),
        "decided": rows.count_decided(tx, me.id) if decides else 0,
    }
    came = deciding_now.asked(tx, me)
    longest = rows.longest(tx, me.id)
    last = undoable.last_decided(tx, me.id, words.now()) if decides else None
mine, wanted = keys(me), lists.number(st.query_params.get("decide"))
if last and wanted is None:
    wanted = last.submission_id
needed = counts["waiting"]
with st.container(key="approvals-head"):
    wait = many("{n} waits for you · longest {age}", "{n} wait for you · longest {age}", needed, age="{age}")
    figures = wait if longest else ""
    frame.heading(_("My approvals"), figures, age=words.timed(longest, words.age(longest)))
    names = [name for name in deciding_lists.SHOWN if decides or name == "because"]
    show = "waiting" if wanted else st.query_params.get("show", names[0])
    with st.container(horizontal=True, vertical_alignment="center", key="approvals-show"):
        picked = st.segmented_control(
            _("Which"),
            names,
            default=show if show in names else names[0],
            format_func=lambda name: f"{deciding_lists.SHOWN[name]} {counts[name]}",
            label_visibility="collapsed",
            required=True,
            key=f"show-{show}",
        )
        if decides:
            deciding_open.arrivals(came, picked == "waiting")
if picked != show and picked is not None:
    st.query_params.from_dict({"show": picked})
    st.rerun()
if picked in ("because", "decided"):
    say()
    {"because": deciding_lists.because, "decided": deciding_lists.decided}[picked](me)
    st.stop()

page = deciding_lists.pages("waiting", counts["waiting"])
with store().read() as tx:
    waiting = rows.waiting(tx, me.id, page)
    just = rows.one(tx, wanted) if wanted and wanted not in [one.submission_id for one in waiting] else None
    decided = next((d for d in responses.decisions_of(tx, wanted) if d.person_id == me.id), None) if wanted else None
if not waiting and wanted is None:
    say()
    questions()
    if not counts["waiting"]:
        frame.nothing(_("Nothing waits for you"), _("What needs your decision appears here."))
    st.stop()
ids = [one.submission_id for one in waiting]
chosen = wanted if wanted is not None else ids[0]
soften = wellness.softens_from(me)
choice, right = st.columns([24, 76], gap="medium")
with choice, st.container(key="list"):
    shown = [deciding_lists.drawn(one, soften) for one in waiting]
    if just and decided and last:
        shown.insert(0, deciding_lists.drawn(just, soften, words.DECIDED[DecisionKind(decided.kind)]))
    deciding_lists.choose(shown, chosen, mine)
    questions()
with right, st.container(key="auto" if wanted is None else "open"):
    say()
    row = next((one for one in waiting if one.submission_id == chosen), None)
    one = deciding.open_one(me, chosen) if row or (decided and just) else None
    if one is None or (row is None and not last and not (decided and decided.settled_at is None)):
        deciding.steps(ids, chosen)
        deciding.gone(me, chosen)
        st.stop()
    with st.container(key="decision"):
        deciding.steps(ids or [chosen], chosen)
        deciding.panes(one, row is not None and row.stood_in is not None, soften)
if row is not None:
    deciding.bar(me, mine, one)
elif decided:
    deciding.decided_bar(mine, one, decided, next(iter(ids), None))
