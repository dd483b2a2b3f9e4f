"""WordPress's interface: whose account this is, our reply, and what stands on the blog now.

Nothing here is ever sent twice by itself: whoever calls decides what an unknown outcome means.
"""

import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from channels import http
from channels.faults import Withheld, without_promise
from channels.html import storable, to_text
from channels.http import Account, Answer, FetchError
from channels.shape import Fresh, Outcome, Page, Posted, Rejected, Stands, Unknown
from channels.wordpress.parse import entry, parse
from channels.wordpress.typography import difference, would_rewrite
from model.errors import LevelheadError

__all__ = [
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

PAGE = 100
_FIELDS = "id,post,parent,author,author_name,date_gmt,content,link,status,_links,_embedded"
_NEW_PASSWORD = "Make a new one in WordPress under Users, Profile, Application Passwords, and enter it on Sources."  # noqa: S105
_REFUSALS = {
    "comment_duplicate": "The blog already has exactly this text from us in this thread. Look at the thread.",
    "rest_comment_closed": "Comments are closed on this post, so it takes no reply. Reopen them there, or drop it.",
    "rest_comment_invalid_post_id": "The post this answers is gone from the blog.",
    "rest_post_invalid_id": "The post this answers is gone from the blog.",
    "rest_comment_trash_post": "The post this answers was deleted on the blog.",
    "rest_comment_draft_post": "The post this answers is not published any more.",
    "rest_cannot_read_post": "Our account may not read the post this answers: it is private or needs a password.",
    "rest_cannot_edit": "Our account may not moderate on this blog. Give it the role Editor there.",
    "rest_comment_invalid_id": "The comment this answers is gone from the blog.",
    "comment_flood": "The blog asks us to wait between two comments. Send it again in a minute.",
    "comment_content_column_length": "The reply is longer than the blog can store. Shorten it.",
    "rest_comment_content_invalid": "The blog takes no empty reply. Write something.",
    "application_passwords_disabled": (
        "Application passwords are switched off on this blog. Whoever runs it can switch them on; they need https."
    ),
}


class AccountProblem(LevelheadError):
    """The account cannot be used; the message says why and what to do."""


class NoSuchPage(AccountProblem):
    """A list has fewer pages than this."""


@dataclass(frozen=True, slots=True)
class Site:
    """A blog's interface: its root as discovered, our account there, and whether private addresses are allowed.

    Without an account only what everybody may read can be asked for.
    """

    api_url: str
    account: Account | None
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are there. `rewrites` says that the blog changes `<`, `>` and `&` in what this account writes.

    An account that does not moderate cannot read the stored form of a comment, only what readers see.
    """

    user_id: int
    name: str
    rewrites: bool
    moderates: bool


@dataclass(frozen=True, slots=True)
class Present:
    """A comment as it stands on the blog now: its post, its text, its status, and whether the post takes comments."""

    post_id: int
    text: str
    status: str
    comments_open: bool


def whoami(site: Site) -> Self:
    """Tests the account. Raises AccountProblem when it is wrong, expired or revoked, or a FetchError."""
    answer = _call(site, "wp/v2/users/me", params={"context": "edit"})
    data = answer.data()
    if answer.status in (401, 403) or _code(data) in _REFUSALS:
        raise AccountProblem(_refusal(answer))
    if answer.status != 200 or not isinstance(data, dict) or not isinstance(data.get("id"), int):
        raise AccountProblem(f"The blog's interface answered with an error ({answer.status}). Try again later.")
    able = data.get("capabilities")
    able = able if isinstance(able, dict) else {}
    return Self(
        user_id=data["id"],
        name=str(data.get("name", ""))[:200],
        rewrites=not able.get("unfiltered_html", False),
        moderates=bool(able.get("moderate_comments", False)),
    )


def read(site: Site, *, page: int = 1, body_hash: str = "") -> Fresh:
    """The newest comments (page 1), or older ones, a hundred a page; fewer mean that it was the last.

    A body equal to the last one costs no parsing. Raises AccountProblem or a FetchError.
    """
    newest: dict[str, str | int] = {"per_page": PAGE, "page": page, "orderby": "date_gmt", "order": "desc"}
    answer = _call(site, "wp/v2/comments", params=newest | {"_embed": "up", "_fields": _FIELDS})
    if answer.status != 200:
        raise AccountProblem(_refusal(answer))
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
    answer = _call(site, "wp/v2/comments", params=asked | {"_embed": "up", "_fields": _FIELDS})
    host = urlsplit(answer.url).hostname
    _later_perhaps(answer)
    if answer.status in (401, 403) and site.account is None:
        raise AccountProblem(f"{host} shows its comments by its interface only to somebody with an account.")
    if answer.status != 200:
        raise AccountProblem(_refusal(answer))
    reading = parse(answer.body)
    if reading.problems and not reading.entries:
        raise AccountProblem(reading.problems[0])
    return Page(reading, _is_last(answer, offset, full=bool(reading.entries)))


def present(site: Site, comment: int) -> Present | None:
    """A comment as it stands now, None when it is gone. Raises AccountProblem or a FetchError."""
    answer = _call(site, f"wp/v2/comments/{comment}")
    data = answer.data()
    if answer.status == 404 and _code(data) == "rest_comment_invalid_id":
        return None
    try:
        post, text, status = int(data["post"]), to_text(str(data["content"]["rendered"])), str(data.get("status", ""))
    except (KeyError, TypeError, ValueError):
        raise AccountProblem(_refusal(answer)) from None
    if answer.status != 200:
        raise AccountProblem(_refusal(answer))
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
    way: dict[str, Any] = {"method": "POST", "params": {"context": "edit"}, "before_write": before_write}
    try:
        answer = _call(site, "wp/v2/comments", data=content, **way)
    except Withheld as stopped:
        if stopped.sent:
            return Unknown(f"{stopped} The request was broken off in the middle.")
        return Rejected(f"{stopped} Nothing was sent.")
    except FetchError as error:
        what = without_promise(error)
        return Unknown(what) if error.sent else Rejected(what)
    data = answer.data()
    if answer.status == 201 and (posted := _posted(data)):
        return posted
    # Whoever stands between us and the blog may give up (408, 5xx) on what the blog went on to store.
    if answer.status < 400 or answer.status == 408 or answer.status >= 500:
        return Unknown(f"The blog answered {answer.status}, and not in the way WordPress confirms a reply.")
    return Rejected(_refusal(answer), _code(data))


def find(site: Site, post: int, parent: int, text: str, user_id: int) -> Posted | None:
    """Our own reply with exactly this text under this comment, if it is there; the oldest, if there are several.

    An account that may not see the stored form compares what readers see, and sees only approved replies. Raises
    AccountProblem or a FetchError.
    """
    query: dict[str, str | int] = {"post": post, "parent": parent, "per_page": PAGE, "order": "asc"}
    full = query | {"author": user_id, "context": "edit", "status": "any"}
    answer = _call(site, "wp/v2/comments", params=full)
    if answer.status in (401, 403):
        answer = _call(site, "wp/v2/comments", params=query)
    for item in _listed(answer):
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
    for item in _listed(_call(site, "wp/v2/comments", params=query)):
        found = _posted(item)
        if found is None or found.identity in known or item.get("author") != user_id:
            continue
        if _later(str(item.get("date_gmt", "")), since):
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
    answer = _call(site, "wp/v2/comments", params=query | {"_embed": "up", "_fields": _FIELDS})
    _later_perhaps(answer)
    if answer.status == 400 and _code(answer.data()) == "rest_comment_invalid_page_number":
        raise NoSuchPage(_refusal(answer))
    items = tuple(item for item in _listed(answer) if isinstance(item, dict))
    digest = hashlib.sha256(answer.headers.get("x-wp-total", "").encode() + b" " + answer.body)
    first = (int(query.get("page", 1)) - 1) * PAGE
    return Listed(items, digest.hexdigest(), _is_last(answer, first, full=len(items) == PAGE))


def _is_last(answer: Answer, first: int, *, full: bool) -> bool:
    """Whether a page that begins after the first so many is the last one.

    A page may hold fewer than were asked for and not be the last: the blog leaves out what may not be read.
    """
    total = answer.headers.get("x-wp-total", "")
    return first + PAGE >= int(total) if total.isascii() and total.isdigit() else not full


def _later_perhaps(answer: Answer) -> None:
    """Raises a FetchError where the blog cannot answer now and may do so later."""
    if answer.status in (408, 429) or answer.status >= 500:
        host = urlsplit(answer.url).hostname
        raise FetchError(f"{host} answered with an error ({answer.status}). It is tried again later.", sent=True)


def stands(site: Site, comment: int) -> Stands | None:
    """How a comment stands on the blog now, in the bin too; None when there is no such comment (any more).

    Raises AccountProblem, also where the account may not see it, or a FetchError.
    """
    answer = _call(site, f"wp/v2/comments/{comment}")
    if answer.status == 404 and _code(answer.data()) == "rest_comment_invalid_id":
        return None
    _later_perhaps(answer)
    if answer.status != 200:
        raise AccountProblem(_refusal(answer))
    try:
        found = entry(answer.data())
    except (KeyError, TypeError, ValueError, AttributeError):
        raise AccountProblem(_refusal(answer)) from None
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
        answer = _call(site, path, method="POST", data=wanted, before_write=before_write)
    except Withheld as stopped:
        return Unknown(str(stopped)) if stopped.sent else Rejected(str(stopped), "withheld")
    except FetchError as error:
        what = without_promise(error)
        return Unknown(what) if error.sent else Rejected(what)
    if answer.status == 200:
        try:
            found = entry(answer.data())
        except (KeyError, TypeError, ValueError, AttributeError):
            return Unknown("The blog answered in another way than WordPress does.")
        return Stands(found.text, found.status)
    if answer.status < 400 or answer.status == 408 or answer.status >= 500:
        return Unknown(f"The blog answered {answer.status}, and not in the way WordPress confirms this.")
    return Rejected(_refusal(answer), _code(answer.data()))


def _listed(answer: Answer) -> list[Any]:
    items = answer.data()
    if answer.status != 200 or not isinstance(items, list):
        raise AccountProblem(_refusal(answer))
    return items


def _later(written: str, since: datetime) -> bool:
    """WordPress gives whole seconds in UTC without saying so. The same second counts as later, as what is no time."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC) >= since.replace(microsecond=0)
    except ValueError:
        return True


def _call(
    site: Site,
    path: str,
    *,
    method: Literal["GET", "POST"] = "GET",
    params: dict[str, str | int] | None = None,
    data: dict[str, Any] | None = None,
    before_write: Callable[[], str] | None = None,
) -> Answer:
    # Without pretty addresses the root ends in '?rest_route=/', and the path goes there all the same.
    url = f"{site.api_url.rstrip('/')}/{path}"
    return http.fetch(
        url,
        method=method,
        account=site.account,
        allow_private=site.allow_private,
        params=params,
        data=data,
        before_write=before_write,
    )


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


def _code(data: Any) -> str:
    return str(data.get("code", ""))[:100] if isinstance(data, dict) else ""


def _refusal(answer: Answer) -> str:
    """Why the blog refused, in plain words with the next step."""
    data, host = answer.data(), urlsplit(answer.url).hostname
    code = _code(data)
    if code in _REFUSALS:
        return _REFUSALS[code]
    if code and answer.status in (401, 403):
        return (
            "The blog does not accept our user and application password: it is wrong, expired or was revoked. "
            f"{_NEW_PASSWORD} Should that not help, its web server drops the 'Authorization' header."
        )
    if answer.status in (401, 403):
        return f"Something before the blog at {host} refused us ({answer.status}), such as a firewall or a log-in page."
    message = to_text(str(data.get("message", "")))[:300] if isinstance(data, dict) else ""
    return f"{host} refused: {message or answer.status}"
