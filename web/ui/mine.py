"""A person's own settings: notices by kind, the digest, quiet hours, the way there, and single letters as keys."""

from datetime import datetime, time
from functools import partial
from html import escape
from zoneinfo import available_timezones

import streamlit as st

from access import preferences
from channels import messengers
from channels.faults import FetchError
from model.errors import BadInput, LevelheadError
from model.person import Person
from response import notices_send
from response.notices import CHOICES, KINDS, choose
from response.notices_when import Choices, How, Way
from store import notices, people
from store.db import store
from store.keys import KeyMissing, keys
from web import frame
from web.ui import words
from web.ui.acting import attempt

_HOW = {How.AT_ONCE: "At once", How.DIGEST: "In the digest", How.NEVER: "Never"}
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_EVERY_DAY = -1
_NIGHT = time(20), time(7)
_SAVED = "Saved. What was not sent yet follows this."


def undelivered(me: Person) -> None:
    """What this person should know of mail that does not reach them."""
    with store().read() as tx:
        bounced = notices.bounced(tx, [me.id]).get(me.id)
    if bounced and bounced.address == me.email:
        frame.problem(
            f"Mail to {me.email} was refused on {words.exact(bounced.at)}. The server said: {bounced.said}. Nothing "
            "more is sent there until an administrator tries again, on the People page. What waits for you is on My "
            "approvals."
        )


def settings_form(me: Person) -> None:
    """Everything that can be chosen, with one button."""
    with store().read() as tx:
        now = preferences.get(tx, me.id, CHOICES)
        letters = preferences.get(tx, me.id, preferences.LETTERS)
        organisations = str(people.fact(tx, "time zone") or "UTC")
    with st.form("mine", border=False, enter_to_submit=False):
        left, right = st.columns([55, 45], gap="large")
        with left:
            kinds = _kinds(now)
        with right:
            times = _times(now, organisations)
            way, typed = _way(me, now)
            st.subheader("Keys", anchor=False)
            wanted_letters = st.toggle(
                "Single letters are keys",
                value=letters,
                help="Off: J, K, E and the others do nothing. Choose that where you dictate, or type with a switch.",
            )
        saved = st.form_submit_button("Save", type="primary")
    if saved:
        attempt(lambda: _save(me, now, kinds, times, (way, typed), wanted_letters), _SAVED)
        st.rerun()
    if now.messenger and st.button("Send me a test message"):
        attempt(lambda: notices_send.try_messenger(store(), me), "Sent. Look into your messenger.")
        st.rerun()


def _kinds(now: Choices) -> dict[str, How]:
    """How each kind is told."""
    st.subheader("When something waits for me", anchor=False)
    st.html(
        "<p class='lh-quiet'>A notice says what waits, since when, and where. What nobody else can decide is in the"
        " digest at least.</p>"
    )
    chosen = {}
    for kind in KINDS.values():
        how = st.segmented_control(
            kind.title,
            list(How),
            default=now.kinds.get(kind.name, kind.usual),
            required=True,
            format_func=lambda one: _HOW[one],
            key=f"kind-{kind.name}",
        )
        if how and how != kind.usual:
            chosen[kind.name] = How(how)
    return chosen


def _times(now: Choices, organisations: str) -> dict[str, object]:
    """The digest, the quiet hours, and the zone that their clock shows."""
    st.subheader("My hours", anchor=False)
    with st.container(horizontal=True):
        day = st.selectbox(
            "The digest comes",
            [_EVERY_DAY, *range(7)],
            index=0 if now.digest_day is None else now.digest_day + 1,
            format_func=lambda one: "Every day" if one == _EVERY_DAY else _DAYS[one],
        )
        at = st.time_input("Digest at", value=now.digest_at)
    quiet = st.toggle("Quiet hours", value=now.quiet_from is not None, help="What comes then is sent afterwards.")
    with st.container(horizontal=True):
        begin = st.time_input("Quiet from", value=now.quiet_from or _NIGHT[0])
        end = st.time_input("Quiet until", value=now.quiet_until or _NIGHT[1])
    zones = ["", *sorted(available_timezones())]
    zone = st.selectbox(
        "Time zone of these hours",
        zones,
        index=zones.index(now.zone) if now.zone in zones else 0,
        format_func=lambda one: one or f"The organisation's ({organisations})",
    )
    return {
        "digest_day": None if day == _EVERY_DAY else day,
        "digest_at": at,
        "quiet_from": begin if quiet else None,
        "quiet_until": end if quiet else None,
        "zone": zone,
    }


