"""The editor of a reply: what is typed is saved at each pause, in a fragment, and each answer says how it truly went.

A fragment runs without the page around it, so who is here is looked up in it as well.
"""

import secrets
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from model.errors import LevelheadError
from model.language import Labels, _, current, later, number
from model.person import Person
from model.words import Channel
from response import drafts, lengths, own, publish, writing
from response.drafts import Outlook
from response.views import ResponseView
from store import deciders, responses
from store import drafts as saves
from store.db import store
from store.drafts import Saved
from web import frame
from web.guard import still_here
from web.ui import reading, sending, templating, words
from web.ui.acting import attempt
from web.ui.components import component
from web.ui.keys import keys

_LOGGED_OUT = later(
    "Not saved: you are logged out. Your text stays in this window; log in again in another one, copy it over."
)
_NO_DATABASE = later("Not saved: the database did not answer. Your text stays in this window; keep it open.")
_SAID = Labels(
    {
        "saved": later("Saved {clock}"),
        "unsaved": later("Not saved yet"),
        "silent": later("Not saved: there is no answer. Your text stays in this window; it is sent again."),
        "endless": later("Not saved: this is far too long for a reply. Nothing was cut off; shorten it."),
        "count": later("{count} of {limit} characters"),
        "empty": later("Nothing written yet."),
    }
)
"""What the browser says, with the places that it fills itself."""


@dataclass
class Window:
    """What this window's editor has sent and was answered. `grant` is the other text that its person chose to
    replace, `take` the one that they chose instead."""

    tab: str
    n: int = 0
    text: str | None = None
    base: int = 0
    saved: dict[str, Any] | None = None
    over: Saved | None = None
    grant: int = 0
    take: dict[str, Any] | None = None
    told: str = ""


def _window(response_id: int) -> Window:
    found: Window = st.session_state.setdefault(f"writing-{response_id}", Window(secrets.token_hex(8)))
    return found


@st.fragment
def editor(view: ResponseView) -> None:
    """The field, its buttons, and whatever was kept beside the text."""
    response_id = view.response.id
    here, window = still_here(), _window(response_id)
    _take_in(here, response_id, window)
    with store().read() as tx:
        response = responses.get(tx, response_id)
        hand = writing.in_hand(tx, response) if response else None
        outlook = own.outlook(tx, response) if response and view.comment is None else view.outlook
        aside = saves.aside(tx, response_id)
        names = deciders.names(tx)
        warned = (
            publish.warnings(tx, response_id, window.text if window.text is not None else hand.text) if hand else []
        )
    if hand is None:
        return
    channel, form = lengths.form_of(view.channels)
    component("editor")(
        key=f"editor-{response_id}",
        data={
            "id": response_id,
            "label": _("Your reply") if view.comment else _("Your text"),
            "hint": _("It is saved as you write. Control and Enter send it for approval."),
            "text": hand.text,
            "seq": hand.seq,
            "tab": window.tab,
            "most": drafts.MAX_CHARACTERS,
            "form": {"limit": form.limit, "unit": form.unit.value, "link": form.link},
            "opened": _opened(hand, here, names),
            "saved": window.saved,
            "grant": window.grant,
            "take": window.take,
            "words": _said(channel),
        },
        # Before anything else runs, so that a page that stops as nobody is logged in has the words to show.
        on_typed_change=lambda: _take_in(still_here(), response_id, window),
    )
    for warning in warned:
        frame.problem(_("{warning} Change it, or send it once more as it is.", warning=warning))
    _buttons(here, view, window, warned, outlook)
    templating.told(response_id)
    if window.over:
        _two_texts(window, window.over, here, names)
    if response and view.comment is None:
        sending.by_its_words(view, response, outlook)
    asked, author = (view.comment.text, view.comment.author) if view.comment else ("", "")
    written = window.text if window.text is not None else hand.text
    sending.before_you_send(written, asked, [author, *view.names.values()])
    for one in aside:
        if one.tab != window.tab:
            _kept_aside(here, response_id, window, one, names, hand.seq)


def _opened(hand: writing.Hand, here: Person | None, names: dict[int, str]) -> str:
    """'Your draft of 14:05 is here.'"""
    if not hand.text or hand.by is None:
        return ""
    at = words.moment(hand.at)
    if here and hand.by == here.id:
        return _("Your draft of {moment} is here.", moment=at)
    if hand.by not in names:
        return _("Somebody’s draft of {moment} is here.", moment=at)
    return _("{name}’s draft of {moment} is here.", name=names[hand.by], moment=at)


