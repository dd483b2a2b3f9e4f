"""Comments: everything that was read, newest first; one click makes a case."""

from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.assessment import Assessment
from model.language import _, sense
from model.words import Severity
from response import cases
from store import cases as case_rows
from store import comments as rows
from store import sources
from store.comments import Comment
from store.db import store
from web import frame
from web.guard import guard
from web.ui import first, gaps, lists, telling, words
from web.ui.acting import attempt, say
from web.ui.narrowed import narrowed
from web.ui.softening import holds, veiled
from web.ui.together import wellness

me = guard(Permission.COMMENTS)
KINDS = {
    "all": _("All"),
    "flagged": sense("comments", "Flagged"),
    "spam": _("Suspected spam"),
    "calm": _("Left in peace"),
}
# What an early sign counts; offered where it was asked for.
COUNTED = {"negative": _("Negative"), "first": _("First of their author")}


def row(one: Comment, case_id: int | None, source: str, first_look: Assessment | None) -> None:
    """One comment with what was said of it, and the way to its case; `first_look` would have raised it."""
    state = [_("flagged, {severity}", severity=words.SEVERITY[Severity(one.severity)])] if one.flagged else []
    state += [_("suspected spam")] if one.spam else []
    stands = words.stands(one.status, one.deleted_at, one.erased_at)
    said = _("ours") if one.ours else ", ".join(state) or _("left in peace")
    said += f" · {stands}" if stands else ""
    overruled = f"<small>{escape(telling.overruled(first_look))}</small>" if first_look and case_id is None else ""
    text = f"<span dir='auto'>{escape(lists.shortened(one.text, 400))}</span>"
    text = veiled(text, holds(one.flagged_severity, soften))
    when = one.published_at or one.read_at
    said_of, way = st.container(key=f"comment-{one.id}").columns([87, 13], vertical_alignment="center")
    with said_of:
        st.html(
            f"<ul class='lh-rows'><li><time title='{words.exact(when)}'>{words.age(when)}</time>"
            f"<strong>{escape(one.author or _('No name'))}</strong> <small>{escape(source)}"
            f" · {escape(one.thread_title)} · {escape(said)}</small>{text}{overruled}</li></ul>"
        )
    with way:
        if not may(me, Permission.TRIAGE):
            return
        if case_id is not None:
            st.page_link(page="pages/queue.py", label=_("Case {id}", id=case_id), query_params={"case": str(case_id)})
        elif not one.ours and st.button(_("Make a case"), key=f"raise-{one.id}"):
            made = attempt(lambda: cases.raise_case(store(), me, one.id))
            if made:
                st.switch_page("pages/queue.py", query_params={"case": str(made)})
            st.rerun()


soften = wellness.softens_from(me)
only = st.query_params.get("only", "all")
only = only if only in {**KINDS, **COUNTED} else "all"
before = st.query_params.get("before", "")
shown_of = narrowed(st.query_params.to_dict(), words.zone())
with store().read() as tx:
    names = {one.id: one.name for one in sources.every(tx)}
    wanted = st.query_params.get("source", "")
    source_id = int(wanted) if wanted.isdigit() and int(wanted) in names else None
    alone = lists.number(st.query_params.get("comment"))
    single = rows.get(tx, alone) if alone is not None else None
    page = (
        [single]
        if single
        else rows.page(
            tx,
            source_id=source_id,
            without=shown_of.without,
            only=only,
            before_id=int(before) if before.isdigit() else None,
            thread_id=shown_of.thread_id,
            matters=shown_of.matters,
            since=shown_of.since,
            until=shown_of.until,
            ids=shown_of.ids(tx),
        )
    )
    known = case_rows.cases_of_comments(tx, [one.id for one in page])
    overruled = rows.overruled(tx, [one.id for one in page])
    about = shown_of.about(tx)
    missing = gaps.open_gaps(tx, source_id)

frame.heading(_("Comments"), about or _("everything that was read, newest first"))
say()
if alone is not None and single is None:
    frame.problem(_("Comment {id} is no longer here: it was cleared away by age, or its upload was undone.", id=alone))
kinds = KINDS | {key: name for key, name in COUNTED.items() if key == only}
with st.container(horizontal=True, wrap=False):
    kind = st.segmented_control(
        _("Show"), list(kinds), default=only, format_func=kinds.get, required=True, label_visibility="collapsed"
    )
    picked = st.selectbox(
        _("Source"),
        [None, *names],
        index=[None, *names].index(source_id),
        # Streamlit tells options apart by their labels, and two sources may have one name.
        format_func=lambda key: _("All sources") if key is None else f"{names[key]} ({key})",
        width=220,
        label_visibility="collapsed",
    )
if kind != only or picked != source_id:
    kept = {
        name: st.query_params[name]
        for name in ("thread", "matter", "since", "until", "days", "without", "alike")
        if name in st.query_params
    }
    st.query_params.from_dict({"only": kind} | ({"source": str(picked)} if picked else {}) | kept)
    st.rerun()
if not page:
    if names:
        frame.nothing(
            _("No comment is like that"), _("Choose “All” and “All sources” to see everything that was read.")
        )
    else:
        first.no_source(me)
newer = None if not before else (page[0].published_at or page[0].read_at) if page else None
for one in page:
    newer = gaps.between(missing, newer, one.published_at or one.read_at, names)
    row(one, known.get(one.id), names.get(one.source_id, ""), overruled.get(one.id))
with st.container(horizontal=True):
    if shown_of and st.button(_("All comments")):
        st.query_params.clear()
        st.rerun()
    if (before or single) and st.button(_("Newest")):
        for name in ("before", "comment"):
            st.query_params.pop(name, None)
        st.rerun()
    if len(page) == rows.PAGE and st.button(_("Older")):
        st.query_params["before"] = str(page[-1].id)
        st.rerun()
