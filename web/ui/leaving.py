"""The dialog with which somebody leaves: what they hold, to whom each goes, and the end of their access."""

from html import escape

import streamlit as st

from model.language import Labels, _, later
from model.person import Person
from response import approvals, leaving
from response.leaving import FREE, Held, Kind
from store.db import store
from web.ui import words
from web.ui.acting import dialog, finish

_TITLE = Labels(
    {
        Kind.CASE: later("Cases that {name} has"),
        Kind.RESPONSE: later("Responses of {name} that are under way"),
        Kind.DECISION: later("Decisions that wait for {name}"),
        Kind.QUESTION: later("Questions that wait for an answer of {name}"),
        Kind.TASK: later("Tasks of {name}"),
        Kind.DEPUTY: later("{name} stands in for"),
    }
)
_ONE = Labels(
    {
        Kind.CASE: later("case {id}"),
        Kind.RESPONSE: later("response {id}"),
        Kind.DECISION: later("response {id}"),
        Kind.QUESTION: later("a question on case {id}"),
        Kind.TASK: later("a task on case {id}"),
    }
)
_NOBODY = Labels(
    {
        Kind.CASE: later("Nobody: it is free for everybody"),
        Kind.DECISION: later("The others who are asked, or the next level up"),
        Kind.DEPUTY: later("Nobody"),
    }
)
_WHO = "leaving"
_STAYS = later("Nobody can take it: it stays as it is")
_OPENING = later("{name} is logged out everywhere and may not log in any more. This is what {name} holds:")
_NOTHING = later("{name} is logged out everywhere and may not log in any more. {name} holds nothing.")
_EACH_AT_MOST = 8
"""Of one kind; of more, all go to one person."""


def button(me: Person, person: Person, team: list[Person]) -> None:
    """Opens the dialog for somebody who may log in, or who holds something still."""
    with store().read() as tx:
        held = leaving.holdings(tx, person.id, words.now())
    asked = person.active and st.button(_("Take access away"))
    if asked or (not person.active and held and st.button(_("Hand over what is left"))):
        st.session_state[_WHO] = person.id
    if st.session_state.get(_WHO) == person.id:
        leave(me, person, team, held)


def _closed() -> None:
    st.session_state.pop(_WHO, None)


@dialog(later("Take access away"), on_dismiss=_closed)
def leave(me: Person, person: Person, team: list[Person], held: list[Held]) -> None:
    """Asks to whom each goes, and why; then all of it is one change."""
    names = {one.id: one.name for one in team}
    st.html(f"<p>{escape(_(_OPENING if held else _NOTHING, name=person.name))}</p>")
    with st.form("leave", border=False):
        goes_to: dict[str, int | None] = {}
        for kind in Kind:
            if of_kind := [one for one in held if one.kind is kind]:
                goes_to |= _kind(kind, of_kind, person, names)
        label = _("Why") if held else _("Why (if there is something to say)")
        reason = st.text_area(label, max_chars=5000, key=f"reason-leave-{person.id}")
        go = _("Hand over and take it away") if held else _("Take it away")
        if st.form_submit_button(go, type="primary", shortcut="Ctrl+Enter"):
            done = later("{name} was logged out and may not log in.")
            handed = later("{name} was logged out and may not log in. What they held was handed over.")
            finish(lambda: _leave(me, person, reason, goes_to), _(handed if held else done, name=person.name))


def _leave(me: Person, person: Person, reason: str, goes_to: dict[str, int | None]) -> None:
    leaving.leave(store(), me, person.id, reason, goes_to)
    _closed()
    approvals.ask_again(store())


def _kind(kind: Kind, held: list[Held], person: Person, names: dict[int, str]) -> dict[str, int | None]:
    """To whom what is held of one kind goes: each by itself, or all of many to one person."""
    title = _TITLE[kind].format(name=person.name)
    if len(held) > _EACH_AT_MOST:
        able = set.intersection(*(set(one.able) for one in held))
        label = f"{title} ({len(held)})"
        to = _choice(kind, label, tuple(sorted(able)), names, f"leave-{person.id}-{kind}")
        return {one.key: to if one.able else None for one in held}
    found = {}
    for one in held:
        what = names.get(one.id, "") if kind is Kind.DEPUTY else _ONE[kind].format(id=one.shown)
        found[one.key] = _choice(kind, f"{title}: {what}", one.able, names, f"leave-{person.id}-{one.key}")
    return found


def _choice(kind: Kind, label: str, able: tuple[int, ...], names: dict[int, str], key: str) -> int | None:
    nobody = _NOBODY[kind] if kind in FREE else _(_STAYS)
    free: list[int | None] = [None] if kind in FREE or not able else []
    options = [*sorted(able, key=lambda one: names.get(one, "")), *free]
    first = len(options) - 1 if kind is not Kind.CASE and free else 0
    return st.selectbox(
        label,
        options,
        index=first,
        format_func=lambda one: nobody if one is None else names.get(one, ""),
        key=key,
    )