def _said(channel: Channel) -> dict[str, str]:
    """The editor's words, and in which language it writes its numbers."""
    most = number(drafts.MAX_CHARACTERS)
    return dict(_SAID) | {
        "language": current(),
        "over": _over(channel),
        "most": _("More than {n} characters cannot be saved. Nothing was cut off; shorten it.", n=most),
    }


def _over(channel: Channel) -> str:
    if lengths.is_advice(channel):
        return _(_FEW_READ)
    where = words.CHANNEL[channel]
    return _("{many} more than the {limit} that {where} takes.", many="{many}", limit="{limit}", where=where)


_FEW_READ = later("{many} more than {limit}: few people read that far. It can be sent all the same.")


def _typed(response_id: int) -> dict[str, Any] | None:
    """What the browser sent last, if it has the form that it should have."""
    sent = (st.session_state.get(f"editor-{response_id}") or {}).get("typed")
    kinds = {"text": str, "base": int, "tab": str, "n": int}
    if not sent or any(not isinstance(sent.get(name), kind) for name, kind in kinds.items()):
        return None
    return {name: sent[name] for name in kinds}


def _take_in(here: Person | None, response_id: int, window: Window) -> None:
    """Saves what was typed, once, and notes the answer for the browser."""
    typed = _typed(response_id)
    if typed is None or typed["n"] <= window.n:
        return
    text, base, tab, copy = typed["text"], typed["base"], typed["tab"], f"draft-{response_id}"
    answer: dict[str, Any] = {"n": typed["n"], "ok": False, "kept": False, "seq": base, "told": ""}
    over: Saved | None = None
    saved: writing.Saving | None = None
    try:
        if here is None:
            answer["told"] = _(_LOGGED_OUT)
        else:
            saved = writing.save(store(), here, response_id, text, base, tab)
    except LevelheadError as error:
        answer["told"] = _("Not saved: {why}", why=words.in_zone(str(error)))
    except SQLAlchemyError:
        answer["told"] = _(_NO_DATABASE)
    if saved:
        over = saved.over
        answer |= {"ok": not saved.told, "kept": True, "told": words.in_zone(saved.told)}
        answer["clock"] = words.time_of_day(saved.at)
        answer["seq"] = base if saved.told else saved.seq
    if over and here:
        with store().read() as tx:
            whose = _whose(over, here, deciders.names(tx))
        another = (
            later("Another text was saved in another window ({whose}). Both are kept: compare them below.")
            if over.person_id == here.id
            else later("Another text was saved ({whose}). Both are kept: compare them below.")
        )
        answer["told"] = _(another, whose=whose)
    # All at once: a look at the session's state may end this run for a newer one, and the answer must not be lost.
    window.n, window.text, window.base, window.tab = typed["n"], text, base, tab
    window.saved, window.over = answer, over
    # Where the session is gone, the page shows what is under this name.
    if answer["kept"]:
        st.session_state.pop(copy, None)
    else:
        st.session_state[copy] = text


def _buttons(here: Person | None, view: ResponseView, window: Window, warned: list[str], outlook: Outlook) -> None:
    response = view.response
    with st.container(horizontal=True, vertical_alignment="center"):
        send = st.button(
            _("Send for approval") if outlook.route.steps else _("Send"),
            type="primary",
            shortcut="Ctrl+Enter",
            key=f"send-{response.id}",
        )
        template = st.button(
            _("Template"), shortcut=keys(here)["template"] if here else None, key=f"template-{response.id}"
        )
        give_up = st.button(
            _("Give up this reply") if view.comment else _("Give it up"), type="tertiary", key=f"withdraw-{response.id}"
        )
    if template and here:
        _from_template(here, view)
    if here is None or not (send or give_up):
        return
    if give_up:
        attempt(
            lambda: drafts.withdraw(store(), here, response.id),
            _("Given up. The case stays open.") if view.case else _("Given up."),
        )
        st.rerun()
    with store().read() as tx:
        now = responses.get(tx, response.id)
    text = window.text if window.text is not None else now.draft if now else ""
    if warned and window.told != text:
        window.told = text
        nothing = _("Nothing was sent yet: read what stands above the buttons.")
        st.html(f"<p class='lh-quiet' role='status'>{escape(nothing)}</p>")
        return
    seq = max(window.base, int((window.saved or {}).get("seq", 0)))
    if window.text is None:
        sent = attempt(lambda: drafts.submit(store(), here, response.id, now.version if now else 0), _(_SENT))
    else:
        sent = attempt(lambda: writing.send(store(), here, response.id, text, seq, window.tab), _(_SENT))
    if sent is not None:
        st.session_state.pop(f"writing-{response.id}", None)
    st.rerun()


