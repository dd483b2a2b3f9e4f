"""Reading a feed, and finding one from a pasted address."""

import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from channels import http
from channels.feed.parse import parse
from channels.shape import Found, Fresh
from model.comment import Reading
from model.errors import LevelheadError
from model.words import SourceKind

_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_COMMENTS = re.compile("comment|kommentar|commentaire|comentario|commenti|reacties", re.IGNORECASE)
_PREVIEW = 5
_MOST_TRIES = 8
_HTML_BYTES = 3_000_000


class NoFeed(LevelheadError):
    """No comment feed was found; the message says what to try."""


def read(
    url: str, *, allow_private: bool = False, etag: str = "", last_modified: str = "", body_hash: str = ""
) -> Fresh:
    """Reads a feed unless it is as it was: a 304, or a body equal to the last one, costs no parsing.

    Raises a FetchError, or NoFeed with what the site said when it refused.
    """
    headers = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    answer = http.fetch(url, allow_private=allow_private, headers=headers)
    if answer.status == 304:
        return Fresh(None, etag, last_modified, body_hash)
    if answer.status != 200:
        raise NoFeed(refusal(url, answer.status))
    digest = hashlib.sha256(answer.body).hexdigest()
    marks = (answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:100], digest)
    if digest == body_hash:
        return Fresh(None, *marks)
    return Fresh(parse(answer.body, answer.headers.get("content-type", "")), *marks)


def refusal(url: str, status: int) -> str:
    """What a status other than 200 means, in a sentence with the next step."""
    host = urlsplit(url).hostname
    meanings = {
        401: f"{host} asks for a password to read this. Use an address that everybody can read.",
        403: f"{host} does not allow this to be read. Ask whoever runs the site to allow feed readers.",
        404: f"{host} has nothing at this address any more. Check the address on the Sources page.",
        410: f"{host} says that this feed is gone for good. Look for its new address.",
        429: f"{host} asks for fewer reads. It is tried again later.",
    }
    return meanings.get(status, f"{host} answered with an error ({status}). It is tried again later.")


class _Links(HTMLParser):
    """The addresses in a page's head that lead to feeds, and to WordPress's interface."""

    def __init__(self) -> None:
        super().__init__()
        self.feeds: list[tuple[str, str]] = []
        self.api = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "link":
            return
        have = {name: value or "" for name, value in attrs}
        relations = have.get("rel", "").lower().split()
        if "alternate" in relations and have.get("type", "").lower() in _FEED_TYPES:
            self.feeds.append((have.get("href", ""), have.get("title", "")))
        elif "https://api.w.org/" in relations:
            self.api = have.get("href", "")


def discover(pasted: str, *, allow_private: bool = False) -> Found:
    """The comment feed behind a pasted address: of a blog, of one post, or of the feed itself.

    Looks at the page's own links, at what WordPress offers by custom, and at feeds that posts name (wfw:commentRss).
    Raises NoFeed or a FetchError with the next step.
    """
    url = pasted.strip()
    if "://" not in url:
        url = f"https://{url}"
    answer = http.fetch(url, allow_private=allow_private)
    if answer.status != 200:
        raise NoFeed(refusal(url, answer.status))
    direct = parse(answer.body, answer.headers.get("content-type", ""))
    if direct.entries or direct.site_url:
        feeds, api, site = _named_by(direct, answer.url), "", direct.site_url or answer.url
    else:
        links = _Links()
        links.feed(answer.body[:_HTML_BYTES].decode("utf-8", "replace"))
        site, api = answer.url, _api(answer, links)
        feeds = _candidates(answer.url, links, wordpress=bool(api))
    tried: list[str] = []
    for candidate in list(dict.fromkeys(feeds))[:_MOST_TRIES]:
        try:
            reading = read(candidate, allow_private=allow_private).reading
        except LevelheadError as error:
            tried.append(str(error))
            continue
        if reading is None or not (reading.entries or reading.site_url):
            continue
        if "wordpress" in reading.generator.lower() and not api:
            api = _api_of_site(reading.site_url or site, allow_private)
        kind = SourceKind.WORDPRESS if api else SourceKind.FEED
        title = (
            re.sub(r"^[^:]{3,40}\s(?:for|zu|für|sur|en|su):?\s+", "", reading.title) or urlsplit(site).hostname or site
        )
        return Found(kind, title, site, candidate, api, reading.entries[:_PREVIEW], reading.problems)
    raise NoFeed(
        "No comment feed was found at this address. "
        + (tried[-1] if tried else "Look on the site for a link 'RSS' or 'Comments feed' and paste its address.")
    )


def _named_by(reading: Reading, url: str) -> list[str]:
    """A feed of posts names the feeds of their comments; a feed of comments is what was looked for."""
    custom = []
    if reading.comment_feeds and "wordpress" in reading.generator.lower():
        custom = [urljoin(reading.site_url.rstrip("/") + "/", "comments/feed/")]
    return [*custom, *(reading.comment_feeds[:1] if reading.comment_feeds else ()), url]


def _api(answer: http.Answer, links: _Links) -> str:
    named = re.search(r"<([^<>]+)>;\s*rel=\"https://api\.w\.org/\"", answer.headers.get("link", ""))
    return urljoin(answer.url, named[1] if named else links.api) if named or links.api else ""


def _api_of_site(site: str, allow_private: bool) -> str:
    try:
        answer = http.fetch(site, allow_private=allow_private)
    except LevelheadError:
        return ""
    links = _Links()
    links.feed(answer.body[:_HTML_BYTES].decode("utf-8", "replace"))
    return _api(answer, links)


def _candidates(page: str, links: _Links, *, wordpress: bool) -> list[str]:
    """Feeds in the order in which they are likely to hold the comments."""
    named = [(urljoin(page, href), title) for href, title in links.feeds if href]
    of_comments = [url for url, title in named if _COMMENTS.search(url) or _COMMENTS.search(title)]
    custom = []
    if wordpress:
        root = re.sub(r"(index\.php)?(/?\?rest_route=.*|/wp-json/?.*)$", "", urljoin(page, links.api or "/")) or page
        custom = [
            urljoin(root.rstrip("/") + "/", "comments/feed/"),
            urljoin(root.rstrip("/") + "/", "?feed=comments-rss2"),
        ]
    # Of a post's page, the blog's feed comes before the post's own: all comments are wanted, not those of one post.
    of_blog = sorted(of_comments, key=lambda url: (len(urlsplit(url).path), url))
    return [*of_blog, *custom, *(url for url, _ in named)]
