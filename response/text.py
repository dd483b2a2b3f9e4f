"""Small pieces of text that messages are made of."""

from datetime import UTC, datetime

from model.content import fixed_text
from model.errors import BadInput

MAX_TYPED = 5000


def typed(text: str, what: str) -> str:
    """What somebody typed, blanks around it gone. Raises BadInput when nothing is left, or too much."""
    clean = fixed_text(text)
    if not clean:
        raise BadInput(f"Please give {what}.")
    if len(clean) > MAX_TYPED:
        raise BadInput(f"This is longer than {MAX_TYPED:,} characters; please shorten it.")
    return clean


def at_moment(moment: datetime | None) -> str:
    """A moment in a message: '2026-03-02 14:05 UTC'. A page that shows the message puts the reader's own time there."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"