def _from_template(here: Person, view: ResponseView) -> None:
    """Asks which, and puts it into the field as a text that this window chose and saved."""
    response_id = view.response.id
    tab, base = standing(response_id)
    templating.choose(
        here, response_id, view.comment, tab, base, lambda text, saved: put_in_place(response_id, text, saved)
    )


def standing(response_id: int) -> tuple[str, int]:
    """This window's name, and the number of the last save that it knows: what a text from elsewhere is saved with."""
    with store().read() as tx:
        response = responses.get(tx, response_id)
        return _window(response_id).tab, writing.in_hand(tx, response).seq if response else 0


def put_in_place(response_id: int, text: str, saved: writing.Saving) -> None:
    """A text that was chosen and saved takes the place of what stands in the field."""
    window = _window(response_id)
    token = (window.take or {}).get("token", 0) + 1
    window.take, window.over = {"token": token, "text": text, "seq": saved.seq}, None
    window.text, window.base = text, saved.seq


_SENT = later("Sent. You see below who has it now.")


def _two_texts(window: Window, theirs: Saved, here: Person | None, names: dict[int, str]) -> None:
    """Two windows wrote at the same time: both texts, and the choice between them."""
    with st.container(key="two-texts"):
        st.subheader(_("Two texts"), anchor=False)
        left, right = st.columns(2, gap="small")
        with left:
            frame.quiet(_("In the reply: {whose}", whose=_whose(theirs, here, names)))
            st.html(reading.words_to_send(theirs.text))
            st.button(_("Take this text"), key=f"take-{theirs.id}", on_click=_take, args=(window, theirs, theirs.seq))
        with right:
            frame.quiet(_("In this window; marked is what differs"))
            st.html(reading.difference(theirs.text, window.text or ""))
            st.button(_("Keep mine"), key=f"keep-{theirs.id}", on_click=_keep, args=(window, theirs))
        frame.quiet(_("Or write one text out of both in the field, then press “Keep mine”."))


def _kept_aside(
    here: Person | None, response_id: int, window: Window, one: Saved, names: dict[int, str], seq: int
) -> None:
    """A text that could not become the reply's, from a window that may be gone."""
    with st.container(key=f"aside-{one.id}"):
        kept, whose = escape(_("Kept beside the reply")), escape(_whose(one, here, names))
        st.html(f"<p><strong>{kept}</strong>: {whose}</p>")
        st.html(reading.words_to_send(one.text))
        with st.container(horizontal=True):
            st.button(_("Use this text"), key=f"use-{one.id}", on_click=_use, args=(response_id, window, one, seq))
            st.button(_("Put it away"), key=f"away-{one.id}", on_click=_put_away, args=(response_id, one))


def _whose(one: Saved, here: Person | None, names: dict[int, str]) -> str:
    who = _("you") if here and one.person_id == here.id else names.get(one.person_id) or _("somebody")
    return f"{who}, {words.moment(one.at)}"


def _take(window: Window, one: Saved, seq: int) -> None:
    token = (window.take or {}).get("token", 0) + 1
    window.take, window.over = {"token": token, "text": one.text, "seq": seq}, None


def put(response_id: int, quote: str) -> None:
    """Puts words under what is written so far, as a callback: the window takes them as if they had been typed."""
    here, window = still_here(), _window(response_id)
    _take_in(here, response_id, window)
    with store().read() as tx:
        response = responses.get(tx, response_id)
        hand = writing.in_hand(tx, response) if response else None
    if hand is None:
        return
    text = window.text if window.text is not None else hand.text
    token = (window.take or {}).get("token", 0) + 1
    seq = max(window.base, int((window.saved or {}).get("seq", 0)), 0 if window.text is not None else hand.seq)
    window.take = {"token": token, "text": f"{text.rstrip()}\n\n{quote}".lstrip(), "seq": seq}


def _keep(window: Window, theirs: Saved) -> None:
    window.grant, window.over = theirs.seq, None


def _use(response_id: int, window: Window, one: Saved, seq: int) -> None:
    _take(window, one, seq)
    _put_away(response_id, one)


def _put_away(response_id: int, one: Saved) -> None:
    """It stays in the history."""
    if here := still_here():
        attempt(lambda: writing.set_aside(store(), here, response_id, one.id))
