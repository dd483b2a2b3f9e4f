"""What the team notes on a case and has to do for it, beside the thread; and one's own tasks."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from html import escape

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from model import clock
from model.language import _, number
from model.person import Person
from response import notes, tasks
from store import notes as note_rows
from store import tasks as task_rows
from store.db import store
from store.notes import Mention, Note
from store.tasks import Task
from web import frame
from web.ui import words
from web.ui.acting import attempt
from web.ui.components import component
from web.ui.lists import plain, told_apart

_MOST = 5000
_OPEN = 5


def panel(me: Person, case_id: int) -> None:
    """Notes and tasks of a case, and the fields for new ones."""
    with store().read() as tx:
        found = note_rows.of_case(tx, case_id)
        named = note_rows.mentions(tx, [one.id for one in found])
        to_do = task_rows.of_case(tx, case_id)
        team = told_apart(notes.colleagues(tx))
    st.html(f"<div class='lh-side'><h2>{escape(_('Notes'))}</h2></div>")
    for one in found:
        _note(me, one, [mention for mention in named if mention.note_id == one.id], team)
    noting = _adding(_("Add a note"), f"noting-{case_id}")
    if noting.open:
        with noting:
            _new_note(me, case_id, team)
    st.html(f"<div class='lh-side'><h2>{escape(_('Tasks'))}</h2></div>")
    for task in to_do:
        _task(me, task)
    tasking = _adding(_("Add a task"), f"tasking-{case_id}")
    if tasking.open:
        with tasking:
            _new_task(me, case_id, team)


def _adding(label: str, key: str) -> PopoverContainer:
    """Where something is added: closed as soon as it was, as what is open keeps the letters from the page.

    What is closed is not drawn: its fields would cost every rerun of the queue as much as the list does.
    """
    if st.session_state.pop(f"{key}-added", False):
        st.session_state[key] = False
    return st.popover(label, type="tertiary", on_change="rerun", key=key)


def _number(key: str) -> int:
    """In which fields it is typed: what was added leaves them empty, what was refused does not, and what a colleague
    adds meanwhile takes no word from them."""
    return int(st.session_state.get(f"{key}-number", 0))


def _added(key: str) -> None:
    st.session_state[f"{key}-added"] = True
    st.session_state[f"{key}-number"] = _number(key) + 1


def shown(one: Note, named: list[Mention]) -> str:
    """A note as HTML: the names in it by who they are now; one that is gone says so."""
    when = f"<time title='{words.exact(one.at)}'>{words.ago(one.at)}</time>"
    name = escape(one.by_name)
    by = _("{name}, {when}, changed", name=name, when=when) if one.edited_at else f"{name}, {when}"
    by = f"<small>{by}</small>"
    if one.deleted_at:
        return f"<div class='lh-note lh-quiet'>{escape(_('This note was taken away.'))}{by}</div>"
    if one.erased_at:
        return f"<div class='lh-note lh-quiet'>{escape(_('The words of this note were erased.'))}{by}</div>"
    parts, at = [], 0
    for mention in named:
        if mention.start < at or mention.start + mention.length > len(one.text):
            continue
        parts += [escape(one.text[at : mention.start]), f"<b class='lh-named'>@{escape(mention.name)}</b>"]
        at = mention.start + mention.length
    parts.append(escape(one.text[at:]))
    beside = [f"<b class='lh-named'>@{escape(mention.name)}</b>" for mention in named if mention.start < 0]
    told = f"<br>{' '.join(beside)}" if beside else ""
    return f"<div class='lh-note' dir='auto'>{''.join(parts).replace(chr(10), '<br>')}{told}{by}</div>"


def _note(me: Person, one: Note, named: list[Mention], team: Mapping[int, str]) -> None:
    st.html(shown(one, named))
    if one.by != me.id or one.deleted_at or one.erased_at:
        return
    with st.popover(_("Change"), type="tertiary", key=f"changing-{one.id}-{one.words_id}"):
        if clock.now() - one.at <= notes.EDIT_WITHIN:
            with st.form(f"note-edit-{one.id}", border=False):
                field = f"draft-note-{one.id}-{one.words_id}"
                text = st.text_area(_("The note"), one.text, max_chars=_MOST, key=field)
                _names(me, field, team)
                if st.form_submit_button(_("Save")):
                    attempt(lambda: notes.edit(store(), me, one.id, text, one.words_id), _("Changed."))
                    st.rerun()
        else:
            frame.quiet(_("A note can be changed for ten minutes."))
        if st.button(_("Take it away"), type="tertiary", key=f"note-away-{one.id}"):
            attempt(lambda: notes.take_away(store(), me, one.id), _("Taken away."))
            st.rerun()


def _new_note(me: Person, case_id: int, team: dict[int, str]) -> None:
    with st.form(f"note-{case_id}", border=False, clear_on_submit=False):
        turn = _number(f"noting-{case_id}")
        field = f"draft-note-new-{case_id}-{turn}"
        text = st.text_area(_("Your note"), max_chars=_MOST, key=field, help=_("@ and a name tells that person"))
        _names(me, field, team)
        others = {one: name for one, name in team.items() if one != me.id}
        picked = st.multiselect(
            _("Tell"),
            list(others),
            format_func=lambda one: plain(others[one]),
            key=f"note-tell-{case_id}-{turn}",
            placeholder=_("Choose…"),
        )
        if st.form_submit_button(_("Add the note"), type="primary"):
            if attempt(lambda: notes.add(store(), me, case_id, text, picked), _("Noted.")):
                _added(f"noting-{case_id}")
            st.rerun()


def _task(me: Person, one: Task) -> None:
    text = one.text or _("The words of this task were erased.")
    late = one.done_at is None and one.due_at is not None and one.due_at < clock.now()
    who = plain(one.name)
    if one.due_at:
        day = words.exact(one.due_at).partition(",")[0]
        who = _("{name}, by {day} (late)", name=who, day=day) if late else _("{name}, by {day}", name=who, day=day)
    done = f" {_('Done {when}.', when=words.ago(one.done_at))}" if one.done_at else ""
    st.checkbox(
        f"{plain(text)} · {who}.{done}",
        value=one.done_at is not None,
        key=f"task-{one.id}-{one.done_at is not None}",
        on_change=partial(_turn, me, one),
        help=words.exact(one.done_at) if one.done_at else None,
    )


def _names(me: Person, field: str, team: Mapping[int, str]) -> None:
    """Offers the names of colleagues while '@' is typed in a field. Two of one name are left out: *Tell* knows them by
    their numbers, words do not."""
    offered = sorted(name for one, name in team.items() if one != me.id and not name.endswith(f"({one})"))
    component("names")(
        key=f"names-{field}",
        data={
            "field": f".st-key-{field}",
            "names": offered,
            "label": _("Colleagues"),
            # The browser puts in which it is.
            "words": _(
                "{name}, {place} of {many}. Enter takes the name, arrows choose another.",
                name="{name}",
                place="{place}",
                many="{many}",
            ),
        },
    )


def _turn(me: Person, one: Task) -> None:
    attempt(lambda: tasks.set_done(store(), me, one.id, one.done_at is None))


def _new_task(me: Person, case_id: int, team: dict[int, str]) -> None:
    with st.form(f"task-{case_id}", border=False):
        turn = _number(f"tasking-{case_id}")
        text = st.text_input(_("What is to be done"), max_chars=500, key=f"draft-task-{case_id}-{turn}")
        ids = list(team)
        who = st.selectbox(
            _("Who"),
            ids,
            index=ids.index(me.id) if me.id in ids else None,
            format_func=lambda one: plain(team[one]),
            key=f"task-who-{case_id}-{turn}",
            placeholder=_("Choose…"),
        )
        day = st.date_input(_("By when"), None, format="YYYY-MM-DD", key=f"task-day-{case_id}-{turn}")
        if st.form_submit_button(_("Add the task"), type="primary"):
            due = tasks.end_of(day, words.zone()) if isinstance(day, date) else None
            if attempt(lambda: tasks.add(store(), me, case_id, text, who or 0, due), _("Added.")):
                _added(f"tasking-{case_id}")
            st.rerun()


def mine(me: Person) -> None:
    """One's own open tasks, for a page that is about oneself."""
    with store().read() as tx:
        found = task_rows.of_person(tx, me.id)
    if not found:
        return
    with st.expander(_("Your tasks ({n})", n=number(len(found))), expanded=len(found) <= _OPEN):
        for one in found:
            left, right = st.columns([80, 20], vertical_alignment="center")
            with left:
                _task(me, one)
            with right:
                label = _("Case {id}", id=one.case_id)
                st.page_link(page="pages/queue.py", label=label, query_params={"case": str(one.case_id)})
