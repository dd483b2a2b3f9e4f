"""What reasons are called: in English as they are stored for everybody, in the reader's language as they are shown."""

import re

from model.language import _, later

QUOTING = later("{name} (“{words}”)")
"""A name, and the words of the comment that it was found by."""
LIKE = later("{name} (like your example “{words}”)")
"""A name, and the example of the organisation's that the comment is like."""
LINKS = later("{n} links")
REPEATED = later("Nearly the same in {n} other threads")
INCOMPLETE = later("Not assessed in full ({signals}): a person should look")

PARTS = {
    "text": later("its text"),
    "length": later("all of its length"),
    "sentiment": later("its tone"),
    "strong words": later("its strong words"),
    "matters": later("what it is about"),
}
"""What was not assessed, in words."""


def _reader_of(template: str) -> re.Pattern[str]:
    """Finds the values in what was made of a template."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template)))


_LIKE = _reader_of(LIKE)
_MADE = [(_reader_of(template), template) for template in (LINKS, REPEATED)]
_INCOMPLETE = _reader_of(INCOMPLETE)


def said(label: str) -> str:
    """A stored label, or the headline of a case that it became, in the reader's language.

    What it quotes of the comment stays, and so does what is none of ours.
    """
    if like := _LIKE.fullmatch(label):
        return _(LIKE, name=said(like["name"]), words=like["words"])
    name, bracket, words = label.partition(" (“")
    if bracket and words.endswith("”)"):
        return _(QUOTING, name=said(name), words=words.removesuffix("”)"))
    if left := _INCOMPLETE.fullmatch(label):
        return _(INCOMPLETE, signals=", ".join(_(PARTS.get(one, one)) for one in left["signals"].split(", ")))
    for pattern, template in _MADE:
        if found := pattern.fullmatch(label):
            return _(template, **found.groupdict())
    return _(label)
