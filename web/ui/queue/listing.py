"""The list of the queue, and the order in which its rows stay while somebody works through them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from model.language import _
from model.queue import VIEWS, Filters, Of, View
from response.board import remembered
from response.several import Seen
from web.ui import keys
from web.ui.components import component
from web.ui.keys import Keys
from web.ui.lists import number

_LIST, _SHOWN, _HELP = "queue-list", "queue_shown", "queue_help"
_ASKED, _DONE, _CAN = "queue_asked", "queue_done", "queue_can"
_MOST = 500
NAMES = {"case": Of.CASES, "comment": Of.QUESTIONS}


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done to all chosen rows: its name, what its button says (marked by `later`), and its key, named as in
    `keys.LETTERS`."""

    does: str
    label: str
    key: str = ""


def before(view: View, filters: Filters) -> list[int] | None:
    """The rows of this view that are on the screen, in their order; None for a view that was not shown yet."""
    what, rows, _order = st.session_state.get(_SHOWN, (None, [], []))
    return rows if what == (view, filters) else None


def keep(view: View, filters: Filters, shown: Sequence[int]) -> None:
    """Remembers what is on the screen, and where that stood which has left it."""
    what, _rows, order = st.session_state.get(_SHOWN, (None, [], []))
    order = order if what == (view, filters) else []
    st.session_state[_SHOWN] = ((view, filters), list(shown), remembered(order, shown))


def bring_back(ids: Collection[int], *, of_cases: bool) -> None:
    """What somebody has undone stands where it stood; all else stays where it is."""
    what, rows, order = st.session_state.get(_SHOWN, (None, [], []))
    if what and (what[0].of is Of.CASES) is of_cases:
        st.session_state[_SHOWN] = (what, [one for one in order if one in rows or one in ids], order)


def following(rows: Sequence[int], done: int) -> int | None:
    """Which row comes after the one that is done with: the next, at the end the one before; None if it was alone."""
    if done not in rows:
        return None
    place = rows.index(done)
    left = [*rows[place + 1 :], *reversed(rows[:place])]
    return left[0] if left else None


def go_on(kind: str, done: int) -> None:
    """After a decision the address names the next row, so that no key is needed to get there; where there is none,
    what was decided stays open. `kind` is 'case' or 'comment'."""
    _what, rows, _order = st.session_state.get(_SHOWN, (None, [], []))
    st.query_params[kind] = str(following(rows, done) or done)


def onward(case_id: int) -> dict[str, str]:
    """The address of the case after this one in the list that was shown last; without a case where there is none."""
    what, rows, _order = st.session_state.get(_SHOWN, (None, [], []))
    view, filters = what or (VIEWS[0], Filters())
    onto = following(rows, case_id)
    return {"show": view.key} | filters.said() | ({"case": str(onto)} if onto else {})


def forget() -> None:
    """The next run shows everything, in the order of the view."""
    st.session_state.pop(_SHOWN, None)


def name(view: View) -> str:
    """What a row of a view is called in the address."""
    return "case" if view.of is Of.CASES else "comment"


def choose(label: str, rows: Sequence[dict[str, Any]], hand: str, mine: Keys, acts: Sequence[Act]) -> None:
    """The list with the row in hand marked. Who takes another in hand changes the page's address, and so what is beside
    the list. Rows whose text is shown can be chosen, for one of `acts` on all of them; see `asked`."""
    st.session_state[_CAN] = {row["key"] for row in rows if not row["hidden"]}
    component("queue")(
        key=_LIST,
        data={
            "label": label,
            "rows": list(rows),
            "hand": hand,
            "letters": mine.letters,
            "acts": [
                {"does": one.does, "label": _(one.label), "key": one.key and keys.LETTERS[one.key]} for one in acts
            ],
            "says": {
                "bar": _("Choose several"),
                "all": _("Choose all that you have seen"),
                "none": _("Choose none"),
                "shown": _("{n} shown", n="{}"),
                "chosen": _("{n} chosen", n="{}"),
                "rest": _("{n} chosen; scroll down to choose more", n="{}"),
                "nothing": _("None chosen"),
                "hidden": _("Its text is hidden. Open it and read it before you choose it."),
            },
            "done": st.session_state.get(_DONE, 0),
        },
        on_picked_change=_picked,
        on_asked_change=_asked,
        on_help_change=_help,
    )
    if st.session_state.pop(_HELP, False):
        keys.help_on_keys(mine)


def asked() -> tuple[str, list[Seen]] | None:
    """What somebody wants done to chosen rows, each as it was on the screen; once."""
    found: tuple[str, list[Seen]] | None = st.session_state.pop(_ASKED, None)
    return found


def done() -> None:
    """It is done: nothing is chosen any more."""
    st.session_state[_DONE] = st.session_state.get(_DONE, 0) + 1


def like_button(mine: Keys, show: str, comment_id: int, what: str, number: int) -> None:
    """Leads to the view of what is like a comment, with the row in hand where it was."""
    if st.button(_("Like this one"), type="tertiary", shortcut=mine["like"], key=f"like-{comment_id}"):
        st.query_params.from_dict({"show": show, "like": str(comment_id), what: str(number)})
        st.rerun()


def open_row(kind: str, which: int) -> None:
    """Puts a case or a comment into the address, in the place of whatever is open."""
    for other in NAMES:
        st.query_params.pop(other, None)
    st.query_params[kind] = str(which)


def _picked() -> None:
    _take(st.session_state[_LIST].get("picked"))


def _take(key: object) -> None:
    """Opens the row of this key, 'case-12'; does nothing where a browser sent something else."""
    what, _sep, which = str(key or "").partition("-")
    found = number(which)
    if what in NAMES and found is not None:
        open_row(what, found)


def _asked() -> None:
    said = st.session_state[_LIST].get("asked") or {}
    _take(said.get("hand"))
    on_screen = st.session_state.get(_CAN, set())
    # A browser can send anything: only rows whose text this very page has shown can be decided on.
    pairs = [one for one in said.get("of", [])[:_MOST] if one[0] in on_screen]
    found = [(number(str(key).partition("-")[2]), number(str(version))) for key, version in pairs]
    seen = [Seen(one, version) for one, version in found if one is not None and version is not None]
    if seen:
        st.session_state[_ASKED] = (str(said.get("does")), seen)


def _help() -> None:
    if st.session_state[_LIST].get("help"):
        st.session_state[_HELP] = True
