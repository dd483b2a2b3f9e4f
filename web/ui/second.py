"""The second factor on My settings and on People: switched on with an app, its recovery codes shown once, and off."""

from html import escape

import segno
import streamlit as st

from access import second
from access.permissions import ROLE
from model.errors import LevelheadError
from model.language import _, many
from model.person import Person
from model.words import Role
from store import second_factors
from store.db import store
from web import frame
from web.ui import loosening, words
from web.ui.acting import attempt, finish

_SECRET, _CODES, _FIRST = "second-secret", "second-codes", "second-first"


def mine(me: Person) -> None:
    """One's own second factor, and what can be done about it."""
    st.subheader(_("Second factor"), anchor=False)
    if codes := st.session_state.get(_CODES):
        _recovery(codes)
        return
    with store().read() as tx:
        factor, left = second_factors.get(tx, me.id), second_factors.recovery_left(tx, me.id)
    if factor:
        _is_on(me, words.exact(factor.begun_at), left)
    elif _SECRET in st.session_state:
        _switching_on(me, st.session_state[_SECRET])
    else:
        frame.quiet(_("Off. Whoever knows your password can log in as you."))
        if st.button(_("Switch on a second factor")):
            st.session_state[_SECRET] = second.new_secret()
            st.rerun()


def is_being_set_up() -> bool:
    """Whether somebody who had to set one up has yet to say that the recovery codes are kept."""
    return bool(st.session_state.get(_FIRST) and st.session_state.get(_CODES))


def first(me: Person) -> None:
    """For somebody whose role needs one, before anything else."""
    st.session_state[_FIRST] = True
    if codes := st.session_state.get(_CODES):
        _recovery(codes)
        return
    frame.quiet(
        _("Your role needs a second factor: log-in asks for the code of an app after your password. Then you go on.")
    )
    _switching_on(me, st.session_state.setdefault(_SECRET, second.new_secret()), can_cancel=False)


def required_form(me: Person) -> None:
    """For which roles it is required, on People."""
    with store().read() as tx:
        now = second.required(tx)
    st.subheader(_("Second factor"), anchor=False)
    why = loosening.why_field(me, None, "required") if now else ""
    with st.form("second-required", border=False):
        wanted = st.multiselect(
            _("Required for"),
            list(Role),
            default=[role for role in Role if role in now],
            format_func=lambda role: ROLE[role],
            placeholder=_("No role"),
            help=_(
                "Who has the role and no second factor sets one up after the next click, and can do nothing before."
            ),
        )
        if st.form_submit_button(_("Save what is required")):
            finish(
                lambda: second.require_of(store(), me, frozenset(wanted), why),
                lambda made: _("Saved.") if made else _("It waits for a second person, who was told."),
            )


def _switching_on(me: Person, secret: str, *, can_cancel: bool = True) -> None:
    st.text(
        _("Scan this with an app for one-time codes, or type the secret into it. Then enter the code that it shows.")
    )
    picture = segno.make(second.address(secret, me.email), micro=False).svg_data_uri(scale=4, light="#fff")
    st.html(f"<img src='{escape(picture, quote=True)}' alt='{escape(_('QR code of the secret'), quote=True)}'>")
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    st.code(grouped, language=None, wrap_lines=True)
    with st.form("second-on", border=False):
        code = st.text_input(_("Code"), max_chars=20, autocomplete="one-time-code", key="second-code")
        with st.container(horizontal=True):
            confirmed = st.form_submit_button(_("Switch on"), type="primary")
            cancelled = can_cancel and st.form_submit_button(_("Cancel"))
    if cancelled:
        del st.session_state[_SECRET]
        st.rerun()
    if confirmed:
        try:
            codes = second.switch_on(store(), me, secret, code)
        except LevelheadError as error:
            frame.problem(error)
            return
        del st.session_state[_SECRET]
        st.session_state[_CODES] = codes
        st.rerun()


def _recovery(codes: list[str]) -> None:
    frame.done(_("Your second factor is on. From now on a code is asked for after your password."))
    st.text(
        _("Keep these recovery codes apart from your phone. Each lets you in once without it. They are shown only now.")
    )
    st.code("\n".join(codes), language=None)
    if st.button(_("I have kept them"), type="primary"):
        del st.session_state[_CODES]
        st.session_state.pop(_FIRST, None)
        st.rerun()


def _is_on(me: Person, since: str, left: int) -> None:
    frame.quiet(_("On since {when}. A code of your app is asked for after your password.", when=since))
    frame.quiet(many("{n} recovery code is left.", "{n} recovery codes are left.", left))
    with st.form("second-off", border=False, clear_on_submit=True):
        password = st.text_input(
            _("Password"),
            type="password",
            autocomplete="current-password",
            max_chars=200,
            help=_("For new recovery codes, switch it off and on again."),
        )
        if st.form_submit_button(_("Switch off")):
            attempt(
                lambda: second.switch_off(store(), me, password),
                _("Your second factor is off. Your password is enough."),
            )
            st.rerun()


def has_one(person: Person) -> bool:
    """Whether an administrator can reset this person's second factor."""
    with store().read() as tx:
        return second.is_on(tx, person.id)
