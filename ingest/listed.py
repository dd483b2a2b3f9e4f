"""What an account that may moderate asks a blog for, read by read: its lists, and what stands of comments we care for.

Each look is bounded. What does not fit into it has its turn in the next ones: a look says in `turn` how far it came,
and the next goes on there, so that nothing waits for ever behind something else.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from channels.wordpress import api
from channels.wordpress.api import PAGE, Site
from channels.wordpress.parse import reading as parsed
from model import clock, language
from model.comment import Entry, Unreadable
from model.errors import LevelheadError
from model.language import Labels, _, later
from response import blogs
from store import standing
from store.db import Store
from store.sources import Source

T = TypeVar("T")
MAX_PAGES = 5
"""How many pages of one list (a hundred comments each) are read at most in one look, when it has changed."""
MOST_PAGES = 100
"""How far back a list is read at all."""
MAX_WATCHED = 200
"""How many comments of cases and on hold are asked about in one look, besides the newest hundred of the source."""
MAX_LOOKED_FOR = 20
"""How many comments that are no longer listed are looked for one by one in one look."""
CLOSED_LATELY = timedelta(days=14)
"""How long the comments of a closed case are asked about."""
LISTS = Labels({"hold": later("on hold"), "spam": later("in spam"), "trash": later("in the bin")})
"""The lists by the blog's own words, and as people say it."""


@dataclass(slots=True)
class Look:
    """What one look brought: entries by identity, what could not be read, comments that are gone, what went wrong, and
    what the next look has to know.

    `hashes` are those of lists that were read whole and of what is watched; `rounds` has of each list that is being
    read in parts the hash with which that began (empty: it has changed since) and the next page; `beyond` names the
    lists that are longer than is read; `turn` says where the watch goes on.
    """

    hashes: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, list[Any]] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    turn: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def add(self, items: Iterable[dict[str, Any]]) -> None:
        reading = parsed(list(items))
        self.entries.update((entry.identity, entry) for entry in reading.entries)
        self.unreadable += reading.unreadable

    def state(self) -> dict[str, Any]:
        """What is kept for the next look; empty values are left out."""
        named = {"hashes": self.hashes, "rounds": self.rounds, "beyond": sorted(self.beyond), "problem": self.problem}
        return {name: value for name, value in {**named, "turn": self.turn}.items() if value}


def parts(items: list[T]) -> Iterator[list[T]]:
    """The items in parts that fit into one request, or into one short transaction."""
    return (items[start : start + PAGE] for start in range(0, len(items), PAGE))


def ask(store: Store, source: Source) -> Look:
    """The requests of one look: the newest hundred of every status, each list where there is more, and what is watched.

    Never raises what the blog makes go wrong: what was read until then counts, and the rest is asked for again.
    """
    was = source.lists or {}
    look = Look(
        dict(was.get("hashes", {})), dict(was.get("rounds", {})), list(was.get("beyond", [])), dict(was.get("turn", {}))
    )
    try:
        site = blogs.site(source)
        shown, more = _newest(site, look)
    except LevelheadError as error:
        look.problem = str(error)
        return look
    if not more:  # all that there is was on that page
        look.rounds, look.beyond = {}, []
    steps: list[Callable[[], None]] = [partial(_list, site, status, look) for status in LISTS if more]
    steps.append(partial(_watch, store, source, site, look, shown))
    for step in steps:
        try:
            step()
        except api.AccountProblem as error:  # one list that is refused hides no other
            look.problem = str(error)
        except LevelheadError as error:  # the blog does not answer now: no more is asked of it
            look.problem = str(error)
            break
    return look


def _newest(site: Site, look: Look) -> tuple[set[int], bool]:
    """The newest hundred of every status: their numbers, and whether there are more."""
    page = api.listed(site, "any")
    if page.hash != look.hashes.get("any"):
        look.add(page.items)
    look.hashes["any"] = page.hash
    return {int(item["id"]) for item in page.items if _has_number(item)}, not page.last


def _has_number(item: dict[str, Any]) -> bool:
    return isinstance(item.get("id"), int)


def _list(site: Site, status: str, look: Look) -> None:
    """One list, when its first page or its length has changed: that page, and some of the others in turn.

    A round through a list that changes on the way may miss what moved up meanwhile, so another one follows it.
    """
    page = api.listed(site, status)
    first = page.hash
    if look.hashes.pop(status, "") == first:
        look.hashes[status] = first
        return
    began, number = look.rounds.get(status, (first, 2))
    look.rounds[status] = [began if began == first else "", number]
    look.add(page.items)
    last = page.last
    for _another in range(MAX_PAGES - 1):
        if last or number > MOST_PAGES:
            break
        try:
            page = api.listed(site, status, page=number)
        except api.NoSuchPage:  # it has become shorter
            last = True
            break
        look.add(page.items)
        last, number = page.last, number + 1
        look.rounds[status][1] = number
    if last or number > MOST_PAGES:
        look.beyond = [one for one in look.beyond if one != status] + ([] if last else [status])
        del look.rounds[status]
        if began == first:
            look.hashes[status] = first


def _watch(store: Store, source: Source, site: Site, look: Look, shown: set[int]) -> None:
    """The newest hundred of the source, and in turn the comments of open cases, of those closed lately, and on hold.

    Those of the newest that are `shown` on the first page already are not asked for.
    """
    place = look.turn.get("place", 0)
    with store.read() as tx:
        mine = standing.concerned(tx, source.id, clock.now() - CLOSED_LATELY, place, MAX_WATCHED)
        identities = [identity for _case, identity in mine] + standing.newest(tx, source.id, PAGE)
    further = mine[-1][0] if len(mine) == MAX_WATCHED else 0
    numbers = dict.fromkeys(n for n in map(blogs.number, identities) if n and n not in shown)
    told: set[int] = set()
    digest = hashlib.sha256(repr(sorted(numbers)).encode())
    answers = []
    for some in parts(list(numbers)):
        page = api.these(site, some)
        digest.update(page.hash.encode())
        answers.append(page)
        told |= {item["id"] for item in page.items if _has_number(item)}
    same = look.hashes.pop("watched", "") == digest.hexdigest()
    for page in answers if not same else ():
        look.add(page.items)
    # A comment may be hidden from our account (its post is private now), which is no deletion: each is looked for.
    missing = sorted(number for number in numbers if number not in told)
    behind = [number for number in missing if number > look.turn.get("looked", 0)] or missing
    now = behind[: 1 if same else MAX_LOOKED_FOR]
    for number in now:
        # Set before it is asked for: what answers with an error must not stand before the others.
        look.turn = {"place": place, "looked": number}
        with suppress(api.AccountProblem):
            if api.stands(site, number) is None:
                look.gone.append(f"wp:{number}")
    if same or len(behind) == len(now):
        look.hashes["watched"] = digest.hexdigest()
        look.turn = {"place": further, "looked": look.turn.get("looked", 0) if same else 0}
        look.turn = {name: value for name, value in look.turn.items() if value}


def unread(source: Source) -> str:
    """In words, what of its lists was not read (yet); empty when all was."""
    was = source.lists or {}
    said = [
        _(
            "What is {name} is read a part at a time, as there is much of it; the rest comes with the next reads.",
            name=name,
        )
        for status, name in LISTS.items()
        if status in was.get("rounds", {})
    ]
    said += [
        _(
            "Of what is {name}, the newest {most} were read. Empty it on the blog to see all that is left.",
            name=name,
            most=language.number(MOST_PAGES * PAGE),
        )
        for status, name in LISTS.items()
        if status in was.get("beyond", ()) and status not in was.get("rounds", {})
    ]
    return " ".join(said)
