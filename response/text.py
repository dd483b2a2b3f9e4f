"""Small pieces of text that messages are made of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import reduce

from model.content import fixed_text
from model.errors import BadInput
from model.language import _, number

MAX_TYPED = 5000


def typed(text: str, what: str) -> str:
    """What somebody typed, blanks around it gone. Raises BadInput when nothing is left, or too much; `what` says what
    was asked for, in the reader's language."""
    clean = fixed_text(text)
    if not clean:
        raise BadInput(_("Please give {what}.", what=what))
    if len(clean) > MAX_TYPED:
        raise BadInput(_("This is longer than {most} characters; please shorten it.", most=number(MAX_TYPED)))
    return clean


def at_moment(moment: datetime | None) -> str:
    """A moment in a message: '2026-03-02 14:05 UTC'. A page that shows the message puts the reader's own time there."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else _("an unknown time")


def all_of(parts: Sequence[str]) -> str:
    """'one and two and three', in the reader's language."""
    return reduce(lambda first, last: _("{first} and {last}", first=first, last=last), parts)


def any_of(parts: Sequence[str]) -> str:
    """'one or two or three', in the reader's language."""
    return reduce(lambda first, last: _("{first} or {last}", first=first, last=last), parts)
