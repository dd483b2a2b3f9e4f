"""What can go wrong at the door out, in words for people."""

from model.errors import LevelheadError

_PROMISE = " It is tried again later."


def without_promise(error: Exception) -> str:
    """What went wrong, in words, where nothing is tried again by itself."""
    return str(error).removesuffix(_PROMISE)


class FetchError(LevelheadError):
    """Something could not be fetched. `sent` is False only when the request certainly did not leave this machine."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Refused(FetchError):
    """An address that is not followed; nothing was sent to it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class Withheld(FetchError):
    """The caller said, immediately before it was written, that it must not be; its message says why."""


class TooLarge(FetchError):
    """More than the allowed bytes came; what came so far was thrown away."""


class TimedOut(FetchError):
    """No complete answer in time."""


class Unreachable(FetchError):
    """No connection, or it broke, or what came over it cannot be read."""
