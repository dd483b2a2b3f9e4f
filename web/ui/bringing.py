"""The parts of 'Add comments': a file with its preview, one comment typed in, and the uploads there were."""

from collections.abc import Sequence
from datetime import datetime, time
from html import escape

import streamlit as st

from ingest import byhand, undo, uploads
from ingest.tables import MAX_BYTES, MAX_ROWS, MAX_TITLE
from ingest.uploads import MOST_DAYS, OPEN_DAYS, Preview
from model.language import _
from model.person import Person
from model.words import Channel
from store import uploads as rows
from store.db import store
from store.uploads import Upload
from web import frame
from web.ui import words
from web.ui.acting import attempt

# What is most likely comes first.
_OF_FILES = sorted(Channel, key=lambda one: one is not Channel.FACEBOOK)
_OF_PEOPLE = sorted(Channel, key=lambda one: one is not Channel.OTHER)
_SHOWN = 5
_WRONG = 30
_KNOWN = "text, author, date, channel, thread, thread title, url, id, parent"


def a_file(me: Person) -> None:
    """A file, what it would bring, and the button that saves it."""
    number = st.session_state.setdefault("upload_number", 0)
    given = st.file_uploader(
        "A file of comments",
        type=["csv", "tsv", "txt", "jsonl", "ndjson", "json"],
        key=f"upload-{number}",
        help=f"CSV or JSON Lines, at most {MAX_BYTES // 1_000_000} MB and {MAX_ROWS:,} rows.",
    )
    channel = st.selectbox("Channel of rows that name none", _OF_FILES, format_func=lambda one: words.CHANNEL[one])
    days = st.number_input(
        "Open cases for comments of the last … days",
        min_value=0,
        max_value=MOST_DAYS,
        value=OPEN_DAYS,
        help="Older comments are stored and assessed, and you find them under Comments, but they do not fill the queue."
        " A comment without a date counts as new.",
    )
    if given is None:
        st.html(
            f"<p class='lh-quiet'>The first line names the columns: {_KNOWN}. Only text is needed. Nothing is saved"
            " before you have seen what would come of it.</p>"
        )
        return
    body = given.getvalue()
    # A large file is not read again because somebody presses a button beside it.
    this = (given.file_id, channel, int(days))
    if st.session_state.get("upload_seen", (None,))[0] != this:
        with st.spinner("Reading the file …"):
            st.session_state["upload_seen"] = (
                this,
                uploads.preview(store(), me, body, given.name, channel, int(days)),
            )
    found: Preview = st.session_state["upload_seen"][1]
    _preview(found)
    if found.table.problems or not found.table.readable:
        return
    too = bool(found.erased) and st.checkbox(
        f"Save also {words.count(found.erased, 'comment')} under names whose words were erased on request",
        key=f"erased-{number}",
        help="For another person of the same name. What was erased itself is never brought back.",
    )
    coming = found.table.readable - found.gone - (0 if too else found.erased)
    if coming and st.button(f"Save {words.count(coming, 'comment')}", type="primary"):
        name = given.name
        if attempt(
            lambda: uploads.begin(store(), me, body, name, channel, int(days), with_erased=too),
            "Being saved. What needs a person appears in the queue.",
        ):
            st.session_state["upload_number"] = number + 1
            del st.session_state["upload_seen"]
        st.rerun()


def _preview(found: Preview) -> None:
    table = found.table
    for problem in table.problems:
        frame.problem(problem)
    if table.problems:
        return
    parts = [f"{found.new:,} new"]
    parts += [f"{found.known:,} here already"] if found.known else []
    parts += [f"{found.edited:,} here already with another text"] if found.edited else []
    parts += [f"{found.old:,} too old to open a case"] if found.old else []
    parts += [f"{found.erased:,} under names erased on request"] if found.erased else []
    parts += [f"{found.gone:,} gone for good"] if found.gone else []
    parts += [f"{len(found.wrong):,} cannot be read"] if found.wrong else []
    notes = "".join(f"<p class='lh-quiet'>{escape(note)}</p>" for note in table.notes)
    st.html(f"<div class='lh-side'><h2>{words.count(len(table.rows), 'row')}: {', '.join(parts)}</h2>{notes}</div>")
    shown = [row for row in table.rows if row.entry is not None][:_SHOWN]
    items = []
    for row in shown:
        assert row.entry is not None
        one = row.entry
        where = " · ".join(filter(None, (words.CHANNEL[row.channel], one.thread_title or one.thread_url, *row.notes)))
        text = one.text if len(one.text) <= 200 else one.text[:199] + "…"
        author, when = escape(one.author or "No name"), escape(words.exact(one.published_at))
        items.append(
            f"<li><time>{when}</time><strong>{author}</strong><small>Line {row.line} · {escape(where)}</small>"
            f"<span dir='auto'>{escape(text)}</span></li>"
        )
    st.html(f"<ul class='lh-rows'>{''.join(items)}</ul>")
    if found.wrong:
        _wrong([(row.line, row.problem) for row in found.wrong[:_WRONG]], len(found.wrong))


