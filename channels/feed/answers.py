"""What WordPress adds to the comments in its feeds: a number, pages of a thread, and a paragraph before each answer.

`get_comment_text` there puts a translated 'In reply to <a href="...#comment-7">Name</a>.' before every nested comment,
in feeds only. It says which comment is answered, and is no part of what was written.
"""

import html
import re
from collections.abc import Mapping
from urllib.parse import urldefrag

_NUMBER = re.compile(r"#comment-(\d{1,18})$")
_PAGE = re.compile(r"/comment-page-\d{1,6}(/?)$")
_PAGE_FIELD = re.compile(r"([?&])cpage=\d{1,6}(&|$)")
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?:/[A-Za-z0-9/._~-]*)?(?:#[A-Za-z0-9_-]+)?")
_ANSWER = re.compile(
    r"\s*(?:<p[^<>]{0,100}>)?[^<>]{0,80}<a href=([\"'])(?P<url>[^\"'<>]{1,2000}#comment-(?P<number>\d{1,18}))\1"
    r"(?P<more>[^<>]{0,200})>(?P<name>(?:(?!</?a[\s>]).){0,600}?)</a>[^<>]{0,40}?(?:</p>\s*|\n\n|\Z)",
    re.IGNORECASE,
)


def number(address: str) -> str:
    """The number of a comment in an address that ends in '#comment-7', or an empty string."""
    found = _NUMBER.search(address)
    return str(int(found[1])) if found else ""


def plain(address: str) -> bool:
    """Whether an address is whole and simple enough for nothing in it to be put right, as nearly all are."""
    return _PLAIN.fullmatch(address) is not None


def thread_of(address: str) -> str:
    """The address of the post, from that of a comment: without the fragment and the page of comments it is on."""
    # To take an address apart costs as much as to find the text in a short comment's HTML.
    post = address.partition("#")[0] if plain(address) else urldefrag(address)[0]
    post = _PAGE.sub(r"\1", post)
    return _PAGE_FIELD.sub(lambda m: m[1] if m[2] else "", post) if "cpage=" in post else post


def split(source: str, own_url: str, parent: str | None, authors: Mapping[str, str]) -> tuple[str, str, str]:
    """The parent's number and address, and the comment's HTML without the paragraph that named them.

    `parent` is the parent's number where the feed says it elsewhere (Atom does; empty: it says there is none), None
    where this paragraph is all there is (RSS). Then the paragraph counts only where it is as WordPress writes it: it
    links with nothing but an address to an earlier comment of the same post and calls its author by name, as far as
    `authors` (number to name) knows it. So a comment that begins with such a sentence of its own keeps it wherever the
    two can be told apart.
    """
    found = _ANSWER.match(source)
    if not found:
        return parent or "", "", source
    answered, address = str(int(found["number"])), html.unescape(found["url"])
    if parent is None:
        genuine = (
            not found["more"].strip()
            and answered != number(own_url)
            and thread_of(address) == thread_of(own_url)
            and (answered not in authors or _letters(found["name"]) == _letters(authors[answered]))
        )
    else:
        genuine = answered == parent
    if not genuine:
        return parent or "", "", source
    return answered, address, source[found.end() :]


def _letters(name: str) -> str:
    """A name without what the blog's typography changes; it makes a link of one that looks like an address."""
    plain = re.sub(r"<[^<>]{0,300}>|https?://", "", html.unescape(name))
    return re.sub(r"[\W_]+", "", plain).casefold()
