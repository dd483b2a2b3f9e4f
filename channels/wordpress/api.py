"""WordPress's interface: whose account this is, our reply, and what stands on the blog now.

Nothing here is ever sent twice by itself: whoever calls decides what an unknown outcome means.
"""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from channels import http
from channels.html import to_text
from channels.http import Account, Answer, FetchError
from channels.shape import Outcome, Posted, Rejected, Unknown
from model.errors import LevelheadError

_FIND = 50


class AccountProblem(LevelheadError):
    """The account cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Site:
    """A blog's interface: its root as discovered, our account there, and whether private addresses are allowed."""

    api_url: str
    account: Account
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are there. `rewrites` says that the blog changes `<` and `&` in what this account writes."""

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


def _call(site: Site, path: str, *, method: str = "GET", **more: Any) -> Answer:
    root = site.api_url
    # Without pretty addresses the route is a parameter: /index.php?rest_route=/
    url = f"{root.rstrip('/')}/{path}" if "rest_route=" in root else f"{root.rstrip('/')}/{path}"
    return http.fetch(url, method=method, account=site.account, allow_private=site.allow_private, **more)


def _code(answer: Answer) -> str:
    data = answer.data()
    return str(data.get("code", "")) if isinstance(data, dict) else ""


def whoami(site: Site) -> Self:
    """Tests the account. Raises AccountProblem when it is wrong, expired or revoked, or a FetchError."""
    answer = _call(site, "wp/v2/users/me", params={"context": "edit"})
    data = answer.data()
    if answer.status in (401, 403):
        raise AccountProblem(
            "The blog does not accept this user and application password: it is wrong, expired or was revoked. "
            "Make a new one in WordPress under Users, Profile, Application Passwords."
        )
    if answer.status != 200 or not isinstance(data, dict) or "id" not in data:
        raise AccountProblem(f"The blog's interface answered with an error ({answer.status}). Try again later.")
    able = data.get("capabilities") or {}
    return Self(
        user_id=int(data["id"]),
        name=str(data.get("name", ""))[:200],
        rewrites=not able.get("unfiltered_html", False),
        moderates=bool(able.get("moderate_comments", False)),
    )


def would_rewrite(text: str, rewrites: bool) -> list[str]:
    """What the blog would change in this text, each in words; empty when it stores it as it is."""
    if not rewrites:
        return []
    found = []
    if "<" in text:
        found.append("The blog's account may not write '<': it is removed or changed, with what follows it.")
    if re.search(r"&(?!(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});)", text):
        found.append("The blog writes '&' as '&amp;'. Readers see '&', but the stored text differs.")
    return found


def present(site: Site, comment: int) -> Present | None:
    """A comment as it stands now, None when it is gone. Raises AccountProblem or a FetchError."""
    answer = _call(site, f"wp/v2/comments/{comment}", params={"context": "edit", "_embed": "up"})
    if answer.status == 404:
        return None
    data = answer.data()
    if answer.status != 200 or not isinstance(data, dict):
        raise AccountProblem(_refusal(answer))
    up = (data.get("_embedded") or {}).get("up") or [{}]
    post = next((item for item in up if item.get("type") != "comment"), {})
    return Present(
        post_id=int(data["post"]),
        text=to_text(str(data["content"]["rendered"])),
        status=str(data.get("status", "")),
        comments_open=str(post.get("comment_status", "open")) != "closed",
    )


def reply(site: Site, post: int, parent: int, text: str) -> Outcome:
    """Posts a reply under a comment (`parent` 0: under the post). Never raises, never tries twice."""
    try:
        answer = _call(
            site,
            "wp/v2/comments",
            method="POST",
            params={"context": "edit"},
            data={"post": post, "parent": parent, "content": text},
        )
    except FetchError as error:
        return Unknown(str(error)) if error.sent else Rejected(str(error))
    data = answer.data()
    if answer.status == 201 and isinstance(data, dict) and "id" in data:
        return _posted(data)
    if answer.status in (200, 201) or answer.status >= 500 or 300 <= answer.status < 400:
        return Unknown(f"The blog answered {answer.status}, and not in the way WordPress confirms a reply.")
    return Rejected(_refusal(answer))


def find(site: Site, post: int, parent: int, text: str, user_id: int) -> Posted | None:
    """Our own reply with exactly this text under this comment, if it is there. Raises AccountProblem or a FetchError."""
    query = {"post": post, "parent": parent, "author": user_id, "context": "edit", "per_page": _FIND, "status": "any"}
    answer = _call(site, "wp/v2/comments", params=query)
    items = answer.data()
    if answer.status != 200 or not isinstance(items, list):
        raise AccountProblem(_refusal(answer))
    ours = [item for item in items if (item.get("content") or {}).get("raw") == text]
    return _posted(ours[0]) if ours else None


def _posted(data: dict[str, Any]) -> Posted:
    content = data.get("content") or {}
    return Posted(
        identity=f"wp:{int(data['id'])}",
        url=str(data.get("link", ""))[:2000],
        status=str(data.get("status", "")),
        raw=str(content.get("raw", "")),
        rendered=str(content.get("rendered", "")),
    )


def _refusal(answer: Answer) -> str:
    code, host = _code(answer), urlsplit(answer.url).hostname
    said = answer.data()
    message = html.unescape(to_text(str(said.get("message", ""))))[:300] if isinstance(said, dict) else ""
    known = {
        "comment_duplicate": "The blog already has exactly this text from us in this thread. Look at the thread.",
        "rest_comment_closed": "Comments are closed on this post, so the blog takes no reply. Reopen them there, or drop it.",
        "rest_comment_invalid_post_id": "The post this answers is gone from the blog.",
        "rest_comment_invalid_id": "The comment this answers is gone from the blog.",
        "comment_flood": "The blog asks us to wait between two comments. Send it again in a minute.",
    }
    if code in known:
        return known[code]
    if answer.status in (401, 403):
        return (
            "The blog no longer accepts our account. An administrator can enter a new application password on Sources."
        )
    return f"{host} refused: {message or answer.status}"


# --- what readers see ------------------------------------------------------------------------------------------------

_TYPOGRAPHY = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'",
    "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "−": "-", "…": "...", "×": "x", "\u00a0": " ",
}  # fmt: skip


def difference(sent: str, rendered: str) -> str:
    """How what readers see differs from what was sent, beyond the blog's typography; empty when it does not.

    WordPress curls quotes, joins dashes and dots and makes paragraphs; words, numbers and addresses must be the same.
    """
    ours, theirs = _plain(sent), _plain(to_text(rendered))
    if ours == theirs:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    start = max(0, at - 15)
    return f"The blog shows '…{theirs[start : at + 25]}…' where '…{ours[start : at + 25]}…' was sent."


def _plain(text: str) -> str:
    for fancy, simple in _TYPOGRAPHY.items():
        text = text.replace(fancy, simple)
    return " ".join(re.sub(r"-{2,3}", "-", text).replace("''", '"').split())
