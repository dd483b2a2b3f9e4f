"""Small pieces of text that messages are made of."""

from datetime import datetime

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


def time_of_day(moment: datetime | None) -> str:
    """A time of day for a message: '14:05 UTC'. Pages show times in the reader's zone; messages name theirs."""
    return f"{moment:%H:%M} UTC" if moment else "an unknown time"
