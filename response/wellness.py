"""Sparing those who read: from which severity a text is hidden until asked for, and how much somebody read today."""

from contextlib import suppress
from dataclasses import dataclass

from access import preferences
from access.permissions import Permission, require
from access.preferences import Preference
from model import clock
from model.errors import BadInput
from model.language import _
from model.person import Person
from model.words import Severity
from store import audit, people
from store import presence as rows
from store.db import Busy, Store, Tx

TEAMS = 0
"""As the team does."""
NEVER = 5
"""No text is hidden."""
USUAL = int(Severity.CRITICAL)
FACT = "soften from"
SOFTEN = Preference[int]("soften from", int, TEAMS)
"""From which severity on a person wants texts hidden: 1 to 4, `NEVER`, or `TEAMS`."""
REST_AFTER = Preference[int]("rest after", int, 20)
"""After so many cases of high severity in one day a person is reminded that others can take the next."""
GRAVE = int(Severity.HIGH)


@dataclass(frozen=True, slots=True)
class Today:
    """What a person opened today: cases, and those of high or critical severity among them."""

    cases: int
    grave: int
    enough: bool


def team_softens_from(tx: Tx) -> int:
    """The severity from which texts are hidden for whoever chose nothing."""
    found = people.fact(tx, FACT)
    return found if isinstance(found, int) and 1 <= found <= NEVER else USUAL


def softens_from(tx: Tx, person_id: int) -> int:
    """The severity from which texts are hidden for a person."""
    own = preferences.get(tx, person_id, SOFTEN)
    return own if 1 <= own <= NEVER else team_softens_from(tx)


def choose(store: Store, by: Person, soften: int, rest_after: int) -> None:
    """Keeps what a person wants for themselves."""
    if not TEAMS <= soften <= NEVER or not 1 <= rest_after <= 500:
        raise BadInput(_("Choose a severity, and a number of cases from 1 to 500."))
    with store.write() as tx:
        preferences.keep(tx, by.id, SOFTEN, soften)
        preferences.keep(tx, by.id, REST_AFTER, rest_after)


def set_team(store: Store, by: Person, soften: int) -> None:
    """Sets what holds for everybody who chose nothing."""
    require(by, Permission.PEOPLE)
    if not 1 <= soften <= NEVER:
        raise BadInput(_("Choose a severity, or that nothing is hidden."))
    with store.write() as tx:
        before = team_softens_from(tx)
        people.set_fact(tx, FACT, soften)
        audit.record(tx, "team.softens_from", "team", None, by=by.id, at=clock.now(), severity=soften, before=before)


def opened(store: Store, by: Person, case_id: int, severity: int, day: str) -> None:
    """A person opened a case on a day ('2026-03-02') of their own zone. It is kept for that day alone."""
    require(by, Permission.TRIAGE)
    with suppress(Busy), store.note() as tx:
        rows.read(tx, by.id, day, case_id, severity)


def today(tx: Tx, person_id: int, day: str) -> Today:
    """What a person opened on that day, for that person alone."""
    cases, grave = rows.read_on(tx, person_id, day, GRAVE)
    return Today(cases, grave, grave >= preferences.get(tx, person_id, REST_AFTER))
