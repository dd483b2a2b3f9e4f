"""A person's own settings: notices by kind, the digest, quiet hours, the way there, language, and letters as keys."""

from datetime import datetime, time
from functools import partial
from typing import Any

import streamlit as st

from access import preferences
from channels import messengers
from channels.faults import FetchError
from model import clock
from model.errors import BadInput, LevelheadError
from model.language import NAMES, Labels, _, later, many
from model.moments import weekdays
from model.person import Person
from response import notices_send
from response.notices import CHOICES, KINDS, choose
from response.notices_when import Choices, How, Way
from store import notices, own_key, people
from store.db import store
from store.keys import KeyMissing, keys
from store.sample import is_sample
from web import frame
from web.guard import browsers_language, speak
from web.ui import words
from web.ui.acting import attempt

_HOW = Labels({How.AT_ONCE: later("At once"), How.DIGEST: later("In the digest"), How.NEVER: later("Never")})
_EVERY_DAY = -1
_NIGHT = time(20), time(7)
_AS_THE_BROWSER = ""


def undelivered(me: Person) -> None:
    """What this person should know of mail that does not reach them."""
    with store().read() as tx:
        bounced = notices.bounced(tx, [me.id]).get(me.id)
    if bounced and bounced.address == me.email:
        frame.problem(
            _(
                "Mail to {address} was refused on {when}. The server said: {said}. Nothing more is sent there until an"
                " administrator tries again, on the People page. What waits for you is on My approvals.",
                address=me.email,
                when=words.exact(bounced.at),
                said=bounced.said,
            )
        )


def settings_form(me: Person) -> None:
    """Everything that can be chosen, with one button."""
    with store().read() as tx:
        now = preferences.get(tx, me.id, CHOICES)
        letters = preferences.get(tx, me.id, preferences.LETTERS)
        spoken = preferences.get(tx, me.id, preferences.LANGUAGE)
        organisations = str(people.fact(tx, "time zone") or "UTC")
    with st.form("mine", border=False, enter_to_submit=False):
        left, right = st.columns([55, 45], gap="large")
        with left:
            kinds = _kinds(now)
        with right:
            times = _times(now, organisations)
            way, typed = _way(me, now)
            wanted_language = _language(spoken)
            st.subheader(_("Keys"), anchor=False)
            wanted_letters = st.toggle(
                _("Single letters are keys"),
                value=letters,
                help=_("Off: J, K, E and the others do nothing. Choose that where you dictate, or type with a switch."),
            )
        saved = st.form_submit_button(_("Save"), type="primary")
    if saved:
        own = {preferences.LETTERS: wanted_letters, preferences.LANGUAGE: wanted_language}
        # Said afterwards, since it may be in another language by then.
        attempt(
            lambda: _save(me, now, kinds, times, (way, typed), own),
            lambda _saved: _("Saved. What was not sent yet follows this."),
        )
        st.rerun()
    if now.messenger and st.button(_("Send me a test message")):
        attempt(lambda: notices_send.try_messenger(store(), me), _("Sent. Look into your messenger."))
        st.rerun()


def _language(now: str) -> str:
    """Which language is read, the browser's first."""
    st.subheader(_("Language"), anchor=False)
    browsers = NAMES.get(browsers_language())
    as_it_is = _("As my browser ({language})", language=browsers) if browsers else _("As my browser")
    options = [_AS_THE_BROWSER, *NAMES]
    return st.selectbox(
        _("Pages and notices are in"),
        options,
        index=options.index(now) if now in options else 0,
        format_func=lambda one: NAMES.get(one, as_it_is),
        help=_("Comments, and what colleagues write, stay as they are."),
    )


