"""Errors meant for people: what happened, and the next step."""


class LevelheadError(Exception):
    """Something a person can act on. `str(error)` is shown as it stands: plain words, no secrets, no markup."""


class NotAllowed(LevelheadError):
    """The person may not do this; checked where the change is made."""


class Conflict(LevelheadError):
    """Somebody else was first. The message names who and when; what the loser typed is kept by the caller."""


class NotFound(LevelheadError):
    """The thing is not there (any more), or not for this person."""


class BadInput(LevelheadError):
    """What was given cannot be used; the message says what and how to mend it."""
