"""What `python -m ingest parse` prints: a document's entries as JSON lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from channels import http
from channels.feed.parse import MAX_BYTES
from channels.feed.parse import parse as parse_feed
from channels.feed.read import refusal
from channels.wordpress.parse import parse as parse_interface
from model.comment import Entry, Reading

KEYS = (
    "external_id",
    "author",
    "url",
    "published_at",
    "text",
    "html",
    "in_reply_to",
    "thread_url",
    "thread_title",
    "thread_text",
    "problems",
)


def read(place: str, *, allow_private: bool) -> Reading:
    """Reads a file, or what is at an address, as a feed or as a page of WordPress's comment interface.

    Of a file that is too large the beginning is read, and the reading says so. Raises a FetchError, or OSError when the
    file cannot be read.
    """
    if not place.lower().startswith(("http://", "https://")):
        with Path(place).open("rb") as file:
            return parse(file.read(MAX_BYTES + 1))
    answer = http.fetch(place, allow_private=allow_private)
    if answer.status != 200:
        return Reading(problems=(str(refusal(place, answer.status)),))
    return parse(answer.body, answer.headers.get("content-type", ""), answer.url)


def parse(body: bytes, content_type: str = "", base: str = "") -> Reading:
    """Feeds begin with '<', pages of WordPress's interface with '[' or '{'. Never raises for any bytes."""
    if body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return parse_interface(body)
    return parse_feed(body, content_type, base=base)


def lines(reading: Reading) -> Iterator[str]:
    """A JSON object a line: each entry, then each that could not be read, with what is known of it.

    Where there is neither, one object says why.
    """
    for entry in reading.entries:
        yield _line(entry)
    for item in reading.unreadable:
        yield _line(Entry("", "", html=item.raw, problems=(item.problem,)))
    if not reading.entries and not reading.unreadable and reading.problems:
        yield _line(Entry("", "", problems=reading.problems))


def _line(entry: Entry) -> str:
    form: dict[str, Any] = {key: getattr(entry, key) for key in KEYS}
    form["published_at"] = entry.published_at.isoformat() if entry.published_at else None
    return json.dumps(form, ensure_ascii=False)
