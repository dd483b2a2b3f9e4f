"""The other feeds of a WordPress blog: of its posts, and of the comments under one post. Pure."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from model.comment import Entry

_OF_ONE_POST = ("p", "page_id", "attachment_id")


def feed_of_posts(comments_feed: str) -> str:
    """The address of the feed of posts, from that of the feed of all comments; empty where it cannot be told."""
    parts = urlsplit(comments_feed)
    if parts.path.rstrip("/").endswith("/comments/feed"):
        path = parts.path.rstrip("/").removesuffix("/comments/feed") + "/feed/"
        return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    if any(name == "feed" and value.startswith("comments-") for name, value in parse_qsl(parts.query)):
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "feed=rss2", ""))
    return ""


def feed_of_post(post: str) -> str:
    """The address of the feed of a post's comments, from that of the post; empty for what is no web address."""
    parts = urlsplit(post)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    if any(name in _OF_ONE_POST for name, _ in parse_qsl(parts.query)):
        return urlunsplit((parts.scheme, parts.netloc, parts.path, f"{parts.query}&feed=rss2", ""))
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/feed/", parts.query, ""))


def covered(comments_feed: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those of a blog's comments that belong to a feed: all for the blog's own, those of its post for a post's.

    The interface answers for the whole blog; who follows one post has asked for no other.
    """
    if feed_of_posts(comments_feed):
        return tuple(entries)
    wanted = comments_feed.rstrip("/")
    return tuple(entry for entry in entries if feed_of_post(entry.thread_url).rstrip("/") == wanted)
