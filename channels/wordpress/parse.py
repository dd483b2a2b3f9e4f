"""Pages of WordPress's comment interface (wp/v2/comments) as a Reading. Pure."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urldefrag

from channels.html import line, to_text
from model.comment import Entry, Reading, Unreadable

MAX_ENTRIES = 10_000


def parse(body: bytes) -> Reading:
    """The comments of one page. Text is made of what the blog renders, so that it equals the feed's. Never raises."""
    try:
        items = json.loads(body)
    except (ValueError, RecursionError):
        return Reading(problems=("The blog's answer is not in the form that WordPress gives.",))
    if not isinstance(items, list):
        return Reading(problems=("The blog's answer is not a list of comments.",))
    entries, unreadable = [], []
    for item in items[:MAX_ENTRIES]:
        try:
            entries.append(entry(item))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raw = json.dumps(item)[:100_000]
            unreadable.append(Unreadable(raw, f"A comment could not be read ({type(error).__name__})."))
    names = {one.identity: one.external_id for one in entries}
    linked = tuple(replace(one, in_reply_to=names.get(one.parent_identity, one.in_reply_to)) for one in entries)
    return Reading(entries=linked, unreadable=tuple(unreadable), generator="wordpress")


def entry(item: dict[str, Any]) -> Entry:
    """One comment. Raises KeyError, TypeError or ValueError when it is not of the documented form."""
    number, parent = int(item["id"]), int(item.get("parent") or 0)
    url = str(item["link"])[:2000]
    source = str(item["content"]["rendered"])
    thread = urldefrag(url)[0]
    return Entry(
        external_id=url,
        identity=f"wp:{number}",
        author=line(str(item.get("author_name", "")), 200),
        url=url,
        published_at=_moment(str(item.get("date_gmt", ""))),
        text=to_text(source),
        html=source.strip()[:200_000],
        in_reply_to=f"{thread}#comment-{parent}" if parent else "",
        parent_identity=f"wp:{parent}" if parent else "",
        thread_url=thread,
        author_id=str(item["author"]) if int(item.get("author") or 0) > 0 else "",
        status=str(item.get("status", ""))[:20],
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if 1990 <= moment.year <= 2100 else None
