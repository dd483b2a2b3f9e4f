"""The pause of all publishing: the line on every page while it is on, and the form that begins and ends it."""

from datetime import timedelta
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.errors import BadInput
from model.language import _, later, many
from model.person import Person
from model.words import Channel
from response import pausing
from response.pausing import Exceptions
from store import pauses
from store.db import store
from store.pauses import Pause
from web import frame
from web.ui import words
from web.ui.acting import attempt

_LENGTHS = {
    "1h": (timedelta(hours=1), later("1 hour, until {when}")),
    "4h": (timedelta(hours=4), later("4 hours, until {when}")),
    "1d": (timedelta(days=1), later("1 day, until {when}")),
    "3d": (timedelta(days=3), later("3 days, until {when}")),
    "7d": (timedelta(days=7), later("7 days, until {when}")),
}


def line(me: Person, pause: Pause | None) -> None:
    """While a pause is on: who paused, why, until when, and what goes out all the same."""
    if pause is None:
        st.empty()  # its place is kept, so that nothing behind it is made anew when a pause begins or ends
        return
    said = _(
        "Publishing is paused until {when}, by {name}: {reason}",
        when=words.moment(pause.until),
        name=pause.name,
        reason=pause.reason or _("its reason was erased."),
    )
    but = excepted(pause)
    more = f" <small>{escape(but)}</small>" if but else ""
    lead = f" <a href='/pause' target='_self'>{escape(_('More'))}</a>" if may(me, Permission.PAUSE) else ""
    st.html(f"<p class='lh-paused' role='status'><b aria-hidden='true'>‖</b> {escape(said)}{more}{lead}</p>")


def excepted(pause: Pause) -> str:
    """What goes out all the same, as a sentence; empty where nothing does."""
    named = [_("response {id}", id=one) for one in pause.responses]
    named += [words.CHANNEL[one] for one in pause.channels]
    named += [_("what is done to comments")] if pause.moderates else []
    return _("All the same goes out: {what}.", what=words.listed(named, len(named), "and")) if named else ""


def manage(me: Person) -> None:
    """Begins a pause, or ends the one that is on."""
    st.subheader(_("Pause publishing"), anchor=False)
    with store().read() as tx:
        on = pauses.lasting(tx, words.now())
        held = pauses.waiting(tx, on.id) if on else 0
    if on:
        _on(me, on, held)
    else:
        _begin(me)


def _on(me: Person, pause: Pause, held: int) -> None:
    rows = [
        _(
            "On since {when}. It ends by itself: {until}.",
            when=words.exact(pause.begun_at),
            until=words.exact(pause.until),
        ),
        many("{n} thing waits for its end.", "{n} things wait for its end.", held)
        if held
        else _("Nothing waits so far."),
        excepted(pause),
    ]
    st.html("".join(f"<p class='lh-quiet'>{escape(one)}</p>" for one in rows if one))
    frame.quiet(
        _("Afterwards what waits goes on by itself, if everything that was approved still holds; else a person looks.")
    )
    if st.button(_("End the pause now"), type="primary"):
        attempt(lambda: (pausing.end(store(), me, pause.id),), _("The pause is over. What waited goes on now."))
        st.rerun()


def _begin(me: Person) -> None:
    frame.quiet(
        _(
            "For everybody, at once: what is approved waits, and nothing is sent, posted by hand or done to comments."
            " People go on writing and deciding. It ends by itself."
        )
    )
    now = words.now()
    with st.form("pause", border=False):
        reason = st.text_area(
            _("Reason"), key="reason-pause", max_chars=5000, help=_("Everybody who logs in reads it.")
        )
        length = st.selectbox(
            _("For how long"),
            list(_LENGTHS),
            index=1,
            format_func=lambda one: _(_LENGTHS[one][1], when=words.moment(now + _LENGTHS[one][0])),
        )
        with st.expander(_("What goes out all the same")):
            numbers = st.text_input(_("Responses, by number"), placeholder=_("12, 15"), max_chars=400)
            channels = st.multiselect(
                _("Channels"), list(Channel), format_func=lambda one: words.CHANNEL[one], placeholder=_("None")
            )
            moderates = st.checkbox(_("What is done to comments: hiding, showing, spam, bin"))
        if st.form_submit_button(_("Pause publishing"), type="primary"):
            attempt(
                lambda: pausing.begin(
                    store(),
                    me,
                    reason,
                    words.now() + _LENGTHS[length][0],
                    Exceptions(_numbers(numbers), tuple(channels), moderates),
                ),
                _("Publishing is paused. Who has something waiting to go out is told."),
            )
            st.rerun()


def _numbers(typed: str) -> tuple[int, ...]:
    """'12, 15' or '12 15'. Raises BadInput for what is no number."""
    parts = typed.replace(",", " ").replace("#", " ").split()
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise BadInput(_("Give the numbers of responses, such as 12, 15."))
    return tuple(int(part) for part in parts)


def past(found: list[Pause]) -> str:
    """The last pauses, newest first."""
    rows = "".join(
        f"<li><time>{escape(words.exact(one.begun_at))}</time><strong>{escape(one.name)}</strong>"
        f"<small>{escape(_until(one))}</small>{escape(one.reason or _('its reason was erased.'))}</li>"
        for one in found
    )
    return f"<ul class='lh-rows'>{rows}</ul>"


def _until(pause: Pause) -> str:
    if pause.ended_at:
        return _("ended {when}", when=words.exact(pause.ended_at))
    if pause.lasts(words.now()):
        return _("on until {when}", when=words.exact(pause.until))
    return _("ended by itself, {when}", when=words.exact(pause.until))
