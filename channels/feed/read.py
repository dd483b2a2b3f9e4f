"""Reading a feed, and finding one from a pasted address."""

import hashlib
import re
from urllib.parse import urlsplit

from channels import http
from channels.faults import Fault
from channels.feed import page
from channels.feed.apart import parse
from channels.html import line
from channels.http import Answer, FetchError
from channels.shape import Found, Fresh
from model.comment import Reading
from model.language import _
from model.words import SourceKind

_ACCEPT = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"}
_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))
_SHORT_S = 8.0
_PREVIEW = 5
_MOST_TRIES = 8
_ASKS_FOR_PATIENCE = (429, 503)
_LASTING = (401, 403, 404, 410)
_COMMENTS_FOR = re.compile(
    r"^(?:comments for|kommentare (?:für|zu)|commentaires (?:pour|sur)|comentarios (?:en|para)|commenti (?:per|su)"
    r"|reacties (?:voor|op))\s*:?\s+",
    re.IGNORECASE,
)


class NoFeed(Fault):
    """No comment feed was found; the message says what to try.

    `status` is what the site answered, 0 where it is not about that, `retry_after` the header of that name, or empty.
    """

    def __init__(self, what: str, status: int = 0, retry_after: str = "", *, again: bool = False) -> None:
        super().__init__(what, again=again)
        self.status = status
        self.retry_after = retry_after


def read(
    url: str,
    *,
    allow_private: bool = False,
    etag: str = "",
    last_modified: str = "",
    body_hash: str = "",
    wordpress: bool = False,
) -> Fresh:
    """Reads a feed unless it is as it was: a 304, or a body equal to the last one, costs no parsing.

    `wordpress` says that the site is known to be one. Raises a FetchError, or NoFeed with what the site said when it
    refused.
    """
    answer = http.fetch(url, allow_private=allow_private, headers=_ACCEPT, etag=etag, last_modified=last_modified)
    if answer.status == 304:
        return Fresh(None, etag, last_modified, body_hash)
    if answer.status != 200:
        asked = answer.headers.get("retry-after", "") if answer.status in _ASKS_FOR_PATIENCE else ""
        raise refusal(url, answer.status, asked[:100])
    digest = hashlib.sha256(answer.body).hexdigest()
    marks = (answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:100], digest)
    return Fresh(None if digest == body_hash else _parsed(answer, wordpress=wordpress), *marks)


def refusal(url: str, status: int, retry_after: str = "") -> NoFeed:
    """What a status other than 200 means, in a sentence with the next step."""
    host = urlsplit(url).hostname
    meanings = {
        401: _("{host} asks for a password to read this. Use an address that everybody can read.", host=host),
        403: _("{host} does not allow this to be read. Ask whoever runs the site to allow feed readers.", host=host),
        404: _("{host} has nothing at this address any more. Check the address on the Sources page.", host=host),
        410: _("{host} says that this feed is gone for good. Look for its new address.", host=host),
        429: _("{host} asks for fewer reads.", host=host),
        503: _("{host} is busy or being repaired.", host=host),
    }
    what = meanings.get(status) or _("{host} answered with an error ({status}).", host=host, status=status)
    return NoFeed(what, status, retry_after, again=status not in _LASTING)


def discover(pasted: str, *, allow_private: bool = False) -> Found:
    """The comment feed behind a pasted address: of a blog, of one post, or of the feed itself.

    Looks at the page's own links, at what WordPress offers by custom, and at feeds that posts name (wfw:commentRss).
    Other feeds that could be read instead are in `others`. `allow_private` holds for the host that was pasted, or that
    it redirects to, and for no other that a page names. Raises NoFeed or a FetchError with the next step.
    """
    start = _first(pasted.strip(), allow_private)
    direct = _parsed(start)
    if direct.entries or direct.site_url:
        blog = direct.site_url if _is_wordpress(direct) else ""
        feeds, api = [*_better(direct), start.url], _api_of(blog, start.url, allow_private) if blog else ""
    else:
        links = page.links(start.body, start.url, start.headers.get("link", ""))
        feeds, api = page.candidates(links), links.api_url
    url, reading, said = _best(feeds, start.url, allow_private)
    if reading is None:
        raise NoFeed(
            _("No comment feed was found at this address. {said}", said=said)
            if said
            else _(
                "No comment feed was found at this address. Look on the site for a link 'RSS' or 'Comments"
                " feed' and paste its address."
            )
        )
    if not api and _is_wordpress(reading):
        api = _api_of(reading.site_url, start.url, allow_private)
    name = _name_by(api, start.url, allow_private) if api else None
    home = page.root(api) if name is not None else reading.site_url or start.url
    return Found(
        kind=SourceKind.FEED if name is None else SourceKind.WORDPRESS,
        title=name or _COMMENTS_FOR.sub("", reading.title) or urlsplit(home).hostname or home,
        site_url=home,
        feed_url=url,
        api_url="" if name is None else api,
        preview=reading.entries[:_PREVIEW],
        problems=reading.problems,
        channel=page.channel(home, reading.generator),
        others=tuple(one for one in feeds if one != url)[:_MOST_TRIES],
    )


