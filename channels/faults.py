"""What can go wrong at the door out, in words for people."""

from model.errors import LevelheadError


class FetchError(LevelheadError):
    """Something could not be fetched. `sent` is False only when the request certainly did not leave this machine."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Refused(FetchError):
    """An address that is not followed; nothing was sent to it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class TooLarge(FetchError):
    """More than the allowed bytes came; what came so far was thrown away."""


class TimedOut(FetchError):
    """No complete answer in time."""


class Unreachable(FetchError):
    """No connection, or it broke, or what came over it cannot be read."""
