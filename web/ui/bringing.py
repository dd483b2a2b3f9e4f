"""The parts of 'Add comments': a file with its preview, one comment typed in, and the uploads there were."""

from collections.abc import Sequence
from datetime import datetime, time
from html import escape

import streamlit as st

from ingest import byhand, undo, uploads
from ingest.tables import MAX_BYTES, MAX_ROWS, MAX_TITLE
from ingest.uploads import MOST_DAYS, OPEN_DAYS, Preview
from model import language
from model.language import Labels, _, later, many
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
        _("A file of comments"),
        type=["csv", "tsv", "txt", "jsonl", "ndjson", "json"],
        key=f"upload-{number}",
        help=_(
            "CSV or JSON Lines, at most {megabytes} MB and {rows} rows.",
            megabytes=MAX_BYTES // 1_000_000,
            rows=language.number(MAX_ROWS),
        ),
    )
    channel = st.selectbox(_("Channel of rows that name none"), _OF_FILES, format_func=lambda one: words.CHANNEL[one])
    days = st.number_input(
        _("Open cases for comments of the last … days"),
        min_value=0,
        max_value=MOST_DAYS,
        value=OPEN_DAYS,
        help=_(
            "Older comments are stored and assessed, and you find them under Comments, but they do not fill"
            " the queue. A comment without a date counts as new."
        ),
    )
    if given is None:
        frame.quiet(
            _(
                "The first line names the columns: {names}. Only text is needed. Nothing is saved before you have"
                " seen what would come of it.",
                names=_KNOWN,
            )
        )
        return
    body = given.getvalue()
    # A large file is not read again because somebody presses a button beside it.
    this = (given.file_id, channel, int(days))
    if st.session_state.get("upload_seen", (None,))[0] != this:
        with st.spinner(_("Reading the file …")):
            st.session_state["upload_seen"] = (
                this,
                uploads.preview(store(), me, body, given.name, channel, int(days)),
            )
    found: Preview = st.session_state["upload_seen"][1]
    _preview(found)
    if found.table.problems or not found.table.readable:
        return
    too = bool(found.erased) and st.checkbox(
        many(
            "Save also {n} comment under names whose words were erased on request",
            "Save also {n} comments under names whose words were erased on request",
            found.erased,
        ),
        key=f"erased-{number}",
        help=_("For another person of the same name. What was erased itself is never brought back."),
    )
    coming = found.table.readable - found.gone - (0 if too else found.erased)
    if coming and st.button(many("Save {n} comment", "Save {n} comments", coming), type="primary"):
        name = given.name
        if attempt(
            lambda: uploads.begin(store(), me, body, name, channel, int(days), with_erased=too),
            _("Being saved. What needs a person appears in the queue."),
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
    notes = "".join(frame.quiet_line(note) for note in table.notes)
    st.html(f"<div class='lh-side'><h2>{escape(_figures(found))}</h2>{notes}</div>")
    shown = [row for row in table.rows if row.entry is not None][:_SHOWN]
    items = []
    for row in shown:
        assert row.entry is not None
        one = row.entry
        where = " · ".join(filter(None, (words.CHANNEL[row.channel], one.thread_title or one.thread_url, *row.notes)))
        text = one.text if len(one.text) <= 200 else one.text[:199] + "…"
        author, when = escape(one.author or _("No name")), escape(words.exact(one.published_at))
        where = " · ".join((_("Line {n}", n=row.line), where))
        items.append(
            f"<li><time>{when}</time><strong>{author}</strong><small>{escape(where)}</small>"
            f"<span dir='auto'>{escape(text)}</span></li>"
        )
    st.html(f"<ul class='lh-rows'>{''.join(items)}</ul>")
    if found.wrong:
        _wrong([(row.line, row.problem) for row in found.wrong[:_WRONG]], len(found.wrong))


_FOUND = Labels(
    {
        "new": later("{n} new"),
        "known": later("{n} here already"),
        "edited": later("{n} here already with another text"),
        "old": later("{n} too old to open a case"),
        "erased": later("{n} under names erased on request"),
        "gone": later("{n} gone for good"),
        "wrong": later("{n} cannot be read"),
    }
)


def _figures(found: Preview) -> str:
    """'12 rows: 9 new, 3 here already'."""
    counts = {name: getattr(found, name) for name in _FOUND} | {"wrong": len(found.wrong)}
    parts = [_FOUND[name].format(n=language.number(count)) for name, count in counts.items() if count or name == "new"]
    return many("{n} row: {parts}", "{n} rows: {parts}", len(found.table.rows), parts=", ".join(parts))


def _wrong(lines: Sequence[tuple[int, str]], total: int) -> None:
    rest = escape(_("and {n} more", n=language.number(total - len(lines))))
    more = f"<li><small>{rest}</small></li>" if total > len(lines) else ""
    items = "".join(
        f"<li><small>{escape(_('Line {n}', n=line))}</small>{escape(problem)}</li>" for line, problem in lines
    )
    title = escape(_("What cannot be read"))
    st.html(f"<div class='lh-side'><h2>{title}</h2></div><ul class='lh-rows'>{items}{more}</ul>")


def one_comment(me: Person) -> None:
    """The form for one comment that somebody told."""
    number = st.session_state.setdefault("typed_number", 0)
    with st.form(f"typed-{number}", border=False):
        text = st.text_area(_("What was said, in the words that were used"), key=f"typed-text-{number}", height=140)
        author = st.text_input(_("Who said it"), max_chars=200, key=f"typed-author-{number}")
        channel = st.selectbox(_("Where it was said"), _OF_PEOPLE, format_func=lambda one: words.CHANNEL[one])
        where = st.text_input(
            _("Address of the thread, or what it is called"),
            max_chars=2000,
            placeholder=_("https://… or: Call about the summer camp"),
            key=f"typed-where-{number}",
        )
        now = words.now().astimezone(words.zone())
        left, right = st.columns(2)
        day = left.date_input(_("Day"), value=now.date(), max_value=now.date(), format="YYYY-MM-DD")
        hour = right.time_input(_("Time"), value=time(now.hour, now.minute - now.minute % 5), step=300)
        if st.form_submit_button(_("Make a case of it"), type="primary"):
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


def _taken_back(back: undo.Undone) -> str:
    """'12 comments taken away, 1 case closed. 2 comments stayed; the report says why.'"""
    said = many("{n} comment taken away", "{n} comments taken away", back.taken_away)
    closed = many("{n} case closed", "{n} cases closed", back.closed)
    stayed = many("{n} comment stayed; the report says why.", "{n} comments stayed; the report says why.", back.stays)
    return f"{said}, {closed}." + (f" {stayed}" if back.stays else "")


def past_uploads(me: Person) -> None:
    """The uploads there were, how each went, its report, and the undo."""
    with store().read() as tx:
        found = rows.newest(tx)
        counts = rows.counts(tx, [one.id for one in found])
    if not found:
        frame.quiet(_("No file was uploaded yet."))
    for one in found:
        with st.container(border=True):
            _upload(me, one, counts.get(one.id, {}))


def _upload(me: Person, one: Upload, counts: dict[str, int]) -> None:
    state = {
        "saving": many(
            "Being saved: {done} of {n} row. You can leave this page.",
            "Being saved: {done} of {n} rows. You can leave this page.",
            one.rows,
            done=language.number(one.done),
        ),
        "undoing": _("The undo was cut off. Press undo again and it goes on."),
        "undone": _("Undone {when}.", when=words.exact(one.undone_at)),
    }.get(one.state, _("Saved {when}.", when=words.exact(one.saved_at)))
    told = [f"{language.number(count)} {uploads.SHORT[name]}" for name in uploads.SHORT if (count := counts.get(name))]
    told += [many("{n} case opened or joined", "{n} cases opened or joined", one.cases)] if one.cases else []
    st.html(
        f"<div class='lh-side'><p><strong class='lh-quote'>{escape(one.name)}</strong> · {escape(one.by_name)}, "
        f"{words.timed(one.at)}</p><p>{escape(state)}</p>{frame.quiet_line(', '.join(told))}</div>"
    )
    with store().read() as tx:
        wrong = rows.report(tx, one.id, only=("unreadable",), limit=3) if counts.get("unreadable") else []
        kept = rows.report(tx, one.id, only=("stays",), limit=20) if counts.get("stays") else []
    if wrong:
        lines = "".join(f"<br>{escape(_('Line {n}: {why}', n=line.line, why=line.says))}" for line in wrong)
        st.html(f"<p class='lh-quiet'>{escape(_('Could not be read, and kept:'))}{lines}</p>")
    if kept:
        named = sorted({_("case {id}", id=line.case_id) for line in kept if line.case_id})
        said = [_(kept[0].says), _("What stays is in the report.")]
        said += [_("See {cases}.", cases=words.listed(named, 8, "and"))] if named else []
        frame.quiet(" ".join(said))
    with st.container(horizontal=True):
        st.download_button(
            _("Report"),
            data=lambda: uploads.report(store(), me, one.id).encode("utf-8-sig"),
            file_name=f"upload-{one.id}.csv",
            mime="text/csv",
            key=f"report-{one.id}",
            on_click="ignore",
        )
        if one.state != "undone" and st.button(_("Undo the whole upload"), key=f"undo-{one.id}-{one.state}"):
            with st.spinner(_("Taking it away again …")):
                back = attempt(lambda: undo.undo(store(), me, one.id))
            if back is not None:
                attempt(lambda: None, _taken_back(back))
            st.rerun()
