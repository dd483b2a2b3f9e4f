"""Pages of WordPress's comment interface (wp/v2/comments) as a Reading. Pure."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels.feed.answers import thread_of
from channels.feed.parse import MAX_ADDRESS, MAX_ENTRIES, MAX_HTML, MAX_NAME, MAX_RAW, MAX_TITLE, ODD
from channels.html import line, mended, storable, to_text
from model.comment import Entry, Reading, Unreadable
from model.language import _, number


def parse(body: bytes) -> Reading:
    """The comments of one page. Text is made of what the blog renders, so that it equals the feed's. Never raises."""
    try:
        items = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return Reading(
            problems=(
                _("The blog's answer is not in the form that WordPress gives. Whoever runs the site can mend that."),
            )
        )
    if isinstance(items, dict) and "content" in items:
        items = [items]
    if not isinstance(items, list):
        return Reading(
            problems=(_("The blog's answer is not a list of comments. Whoever runs the site can mend that."),)
        )
    return reading(items)


def reading(items: list[Any]) -> Reading:
    """The comments of a list that the interface gave. Never raises."""
    problems: tuple[str, ...] = ()
    if len(items) > MAX_ENTRIES:
        most, count = number(MAX_ENTRIES), number(len(items))
        problems = (_("Only the first {most} of {count} were read.", most=most, count=count),)
    entries, unreadable = [], []
    for item in items[:MAX_ENTRIES]:
        try:
            entries.append(entry(item))
        except (KeyError, TypeError, ValueError, AttributeError):
            raw = storable(json.dumps(item, ensure_ascii=False))[:MAX_RAW]
            unreadable.append(Unreadable(raw, _(ODD)))
    names = {one.identity: one.external_id for one in entries}
    linked = tuple(replace(one, in_reply_to=names.get(one.parent_identity, one.in_reply_to)) for one in entries)
    return Reading(entries=linked, unreadable=tuple(unreadable), problems=problems, generator="wordpress")


def entry(item: dict[str, Any]) -> Entry:
    """One comment. Raises KeyError, TypeError or ValueError when it is not of the documented form."""
    number, parent = int(item["id"]), int(item.get("parent") or 0)
    url = storable(str(item["link"]))[:MAX_ADDRESS]
    if not url.startswith(("https://", "http://")):
        raise ValueError(url)
    source = mended(storable(str(item["content"]["rendered"])))
    text, thread, moment = to_text(source), thread_of(url), _moment(str(item.get("date_gmt", "")))
    problems = [] if text else [_("This entry has no text.")]
    if moment is None:
        problems.append(_("This entry has no usable date."))
    return Entry(
        external_id=url,
        identity=f"wp:{number}",
        author=line(str(item.get("author_name", "")), MAX_NAME),
        url=url,
        published_at=moment,
        text=text,
        html=source.strip()[:MAX_HTML],
        in_reply_to=f"{thread}#comment-{parent}" if parent else "",
        parent_identity=f"wp:{parent}" if parent else "",
        thread_url=thread,
        thread_title=_post_title(item),
        author_id=str(int(item["author"])) if int(item.get("author") or 0) > 0 else "",
        status=line(str(item.get("status", "")), 20),
        problems=tuple(problems),
    )


def _post_title(item: dict[str, Any]) -> str:
    """The post's title, where the page was asked to hold the posts as well."""
    embedded = item.get("_embedded")
    posts = embedded.get("up") if isinstance(embedded, dict) else None
    title = posts[0].get("title") if isinstance(posts, list) and posts and isinstance(posts[0], dict) else None
    return line(str(title.get("rendered", "")), MAX_TITLE) if isinstance(title, dict) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if 1990 <= moment.year <= 2100 else None
