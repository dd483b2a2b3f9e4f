"""What people chose for themselves: one declared row for each, with its type and what is usual.

Who needs one more declares it here, or where it belongs, and reads and writes it with `get` and `put`.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from model.errors import BadInput
from model.language import ENGLISH, _, known
from model.person import Person
from store import people, prefs
from store.db import Store, Tx

T = TypeVar("T")


@dataclass(frozen=True)
class Preference(Generic[T]):
    """One thing that can be chosen. `form` is its type, anything that pydantic reads from JSON."""

    name: str
    form: Any
    usual: T

    def read(self, value: Any) -> T:
        """What a row says; what is usual where it says nothing, or nothing that can be read."""
        if value is None:
            return self.usual
        try:
            found: T = TypeAdapter(self.form).validate_python(value)
        except ValidationError:
            return self.usual
        return found


LETTERS = Preference[bool]("letters", bool, True)
"""Whether single letters are keys (WCAG 2.1.4): who dictates or types with a switch wants them off."""
LANGUAGE = Preference[str]("language", str, "")
"""The language that somebody reads; empty: pages as the browser says, notices in the organisation's."""


def get(tx: Tx, person_id: int, which: Preference[T]) -> T:
    """What a person chose, or what is usual."""
    return which.read(prefs.get(tx, person_id, which.name))


def language(tx: Tx, person_id: int, browsers: str = "") -> str:
    """The language that a person reads: the chosen one, the `browsers`, the organisation's; the first there is."""
    return known(get(tx, person_id, LANGUAGE)) or known(browsers) or organisations_language(tx)


def organisations_language(tx: Tx) -> str:
    """The language of what is written down for everybody, and of those who chose none."""
    return known(str(people.fact(tx, "language") or "")) or ENGLISH


def put(store: Store, by: Person, which: Preference[T], value: T) -> None:
    """Keeps what a person chose for themselves. Raises BadInput where it has not the right form."""
    with store.write() as tx:
        keep(tx, by.id, which, value)


def keep(tx: Tx, person_id: int, which: Preference[T], value: T) -> None:
    """The same within another change."""
    adapter = TypeAdapter[Any](which.form)
    try:
        plain = adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValidationError:
        raise BadInput(_("This cannot be chosen here. Load the page again.")) from None
    prefs.put(tx, person_id, which.name, plain)