def _wrong(lines: Sequence[tuple[int, str]], total: int) -> None:
    more = f"<li><small>and {total - len(lines):,} more</small></li>" if total > len(lines) else ""
    items = "".join(f"<li><small>Line {line}</small>{escape(problem)}</li>" for line, problem in lines)
    st.html(f"<div class='lh-side'><h2>What cannot be read</h2></div><ul class='lh-rows'>{items}{more}</ul>")


def one_comment(me: Person) -> None:
    """The form for one comment that somebody told."""
    number = st.session_state.setdefault("typed_number", 0)
    with st.form(f"typed-{number}", border=False):
        text = st.text_area("What was said, in the words that were used", key=f"typed-text-{number}", height=140)
        author = st.text_input("Who said it", max_chars=200, key=f"typed-author-{number}")
        channel = st.selectbox("Where it was said", _OF_PEOPLE, format_func=lambda one: words.CHANNEL[one])
        where = st.text_input(
            "Address of the thread, or what it is called",
            max_chars=2000,
            placeholder="https://… or: Call about the summer camp",
            key=f"typed-where-{number}",
        )
        now = words.now().astimezone(words.zone())
        left, right = st.columns(2)
        day = left.date_input("Day", value=now.date(), max_value=now.date(), format="YYYY-MM-DD")
        hour = right.time_input("Time", value=time(now.hour, now.minute - now.minute % 5), step=300)
        if st.form_submit_button("Make a case of it", type="primary"):
            when = datetime.combine(day, hour, tzinfo=words.zone()) if day else None
            made = attempt(
                lambda: byhand.add(
                    store(), me, text=text, author=author, channel=channel, when=when, where=where[: MAX_TITLE * 4]
                )
            )
            if made:
                st.session_state["typed_number"] = number + 1
                st.switch_page("pages/queue.py", query_params={"case": str(made)})
            st.rerun()


def past_uploads(me: Person) -> None:
    """The uploads there were, how each went, its report, and the undo."""
    with store().read() as tx:
        found = rows.newest(tx)
        counts = rows.counts(tx, [one.id for one in found])
    if not found:
        st.html("<p class='lh-quiet'>No file was uploaded yet.</p>")
    for one in found:
        with st.container(border=True):
            _upload(me, one, counts.get(one.id, {}))


def _upload(me: Person, one: Upload, counts: dict[str, int]) -> None:
    state = {
        "saving": f"Being saved: {one.done:,} of {words.count(one.rows, 'row')}. You can leave this page.",
        "undoing": "The undo was cut off. Press undo again and it goes on.",
        "undone": f"Undone {words.exact(one.undone_at)}.",
    }.get(one.state, f"Saved {words.exact(one.saved_at)}.")
    told = [f"{count:,} {uploads.SHORT[name]}" for name in uploads.SHORT if (count := counts.get(name))]
    told += [f"{words.count(one.cases, 'case')} opened or joined"] if one.cases else []
    st.html(
        f"<div class='lh-side'><p><strong class='lh-quote'>{escape(one.name)}</strong> · {escape(one.by_name)}, "
        f"{words.ago(one.at)}</p><p>{escape(state)}</p><p class='lh-quiet'>{', '.join(told)}</p></div>"
    )
    with store().read() as tx:
        wrong = rows.report(tx, one.id, only=("unreadable",), limit=3) if counts.get("unreadable") else []
        kept = rows.report(tx, one.id, only=("stays",), limit=20) if counts.get("stays") else []
    if wrong:
        lines = "".join(f"<br>Line {line.line}: {escape(line.says)}" for line in wrong)
        st.html(f"<p class='lh-quiet'>Could not be read, and kept:{lines}</p>")
    if kept:
        named = sorted({f"case {line.case_id}" for line in kept if line.case_id})
        which = f" See {words.listed(named, 8, 'and')}." if named else ""
        st.html(f"<p class='lh-quiet'>{escape(_(kept[0].says))} What stays is in the report.{which}</p>")
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            data=lambda: uploads.report(store(), me, one.id).encode("utf-8-sig"),
            file_name=f"upload-{one.id}.csv",
            mime="text/csv",
            key=f"report-{one.id}",
            on_click="ignore",
        )
        if one.state != "undone" and st.button("Undo the whole upload", key=f"undo-{one.id}-{one.state}"):
            with st.spinner("Taking it away again …"):
                back = attempt(lambda: undo.undo(store(), me, one.id))
            if back is not None:
                said = (
                    f"{words.count(back.taken_away, 'comment')} taken away, {words.count(back.closed, 'case')} closed."
                )
                said += f" {words.count(back.stays, 'comment')} stayed; the report says why." if back.stays else ""
                attempt(lambda: None, said)
            st.rerun()
