"""Who has the case, since when, and who else is looking: one line that asks every few seconds, and never moves others.

No dialog opens in here, and the page around it is drawn anew only when a person presses something.
"""

from html import escape

import streamlit as st

from model import clock
from model.errors import LevelheadError
from model.language import _
from model.person import Person
from response import notes, presence
from response.presence import Company
from response.takeover import ANSWER_WITHIN, Move
from store.db import store
from store.presence import Takeover
from web.guard import still_here
from web.ui import lists, words
from web.ui.acting import attempt

EVERY_S = 5
_WORD = 500


@st.fragment(run_every=EVERY_S)
def bar(case_id: int, drawn_for: int | None) -> None:
    """Who is around a case. `drawn_for` is who had it when the page was drawn."""
    me = still_here()
    if me is None:
        return
    try:
        found = presence.look(store(), me, case_id)
    except LevelheadError:
        return
    with st.container(key="together", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<p class='lh-together' role='status'>{said(me, found)}</p>")
        _moves(me, case_id, found)
        holder = found.claim.person_id if found.claim else None
        mine = holder != drawn_for and me.id in (holder, drawn_for)
        # Drawing the page anew by itself would close whatever a person has open, with what they typed there.
        if mine and st.button(_("Show what I can do now"), type="tertiary", key=f"anew-{case_id}"):
            st.rerun(scope="app")


def said(me: Person, found: Company) -> str:
    """The line as HTML: who has it, since when, what is asked, and who is looking."""
    parts = [_holder(me, found)]
    claim = found.claim
    if found.lost and claim and claim.person_id == found.lost.by:
        lost = _(
            "{name} took it over from you: “{text}” What you typed is kept.",
            name=found.lost.by_name,
            text=found.lost.text or "",
        )
        parts.append(escape(lost))
    elif found.asks and claim and claim.person_id == me.id:
        asks = _("{name} asks to take it over, {when}.", name=found.asks.by_name, when="{when}")
        parts.append(words.with_times(asks, when=words.timed(found.asks.asked_at)))
    elif found.asks and found.asks.by == me.id:
        parts.append(escape(_asked(found, found.asks)))
    elif found.asks:
        parts.append(escape(_("{name} asks for it too.", name=found.asks.by_name)))
    elif found.kept:
        kept = _("{name} keeps it: “{text}”", name=found.kept.holder_name, text=found.kept.text or "")
        parts.append(escape(kept))
    if found.others:
        who = ", ".join(
            _("{name} (since {time})", name=one.name, time=words.time_of_day(one.since))
            for one in found.others
            if (claim is None or one.person_id != claim.person_id)
            and not (found.asks and one.person_id == found.asks.by)
        )
        parts.append(escape(_("Also looking: {who}", who=who)) if who else "")
    return " ".join(part for part in parts if part)


def _asked(found: Company, asks: Takeover) -> str:
    if clock.now() >= asks.asked_at + ANSWER_WITHIN:
        return _("You asked, and had no answer: you can take it over.")
    if Move.TAKE in found.may:
        return _("You asked to take it over. As it is critical, you need not wait for the answer.")
    return _("You asked to take it over. Without an answer you can, two minutes after you asked.")


def _holder(me: Person, found: Company) -> str:
    claim = found.claim
    if claim is None:
        return escape(_("Nobody has it."))
    since, until = words.time_of_day(claim.since), words.time_of_day(claim.expires_at)
    if claim.person_id == me.id:
        yours = f"<b class='lh-mine'>{escape(_('Yours'))}</b>"
        return _("{yours} since {since}, until {until}.", yours=yours, since=since, until=until)
    name = f"<b class='lh-theirs'>{escape(claim.name)}</b>"
    if any(one.person_id == claim.person_id for one in found.others):
        return _("{name} has it since {since}, until {until}.", name=name, since=since, until=until)
    return _("{name} has it since {since}, until {until}, not looking now.", name=name, since=since, until=until)


def _moves(me: Person, case_id: int, found: Company) -> None:
    asks = found.asks
    if Move.KEEP in found.may and asks:
        if st.button(_("Hand over"), type="primary", key=f"hand-over-{asks.id}"):
            done = _("{name} has it now.", name=asks.by_name)
            attempt(lambda: presence.hand_over(store(), me, case_id, asks.by), done)
            st.rerun(scope="app")
        with st.popover(_("Keep it"), key=f"keep-{asks.id}"), st.form(f"keeping-{asks.id}", border=False):
            word = st.text_input(_("A word why"), max_chars=_WORD, key=f"reason-keep-{asks.id}")
            if st.form_submit_button(_("Keep the case")):
                attempt(lambda: presence.keep(store(), me, case_id, word), _("Kept, and they are told."))
                st.rerun(scope="app")
    elif Move.HAND_OVER in found.may:
        _hand_over(me, case_id)
    if Move.TAKE in found.may:
        with st.popover(_("Take over"), key=f"take-{case_id}"), st.form(f"taking-{case_id}", border=False):
            why = st.text_input(_("Why do you take it over?"), max_chars=_WORD, key=f"reason-take-{case_id}")
            if st.form_submit_button(_("Take the case over"), type="primary"):
                done = _("It is yours. They are told why.")
                attempt(lambda: presence.take_over(store(), me, case_id, why), done)
                st.rerun(scope="app")


def _hand_over(me: Person, case_id: int) -> None:
    """Gives the case to anybody who works on cases, without being asked."""
    with store().read() as tx:
        team = lists.told_apart({one: name for one, name in notes.colleagues(tx).items() if one != me.id})
    if not team:
        return
    with (
        st.popover(_("Hand over"), type="tertiary", key=f"giving-{case_id}"),
        st.form(f"give-{case_id}", border=False),
    ):
        to = st.selectbox(_("To whom?"), list(team), None, format_func=lambda one: lists.plain(team[one]))
        if st.form_submit_button(_("Hand the case over"), type="primary"):
            done = _("{name} has it now, and is told.", name=team[to]) if to else ""
            attempt(lambda: presence.hand_over(store(), me, case_id, to or 0), done)
            st.rerun(scope="app")
