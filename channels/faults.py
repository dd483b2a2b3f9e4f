"""What can go wrong at the door out, in words for people."""

from model.errors import LevelheadError
from model.language import _


def without_promise(error: Exception) -> str:
    """What went wrong, in words, where nothing is tried again by itself."""
    return error.what if isinstance(error, Fault) else str(error)


def to_try_again(error: Exception) -> str:
    """What went wrong, in words, for a person who asked for it: nobody but that person tries again."""
    what = without_promise(error)
    return f"{what} {_('Try again in a few minutes.')}" if isinstance(error, Fault) and error.again else what


class Fault(LevelheadError):
    """What was wanted of another site was not had. `what` says why; `again`: it may be had later, so the whole message
    promises another try."""

    def __init__(self, what: str, *, again: bool = False) -> None:
        super().__init__(f"{what} {_('It is tried again later.')}" if again else what)
        self.what = what
        self.again = again


class FetchError(Fault):
    """Something could not be fetched. `sent` is False only when the request certainly did not leave this machine."""

    def __init__(self, what: str, *, sent: bool, again: bool = False) -> None:
        super().__init__(what, again=again)
        self.sent = sent


class Refused(FetchError):
    """An address that is not followed; nothing was sent to it."""

    def __init__(self, what: str) -> None:
        super().__init__(what, sent=False)


class Private(Refused):
    """An address inside a private network. `why` leaves out the way there is for a source, which others have not."""

    def __init__(self, host: str) -> None:
        self.why = _("{host} is an address inside a private network, which is refused.", host=host)
        super().__init__(f"{self.why} {_('An administrator can allow private addresses for a source.')}")


class Withheld(FetchError):
    """The caller said, immediately before it was written, that it must not be; its message says why."""


class TooLarge(FetchError):
    """More than the allowed bytes came; what came so far was thrown away."""


class TimedOut(FetchError):
    """No complete answer in time."""


class Unreachable(FetchError):
    """No connection, or it broke, or what came over it cannot be read."""


def passes(error: Exception) -> bool:
    """Whether it may be over by itself: no connection, no answer in time, or an error on the other side."""
    return isinstance(error, FetchError) and not isinstance(error, Refused | Withheld | TooLarge)