def _way(me: Person, now: Choices) -> tuple[Way, str]:
    """By what, and the address of a messenger where a new one is typed."""
    st.subheader("By what", anchor=False)
    way = st.segmented_control(
        "Notices come by",
        list(Way),
        default=now.way,
        required=True,
        format_func=lambda one: f"E-mail to {me.email}" if one is Way.MAIL else "Messenger",
    )
    if now.messenger:
        st.html(f"<p class='lh-quiet'>Your messenger: {escape(_named(now))}. Its address is not shown again.</p>")
    typed = st.text_input(
        "Address of my messenger",
        type="password",
        autocomplete="off",
        max_chars=1000,
        placeholder="slack://… , https://discord.com/api/webhooks/…",
        help="A webhook, or an address as apprise writes it. Leave it empty to keep the one you have.",
    )
    return Way(way or Way.MAIL), typed.strip()


def _named(now: Choices) -> str:
    try:
        return messengers.named(keys().decrypt(now.messenger.encode()))
    except KeyMissing:
        return "one that this installation cannot read any more; enter it again"


def _save(
    me: Person, now: Choices, kinds: dict[str, How], times: dict[str, object], to: tuple[Way, str], letters: bool
) -> None:
    way, typed = to
    messenger = now.messenger
    if typed:
        try:
            messenger = keys().encrypt(messengers.check(typed)).decode()
        except FetchError as error:
            raise BadInput(str(error)) from error
    wanted = Choices.model_validate({**times, "kinds": kinds, "way": way, "messenger": messenger})
    choose(store(), me, wanted, words.now())
    preferences.put(store(), me, preferences.LETTERS, letters)


# --- for administrators ----------------------------------------------------------------------------------------------


def mail_for_administrators(me: Person, team: list[Person]) -> None:
    """How mail goes, whom it does not reach, and a test mail; on the People page."""
    with store().read() as tx:
        state = notices_send.mail_state(tx)
        bounced = notices.bounced(tx, [person.id for person in team])
        failing = notices.failing(tx, words.now() - notices_send.SHOWN_FOR)
    st.subheader("Mail", anchor=False)
    if state.failing_since:
        frame.problem(
            f"Mail has not worked since {words.exact(state.failing_since)}. {state.problem} It is tried again by "
            "itself; what waits is on each person's My approvals all the same."
        )
    elif state.worked_at:
        st.html(f"<p class='lh-quiet'>Mail works; the last one went {words.ago(state.worked_at)}.</p>")
    if failing:
        st.html(f"<p class='lh-quiet'>{escape(_not_sent(len(failing), failing[0].problem, failing[0].settled_at))}</p>")
    for person in team:
        one = bounced.get(person.id)
        if one and one.address == person.email:
            frame.problem(f"{person.name} gets no mail: the server refused {one.address}. It said: {one.said}")
            if st.button("Try again", key=f"mail-{person.id}"):
                again = partial(notices_send.try_address_again, store(), me, person.id)
                attempt(again, "The next notice goes there again.")
                st.rerun()
    if st.button("Send me a test mail"):
        _try(me)


def _not_sent(count: int, problem: str, at: datetime | None) -> str:
    many = "Twenty or more notices" if count >= 20 else words.count(count, "notice")
    return f"{many} could not be sent in the last seven days. The last time, {words.exact(at)}: {problem}"


def _try(me: Person) -> None:
    try:
        said = notices_send.try_mail(store(), me)
    except LevelheadError as error:
        answer = getattr(error, "said", "")
        frame.problem(f"{error} It said: {answer}" if answer else error)
        return
    frame.done(f"Sent to {me.email}. The server said: {said}")
