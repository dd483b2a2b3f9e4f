"""Search: comments with their authors, cases and responses; what was asked for stands in the page's address."""

from datetime import date, datetime, time, timedelta
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.words import CaseState, Channel, ResponseState
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
KINDS = {"comments": "Comments", "cases": "Cases", "responses": "Responses"}
STATES = {"cases": [state.value for state in CaseState], "responses": [state.value for state in ResponseState]}
FLAGS = {ANY: "All comments", "flagged": "Flagged", "spam": "Suspected spam", "calm": "Not flagged"}

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
    who = escape(one.author or "No name") if kind != "responses" else f"Response {one.id}"
    said = " · ".join(escape(part) for part in (source, one.thread_title, one.state) if part)
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
            st.page_link("pages/queue.py", label=f"Case {case_id}", query_params={"case": str(case_id)})
        elif kind == "comments":
            st.page_link("pages/comments.py", label="Open", query_params={"comment": str(one.id)})


soften = wellness.softens_from(me)
with store().read() as tx:
    names = {str(one.id): one.name for one in sources.every(tx)}
source, channel = among("source", list(names)), among("channel", [one.value for one in Channel])
state, flag = among("state", STATES.get(kind, [])), among("flag", list(FLAGS))

frame.heading("Search", 'words, "a phrase", beginnings*, -without; the newest first')
with st.form("search", border=False):
    text = st.text_input(
        "Look for", asked.get("q", ""), max_chars=search.LONGEST, placeholder="for example: lake camp*"
    )
    with st.container(horizontal=True):
        picked = st.segmented_control("In", mine, default=kind, format_func=KINDS.get, required=True)
        author = st.text_input("Author", asked.get("author", ""), max_chars=200, width=170)
        from_source = st.selectbox(
            "Source",
            [ANY, *names],
            index=[ANY, *names].index(source),
            format_func=lambda key: "All sources" if key == ANY else f"{names[key]} ({key})",
            width=170,
        )
        channels = [ANY, *(one.value for one in Channel)]
        on = st.selectbox(
            "Channel",
            channels,
            index=channels.index(channel),
            format_func=lambda key: "All channels" if key == ANY else words.CHANNEL[Channel(key)],
            width=150,
        )
        if kind == "comments":
            which = st.selectbox("Show", list(FLAGS), index=list(FLAGS).index(flag), format_func=FLAGS.get, width=160)
        else:
            states = [ANY, *STATES[kind]]
            which = st.selectbox("State", states, index=states.index(state), width=160)
        since = st.date_input("From", day("since"), width=140)
        until = st.date_input("To", day("until"), width=140)
    if st.form_submit_button("Search", type="primary"):
        said = {"q": text.strip(), "kind": picked, "author": author.strip(), "source": from_source, "channel": on}
        said |= {"flag" if kind == "comments" else "state": which}
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
        st.html("<p class='lh-quiet'>Nothing was found.</p>")
    for one in results.found:
        row(one, known.get(one.id) if kind == "comments" else one.case_id, names.get(str(one.source_id), ""))
    if results.further and len(results.found) < search.PAGE:
        so_far = f"Looked back to {words.exact(back_to)}" if back_to else "Not all was looked through"
        st.html(f"<p class='lh-quiet'>{so_far}; there is more further back.</p>")
    with st.container(horizontal=True):
        if asked.get("before") and st.button("Newest"):
            del st.query_params["before"]
            st.rerun()
        if results.further and st.button("Further back"):
            st.query_params["before"] = str(results.further)
            st.rerun()
