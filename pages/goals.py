"""Goals: what the organisation wants to reach, and which matters belong to which goal."""

import streamlit as st

from access.permissions import Permission
from model.language import _, many
from response import goals
from store import goals as rows
from store.db import store
from store.goals import Goal
from web import frame
from web.guard import guard
from web.ui import words
from web.ui.acting import attempt, say, went_well

me = guard(Permission.GOALS)


def add_form() -> None:
    """Enters a goal."""
    with st.form("goal", clear_on_submit=True):
        name = st.text_input(_("Name"), max_chars=goals.LONGEST_NAME, placeholder=_("Trust in our work"))
        sentence = st.text_input(
            _("In one sentence"), max_chars=goals.LONGEST_SENTENCE, placeholder=_("People here believe what we say.")
        )
        if st.form_submit_button(_("Enter the goal"), type="primary"):
            attempt(lambda: goals.add(store(), me, name, sentence), _("Entered."))
            st.rerun()


def goal(one: Goal, called: dict[str, str], of: dict[str, int]) -> None:
    """A goal in use: its words, its matters, and the way to change or archive it."""
    mine = [key for key, goal_id in of.items() if goal_id == one.id]
    with st.container(border=True, key=f"goal-{one.id}"):
        st.subheader(one.name, anchor=False)
        if one.sentence:
            st.text(one.sentence)
        picked = st.multiselect(
            _("Matters"),
            [*called, *(key for key in mine if key not in called)],
            default=mine,
            format_func=lambda key: called.get(key, key),
            placeholder=_("None"),
            help=_("A matter has one goal at most: chosen here, it leaves the one that it had."),
            key=f"matters-{one.id}-{'-'.join(sorted(mine))}",
        )
        changed = set(picked) ^ set(mine)
        if changed:
            went_well(lambda: tag(one, changed, set(picked)), _("Saved."))
            st.rerun()
        with st.container(horizontal=True), st.popover(_("Change"), type="tertiary"):
            change_form(one)


def tag(one: Goal, changed: set[str], picked: set[str]) -> None:
    for key in sorted(changed):
        goals.tag_matter(store(), me, key, one.id if key in picked else None)


def change_form(one: Goal) -> None:
    """Another name or sentence, or archiving."""
    with st.form(f"change-{one.id}-{one.version}", border=False):
        name = st.text_input(_("Name"), one.name, max_chars=goals.LONGEST_NAME)
        sentence = st.text_input(_("In one sentence"), one.sentence, max_chars=goals.LONGEST_SENTENCE)
        with st.container(horizontal=True):
            save, archive = st.form_submit_button(_("Save"), type="primary"), st.form_submit_button(_("Archive"))
    if save:
        went_well(lambda: goals.change(store(), me, one.id, name, sentence, one.version), _("Saved."))
        st.rerun()
    if archive:
        done = _("Archived: nothing more is tagged with it. What was stays, and it can be brought back below.")
        went_well(lambda: goals.archive(store(), me, one.id, one.version), done)
        st.rerun()


def bring_back(one: Goal) -> None:
    went_well(lambda: goals.bring_back(store(), me, one.id, one.version), _("In use again."))


def archived(some: list[Goal]) -> None:
    """Goals that are no longer in use, each with the way back."""
    with st.expander(many("{n} archived goal", "{n} archived goals", len(some))):
        for one in some:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(_("{name}, archived {when}", name=one.name, when=words.exact(one.archived_at)))
                if st.button(_("Bring back"), key=f"back-{one.id}"):
                    bring_back(one)
                    st.rerun()


with store().read() as tx:
    known, of_matters = rows.every(tx, archived=True), rows.of_matters(tx)
in_use = [one for one in known if one.archived_at is None]
frame.heading(_("Goals"), _("{n} of at most {most}", n=len(in_use), most=rows.MOST) if in_use else "")
say()
frame.quiet(
    _(
        "What the organisation wants to reach. Matters are given their goal here, responses on their page; the report"
        " for the board can then be read by goal."
    )
)
left, right = st.columns([60, 40], gap="large")
with left:
    if not in_use:
        frame.nothing(_("No goal is in use"), _("Enter the first one: a name, and one sentence on what it is about."))
    for each in in_use:
        goal(each, words.matters(), of_matters)
    if len(known) > len(in_use):
        archived([one for one in known if one.archived_at])
with right:
    st.subheader(_("A new goal"), anchor=False)
    add_form()