def _first(url: str, allow_private: bool) -> Answer:
    """The answer at a pasted address. Without a scheme https is tried, not for long, then http."""
    tries = [url] if "://" in url else [f"https://{url}", f"http://{url}"]
    for number, one in enumerate(tries, start=1):
        try:
            patience = http.TIMEOUT_S if number == len(tries) else _SHORT_S
            answer = http.fetch(one, allow_private=allow_private, headers=_ACCEPT, timeout_s=patience)
        except (http.Unreachable, http.TimedOut) as error:
            if number == len(tries) or error.sent:
                raise
            continue
        if answer.status != 200:
            raise refusal(one, answer.status)
        return answer
    raise NoFeed(_("Paste the address of your blog, such as blog.example.org."))


def _best(feeds: list[str], start: str, allow_private: bool) -> tuple[str, Reading | None, str]:
    """The first feed that can be read, but a feed of comments before a feed of posts that names it.

    Returns its address and what it holds; or None, and why the last one could not be read.
    """
    waiting, seen, said = list(feeds), set[str](), ""
    second: tuple[str, Reading] | None = None
    while waiting and len(seen) < _MOST_TRIES:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        try:
            reading = read(url, allow_private=allow_private and _same_host(url, start)).reading
        except (FetchError, NoFeed) as error:
            said = str(error)
            continue
        if reading is None or not (reading.entries or reading.site_url):
            said = reading.problems[0] if reading and reading.problems else said
        elif reading.comment_feeds:
            second = second or (url, reading)
            waiting = [*_better(reading), *waiting]
        else:
            return url, reading, ""
    return (*second, "") if second else ("", None, said)


def _better(posts: Reading) -> list[str]:
    """Where the comments are, by what a feed of posts says: of the blog by custom, else of its newest post."""
    if not posts.comment_feeds:
        return []
    return [*(page.by_custom(posts.site_url) if _is_wordpress(posts) else []), posts.comment_feeds[0]]


def _parsed(answer: Answer, *, wordpress: bool = False) -> Reading:
    return parse(answer.body, answer.headers.get("content-type", ""), base=answer.url, wordpress=wordpress)


def _is_wordpress(reading: Reading) -> bool:
    return "wordpress" in reading.generator.lower()


def _same_host(url: str, other: str) -> bool:
    """Whether two addresses are of one host; this machine has several names."""
    one, two = urlsplit(url).hostname, urlsplit(other).hostname
    return one == two or {one, two} <= _THIS_MACHINE


def _api_of(blog: str, start: str, allow_private: bool) -> str:
    """The address of a blog's interface, as its front page names it; empty where it does not."""
    try:
        answer = http.fetch(blog, allow_private=allow_private and _same_host(blog, start))
    except FetchError:
        return ""
    return page.links(answer.body, answer.url, answer.headers.get("link", "")).api_url


def _name_by(api: str, start: str, allow_private: bool) -> str | None:
    """The blog's name by its interface; None when the interface does not answer as WordPress's."""
    try:
        fields = {"_fields": "name,namespaces"}
        answer = http.fetch(api, allow_private=allow_private and _same_host(api, start), params=fields)
    except FetchError:
        return None
    data = answer.data()
    if answer.status != 200 or not isinstance(data, dict) or "wp/v2" not in (data.get("namespaces") or ()):
        return None
    return line(str(data.get("name", "")), 200)
