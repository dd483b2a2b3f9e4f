"""Whoever saves the next version of something has seen the one in force."""

from model.errors import Conflict
from model.language import _


def require_seen(newest: int, seen: int) -> None:
    """Raises Conflict where another version than the one that was `seen` is the newest."""
    if newest != seen:
        raise Conflict(
            _("Version {number} was saved in the meantime. Look at it before you save yours.", number=newest)
        )
