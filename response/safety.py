"""When somebody may be in danger: who is told at once, past quiet hours and digests, and what stands on the case in the
place of a template. It is always only possible: a person reads the comment and decides.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from access.permissions import Permission, require
from analysis.signals import TOLD_BY_MATTER
from model import clock
from model.assessment import AT_ONCE
from model.content import fixed_text
from model.errors import BadInput
from model.language import _
from model.person import Person
from model.words import Role
from response import helplines
from response.notices import DANGER, About, notify
from response.seen import require_seen
from store import audit, deciders, people, safety
from store.db import Store, Tx

LONGEST, MOST_TOLD = 2000, 50
"""Characters of the organisation's own text; people who are named."""
_USUAL = (Role.EXPERT, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds now; number 0 is what ships. `told` are the people who are named, none: every expert and
    administrator."""

    number: int = 0
    told: tuple[int, ...] = ()
    text: str = ""
    countries: tuple[str, ...] = ()


def in_force(tx: Tx) -> InForce:
    row = safety.newest(tx)
    return InForce(row.number, tuple(row.told), row.text, tuple(row.countries)) if row else InForce()


def possible(matters: Collection[str]) -> tuple[str, ...]:
    """What a case of these matters may be about: 'self_harm', 'threat', both or nothing."""
    return tuple(name for name in AT_ONCE if TOLD_BY_MATTER[name] in matters)


def told(tx: Tx) -> tuple[int, ...]:
    """Who is told now: those who are named and still there, and where none of them is, every expert and
    administrator."""
    named = set(in_force(tx).told)
    active = [one.id for one in people.everybody(tx) if one.active] if named else []
    return tuple(one for one in active if one in named) or tuple(
        sorted(frozenset[int]().union(*(deciders.with_role(tx, role) for role in _USUAL)))
    )


def tell(tx: Tx, found: Iterable[tuple[int, int, int, Sequence[str]]], now: datetime) -> None:
    """Tells of comments that may speak of danger: each with its case, its id, its revision and its matters. Whoever was
    told of that revision is not told again."""
    some = [one for one in found if possible(one[3])]
    to = told(tx) if some else ()
    for case_id, comment_id, revision, _matters in some:
        notify(tx, DANGER, to, About("comment", comment_id, revision, case_id=case_id), now)


def save(store: Store, by: Person, to: Collection[int], text: str, countries: Sequence[str], seen_number: int) -> int:
    """Says who is told, with what words of safety and whose helplines first; returns the version's number. Raises
    BadInput, and Conflict when somebody saved another version since `seen_number`."""
    require(by, Permission.MATTERS)
    said = fixed_text(text).strip()
    if len(said) > LONGEST:
        raise BadInput(_("The text of safety has at most {most} characters.", most=LONGEST))
    known = {one.code for one in helplines.load()}
    if not set(countries) <= known or len(to) > MOST_TOLD:
        raise BadInput(_("Choose people and countries from the lists. Load the page again."))
    with store.write() as tx:
        now = in_force(tx)
        require_seen(now.number, seen_number)
        active = {one.id for one in people.everybody(tx) if one.active}
        if not set(to) <= active:
            raise BadInput(_("Somebody you chose may not log in any more. Choose somebody else."))
        number, named = now.number + 1, sorted(set(to))
        version = safety.add(tx, number, named, said, list(dict.fromkeys(countries)), by.id, clock.now())
        audit.record(tx, "safety.saved", "safety", version, by=by.id, number=number, told=named)
    return number
