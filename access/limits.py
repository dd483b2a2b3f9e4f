"""How often something secret may be guessed before it has to rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from model.errors import LevelheadError
from model.language import _
from store import people
from store.db import Store, Tx
from store.keys import keys

WINDOW = timedelta(minutes=15)


class TooMany(LevelheadError):
    """Too many attempts for one e-mail or from one address, whether or not this one would have been right."""

    def __init__(self) -> None:
        super().__init__(_("Too many attempts. Wait a quarter of an hour, or ask an administrator for a new link."))


@dataclass(frozen=True, slots=True)
class Tried:
    """Something that was tried for: a kind and a name, and how many attempts it has within a quarter of an hour."""

    kind: str
    name: str
    most: int

    @property
    def subject(self) -> str:
        """What is stored of it, so that the table says nothing of who tried."""
        return keys().keyed_hash("attempts", f"{self.kind} {self.name}")


def email(name: str) -> Tried:
    return Tried("email", name.strip().lower(), 8)


def address(name: str) -> Tried:
    return Tried("address", name, 30)


def code(person_id: int) -> Tried:
    """Tries of a second factor's code, by whoever knows the password."""
    return Tried("code", str(person_id), 8)


def monitor(name: str) -> Tried:
    """Tries of a machine's token, apart from those of people who log in from the same address."""
    return Tried("monitor", name, 30)


def spend(store: Store, now: datetime, *tried: Tried) -> None:
    """Counts an attempt before it is made, so that many at one moment do not pass together. Raises TooMany."""
    with store.write() as tx:
        for each in tried:
            if people.count_attempts(tx, each.subject, now - WINDOW) >= each.most:
                raise TooMany
            people.add_attempt(tx, each.subject, now, now - WINDOW)


def give_back(tx: Tx, now: datetime, *tried: Tried) -> None:
    """The attempt of this moment was right and does not count."""
    for each in tried:
        people.drop_attempt(tx, each.subject, now)