def _kinds(now: Choices) -> dict[str, How]:
    """How each kind is told."""
    st.subheader(_("When something waits for me"), anchor=False)
    frame.quiet(
        _("A notice says what waits, since when, and where. What nobody else can decide is in the digest at least.")
    )
    chosen = {}
    for kind in KINDS.values():
        if kind.always:
            frame.quiet(_("“{kind}”: at once, whatever the hour, for those who are named.", kind=_(kind.title)))
            continue
        how = st.segmented_control(
            _(kind.title),
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
    st.subheader(_("My hours"), anchor=False)
    with st.container(horizontal=True):
        day = st.selectbox(
            _("The digest comes"),
            [_EVERY_DAY, *range(7)],
            index=0 if now.digest_day is None else now.digest_day + 1,
            format_func=lambda one: _("Every day") if one == _EVERY_DAY else weekdays()[one],
        )
        at = st.time_input(_("Digest at"), value=now.digest_at)
    quiet = st.toggle(_("Quiet hours"), value=now.quiet_from is not None, help=_("What comes then is sent afterwards."))
    with st.container(horizontal=True):
        begin = st.time_input(_("Quiet from"), value=now.quiet_from or _NIGHT[0])
        end = st.time_input(_("Quiet until"), value=now.quiet_until or _NIGHT[1])
    worked = st.multiselect(
        _("Working days"),
        range(7),
        default=list(now.work_days),
        format_func=lambda one: weekdays()[one],
        placeholder=_("Always"),
        help=_("Outside of working hours only what is urgent is sent: critical cases, and what nobody knows was sent."),
    )
    with st.container(horizontal=True):
        work_from = st.time_input(_("Work from"), value=now.work_from)
        work_until = st.time_input(_("Work until"), value=now.work_until)
    zones = ["", *clock.time_zones()]
    zone = st.selectbox(
        _("Time zone of these hours"),
        zones,
        index=zones.index(now.zone) if now.zone in zones else 0,
        format_func=lambda one: one or _("The organisation's ({zone})", zone=organisations),
    )
    return {
        "digest_day": None if day == _EVERY_DAY else day,
        "digest_at": at,
        "quiet_from": begin if quiet else None,
        "quiet_until": end if quiet else None,
        "work_days": sorted(worked),
        "work_from": work_from,
        "work_until": work_until,
        "zone": zone,
    }


def _way(me: Person, now: Choices) -> tuple[Way, str]:
    """By what, and the address of a messenger where a new one is typed."""
    st.subheader(_("By what"), anchor=False)
    way = st.segmented_control(
        _("Notices come by"),
        list(Way),
        default=now.way,
        required=True,
        format_func=lambda one: _("E-mail to {address}", address=me.email) if one is Way.MAIL else _("Messenger"),
    )
    if now.messenger:
        frame.quiet(_("Your messenger: {name}. Its address is not shown again.", name=_named(now)))
    typed = st.text_input(
        _("Address of my messenger"),
        type="password",
        autocomplete="off",
        max_chars=1000,
        placeholder="slack://… , https://discord.com/api/webhooks/…",  # as it is
        help=_("A webhook, or an address as apprise writes it. Leave it empty to keep the one you have."),
    )
    return Way(way or Way.MAIL), typed.strip()


def _named(now: Choices) -> str:
    try:
        return messengers.named(keys().decrypt(now.messenger.encode()))
    except KeyMissing:
        return _("one that this installation cannot read any more; enter it again")


def _save(
    me: Person, now: Choices, kinds: dict[str, How], times: dict[str, object], to: tuple[Way, str], own: dict[Any, Any]
) -> None:
    way, typed = to
    messenger = now.messenger
    if typed:
        with store().read() as tx:
            own_key.require(tx, keys())
        try:
            messenger = keys().encrypt(messengers.check(typed)).decode()
        except FetchError as error:
            raise BadInput(str(error)) from error
    wanted = Choices.model_validate({**times, "kinds": kinds, "way": way, "messenger": messenger})
    choose(store(), me, wanted, words.now())
    for which, value in own.items():
        preferences.put(store(), me, which, value)
    speak(own[preferences.LANGUAGE])


# --- for administrators ----------------------------------------------------------------------------------------------


def mail_for_administrators(me: Person, team: list[Person]) -> None:
    """How mail goes, whom it does not reach, and a test mail; on the People page."""
    with store().read() as tx:
        state = notices_send.mail_state(tx)
        bounced = notices.bounced(tx, [person.id for person in team])
        failing = notices.failing(tx, words.now() - notices_send.SHOWN_FOR)
        of_sample = is_sample(tx)
    st.subheader(_("Mail"), anchor=False)
    if state.failing_since:
        frame.problem(
            _(
                "Mail has not worked since {when}. {problem} It is tried again by itself; what waits is on each"
                " person's My approvals all the same.",
                when=words.exact(state.failing_since),
                problem=state.problem,
            )
        )
    elif state.worked_at:
        frame.quiet(_("Mail works; the last one went {when}.", when="{when}"), when=words.timed(state.worked_at))
    if of_sample:
        frame.quiet(_("Nothing of the sample leaves the house."))
    elif failing:
        frame.quiet(_not_sent(len(failing), failing[0].problem, failing[0].settled_at))
    for person in team:
        one = bounced.get(person.id)
        if one and one.address == person.email:
            frame.problem(
                _(
                    "{name} gets no mail: the server refused {address}. It said: {said}",
                    name=person.name,
                    address=one.address,
                    said=one.said,
                )
            )
            if st.button(_("Try again"), key=f"mail-{person.id}"):
                again = partial(notices_send.try_address_again, store(), me, person.id)
                attempt(again, _("The next notice goes there again."))
                st.rerun()
    if st.button(_("Send me a test mail")):
        _try(me)


def _not_sent(count: int, problem: str, at: datetime | None) -> str:
    what = (
        _("Twenty or more notices could not be sent in the last seven days.")
        if count >= 20
        else many(
            "{n} notice could not be sent in the last seven days.",
            "{n} notices could not be sent in the last seven days.",
            count,
        )
    )
    last = _("The last time, {when}: {problem}", when=words.exact(at), problem=problem)
    return f"{what} {last}"


def _try(me: Person) -> None:
    try:
        said = notices_send.try_mail(store(), me)
    except LevelheadError as error:
        answer = getattr(error, "said", "")
        frame.problem(f"{error} {_('It said: {said}', said=answer)}" if answer else error)
        return
    frame.done(_("Sent to {address}. The server said: {said}", address=me.email, said=said))
