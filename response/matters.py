"""The organisation's matters: its own and what it changes of those that ship, in versions; who is asked about them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from access.loosening import Change, Kind, takes_effect
from access.permissions import Permission, require
from analysis import SHIPPED, Vocabulary, learnt, own
from analysis.matters import load
from model import clock
from model.errors import BadInput
from model.language import _
from model.person import Person
from model.words import Severity
from response.seen import require_seen
from store import audit, matters
from store.db import Store, Tx
from store.loosenings import Loosening

MOST, MOST_TOLD, LONGEST_TOLD = 40, 20, 300
"""Matters of the organisation's own; examples, and near misses, of one; characters of one."""
Told = tuple[Annotated[str, Field(min_length=1, max_length=LONGEST_TOLD)], ...]
Phrases = tuple[Annotated[str, Field(max_length=own.LONGEST)], ...]


class OwnMatter(BaseModel):
    """A matter as the organisation has it. `examples` should be raised and `near_misses` should not: the phrases
    are tried on them, and from own.LEAST_EXAMPLES on they find what means the like. `asked` is who is asked about it:
    'person-3', 'level-2', or empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: str = Field("", max_length=60)
    definition: str = Field("", max_length=LONGEST_TOLD)
    severity: Severity | None = None
    phrases: Phrases = Field((), max_length=own.MOST_PHRASES)
    unless: Phrases = Field((), max_length=own.MOST_PHRASES)
    examples: Told = Field((), max_length=MOST_TOLD)
    near_misses: Told = Field((), max_length=MOST_TOLD)
    asked: Annotated[str, Field(pattern=r"^((person|level)-\d{1,9})?$")] = ""
    off: bool = False

    @property
    def change(self) -> own.Change:
        """What the analysis is told of it."""
        return own.Change(
            self.key,
            self.name,
            self.definition,
            self.severity,
            self.phrases,
            self.unless,
            self.off,
            self.examples,
            self.near_misses,
        )


class _Document(BaseModel):
    matters: tuple[OwnMatter, ...] = ()


@dataclass(frozen=True, slots=True)
class InForce:
    """The version that comments are assessed by from now on; 0 is what ships, unchanged."""

    number: int
    matters: tuple[OwnMatter, ...]
    vocabulary: Vocabulary

    def get(self, key: str) -> OwnMatter | None:
        return next((one for one in self.matters if one.key == key), None)


_NOTHING = InForce(0, (), SHIPPED)


def in_force(tx: Tx) -> InForce:
    """The newest version. It is asked for whenever comments are read, in each process, so that a change counts for
    whatever is assessed after it; what it comes to is worked out once."""
    row = matters.newest(tx)
    return _read(row.number, row.source) if row else _NOTHING


@lru_cache(maxsize=4)
def _read(number: int, source: str) -> InForce:
    found = _Document.model_validate_json(source).matters
    return InForce(number, found, Vocabulary(str(number), tuple(one.change for one in found)))


def known(tx: Tx) -> frozenset[str]:
    """The keys of the matters that a rule may name. One that is switched off stays known: a policy may name it."""
    return frozenset(matter.key for matter in load()) | {one.key for one in in_force(tx).matters}


def save(store: Store, by: Person, matter: OwnMatter, seen_number: int, why: str = "") -> int:
    """Makes a matter the organisation's: one of its own, or its change of one that ships. Returns the version's number.

    Comments that are read from now on are assessed by it; those assessed before stay as they were. Where it makes
    comments less grave than before it waits for a second person, if there is one: then nothing changes yet, and the
    number is 0. Raises BadInput where it cannot be, and Conflict when somebody saved another version since
    `seen_number`.
    """
    require(by, Permission.MATTERS)
    own.check(matter.change)
    _named(matter)
    now = clock.now()
    with store.write() as tx:
        before = _unchanged_since(tx, seen_number)
        if asks_less(before, matter):
            what = {"matter": matter.model_dump(mode="json", exclude_defaults=True), "seen": seen_number}
            if not takes_effect(tx, by, Change(Kind.MATTER, what=what, wide=True), why, now):
                return 0
        return _put(tx, before, matter, by.id, now)


def asks_less(before: InForce, matter: OwnMatter) -> bool:
    """Whether a matter as it is to be makes comments less grave than they are now."""
    had = before.get(matter.key)
    return own.asks_less(had.change if had else None, matter.change)


def carry_out(tx: Tx, one: Loosening, confirmed_by: int, now: datetime) -> int:
    """A matter that was confirmed is the organisation's from now on; returns the version's number. Raises what `save`
    does."""
    before = _unchanged_since(tx, one.what["seen"])
    assert one.by is not None
    return _put(tx, before, OwnMatter.model_validate(one.what["matter"]), one.by, now, confirmed_by=confirmed_by)


def _unchanged_since(tx: Tx, seen_number: int) -> InForce:
    now = in_force(tx)
    require_seen(now.number, seen_number)
    return now


def _put(tx: Tx, before: InForce, matter: OwnMatter, by: int, now: datetime, **more: object) -> int:
    others = tuple(one for one in before.matters if one.key != matter.key)
    if own.shipped(matter.key) is None and len(others) >= MOST:
        raise BadInput(_("There are at most {most} matters of your own.", most=MOST))
    number = before.number + 1
    source = _Document(matters=(*others, matter)).model_dump_json(exclude_defaults=True)
    version = matters.add(tx, number, source, matter.key, by, now)
    audit.record(tx, "matters.saved", "matters", version, by=by, at=now, number=number, matter=matter.key, **more)
    return number


def written(key: str, texts: Mapping[str, str], severity: Severity | None, asked: str, off: bool) -> OwnMatter:
    """A matter as somebody wrote it: `texts` has name and definition, and the lists with one entry on each line.
    Raises BadInput, which says what is wrong."""
    lines = {name: tuple(_lines(texts.get(name, ""))) for name in ("phrases", "unless", "examples", "near_misses")}
    for name in ("examples", "near_misses"):
        if len(lines[name]) > MOST_TOLD or any(len(line) > LONGEST_TOLD for line in lines[name]):
            raise BadInput(
                _(
                    "A matter has at most {most} examples and as many near misses, each of at most {longest} letters.",
                    most=MOST_TOLD,
                    longest=LONGEST_TOLD,
                )
            )
    sought = {name: tuple(dict.fromkeys(map(own.phrase, lines.pop(name)))) for name in ("phrases", "unless")}
    own.check(own.Change(key, "", "", severity, sought["phrases"], sought["unless"], off, lines["examples"]))
    return OwnMatter(
        key=key,
        name=" ".join(texts.get("name", "").split())[:60],
        definition=" ".join(texts.get("definition", "").split())[:LONGEST_TOLD],
        severity=severity,
        asked=asked,
        off=off,
        **lines,
        **sought,
    )


def _lines(text: str) -> Iterator[str]:
    """The lines that say something; of more than can be, as many as are refused."""
    return islice((line.strip() for line in text.splitlines() if line.strip()), own.MOST_PHRASES + 1)


def _named(matter: OwnMatter) -> None:
    if own.shipped(matter.key) is None and not (matter.name.strip() and matter.definition.strip()):
        raise BadInput(_("Give the matter a name, and say in a sentence what it is about."))


def new_key(tx: Tx) -> str:
    """A key for one more matter. What ships never has such a one, in no later version."""
    taken = known(tx)
    return next(key for number in range(1, MOST + 2) if (key := f"own-{number}") not in taken)


def grave(tx: Tx) -> frozenset[str]:
    """The keys of the matters that learning leaves alone, and that nobody switches off."""
    return learnt.grave(in_force(tx).vocabulary.changes)


def asked_about(tx: Tx, keys: Sequence[str]) -> str:
    """Who is asked about the first of some matters for which somebody is named: 'person-3', 'level-2', or empty."""
    now = in_force(tx)
    return next((one.asked for key in keys if (one := now.get(key)) and one.asked and not one.off), "")
