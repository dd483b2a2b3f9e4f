"""WordPress's interface: whose account this is, our reply, and what stands on the blog now.

Nothing here is ever sent twice by itself: whoever calls decides what an unknown outcome means.
"""

import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from channels import http
from channels.faults import Withheld, without_promise
from channels.html import storable, to_text
from channels.http import Answer, FetchError
from channels.shape import WITHHELD, Fresh, Outcome, Page, Posted, Rejected, Stands, Unknown
from channels.wordpress.interface import (
    PAGE,
    REFUSALS,
    AccountProblem,
    Site,
    call,
    code,
    is_later,
    items_of,
    later_perhaps,
    refusal,
    send,
)
from channels.wordpress.parse import entry, parse
from channels.wordpress.typography import difference, would_rewrite
from model.language import _

__all__ = [
    "PAGE",
    "AccountProblem",
    "Listed",
    "NoSuchPage",
    "Present",
    "Self",
    "Site",
    "answered_since",
    "difference",
    "find",
    "listed",
    "moderate",
    "older",
    "present",
    "read",
    "reply",
    "stands",
    "these",
    "whoami",
    "would_rewrite",
]

_FIELDS = "id,post,parent,author,author_name,date_gmt,content,link,status,_links,_embedded"


class NoSuchPage(AccountProblem):
    """A list has fewer pages than this."""


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are there. `rewrites` says that the blog changes `<`, `>` and `&` in what this account writes.

    An account that does not moderate cannot read the stored form of a comment, only what readers see. `posts`: it may
    publish posts.
    """

    user_id: int
    name: str
    rewrites: bool
    moderates: bool
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """A comment as it stands on the blog now: its post, its text, its status, and whether the post takes comments."""

    post_id: int
    text: str
    status: str
    comments_open: bool


def whoami(site: Site) -> Self:
    """Tests the account. Raises AccountProblem when it is wrong, expired or revoked, or a FetchError."""
    answer = call(site, "wp/v2/users/me", params={"context": "edit"})
    data = answer.data()
    if answer.status in (401, 403) or code(data) in REFUSALS:
        raise AccountProblem(refusal(answer))
    if answer.status != 200 or not isinstance(data, dict) or not isinstance(data.get("id"), int):
        raise AccountProblem(
            _("The blog's interface answered with an error ({status}). Try again later.", status=answer.status)
        )
    able = data.get("capabilities")
    able = able if isinstance(able, dict) else {}
    return Self(
        user_id=data["id"],
        name=str(data.get("name", ""))[:200],
        rewrites=not able.get("unfiltered_html", False),
        moderates=bool(able.get("moderate_comments", False)),
        posts=bool(able.get("publish_posts", False)),
    )


def read(site: Site, *, page: int = 1, body_hash: str = "") -> Fresh:
    """The newest comments (page 1), or older ones, a hundred a page; fewer mean that it was the last.

    A body equal to the last one costs no parsing. Raises AccountProblem or a FetchError.
    """
    newest: dict[str, str | int] = {"per_page": PAGE, "page": page, "orderby": "date_gmt", "order": "desc"}
    answer = call(site, "wp/v2/comments", params=newest | {"_embed": "up", "_fields": _FIELDS})
    if answer.status != 200:
        raise AccountProblem(refusal(answer))
    digest = hashlib.sha256(answer.body).hexdigest()
    return Fresh(None if digest == body_hash else parse(answer.body), "", "", digest)


def older(site: Site, before: datetime | None = None, *, offset: int = 0) -> Page:
    """A hundred comments, newest first, as everybody sees them: those left before a moment (aware; None: the newest),
    without the first `offset` of them.

    Raises AccountProblem when the blog does not let us read this way, or a FetchError when it may do so later.
    """
    asked: dict[str, str | int] = {"per_page": PAGE, "offset": offset, "orderby": "date_gmt", "order": "desc"}
    if before:
        asked["before"] = before.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    answer = call(site, "wp/v2/comments", params=asked | {"_embed": "up", "_fields": _FIELDS})
    host = urlsplit(answer.url).hostname
    later_perhaps(answer)
    if answer.status in (401, 403) and site.account is None:
        raise AccountProblem(
            _("{host} shows its comments by its interface only to somebody with an account.", host=host)
        )
    if answer.status != 200:
        raise AccountProblem(refusal(answer))
    reading = parse(answer.body)
    if reading.problems and not reading.entries:
        raise AccountProblem(reading.problems[0])
    return Page(reading, _is_last(answer, offset, full=bool(reading.entries)))


def present(site: Site, comment: int) -> Present | None:
    """A comment as it stands now, None when it is gone. Raises AccountProblem or a FetchError."""
    answer = call(site, f"wp/v2/comments/{comment}")
    data = answer.data()
    if answer.status == 404 and code(data) == "rest_comment_invalid_id":
        return None
    later_perhaps(answer)
    try:
        post, text, status = int(data["post"]), to_text(str(data["content"]["rendered"])), str(data.get("status", ""))
    except (KeyError, TypeError, ValueError):
        raise AccountProblem(refusal(answer)) from None
    if answer.status != 200:
        raise AccountProblem(refusal(answer))
    if status == "trash":
        return None
    return Present(post, text, status, _takes_comments(site, data))


def _takes_comments(site: Site, comment: dict[str, Any]) -> bool:
    """Whether the post of a comment takes more of them, as far as the blog says; if not, the blog will refuse."""
    links = comment.get("_links")
    ups = links.get("up") if isinstance(links, dict) else None
    address = str(ups[0].get("href", "")) if isinstance(ups, list) and ups and isinstance(ups[0], dict) else ""
    if urlsplit(address)[:2] != urlsplit(site.api_url)[:2]:
        return True
    query = {"_fields": "comment_status"}
    answer = http.fetch(address, account=site.account, allow_private=site.allow_private, params=query)
    post = answer.data()
    return not (isinstance(post, dict) and post.get("comment_status") == "closed")


def reply(site: Site, post: int, parent: int, text: str, before_write: Callable[[], str] | None = None) -> Outcome:
    """Posts a reply under a comment (`parent` 0: under the post). Never raises a FetchError, never tries twice.

    `before_write` says, immediately before the request is written, why it must not be (empty: it may).
    """
    content = {"post": post, "parent": parent, "content": text}
    return send(site, "wp/v2/comments", content, _posted, before_write)


def find(site: Site, post: int, parent: int, text: str, user_id: int) -> Posted | None:
    """Our own reply with exactly this text under this comment, if it is there; the oldest, if there are several.

    An account that may not see the stored form compares what readers see, and sees only approved replies. Raises
    AccountProblem or a FetchError.
    """
    query: dict[str, str | int] = {"post": post, "parent": parent, "per_page": PAGE, "order": "asc"}
    full = query | {"author": user_id, "context": "edit", "status": "any"}
    answer = call(site, "wp/v2/comments", params=full)
    if answer.status in (401, 403):
        answer = call(site, "wp/v2/comments", params=query)
    for item in items_of(answer):
        found = _posted(item)
        same = found and (found.raw == text if found.raw else not difference(text, found.rendered))
        if found and same and item.get("author") == user_id and found.status != "trash":
            return found
    return None


def answered_since(
    site: Site, post: int, parent: int, user_id: int, since: datetime, known: Container[str] = ()
) -> Posted | None:
    """A reply of ours under this comment that was written after a moment (aware); what the blog shows to everybody.

    Those whose identity is among the `known` do not count. Raises AccountProblem or a FetchError.
    """
    query: dict[str, str | int] = {"post": post, "parent": parent, "per_page": PAGE, "order": "desc"}
    for item in items_of(call(site, "wp/v2/comments", params=query)):
        found = _posted(item)
        if found is None or found.identity in known or item.get("author") != user_id:
            continue
        if is_later(str(item.get("date_gmt", "")), since):
            return found
    return None


# --- moderation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: its comments as the interface gives them, a hash that is equal for an equal list, and whether
    it is the last page."""

    items: tuple[dict[str, Any], ...]
    hash: str
    last: bool = True


