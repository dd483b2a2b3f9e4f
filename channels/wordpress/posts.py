"""Posts of our own through WordPress's interface: published once, and found again.

A post has its title, its text and a mark of its own in its address. WordPress refuses no second post with the same
words, so that mark, and not the words alone, tells whether a post that was sent is there.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.html import storable
from channels.shape import Outcome, Posted
from channels.wordpress.interface import REFUSALS, Site, call, code, is_later, items_of, send
from channels.wordpress.typography import difference, would_rewrite
from model.language import _, later, number

RECENT = 50
"""How many of the account's newest posts are looked at."""
_NAME = "wp-post:"
_LONGEST_SLUG = 60
_TITLE_AT_MOST = 120
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l"})
_TURNED = re.compile(r"\[/?(?:audio|video|gallery|playlist|embed|caption|wp_caption)\b", re.IGNORECASE)
_ALONE = re.compile(r"^[ \t]*https?://\S+[ \t]*$", re.MULTILINE | re.IGNORECASE)
_MAY_NOT = later(
    "Our account may not publish posts on this blog. Give it the role Author or Editor there, then send it again; or "
    "post the text by hand and say that it is there."
)
_REFUSED = {
    **REFUSALS,
    "rest_cannot_create": _MAY_NOT,
    "rest_cannot_publish": _MAY_NOT,
    "empty_content": later("The blog takes no empty post. Write something."),
}


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it is sent. `slug` is the last part of its address."""

    title: str
    content: str
    slug: str


def parted(text: str) -> tuple[str, str]:
    """A text as title and what stands under it: its first line is the title, where there is more than that line."""
    first, end, rest = text.partition("\n")
    title, content = first.strip(), rest.strip("\n").rstrip()
    return (title, content) if end and title and content.strip() else ("", text)


def post_of(text: str, mark: str) -> Post:
    """A text of ours as a post. `mark` is anything that no other post of ours has."""
    title, content = parted(text)
    plain = unicodedata.normalize("NFKD", (title or content).lower().translate(_LETTERS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    name = "-".join(words)[:_LONGEST_SLUG].strip("-") or "post"
    return Post(title, content, f"{name}-{hashlib.sha256(mark.encode()).hexdigest()[:8]}")


def whole(title: str, content: str) -> str:
    """Title and text as one, to be compared."""
    return f"{title}\n\n{content}" if title else content


def publish(site: Site, post: Post, before_write: Callable[[], str] | None = None) -> Outcome:
    """Publishes a post. Never raises a FetchError, never tries twice; `before_write` as for a reply."""
    given = {"title": post.title, "content": post.content, "slug": post.slug, "status": "publish"}
    return send(site, "wp/v2/posts", given, _posted, before_write, _REFUSED)


def sent(site: Site, post: Post, user_id: int) -> Posted | None:
    """The post that was sent with this mark, whatever became of its words since.

    Raises AccountProblem or a FetchError.
    """
    # WordPress adds a number to a mark that it has already.
    for item, found in _ours(site, user_id, {"slug": f"{post.slug},{post.slug}-2", "orderby": "id", "order": "asc"}):
        if str(item.get("slug", "")).startswith(post.slug):
            return found
    return None


def same(site: Site, post: Post, user_id: int, since: datetime) -> Posted | None:
    """A post of our account with exactly these words that is not older than a moment (aware).

    It is looked for among the account's newest posts. Raises AccountProblem or a FetchError.
    """
    words = whole(post.title, post.content)
    for item, found in _newest(site, user_id):
        alike = found.raw == words if found.raw else not difference(words, found.rendered)
        if alike and is_later(str(item.get("date_gmt", "")), since):
            return found
    return None


def since(site: Site, user_id: int, moment: datetime, known: Container[str] = ()) -> Posted | None:
    """A post of our account that was written after a moment (aware) and is none of the `known`, by their identities.

    Raises AccountProblem or a FetchError.
    """
    for item, found in _newest(site, user_id):
        if found.identity not in known and is_later(str(item.get("date_gmt", "")), moment):
            return found
    return None


def _newest(site: Site, user_id: int) -> Iterator[tuple[dict[str, Any], Posted]]:
    return _ours(site, user_id, {"per_page": RECENT, "orderby": "date", "order": "desc"})


def _ours(site: Site, user_id: int, asked: dict[str, str | int]) -> Iterator[tuple[dict[str, Any], Posted]]:
    """Posts of our account that are not in the bin; those that everybody sees, where it may not see the others."""
    query = {**asked, "author": user_id}
    answer = call(site, "wp/v2/posts", params={**query, "context": "edit", "status": "any"})
    if answer.status in (401, 403) or (answer.status == 400 and code(answer.data()) == "rest_invalid_param"):
        answer = call(site, "wp/v2/posts", params=query)
    for item in items_of(answer):
        found = _posted(item)
        if found and found.status != "trash" and item.get("author") == user_id:
            yield item, found


def is_post(identity: str) -> bool:
    """Whether a publication's name on the channel is that of a post, and not of a comment."""
    return identity.startswith(_NAME)


def _posted(data: Any) -> Posted | None:
    """A post of the interface; None when it is not of the documented form."""
    if not isinstance(data, dict) or not isinstance(data.get("id"), int):
        return None
    title, content = (data[part] if isinstance(data.get(part), dict) else {} for part in ("title", "content"))
    stored = "raw" in content
    return Posted(
        identity=f"{_NAME}{data['id']}",
        url=storable(str(data.get("link", "")))[:2000],
        status=str(data.get("status", ""))[:20],
        raw=whole(str(title.get("raw", "")), str(content["raw"])) if stored else "",
        rendered=f"<p>{title.get('rendered', '')}</p>\n{content.get('rendered', '')}",
    )


def problem(post: Posted, text: str) -> str:
    """What differs between the text that was approved and what the blog stored, or shows; empty when nothing does."""
    words, found = whole(*parted(text)), []
    if post.status in ("pending", "draft"):
        found.append(_("The blog holds our post back: readers do not see it until somebody publishes it there."))
    elif post.status != "publish":
        found.append(_("The blog gave our post the status '{status}'.", status=post.status))
    if post.raw and post.raw != words:
        found.append(_("The blog stored another text than the one that was approved."))
    return " ".join([*found, difference(words, post.rendered) if post.rendered else ""]).strip()


def would_change(text: str, rewrites: bool) -> list[str]:
    """What the blog would make of a text as a post, each in words; empty when it shows it as it is written.

    `rewrites` says that our account there may not write HTML as it likes.
    """
    title, content = parted(text)
    found = would_rewrite(text, rewrites)
    if not title:
        found.append(_("The post will have no title: write it on the first line, and the text under it."))
    elif len(title) > _TITLE_AT_MOST:
        found.append(_("The first line is the post's title, and has {count} characters.", count=number(len(title))))
    if _TURNED.search(content):
        found.append(
            _("The blog puts a player or pictures in the place of words in square brackets, such as [gallery].")
        )
    if "<!--" in content:
        found.append(_("The blog hides what stands between '<!--' and '-->'."))
    if _ALONE.search(content):
        found.append(_("An address alone on its line is shown as a preview of that page, where the blog can make one."))
    return found
