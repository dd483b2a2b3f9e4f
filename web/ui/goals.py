"""The organisation's goals: entered, changed, given to matters and archived; and the goal of a response."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from model.language import _, many
from model.person import Person
from response import goals
from store import cost
from store import goals as rows
from store.db import store
from store.goals import Goal
from web.ui import words
from web.ui.acting import attempt, finish, went_well

_FORM = "goal_form"


def choose(me: Person, response_id: int) -> None:
    """On the page of a response, while it is written and after: its goal; nothing where there is none to choose."""
    with store().read() as tx:
        in_use, now = rows.every(tx), cost.goal_of(tx, response_id)
        had = rows.get(tx, now) if now is not None else None
    called = {one.id: one.name for one in in_use} | ({had.id: had.name} if had else {})
    if not called:
        return
    picked = st.selectbox(
        _("Goal"),
        [None, *called],
        index=0 if now is None else 1 + list(called).index(now),
        format_func=lambda one: called[one] if one is not None else _("None"),
        help=_("Which of the organisation's goals it serves. No approval is asked for again by it."),
        key=f"goal-{response_id}-{now}",
    )
    if picked != now:
        went_well(lambda: goals.tag_response(store(), me, response_id, picked), _("Goal chosen."))
        st.rerun()


def add_form(me: Person) -> None:
    """Enters a goal; what was typed stays when it cannot be used."""
    number = st.session_state.setdefault(_FORM, 0)
    with st.form(f"goal-{number}"):
        name = st.text_input(_("Name"), max_chars=goals.LONGEST_NAME, placeholder=_("Trust in our work"))
        sentence = st.text_input(
            _("In one sentence"), max_chars=goals.LONGEST_SENTENCE, placeholder=_("People here believe what we say.")
        )
        sent = st.form_submit_button(_("Enter the goal"), type="primary")
    if sent:
        if attempt(lambda: goals.add(store(), me, name, sentence), _("Entered.")):
            st.session_state[_FORM] = number + 1
        st.rerun()


def shown(me: Person, one: Goal, called: Mapping[str, str], of: Mapping[str, int]) -> None:
    """A goal in use: its words, its matters, and the way to change or archive it. `called` are all matters by their
    keys, `of` which goal each has."""
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
        if changed := set(picked) ^ set(mine):
            went_well(lambda: _tag(me, one, changed, set(picked)), _("Saved."))
            st.rerun()
        with st.container(horizontal=True), st.popover(_("Change"), type="tertiary"):
            _change_form(me, one)


def _tag(me: Person, one: Goal, changed: set[str], picked: set[str]) -> None:
    for key in sorted(changed):
        goals.tag_matter(store(), me, key, one.id if key in picked else None)


def _change_form(me: Person, one: Goal) -> None:
    """Another name or sentence, or archiving. What went wrong is said here, beside what was typed: a form that followed
    the goal's version would lose both when somebody else was faster."""
    number, began = st.session_state.get(_held(one), (0, None))
    seen = one.version if began is None else began
    st.session_state[_held(one)] = number, seen
    with st.form(f"change-{one.id}-{number}", border=False):
        name = st.text_input(_("Name"), one.name, max_chars=goals.LONGEST_NAME, key=f"goal-name-{one.id}-{number}")
        sentence = st.text_input(
            _("In one sentence"),
            one.sentence,
            max_chars=goals.LONGEST_SENTENCE,
            key=f"goal-sentence-{one.id}-{number}",
        )
        with st.container(horizontal=True):
            save, archive = st.form_submit_button(_("Save"), type="primary"), st.form_submit_button(_("Archive"))
    if save:
        _changed(one, lambda: goals.change(store(), me, one.id, name, sentence, seen), _("Saved."))
    if archive:
        done = _("Archived: nothing more is tagged with it. What was stays, and it can be brought back below.")
        _changed(one, lambda: goals.archive(store(), me, one.id, seen), done)


def _held(one: Goal) -> str:
    """Under what the session keeps the number of a goal's form, and the version of the goal that it began with."""
    return f"goal-change-{one.id}"


def _changed(one: Goal, act: Callable[[], None], done: str) -> None:
    """Makes a change of a goal; the next form of it begins anew. Who was told that another was faster may go on."""
    number, _version = st.session_state[_held(one)]

    def made() -> None:
        act()
        st.session_state[_held(one)] = number + 1, None

    st.session_state[_held(one)] = number, one.version
    finish(made, done)


def archived(me: Person, some: Sequence[Goal]) -> None:
    """Goals that are no longer in use, each with the way back."""
    with st.expander(many("{n} archived goal", "{n} archived goals", len(some))):
        for one in some:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(_("{name}, archived {when}", name=one.name, when=words.exact(one.archived_at)))
                if st.button(_("Bring back"), key=f"back-{one.id}"):
                    _bring_back(me, one)
                    st.rerun()


def _bring_back(me: Person, one: Goal) -> None:
    went_well(lambda: goals.bring_back(store(), me, one.id, one.version), _("In use again."))
