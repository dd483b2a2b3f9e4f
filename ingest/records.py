"""Bytes of a file as letters, and letters as records: which line, its words, and what is wrong with it. Pure."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.html import storable
from model import language
from model.language import _, later, many

MAX_RECORD = 130_000  # the most that Python's csv takes as one field, and more than a comment may be long
_MAX_LINES = 1000  # of one record: quoted texts have lines of their own
_PATIENCE = 20
_DELIMITERS = ",;\t|"
_NO_TEXT = later(
    "This is not a file of text. Save it as CSV (in a spreadsheet: 'Save as', 'CSV UTF-8') and choose that file."
)
_COMPRESSED = later(
    "This file is compressed or a spreadsheet. Unpack it, or in the spreadsheet choose 'Save as' and 'CSV UTF-8'."
)
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


class NotText(ValueError):
    """The bytes are no text; the message is for people."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the number of its first line (from 1), its text as it stands, and what is wrong with it, or empty."""

    line: int
    text: str
    problem: str = ""


def decode(body: bytes) -> tuple[str, str]:
    """The letters, and a sentence where they had to be guessed. Raises NotText.

    UTF-8, UTF-16 and UTF-32 by their marks; without one UTF-8, and line by line Windows-1252 where it is not.
    """
    if body.startswith(_PACKED):
        raise NotText(_(_COMPRESSED))
    coding = next((name for mark, name in _MARKS if body.startswith(mark)), "") or _unmarked(body)
    if coding:
        text = body.decode(coding, "replace").removeprefix("\ufeff")
        broken = "\ufffd" in text
        return _clean(text), _("Some letters of the file are damaged; they are shown as �.") if broken else ""
    if body.count(b"\x00") > len(body) // 50:
        raise NotText(_(_NO_TEXT))
    try:
        return _clean(body.decode("utf-8")), ""
    except UnicodeDecodeError:
        pass
    guessed, lines = 0, []
    for one in body.split(b"\n"):
        try:
            lines.append(one.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(one.decode("cp1252", "replace"))
            guessed += 1
    return _clean("\n".join(lines)), many(
        "{n} line is not in UTF-8 and taken for Windows-1252. Look whether letters such as ä and é are right.",
        "{n} lines are not in UTF-8 and taken for Windows-1252. Look whether letters such as ä and é are right.",
        guessed,
    )


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def _unmarked(body: bytes) -> str:
    """UTF-16 without a mark: every second byte of a text in Latin letters is 0."""
    head = body[:2000]
    if len(head) < 4:
        return ""
    even, odd = head[::2].count(0) * 2 / len(head), head[1::2].count(0) * 2 / len(head)
    if even < 0.1 and odd > 0.6:
        return "utf-16-le"
    return "utf-16-be" if odd < 0.1 and even > 0.6 else ""


def _clean(text: str) -> str:
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")


def lines(text: str) -> Iterator[Record]:
    """Each line that is not blank."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            long = len(line) > MAX_RECORD
            yield Record(
                number,
                line,
                _("This line is longer than {most} characters.", most=language.number(MAX_RECORD)) if long else "",
            )


def table(text: str, delimiter: str) -> Iterator[Record]:
    """The records of a table: quoted fields may have several lines.

    A quotation mark that is opened and never closed costs its own line alone, not the rest of the file.
    """
    rows, at, patience = text.split("\n"), 0, _PATIENCE
    while at < len(rows):
        end, size, inside = at, 0, False
        while end < len(rows):
            size += len(rows[end]) + 1
            if size > MAX_RECORD + 1:
                break
            inside = _inside(rows[end], delimiter, inside)
            end += 1
            if not inside or not patience or end - at >= _MAX_LINES:
                break
        if size > MAX_RECORD + 1 and end == at:
            yield Record(
                at + 1, rows[at], _("This line is longer than {most} characters.", most=language.number(MAX_RECORD))
            )
            at += 1
        elif inside:
            patience = max(0, patience - 1)
            yield Record(at + 1, rows[at], _("A quotation mark is opened in this line and closed nowhere."))
            at += 1
        else:
            record = "\n".join(rows[at:end])
            if record.strip():
                yield Record(at + 1, record)
            at = end


def _inside(line: str, delimiter: str, inside: bool) -> bool:
    """Whether a quoted field is open at the end of a line that began `inside` one or not."""
    if not inside and '"' not in line:
        return False
    at, size = 0, len(line)
    while True:
        if not inside:
            if not line.startswith('"', at):
                at = line.find(delimiter, at) + 1
                if at == 0:
                    return False
                continue
            at, inside = at + 1, True
        at = line.find('"', at)
        if at < 0:
            return True
        at += 1
        if line.startswith('"', at):
            at += 1
            continue
        inside = False
        at = line.find(delimiter, at) + 1
        if at == 0 or at > size:
            return False


def fields(record: str, delimiter: str) -> list[str]:
    """The fields of a record. Raises ValueError."""
    try:
        return next(csv.reader([line + "\n" for line in record.split("\n")], delimiter=delimiter), [])
    except csv.Error as error:
        raise ValueError(str(error)) from None


def delimiter_of(head: str, known: re.Pattern[str]) -> str:
    """The delimiter that makes most known names of the first line; else the one that makes most fields."""

    def worth(mark: str) -> tuple[int, int]:
        parts = head[:MAX_RECORD].replace('"', "").split(mark)
        return sum(bool(known.fullmatch(part.strip())) for part in parts[:1000]), len(parts)

    return max(_DELIMITERS, key=worth)
