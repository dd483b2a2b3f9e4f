"""Passwords: argon2, with one cost for known and unknown people."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from model.errors import BadInput
from model.language import _

SHORTEST, LONGEST = 10, 200
_hasher = PasswordHasher()


def require(password: str) -> None:
    """Raises BadInput when a password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(
            _(
                "A password has {shortest} to {longest} characters. Four unrelated words make a good one.",
                shortest=SHORTEST,
                longest=LONGEST,
            )
        )


def hashed(password: str) -> str:
    """The argon2 hash of a password. Raises BadInput when it is too short or too long."""
    require(password)
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("a password that nobody has")


def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was hashed. Without a stored hash it takes as long, and is False."""
    try:
        _hasher.verify(stored or _nobodys(), password[:LONGEST])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(stored)
