"""Notes on a case, for the team alone: with names of people who are told, changed within ten minutes, or taken away."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.permissions import Permission, may, require
from jobs import enqueue
from model import clock
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.language import _, sense
from model.person import Person
from model.settings import settings
from response import undo
from response.notices import MENTION, About, notify, over
from response.putting_back import NOTE, plain
from response.text import any_of, typed
from store import audit, erasure, notices, people
from store import cases as case_rows
from store import notes as rows
from store.db import Store, Tx
from store.keys import keys
from store.notes import Note

EDIT_WITHIN = timedelta(minutes=10)
MOST = 500
"""Notes on one case."""
MOST_NAMED = 20
_NO_JOB_CAME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text, from its '@' on: where, how long, and whose."""

    start: int
    length: int
    person_id: int


def named(text: str, team: Mapping[int, str]) -> tuple[Named, ...]:
    """The people named in a text with '@': by the whole name, or by as much of its beginning as is one person's alone.

    What is nobody's name stays words. Raises BadInput where a name could be two people's.
    """
    found: list[Named] = []
    for sign in re.finditer(r"(?<![\w@])@(?=\w)", text):
        if found and sign.start() < found[-1].start + found[-1].length:
            continue
        one = _at(text, sign.start(), team)
        if one:
            found.append(one)
    if len({one.person_id for one in found}) > MOST_NAMED:
        raise BadInput(_("A note names at most {most} people.", most=MOST_NAMED))
    return tuple(found)


def _at(text: str, start: int, team: Mapping[int, str]) -> Named | None:
    whole: dict[int, int] = {}
    for person_id, name in team.items():
        after = text[start + 1 : start + 1 + len(name)]
        ends = start + 1 + len(name)
        if name and after.casefold() == name.casefold() and not text[ends : ends + 1].isalnum():
            whole[person_id] = len(name) + 1
    if whole:
        longest = max(whole.values())
        return _only(text, start, [one for one, length in whole.items() if length == longest], longest, team)
    word = re.match(r"[\w'’-]*\w", text[start + 1 :])
    if word is None:
        return None
    begin = word[0].casefold()
    by_word = [one for one, name in team.items() if begin in name.casefold().split()]
    close = by_word or [one for one, name in team.items() if len(begin) > 1 and name.casefold().startswith(begin)]
    return _only(text, start, close, len(word[0]) + 1, team) if close else None


def _only(text: str, start: int, who: Sequence[int], length: int, team: Mapping[int, str]) -> Named:
    if len(who) > 1:
        both = any_of(sorted(team[one] for one in who)[:3])
        raise BadInput(
            _(
                "“{word}” could be {both}. Write the whole name, or choose below.",
                word=text[start : start + length],
                both=both,
            )
        )
    return Named(start, length, who[0])


def colleagues(tx: Tx) -> dict[int, str]:
    """Who can be named in a note and given a task: those who work on cases."""
    return {one.id: one.name for one in people.everybody(tx) if may(one, Permission.TRIAGE)}


def add(store: Store, by: Person, case_id: int, text: str, picked: Collection[int] = ()) -> int:
    """A new note; `picked` are people named without being in the words. Returns its id."""
    require(by, Permission.TRIAGE)
    said = typed(text, sense("what somebody has to write", "a note"))
    now = clock.now()
    with store.write() as tx:
        if case_rows.get(tx, case_id) is None:
            raise NotFound(_("There is no such case."))
        if rows.count(tx, case_id) >= MOST:
            raise BadInput(_("This case has {most} notes. Write in one of them, or open the next case.", most=MOST))
        places = _places(tx, said, picked)
        words_id, digest = audit.say(tx, keys(), "note", said, by=by.id, at=now)
        note_id = rows.add(tx, case_id=case_id, by=by.id, words_id=words_id, at=now)
        _tell(tx, by, case_id, note_id, places, now)
        data = {"note": note_id, "words": digest, "named": sorted({person for _length, person in places.values()})}
        audit.record(tx, "case.noted", "case", case_id, by=by.id, at=now, **data)
        return note_id


