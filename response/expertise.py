"""Expertise: what somebody can be asked about, in free words; and who is nearest to what a case is about."""

import re
from collections.abc import Iterable, Mapping, Sequence

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, NotFound
from model.language import _
from model.person import Person
from store import audit, expertise, people
from store.db import Store

MOST = 12
LONGEST = 60
_SHORTEST = 4


def tags(typed: str) -> tuple[str, ...]:
    """'Gardens, bees' as separate tags, each once whatever its case. Raises BadInput for too many or too long ones."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]", typed):
        tag = " ".join(part.split())
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MOST or any(len(tag) > LONGEST for tag in found.values()):
        raise BadInput(_("Name at most {n} things, each in at most {most} characters.", n=MOST, most=LONGEST))
    return tuple(found.values())


def fits(mine: Iterable[str], about: Iterable[str]) -> tuple[str, ...]:
    """Those of somebody's tags of which a word begins as one of these words does: 'gardens' fits 'garden'."""
    wanted = {word for text in about for word in _words(text)}
    return tuple(tag for tag in mine if any(_alike(word, other) for word in _words(tag) for other in wanted))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _SHORTEST]


def _alike(one: str, other: str) -> bool:
    """Whether two words differ in their endings alone."""
    stem = max(_SHORTEST, min(len(one), len(other)) - 2)
    return one[:stem] == other[:stem]


def nearest(team: Sequence[Person], known: Mapping[int, tuple[str, ...]], about: Sequence[str]) -> list[Person]:
    """These people, those first whose expertise fits what it is about; else in the order in which they are."""
    return sorted(team, key=lambda one: -len(fits(known.get(one.id, ()), about)))


def choose(store: Store, by: Person, person_id: int, typed: str) -> None:
    """What somebody can be asked about, by their own word or an administrator's."""
    require(by, Permission.OWN if by.id == person_id else Permission.PEOPLE)
    wanted = tags(typed)
    with store.write() as tx:
        if people.get(tx, person_id) is None:
            raise NotFound(_("There is no such person."))
        expertise.put(tx, person_id, wanted)
        audit.record(tx, "person.expertise", "person", person_id, by=by.id, at=clock.now(), n=len(wanted))
