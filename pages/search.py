"""Search: comments with their authors, cases and responses; what was asked for stands in the page's address."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import _, sense
from model.words import Channel, Severity
from store import cases, search, sources
from store.db import store
from store.search import Found, Wanted
from web import frame
from web.guard import guard
from web.ui import finding, lists, softening, words
from web.ui.together import wellness

me = guard(Permission.COMMENTS)
ANY = "any"
FIND = {"comments": search.find_comments, "cases": search.find_cases, "responses": search.find_responses}
KINDS = {"comments": _("Comments"), "cases": _("Cases"), "responses": _("Responses")}
STATES: dict[str, Mapping[str, str]] = {"cases": finding.CASE, "responses": finding.RESPONSE}
FLAGS = {
    ANY: _("All comments"),
    "flagged": sense("comments", "Flagged"),
    "spam": _("Suspected spam"),
    "calm": _("Not flagged"),
}

asked = st.query_params.to_dict()
# Whose page shows a thing decides who finds it.
mine = [kind for kind in KINDS if kind == "comments" or may(me, Permission.TRIAGE)]
kind = asked.get("kind") if asked.get("kind") in mine else "comments"


def day(name: str) -> date | None:
    """A day out of the address, None for anything else that stands there."""
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        return None


def moment(when: date | None, later: int = 0) -> datetime | None:
    if when is None or when.year < 2 or when.year > 9000:
        return None
    return datetime.combine(when, time(), words.zone()) + timedelta(days=later)


def among(name: str, options: list[str]) -> str:
    return asked[name] if asked.get(name) in options else ANY


def row(one: Found, case_id: int | None, source: str) -> None:
    """One result, and the way to it."""
    said_of, way = st.columns([87, 13], vertical_alignment="center")
    who = escape(one.author or _("No name")) if kind != "responses" else escape(_("Response {id}", id=one.id))
    how = STATES[kind][one.state] if one.state else ""
    said = " · ".join(escape(part) for part in (source, one.thread_title, how) if part)
    held = softening.holds(one.severity, soften)
    # Of a case it is the headline that is found: it goes without the words of the comment.
    shown = softening.label(one.text, hide=bool(held)) if kind == "cases" else one.text
    text = f"<span dir='auto'>{finding.marked(shown, typed)}</span>"
    text = softening.veiled(text, held) if kind == "comments" else text
    with said_of:
        st.html(
            f"<ul class='lh-rows'><li><time title='{words.exact(one.at)}'>{words.age(one.at)}</time>"
            f"<strong>{who}</strong> <small>{said}</small>"
            f"{text}</li></ul>"
        )
    with way:
        if case_id is not None and may(me, Permission.TRIAGE):
            st.page_link(page="pages/queue.py", label=_("Case {id}", id=case_id), query_params={"case": str(case_id)})
        elif kind == "comments":
            to_open = sense("what a button does", "Open")
            st.page_link(page="pages/comments.py", label=to_open, query_params={"comment": str(one.id)})


soften = wellness.softens_from(me)
with store().read() as tx:
    names = {str(one.id): one.name for one in sources.every(tx)}
source, channel = among("source", list(names)), among("channel", [one.value for one in Channel])
state, flag = among("state", list(STATES.get(kind, {}))), among("flag", list(FLAGS))
severity = among("severity", [str(one.value) for one in Severity]) if kind == "cases" else ANY

frame.heading(_("Search"), _('words, "a phrase", beginnings*, -without; the newest first'))
with st.form("search", border=False):
    text = st.text_input(
        _("Look for"), asked.get("q", ""), max_chars=search.LONGEST, placeholder=_("for example: lake camp*")
    )
    with st.container(horizontal=True):
        picked = st.segmented_control(_("In"), mine, default=kind, format_func=KINDS.get, required=True)
        author = st.text_input(_("Author"), asked.get("author", ""), max_chars=200, width=170)
        from_source = st.selectbox(
            _("Source"),
            [ANY, *names],
            index=[ANY, *names].index(source),
            format_func=lambda key: _("All sources") if key == ANY else f"{names[key]} ({key})",
            width=170,
        )
        channels = [ANY, *(one.value for one in Channel)]
        on = st.selectbox(
            _("Channel"),
            channels,
            index=channels.index(channel),
            format_func=lambda key: _("All channels") if key == ANY else words.CHANNEL[Channel(key)],
            width=150,
        )
        if kind == "comments":
            which = st.selectbox(
                _("Show"), list(FLAGS), index=list(FLAGS).index(flag), format_func=FLAGS.get, width=160
            )
        else:
            states = [ANY, *STATES[kind]]
            which = st.selectbox(
                _("State"),
                states,
                index=states.index(state),
                format_func=lambda key: sense("a state", "any") if key == ANY else STATES[kind][key],
                width=160,
            )
        if kind == "cases":
            severities = [ANY, *(str(one.value) for one in reversed(Severity) if one)]
            grave = st.selectbox(
                _("Severity"),
                severities,
                index=severities.index(severity),
                format_func=lambda key: (
                    sense("a severity", "any") if key == ANY else words.SEVERITY[Severity(int(key))]
                ),
                width=140,
            )
        since = st.date_input(sense("the first day", "From"), day("since"), format="YYYY-MM-DD", width=150)
        until = st.date_input(sense("the last day", "To"), day("until"), format="YYYY-MM-DD", width=150)
    if st.form_submit_button(sense("what a button does", "Search"), type="primary"):
        said = {"q": text.strip(), "kind": picked, "author": author.strip(), "source": from_source, "channel": on}
        said |= {"flag" if kind == "comments" else "state": which}
        said |= {"severity": grave if kind == "cases" and picked == "cases" else ""}
        said |= {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}
        st.query_params.from_dict({name: value for name, value in said.items() if value and value != ANY})
        st.rerun()

wanted = Wanted(
    words=asked.get("q", ""),
    author=asked.get("author", "") if kind == "comments" else "",
    channel="" if channel == ANY else channel,
    source_id=None if source == ANY else int(source),
    flagged={"flagged": True, "calm": False}.get(flag) if kind == "comments" else None,
    spam=True if flag == "spam" and kind == "comments" else None,
    state="" if state == ANY else state,
    severity=0 if severity == ANY else int(severity),
    since=moment(day("since")),
    until=moment(day("until"), later=1),
)
typed = search.terms(wanted.words)
if wanted != Wanted():
    with store().read() as tx:
        results = FIND[kind](tx, wanted, lists.number(asked.get("before")))
        known = cases.cases_of_comments(tx, [one.id for one in results.found]) if kind == "comments" else {}
        back_to = search.looked_back_to(tx, kind, results)
    if not results.found and not results.further:
        frame.quiet(_("Nothing was found."))
    for one in results.found:
        row(one, known.get(one.id) if kind == "comments" else one.case_id, names.get(str(one.source_id), ""))
    if results.further and len(results.found) < search.PAGE:
        frame.quiet(
            _("Looked back to {when}; there is more further back.", when=words.exact(back_to))
            if back_to
            else _("Not all was looked through; there is more further back.")
        )
    with st.container(horizontal=True):
        if asked.get("before") and st.button(_("Newest")):
            del st.query_params["before"]
            st.rerun()
        if results.further and st.button(_("Further back")):
            st.query_params["before"] = str(results.further)
            st.rerun()
