"""Titles of posts, out of the titles that blogs give to comments and to feeds of comments, in whatever language."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

_FEW = 3
_BEFORE_COLON = re.compile(r"^[^:\uff1a]{3,40}[:\uff1a]\s*(.+)$")
_ON = re.compile(
    r"^(?:comments on|kommentare zu|commentaires sur|comentarios en|comentários (?:em|sobre)|commenti (?:a|su)"
    r"|reacties op|kommentarer (?:till|til|på)|комментарии к(?: записи)?)\s*:?\s+(.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Titled:
    """The title of a comment in a feed, who wrote it, and the address of its thread."""

    title: str
    author: str
    thread_url: str


def of_feed(title: str, *, colon: bool) -> str:
    """The post's title out of 'Comments on: TITLE'. `colon`: this kind of feed always has one (WordPress's RSS)."""
    found = _ON.match(title) or (_BEFORE_COLON.match(title) if colon else None)
    return found[1] if found else title


def of_comments(items: Sequence[Titled]) -> list[str]:
    """The post's title for each comment, empty where it cannot be told.

    English is known ('Comment on TITLE by AUTHOR'). Of other languages it is known only that the author's name is in
    it and that the rest of the sentence is the same for all; so what differs between at least three threads is the
    title.
    """
    english = [_english(item) for item in items]
    if any(english):
        return english
    parts = [item.title.rpartition(item.author) if item.author else ("", "", "") for item in items]
    named = [(before, after) for before, name, after in parts if name]
    if len(named) < len(items) or len({item.thread_url for item in items}) < _FEW:
        return english
    befores, afters = [before for before, _ in named], [after for _, after in named]
    if len(set(afters)) == 1:
        return _differing(befores)
    return _differing(afters) if len(set(befores)) == 1 else english


def _english(item: Titled) -> str:
    lead, tail = "Comment on ", f" by {item.author}"  # as it is
    fits = item.author and item.title.startswith(lead) and item.title.endswith(tail)
    return item.title[len(lead) : -len(tail)].strip() if fits else ""


def _differing(texts: Sequence[str]) -> list[str]:
    """Each text without the words that all begin with and all end with."""
    start = _whole_words(texts)
    end = _whole_words([text[::-1] for text in texts])
    if min(map(len, texts)) <= start + end:
        return [""] * len(texts)
    return [text[start : len(text) - end].strip() for text in texts]


def _whole_words(texts: Sequence[str]) -> int:
    """The length of the common beginning, less a word that is only begun."""
    common = os.path.commonprefix(texts)  # noqa: RUF071 - of letters, not of folders
    return len(re.sub(r"\w+$", "", common))
