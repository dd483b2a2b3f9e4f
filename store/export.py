"""Handing out what happened in a period: comments, cases, decisions and the record, as CSV or JSON lines."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Select, and_, select

from model.errors import LevelheadError
from store import audit, trail
from store.db import Store, Tx
from store.schema import audit as audit_table
from store.schema import cases, comments, decisions, people, revisions, sources, submissions, threads, words

_BATCH = 1000
_STARTS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class NotExported(LevelheadError):
    """Nothing was handed out."""


def cell(value: Any) -> Any:
    """A value as a cell of a table: times in ISO 8601, and text never a formula (an apostrophe in front tells)."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        # Spreadsheets skip blanks and control characters before they look for the sign of a formula.
        told = value.replace("\0", "").lstrip("".join(map(chr, range(33))) + "\u00a0\ufeff\u200b")
        if told.startswith(_STARTS_A_FORMULA) or value[:1] in ("\t", "\r", "\n"):
            return "'" + value.replace("\0", "")
        return value.replace("\0", "")
    return value


def table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the text of a CSV file that spreadsheets read as it is meant."""
    out = io.StringIO()
    out.write("\ufeff")  # by this, spreadsheets know that it is UTF-8
    written = csv.writer(out)
    written.writerow([cell(name) for name in names])
    written.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    query: Callable[[datetime, datetime], Select[Any]]


def _within(column: ColumnElement[datetime], begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= begin, column < end)


def _comments(begin: datetime, end: datetime) -> Select[Any]:
    return (
        select(
            comments.c.id.label("comment"),
            sources.c.name.label("source"),
            sources.c.channel,
            threads.c.title.label("thread"),
            threads.c.url.label("thread_address"),
            comments.c.at,
            comments.c.author,
            revisions.c.text,
            comments.c.url.label("address"),
            comments.c.status,
            comments.c.ours,
            comments.c.flagged,
            comments.c.spam,
            comments.c.severity,
            comments.c.sentiment,
            comments.c.deleted_at,
            comments.c.erased_at,
        )
        .join(sources, sources.c.id == comments.c.source_id)
        .join(threads, threads.c.id == comments.c.thread_id)
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .where(_within(comments.c.at, begin, end))
        .order_by(comments.c.at, comments.c.id)
    )


def _cases(begin: datetime, end: datetime) -> Select[Any]:
    return (
        select(
            cases.c.id.label("case"),
            threads.c.title.label("thread"),
            threads.c.url.label("thread_address"),
            cases.c.lead_comment_id.label("lead_comment"),
            cases.c.state,
            cases.c.outcome,
            cases.c.severity,
            cases.c.headline,
            cases.c.matters,
            cases.c.opened_at,
            cases.c.due_at,
            cases.c.closed_at,
            people.c.name.label("closed_by"),
            words.c.text.label("reason"),
            cases.c.erased_at,
        )
        .join(threads, threads.c.id == cases.c.thread_id)
        .join(people, people.c.id == cases.c.closed_by, isouter=True)
        .join(words, words.c.id == cases.c.close_reason_id, isouter=True)
        .where(_within(cases.c.opened_at, begin, end))
        .order_by(cases.c.opened_at, cases.c.id)
    )


def _decisions(begin: datetime, end: datetime) -> Select[Any]:
    return (
        select(
            decisions.c.id.label("decision"),
            submissions.c.response_id.label("response"),
            submissions.c.version_number.label("version"),
            decisions.c.content_hash,
            decisions.c.step,
            people.c.name.label("person"),
            decisions.c.kind,
            words.c.text.label("reason"),
            decisions.c.at,
            decisions.c.settled_at,
            decisions.c.undone_at,
        )
        .join(submissions, submissions.c.id == decisions.c.submission_id)
        .join(people, people.c.id == decisions.c.person_id)
        .join(words, words.c.id == decisions.c.words_id, isouter=True)
        .where(_within(decisions.c.at, begin, end))
        .order_by(decisions.c.id)
    )


def _audit(begin: datetime, end: datetime) -> Select[Any]:
    return select(audit_table).where(_within(audit_table.c.at, begin, end)).order_by(audit_table.c.seq)


_PARTS = (
    _Part("comments", _comments),
    _Part("cases", _cases),
    _Part("decisions", _decisions),
    _Part("audit", _audit),
)


def write(store: Store, path: Path, begin: datetime, end: datetime, *, lines: bool = False) -> dict[str, int]:
    """Writes one file each for comments, cases, decisions and audit events of a period (`end` is not in it) to `path`:
    a new folder, or a zip when its name ends so. Readable by its owner alone. Returns how many rows each has.

    Raises NotExported when something is there already. That it was handed out stands in the record.
    """
    if begin >= end:
        raise NotExported("The period ends before it begins.")
    if path.exists():
        raise NotExported(f"{path} is there already. Choose another name.")
    try:
        with store.read() as tx:
            counts = (
                _to_zip(tx, path, begin, end, lines)
                if path.suffix == ".zip"
                else _to_folder(tx, path, begin, end, lines)
            )
    except OSError as error:
        raise NotExported(f"{path} could not be written: {error.strerror or error}.") from error
    with store.write() as tx:
        period = {"begin": begin.isoformat(), "end": end.isoformat()}
        audit.record_many(tx, [audit.New("store.exported", "store", None, {**period, **counts})], by=None)
    return counts


_EVENT = ("event", "at", "person", "action", "what", "about", "number", "why", "data", "previous", "hash")


def events(
    tx: Tx,
    found: Iterable[audit.Event],
    out: TextIO,
    names: Mapping[int, str],
    told: Callable[[audit.Event], str],
    *,
    lines: bool,
) -> int:
    """Writes events of the record as CSV or JSON lines; returns how many. Memory holds a batch, whatever there is.

    `names` are those of people, `told` says in words what an event is; what was typed comes from its row.
    """
    table = csv.writer(out)
    if not lines:
        out.write("\ufeff")
        table.writerow(_EVENT)
    count = 0
    for batch in _batches(found):
        said = trail.beside(tx, batch).words
        for one in batch:
            why = " ".join(said[value] for value in one.data.values() if isinstance(value, str) and value in said)
            person = names.get(one.person_id, str(one.person_id)) if one.person_id else ""
            row = (
                one.seq,
                one.at,
                person,
                one.action,
                told(one),
                one.subject,
                one.subject_id,
                why,
                one.data,
                one.previous,
                one.hash,
            )
            if lines:
                out.write(json.dumps(dict(zip(_EVENT, row, strict=True)), ensure_ascii=False, default=cell) + "\n")
            else:
                table.writerow([cell(value) for value in row])
            count += 1
    return count


def _batches(found: Iterable[audit.Event]) -> Iterator[list[audit.Event]]:
    left = iter(found)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _to_folder(tx: Tx, path: Path, begin: datetime, end: datetime, lines: bool) -> dict[str, int]:
    path.mkdir(parents=True, mode=0o700)
    counts = {}
    for part in _PARTS:
        file = path / _file_name(part, lines)
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8", newline="") as out:  # noqa: PTH123
            counts[part.name] = _fill(tx, part.query(begin, end), out, lines)
    return counts


def _to_zip(tx: Tx, path: Path, begin: datetime, end: datetime, lines: bool) -> dict[str, int]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    counts = {}
    with (
        open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file,  # noqa: PTH123
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in _PARTS:
            with (
                archive.open(_file_name(part, lines), "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="") as out,
            ):
                counts[part.name] = _fill(tx, part.query(begin, end), out, lines)
    return counts


def _file_name(part: _Part, lines: bool) -> str:
    return f"{part.name}.{'jsonl' if lines else 'csv'}"


def _fill(tx: Tx, query: Select[Any], out: TextIO, lines: bool) -> int:
    result = tx.execute(query.execution_options(yield_per=_BATCH))
    names = list(result.keys())
    table = csv.writer(out)
    if not lines:
        out.write("\ufeff")  # by this, spreadsheets know that it is UTF-8
        table.writerow(names)
    count = 0
    for row in _rows(result):
        if lines:
            out.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=cell) + "\n")
        else:
            table.writerow([cell(value) for value in row])
        count += 1
    return count


def _rows(result: Any) -> Iterator[Any]:
    for batch in result.partitions():
        yield from batch
