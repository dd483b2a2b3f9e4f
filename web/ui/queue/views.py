"""Which view is shown and what it is narrowed to: both stand in the page's address, so that they can be sent on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import streamlit as st

from model.language import Labels, _, later, many, number
from model.person import Person
from model.queue import BY_KEY, EVERY, LIKE, VIEWS, WAITING, Filters, View
from model.words import Channel, Language, Severity
from response import saved_views
from response.board import Board
from store import queue, sources
from store.db import store
from store.snoozes import Saved
from web import frame
from web.ui import first, words
from web.ui.acting import attempt
from web.ui.lists import plain

T = TypeVar("T")
_FORMER = {"open": "todo"}
_AGES = Labels({0: later("Any age"), 1: later("Last 24 hours"), 7: later("Last 7 days"), 30: later("Last 30 days")})


def asked_for() -> tuple[View, Filters]:
    """What the address asks for; what it cannot mean is left out."""
    wanted = st.query_params.get("show", "todo")
    filters = Filters.read(st.query_params.to_dict(), frozenset(words.matters()))
    if wanted == LIKE.key and filters.like:
        return LIKE, filters
    if wanted == EVERY.key:
        return EVERY, filters
    return BY_KEY.get(_FORMER.get(wanted, wanted), VIEWS[0]), filters


def _go(view: str, filters: Filters) -> None:
    st.query_params.from_dict({"show": view} | filters.said())
    st.rerun()


def titles(view: View, filters: Filters) -> dict[str, str]:
    """What can be shown; all that is open, and what is like one comment, only while that is shown."""
    named = {one.key: _(one.title) for one in VIEWS}
    if view is EVERY:
        named[view.key] = _(view.title)
    if filters.like:
        named[view.key] = _(LIKE.title) if view is LIKE else f"{_(view.title)}: {_(LIKE.title)}"
    return named


def choose(view: View, filters: Filters, found: Board, me: Person) -> None:
    """The views, the filters that are set, and the views that people kept."""
    named = titles(view, filters)
    with st.container(horizontal=True, wrap=False, key="views"):
        picked = st.segmented_control(
            _("View"),
            list(named),
            default=view.key,
            format_func=lambda key: named[key],
            required=True,
            label_visibility="collapsed",
        )
        if picked and picked != view.key:
            _go(picked, filters.without("like"))
        narrow = st.popover(_("Filter"), type="tertiary", on_change="rerun", key="queue-filter")
        kept = st.popover(_("Saved views"), type="tertiary", on_change="rerun", key="queue-saved")
    if narrow.open:
        with narrow:
            _narrow(view, filters)
    if kept.open:
        with kept:
            _keep(view, filters, found.saved, me)
    _chips(view, filters)


def _chips(view: View, filters: Filters) -> None:
    """What is set, each with a way to take it off."""
    if not filters.said():
        return
    with st.container(horizontal=True, key="chips"):
        for name, text in described(filters).items():
            if st.button(text, icon=":material/close:", key=f"off-{name}", help=_("Take this filter off")):
                _go(view.key, filters.without(name))
        if st.button(_("Take all off"), type="tertiary", key="off-all"):
            _go(view.key, Filters())


def described(filters: Filters) -> dict[str, str]:
    """Each filter that is set, in words; without Markdown, as buttons draw it."""
    said: dict[str, str] = {}
    if filters.channel:
        said["channel"] = _("Channel: {name}", name=words.CHANNEL[Channel(filters.channel)])
    if filters.source:
        said["source"] = _("Source: {name}", name=_sources().get(filters.source, filters.source))
    if filters.matter:
        said["matter"] = _("Matter: {name}", name=words.matters()[filters.matter])
    if filters.severity:
        said["severity"] = _("Severity: {severity} or more", severity=words.SEVERITY[Severity(filters.severity)])
    if filters.age:
        said["age"] = _("Age: {age}", age=_AGES.get(filters.age) or many("{n} day", "{n} days", filters.age))
    if filters.author:
        said["author"] = _("Author: {name}", name=filters.author)
    if filters.language:
        said["language"] = _("Language: {name}", name=words.LANGUAGE[Language(filters.language)])
    if filters.waiting:
        said["waiting"] = _("Open: {age}", age=_(WAITING[filters.waiting].name))
    if filters.like:
        said["like"] = _("Like comment {id}", id=filters.like)
    return {name: plain(text) for name, text in said.items()}


def _sources() -> dict[int, str]:
    with store().read() as tx:
        return {one.id: one.name for one in sources.every(tx)}


def _narrow(view: View, filters: Filters) -> None:
    known, here = words.matters(), _sources()
    with st.form("narrow", border=False):
        channel = _one_of(_("Channel"), ["", *Channel], filters.channel, {"": _("All channels"), **words.CHANNEL})
        places = {0: _("All sources"), **{n: f"{t} ({n})" for n, t in here.items()}}
        source = _one_of(_("Source"), list(places), filters.source, places)
        matter = _one_of(_("Matter"), ["", *known], filters.matter, {"": _("All matters"), **known})
        severities = {int(one): _("{severity} or more", severity=words.SEVERITY[one]) for one in list(Severity)[1:]}
        severities = {0: _("Any severity"), **severities}
        severity = _one_of(_("Severity"), list(severities), filters.severity, severities)
        age = _one_of(_("Age"), list(_AGES), filters.age, dict(_AGES))
        languages = {"": _("All languages"), **{str(one): words.LANGUAGE[one] for one in Language}}
        language = _one_of(_("Language"), list(languages), filters.language, languages)
        author = st.text_input(_("Author"), filters.author, max_chars=200, help=_("The name as the comment shows it"))
        if st.form_submit_button(_("Show these"), type="primary"):
            wanted = {"channel": channel, "source": source, "matter": matter, "severity": severity, "age": age}
            wanted |= {"language": language, "like": filters.like, "waiting": filters.waiting}
            said = {name: str(value) for name, value in wanted.items() if value} | {"author": author or ""}
            _go(view.key, Filters.read(said, frozenset(known)))


def _one_of(label: str, options: Sequence[T], value: T, names: Mapping[T, str]) -> T:
    options = list(options)
    return st.selectbox(
        label, options, index=options.index(value) if value in options else 0, format_func=lambda one: names[one]
    )


def _keep(view: View, filters: Filters, saved: Sequence[Saved], me: Person) -> None:
    """Views that were kept, and a name for what is shown now."""
    for one in saved:
        with st.container(horizontal=True):
            name = plain(one.name)
            label = name if one.person_id == me.id and not one.for_all else _("{name} · for everybody", name=name)
            if st.button(label, key=f"saved-{one.id}", width="stretch"):
                _go(one.view, Filters.read(one.filters, frozenset(words.matters())))
            if one.person_id == me.id and st.button(
                _("Remove"), type="tertiary", key=f"unsave-{one.id}", help=_("Take “{name}” away", name=name)
            ):
                attempt(partial(saved_views.forget, store(), me, one.id))
                st.rerun()
    if filters.like or view is EVERY:
        return  # what is like one comment is looked for anew each time, and what is behind a chart too
    with st.form("keep", border=False, clear_on_submit=True):
        called = st.text_input(_("Name for what is shown now"), max_chars=saved_views.NAME_MOST)
        for_all = st.checkbox(_("For everybody"))
        if st.form_submit_button(_("Keep this view")):
            kept = attempt(lambda: saved_views.save(store(), me, called, view.key, filters, for_all=for_all))
            if kept:
                st.rerun()


def nothing(view: View, filters: Filters, now: datetime, me: Person) -> None:
    """An empty view: with a filter, what to do; without, that all is well and why that is known, or how to begin."""
    if filters.said():
        frame.nothing(_("Nothing in “{view}” is like that", view=_(view.title)), _("Take a filter off to see more."))
    elif not _sources():
        first.no_source(me)
    else:
        frame.nothing(_(view.empty).removesuffix("."), _calm(now) if view.key == "todo" else "")


def _calm(now: datetime) -> str:
    """Why it is known that nothing needs a person."""
    here = now.astimezone(words.zone())
    morning = here.replace(hour=8, minute=0, second=0, microsecond=0)
    morning = morning if morning <= here else morning - timedelta(days=1)
    with store().read() as tx:
        read, flagged = queue.read_since(tx, morning)
    since = "08:00" if morning.date() == here.date() else _("08:00 yesterday")
    if not read:
        return _("No comment was read since {since}; what needs a person appears here.", since=since)
    return _read(read, flagged, since)


def _read(read: int, flagged: int, since: str) -> str:
    """What came of the comments that were read; `read` is counted up to `queue.COUNTED`."""
    most = number(read - 1) if read == queue.COUNTED else ""
    if flagged:
        needed = number(flagged)
        if most:
            return _(
                "More than {n} comments were read since {since}; {flagged} needed a person, and none waits any more.",
                n=most,
                since=since,
                flagged=needed,
            )
        return many(
            "{n} comment was read since {since}; {flagged} needed a person, and none waits any more.",
            "{n} comments were read since {since}; {flagged} needed a person, and none waits any more.",
            read,
            since=since,
            flagged=needed,
        )
    if most:
        return _("More than {n} comments were read since {since} and all of them are calm.", n=most, since=since)
    return many(
        "{n} comment was read since {since} and it is calm.",
        "{n} comments were read since {since} and all of them are calm.",
        read,
        since=since,
    )
