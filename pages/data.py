"""Data: what is kept how long, how much there is, and erasing what a commenter wrote."""

import streamlit as st

from access.permissions import Permission
from model import clock
from model.language import _, many
from response import keeping
from store import own_key, purge, retention, sources
from store.db import store
from store.erasure import Who
from store.keys import keys
from store.retention import KINDS, Retention
from web import frame
from web.guard import guard
from web.ui import keeping as blocks
from web.ui.acting import attempt, say

me = guard(Permission.DATA)
_SOUGHT, _LOOKED = "erase-sought", "retention-looked"


@st.cache_data(ttl=60, show_spinner=False)
def figures(kept: Retention, database: str) -> tuple[dict[str, int], dict[str, int]]:
    """How much there is and how much is over, counted at most once a minute."""
    del database  # part of what the figures are remembered by
    with store().read() as tx:
        return purge.amounts(tx), purge.waiting(tx, kept, clock.now())


def change_form(kept: Retention) -> None:
    """The field for how long one kind is kept."""
    st.subheader(_("Change how long"), anchor=False)
    name = st.selectbox(
        _("What"), [kind.name for kind in KINDS], format_func=lambda one: _(blocks.kind_named(one).what)
    )
    with st.form(f"days-{name}", border=False):
        now = getattr(kept, name)
        days = st.number_input(
            _("Days"), min_value=1, max_value=36_500, value=now, placeholder=_("Empty: kept"), step=1
        )
        number = None if days is None else int(days)
        with st.container(horizontal=True):
            save, look = st.form_submit_button(_("Save")), st.form_submit_button(_("Show what this deletes"))
        if look:
            st.session_state[_LOOKED] = (name, number)
            st.rerun()
        if save:
            st.session_state.pop(_LOOKED, None)
            attempt(
                lambda: keeping.set_days(store(), me, name, number),
                _("Saved. It counts from the next daily purge on."),
            )
            st.rerun()
    looked, asked = st.session_state.get(_LOOKED, ("", None))
    if looked == name and (would := attempt(lambda: keeping.preview(store(), me, name, asked))) is not None:
        st.html(blocks.going(asked, would))


def search_form() -> None:
    """Whose comments are to be erased."""
    st.subheader(_("Erase a commenter"), anchor=False)
    frame.quiet(
        _(
            "When somebody asks for it: texts and names go for good, here and in what was noted about them. Our answers"
            " stay. The blog itself is not changed."
        )
    )
    with store().read() as tx:
        names = {one.id: one.name for one in sources.every(tx)}
    with st.form("search", border=False):
        author = st.text_input(_("Name, exactly as it stands at the comments"), max_chars=200)
        author_id = st.text_input(_("Or the source's own id of the person"), max_chars=60)
        source = st.selectbox(
            _("Source"), list(names), index=None, format_func=lambda one: names[one], placeholder=_("All sources")
        )
        if st.form_submit_button(_("Show what would go")):
            st.session_state[_SOUGHT] = Who(author, author_id.strip(), source)
            st.rerun()


def erase_form(who: Who) -> None:
    """What would go, and the reason with which it goes."""
    seen = attempt(lambda: keeping.find(store(), me, who))
    if seen is None:
        del st.session_state[_SOUGHT]
        st.rerun()
    st.html(blocks.found(seen))
    here = bool(seen.count or seen.raw)
    if here or who.author:
        with st.form("erase", border=False):
            reason = st.text_area(_("Reason"), key="reason-erase", max_chars=5000, help=_("It stands in the record."))
            if st.form_submit_button(_("Erase for good") if here else _("Keep it out of uploads"), type="primary"):
                erase(who, reason)
    if st.button(_("Close")):
        del st.session_state[_SOUGHT]
        st.rerun()


def erase(who: Who, reason: str) -> None:
    """Erases, and says what went."""
    with st.spinner(_("Erasing …")):
        gone = attempt(lambda: keeping.erase(store(), me, who, reason))
    if gone:
        del st.session_state[_SOUGHT]
        said = many("{n} comment erased", "{n} comments erased", gone.comments)
        notes = many("{n} note or reason that quoted them", "{n} notes and reasons that quoted them", gone.words)
        attempt(lambda: True, _("{comments}, and {notes}.", comments=said, notes=notes))
    st.rerun()


with store().read() as tx:
    kept = retention.in_force(tx)
    key = "" if own_key.fits(tx, keys()) else own_key.told(own_key.standing(tx, keys()))
frame.heading(_("Data"), _("what is kept how long"))
say()
if key:
    frame.problem(key)
left, right = st.columns([55, 45], gap="large")
with left:
    st.html(blocks.rules(kept, *figures(kept, str(store().engine.url))))
with right:
    change_form(kept)
    if sought := st.session_state.get(_SOUGHT):
        erase_form(sought)
    else:
        search_form()