def listed(site: Site, status: str, *, page: int = 1) -> Listed:
    """The comments of a status ('hold', 'spam', 'trash', or 'any' for all of them), newest first, a hundred a page.

    The hash covers how many there are in all, so that it tells when something changed behind the page. Raises
    NoSuchPage where there is none of this number (any more), AccountProblem, or a FetchError.
    """
    newest: dict[str, str | int] = {"per_page": PAGE, "page": page, "orderby": "date_gmt", "order": "desc"}
    return _list(site, newest | {"status": status})


def these(site: Site, numbers: Sequence[int], *, status: str = "any") -> Listed:
    """Those of at most a hundred comments that the account may see. Raises AccountProblem or a FetchError."""
    asked = ",".join(str(number) for number in numbers[:PAGE])
    return _list(site, {"per_page": PAGE, "include": asked, "status": status})


def _list(site: Site, query: dict[str, str | int]) -> Listed:
    answer = call(site, "wp/v2/comments", params=query | {"_embed": "up", "_fields": _FIELDS})
    if answer.status == 400 and code(answer.data()) == "rest_comment_invalid_page_number":
        raise NoSuchPage(refusal(answer))
    items = tuple(item for item in items_of(answer) if isinstance(item, dict))
    digest = hashlib.sha256(answer.headers.get("x-wp-total", "").encode() + b" " + answer.body)
    first = (int(query.get("page", 1)) - 1) * PAGE
    return Listed(items, digest.hexdigest(), _is_last(answer, first, full=len(items) == PAGE))


