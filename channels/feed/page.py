"""What a web page says of its feeds and its interface, and what is known by custom."""

import html
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from model.words import Channel

_MAX_PAGE = 3_000_000
_MOST = 20
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_API = "https://api.w.org/"

# Bounded and without a way back, as the page is a stranger's.
_TAG = re.compile(r"<(link|a)\s([^<>]{1,4000}+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30}+)\s{0,5}+=\s{0,5}+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++))""")
_FEED_LINK = re.compile(r"(?:[/?=.](?:feed|rss2?|atom)(?:[/.?&=]|$))", re.IGNORECASE)
_COMMENTS = re.compile("comment|kommentar|commentaire|comentario|commenti|reacties|комментар", re.IGNORECASE)
_BLOG_COMMENTS = re.compile(r"/comments/feed/?$|[?&]feed=comments-")
_WORDPRESS = re.compile(r"(https?://[^\"'\s<>]{1,300}?)/wp-(?:content|includes)/")
_ISSO = re.compile(r"""<script\s[^<>]{0,4000}?\bdata-isso\s{0,5}=\s{0,5}["']([^"'<>\s]{1,500})["']""", re.IGNORECASE)
_ISSO_THREAD = re.compile(r"""\bdata-isso-id\s{0,5}=\s{0,5}["']([^"'<>]{1,500})["']""", re.IGNORECASE)
_NAMED_API = re.compile(r"<([^<>]{1,2000})>\s*;[^<>]{0,200}?rel=\"?https://api\.w\.org/\"?")

_HOSTS = {
    "reddit.com": Channel.REDDIT,
    "bsky.app": Channel.BLUESKY,
    "youtube.com": Channel.YOUTUBE,
    "facebook.com": Channel.FACEBOOK,
    "instagram.com": Channel.INSTAGRAM,
    "linkedin.com": Channel.LINKEDIN,
}
_GENERATORS = {"mastodon": Channel.MASTODON, "discourse": Channel.FORUM, "phpbb": Channel.FORUM}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses found on a page, complete: feeds with their titles in the page's order, WordPress's interface and root.

    `api_url` and `root` are empty where the page does not tell.
    """

    feeds: tuple[tuple[str, str], ...]
    api_url: str
    root: str


def links(body: bytes, url: str, link_header: str = "") -> Links:
    """Reads a page that came from `url`."""
    page = body[:_MAX_PAGE].decode("utf-8", "replace")
    feeds: list[tuple[str, str]] = []
    anchors: list[tuple[str, str]] = []
    named = _NAMED_API.search(link_header)
    api = named[1] if named else ""
    for tag in _TAG.finditer(page):
        have = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(tag[2])}
        address, relations = have.get("href", "").strip(), have.get("rel", "").lower().split()
        if tag[1].lower() == "a":
            if _FEED_LINK.search(address):
                anchors.append((_complete(url, address), ""))
        elif "alternate" in relations and have.get("type", "").lower().split(";")[0].strip() in _FEED_TYPES:
            feeds.append((_complete(url, address), have.get("title", "")))
        elif _API in relations and not api:
            api = address
    feeds += _isso(page, url)
    known = _WORDPRESS.search(page)
    return Links(
        feeds=tuple((one, title) for one, title in [*feeds[:_MOST], *anchors[:_MOST]] if one),
        api_url=_complete(url, api) if api else "",
        root=root(_complete(url, api)) if api else (known[1] if known else ""),
    )


def _isso(page: str, url: str) -> list[tuple[str, str]]:
    """The feed of this page's comments, where the page has them from an Isso server."""
    server = _ISSO.search(page)
    if not server:
        return []
    named = _ISSO_THREAD.search(page)
    thread = html.unescape(named[1]) if named else urlsplit(url).path or "/"
    base = _complete(url, html.unescape(server[1]))
    return [(f"{base.rstrip('/')}/feed?uri={quote(thread)}", "Comments")] if base else []


def _complete(url: str, address: str) -> str:
    try:
        whole = urljoin(url, address)
        return whole if urlsplit(whole).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def root(api_url: str) -> str:
    """The address of a WordPress blog, from that of its interface."""
    return re.sub(r"(?:/index\.php)?/?(?:\?rest_route=.*|wp-json/?.*)$", "", api_url)


def by_custom(blog: str) -> list[str]:
    """Where a WordPress blog keeps the feed of all its comments, with pretty addresses and with plain ones."""
    return [f"{blog.rstrip('/')}/comments/feed/", f"{blog.rstrip('/')}/?feed=comments-rss2"] if blog else []


def candidates(found: Links) -> list[str]:
    """Feeds in the order in which they are likely to hold the comments: all of the blog's before those of one post."""
    of_comments = [url for url, title in found.feeds if _COMMENTS.search(url) or _COMMENTS.search(title)]
    of_blog = [url for url in of_comments if _BLOG_COMMENTS.search(url)]
    ordered = [*of_blog, *by_custom(found.root), *of_comments, *(url for url, _ in found.feeds)]
    return list(dict.fromkeys(ordered))


def channel(url: str, generator: str) -> Channel:
    """Which channel a feed most likely belongs to; a person has the last word."""
    host = (urlsplit(url).hostname or "").lower()
    for name, known in _HOSTS.items():
        if host == name or host.endswith("." + name):
            return known
    return next((known for name, known in _GENERATORS.items() if name in generator.lower()), Channel.BLOG)