def edit(store: Store, by: Person, note_id: int, text: str, seen_words: int) -> None:
    """Other words in one's own note, within ten minutes. The former ones are gone; their keyed hash stays on record.

    Raises Conflict when it was changed since `seen_words`, the id of the words that were read.
    """
    require(by, Permission.TRIAGE)
    said = typed(text, sense("what somebody has to write", "a note"))
    now = clock.now()
    with store.write() as tx:
        note = _mine(tx, by, note_id)
        if now - note.at > EDIT_WITHIN:
            raise Conflict(_("A note can be changed for ten minutes. Write another one, or take this one away."))
        if note.words_id != seen_words:
            raise Conflict(_("You changed this note in another window. Look at it again."))
        if said == note.text:
            return
        picked = {one.person_id for one in rows.mentions(tx, [note_id]) if one.start < 0}
        places = _places(tx, said, picked)
        words_id, digest = audit.say(tx, keys(), "note", said, by=by.id, at=now)
        rows.change(tx, note_id, words_id=words_id, edited_at=now)
        erasure.forget_words(tx, [note.words_id], now)
        _tell(tx, by, note.case_id, note_id, places, now)
        data = {"note": note_id, "words": digest, "named": sorted({person for _length, person in places.values()})}
        audit.record(tx, "case.note_edited", "case", note.case_id, by=by.id, at=now, **data)


def take_away(store: Store, by: Person, note_id: int) -> None:
    """Takes one's own note away: its place says so at once, and its words are gone, and whoever it names is told
    nothing any more, when the seconds to undo it are over."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    soon = settings().final_at(now)
    with store.write() as tx:
        note = _mine(tx, by, note_id)
        rows.change(tx, note_id, deleted_at=now)
        due = notices.put_off(tx, MENTION, "note", note_id, soon)
        enqueue(tx, "note", note_id, f"note:{note_id}:{now.timestamp()}", soon)
        was, since = {"due": plain(due)}, {"note": note_id, "deleted_at": now.isoformat()}
        undo.remember(tx, by, undo.TAKEN_AWAY, NOTE, note.case_id, now, former=was, after=since)
        audit.record(tx, "case.note_deleted", "case", note.case_id, by=by.id, at=now, note=note_id)


def forget(store: Store, note_id: int) -> None:
    """The job: the words of a note that was taken away go, and whom it named, unless that was undone."""
    now = clock.now()
    with store.write() as tx:
        note = rows.get(tx, note_id)
        if note is None or note.deleted_at is None or settings().final_at(note.deleted_at) > now:
            return
        rows.name(tx, note_id, {})
        erasure.forget_words(tx, [note.words_id], now)
        over(tx, MENTION, "note", note_id, now)


def sweep(store: Store) -> None:
    """The same for those that no job has come to."""
    with store.read() as tx:
        left = rows.taken_away(tx, clock.now() - _NO_JOB_CAME)
    for note_id in left:
        forget(store, note_id)


def _mine(tx: Tx, by: Person, note_id: int) -> Note:
    note = rows.get(tx, note_id)
    if note is None or note.deleted_at or note.erased_at:
        raise NotFound(_("This note is no longer here."))
    if note.by != by.id:
        raise NotAllowed(_("Only who wrote a note can change it or take it away."))
    return note


def _places(tx: Tx, text: str, picked: Collection[int]) -> dict[int, tuple[int, int]]:
    """Who is named where: the length and the person of each place; picked ones have places below 0."""
    team = colleagues(tx)
    written = named(text, team)
    unknown = set(picked) - set(team)
    if unknown:
        raise BadInput(_("Only people who work on cases can be named. Ask an expert by Escalate."))
    beside = sorted(set(picked) - {one.person_id for one in written})
    if len(beside) > MOST_NAMED:
        raise BadInput(_("A note names at most {most} people.", most=MOST_NAMED))
    return {one.start: (one.length, one.person_id) for one in written} | {
        -number: (0, person) for number, person in enumerate(beside, 1)
    }


def _tell(tx: Tx, by: Person, case_id: int, note_id: int, places: dict[int, tuple[int, int]], now: datetime) -> None:
    rows.name(tx, note_id, places)
    soon = settings().final_at(now)
    others = {person for _length, person in places.values()} - {by.id}
    notify(tx, MENTION, others, About("note", note_id, case_id=case_id), now, after=soon)