def _is_last(answer: Answer, first: int, *, full: bool) -> bool:
    """Whether a page that begins after the first so many is the last one.

    A page may hold fewer than were asked for and not be the last: the blog leaves out what may not be read.
    """
    total = answer.headers.get("x-wp-total", "")
    return first + PAGE >= int(total) if total.isascii() and total.isdigit() else not full


def stands(site: Site, comment: int) -> Stands | None:
    """How a comment stands on the blog now, in the bin too; None when there is no such comment (any more).

    Raises AccountProblem, also where the account may not see it, or a FetchError.
    """
    answer = call(site, f"wp/v2/comments/{comment}")
    if answer.status == 404 and code(answer.data()) == "rest_comment_invalid_id":
        return None
    later_perhaps(answer)
    if answer.status != 200:
        raise AccountProblem(refusal(answer))
    try:
        found = entry(answer.data())
    except (KeyError, TypeError, ValueError, AttributeError):
        raise AccountProblem(refusal(answer)) from None
    return Stands(found.text, found.status)


def moderate(
    site: Site, comment: int, status: str, before_write: Callable[[], str] | None = None
) -> Stands | Rejected | Unknown:
    """Sets the status of a comment ('approve', 'hold', 'spam', 'trash'). Never raises a FetchError.

    Setting it twice does no harm, but WordPress answers the second time with an error: look first. `before_write` says,
    immediately before the request is written, why it must not be (empty: it may).
    """
    path, wanted = f"wp/v2/comments/{comment}", {"status": status}
    try:
        answer = call(site, path, method="POST", data=wanted, before_write=before_write)
    except Withheld as stopped:
        return Unknown(str(stopped)) if stopped.sent else Rejected(str(stopped), WITHHELD)
    except FetchError as error:
        what = without_promise(error)
        return Unknown(what) if error.sent else Rejected(what)
    if answer.status == 200:
        try:
            found = entry(answer.data())
        except (KeyError, TypeError, ValueError, AttributeError):
            return Unknown(_("The blog answered in another way than WordPress does."))
        return Stands(found.text, found.status)
    if answer.status < 400 or answer.status == 408 or answer.status >= 500:
        return Unknown(
            _("The blog answered {status}, and not in the way WordPress confirms this.", status=answer.status)
        )
    return Rejected(refusal(answer), code(answer.data()))


def _posted(data: Any) -> Posted | None:
    """A comment of the interface as our reply; None when it is not of the documented form."""
    if not isinstance(data, dict) or not isinstance(data.get("id"), int):
        return None
    content = data.get("content")
    content = content if isinstance(content, dict) else {}
    return Posted(
        identity=f"wp:{data['id']}",
        url=storable(str(data.get("link", "")))[:2000],
        status=str(data.get("status", ""))[:20],
        raw=str(content.get("raw", "")),
        rendered=str(content.get("rendered", "")),
    )
