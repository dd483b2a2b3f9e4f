"""Rows of comments in files: CSV or JSON lines, also compressed, read and written one at a time."""

import csv
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from analysis.models import AT_ONCE
from model.assessment import SIGNALS, Assessment, Subject
from model.errors import BadInput

_FIRST = ("id", "flagged", "severity", "sentiment", "worst", "negative", "spam", "matters", "reasons", "degraded")
_ALSO = tuple(name for name in SIGNALS if name not in _FIRST)
COLUMNS = (*_FIRST, *_ALSO, *(f"p_{name}" for name in SIGNALS), "kinds", "unmeasured")
_LETTERS = 2_000_000
"""Of the texts that are held at a time; one that is longer is held alone."""
_TEXTS = ("parent", "thread_title", "thread_text", "author")


@dataclass(frozen=True, slots=True)
class Row:
    """A comment of a file. `subject` is None for a row in which no text could be read; `problem` says what was odd."""

    id: str
    subject: Subject | None
    problem: str = ""


def read(path: Path) -> Iterator[Row]:
    """The rows of a file in its order. Bytes that are not UTF-8 and NUL bytes are replaced, and the row says so.

    Raises BadInput when there is no such file, a column is missing, or the file is damaged.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    readers: dict[str, Callable[[Iterator[str]], Iterator[Row]]] = {"csv": _csv, "jsonl": _json_lines}
    if kind not in readers:
        raise BadInput(f"{path}: the name must end in .csv or .jsonl (or that and .gz).")
    try:
        with _opened(path, "rb") as raw:
            text = TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="" if kind == "csv" else "\n")
            yield from readers[kind](text)
    except csv.Error as error:
        raise BadInput(f"{path} is not a readable CSV file: {error}.") from error
    except EOFError as error:
        raise BadInput(f"{path} is cut off: its compressed data has no end.") from error
    except (OSError, gzip.zlib.error) as error:  # type: ignore[attr-defined]
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"{path} cannot be read: {reason}.") from error


def few(rows: Iterator[Row]) -> list[Row]:
    """The next rows, as many as are assessed in one go; fewer where their texts are long, so that memory is bounded."""
    found: list[Row] = []
    letters = 0
    for row in rows:
        found.append(row)
        letters += len(row.subject.text) + len(row.subject.thread_text) if row.subject else 0
        if len(found) >= AT_ONCE or letters >= _LETTERS:
            break
    return found


def _csv(lines: Iterator[str]) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.DictReader(lines)
    missing = [name for name in ("id", "text") if name not in (reader.fieldnames or ())]
    if missing:
        there = ", ".join(map(str, reader.fieldnames or ())) or "none"
        raise BadInput(f"The column '{missing[0]}' is missing. The columns are: {there[:500]}.")
    for fields in reader:
        yield _row(fields, f"line {reader.line_num}")


def _json_lines(lines: Iterator[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            fields = None
        if isinstance(fields, dict):
            yield _row(fields, f"line {number}")
        else:
            yield Row(f"line {number}", None, "not a JSON object")


def _row(fields: dict[str, Any], place: str) -> Row:
    identity = str(fields["id"]) if fields.get("id") is not None else place
    text = fields.get("text")
    if not isinstance(text, str):
        return Row(identity, None, "no text")
    problems = ["characters that could not be read were replaced"] if "\ufffd" in text or "\x00" in text else []
    seen, seen_odd = _count(fields.get("author_seen"))
    elsewhere, elsewhere_odd = _count(fields.get("seen_elsewhere"))
    if seen_odd or elsewhere_odd:
        problems.append("author_seen or seen_elsewhere is not a count, so it is taken as unknown")
    parent, title, about, author = (str(fields.get(name) or "") for name in _TEXTS)
    subject = Subject(text, parent, title, about, author, seen, elsewhere)
    return Row(identity, subject, "; ".join(problems))


def _count(value: Any) -> tuple[int | None, bool]:
    """A count and whether what stood there was none; empty is unknown. '3.0' is what pandas makes of 3."""
    if value is None or str(value).strip() == "":
        return None, False
    try:
        count = int(float(str(value)))
    except (ValueError, OverflowError):
        return None, True
    return (count, False) if count >= 0 else (None, True)


@contextmanager
def writer(path: Path) -> Iterator[Callable[[str, Assessment], None]]:
    """A function that writes one assessment as a row of a CSV file. Raises BadInput when the file cannot be written."""
    try:
        with _opened(path, "wb") as raw, TextIOWrapper(raw, "utf-8", errors="replace", newline="") as text:
            table = csv.writer(text, lineterminator="\n")
            table.writerow(COLUMNS)
            yield lambda identity, assessment: table.writerow(_cells(identity, assessment))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error


def _cells(identity: str, assessment: Assessment) -> list[str | int | float]:
    reasons = [
        {
            "rule": reason.rule,
            "label": reason.label,
            "matter": reason.matter,
            "start": reason.start,
            "end": reason.end,
            "text": reason.text,
            "share": round(reason.share, 4),
        }
        for reason in assessment.reasons
    ]
    by_name = {one.name: one for one in assessment.signals}
    # A chance that was never worked out is an empty cell: 0 would be a claim.
    chances = ["" if (chance := by_name[name].chance) is None else chance for name in SIGNALS]
    shown = by_name["personal_data"].spans
    kinds = [
        {"kind": kind, "start": span.start, "end": span.end} for kind, span in zip(assessment.kinds, shown, strict=True)
    ]
    return [
        identity,
        int(assessment.flagged),
        int(assessment.severity),
        assessment.sentiment,
        assessment.worst,
        assessment.negative,
        assessment.spam,
        json.dumps(assessment.matters),
        json.dumps(reasons),
        json.dumps(assessment.degraded),
        *(by_name[name].score for name in _ALSO),
        *chances,
        json.dumps(kinds),
        json.dumps(assessment.unmeasured),
    ]


def _opened(path: Path, mode: str) -> IO[bytes]:
    return gzip.open(path, mode) if path.name.endswith(".gz") else path.open(mode)  # type: ignore[return-value]
