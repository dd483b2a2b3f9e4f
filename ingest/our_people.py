"""Our own people at a source: known by the source's authenticated id alone, as an administrator has said.

A name proves nothing: anybody can type it.
"""

from collections.abc import Iterable
from datetime import datetime

from access.permissions import Permission, require
from ingest import second
from jobs import Context, enqueue
from model import clock
from model.errors import BadInput, NotFound
from model.language import _
from model.person import Person
from response import cases
from response.cases import Flagged
from store import audit, comments, our_people, people, sources
from store.db import Store, Tx
from store.second_looks import May
from store.sources import Source

_MARKED_AT_ONCE = 200
_JUDGED_AT_ONCE = 25


def ids(tx: Tx, source: Source) -> frozenset[str]:
    """The authenticated ids that write for us at a source: our account's and those of our people."""
    return frozenset({*our_people.of_source(tx, source.id), source.account_id} - {""})


def answered(tx: Tx, source_id: int, written: Iterable[tuple[int, str]], now: datetime) -> None:
    """Marks the open cases of the comments that comments of ours answer: pairs of our comment's id and the identity of
    the one it answers. A person closes the case."""
    under = {comment_id: parent for comment_id, parent in written if parent}
    found = our_people.open_cases(tx, source_id, set(under.values())) if under else {}
    for comment_id, parent in under.items():
        case_id = found.get(parent)
        if case_id is not None and our_people.add_answer(tx, case_id, comment_id, now):
            audit.record(tx, "case.answered_there", "case", case_id, by=None, at=now, comment=comment_id)


def set_ours(
    store: Store, by: Person, source_id: int, author_id: str, *, name: str = "", person_id: int | None = None
) -> None:
    """Says that an authenticated author of a source is one of us: a person of Levelhead, or somebody with a name.

    What this author has written there already is marked as ours in the background.
    """
    require(by, Permission.SOURCES)
    now = clock.now()
    with store.write() as tx:
        _known(tx, source_id, author_id)
        who = people.get(tx, person_id) if person_id is not None else None
        if person_id is not None and who is None:
            raise NotFound(_("There is no such person."))
        called = who.name if who else " ".join(name.split())[:200]
        if not called:
            raise BadInput(_("Choose the person, or type the name of the one of us who writes there."))
        our_people.keep(tx, source_id, author_id, name=called, person_id=person_id, by=by.id, at=now)
        audit.record(tx, "source.one_of_us", "source", source_id, by=by.id, at=now, author=author_id, person=person_id)
        enqueue(tx, "ours", source_id, f"ours:{source_id}:{now.timestamp()}", now)


def set_stranger(store: Store, by: Person, source_id: int, author_id: str) -> None:
    """Says that an author is none of us (any more): what was flagged in their comments needs a person after all."""
    require(by, Permission.SOURCES)
    now = clock.now()
    with store.write() as tx:
        _known(tx, source_id, author_id)
        if our_people.forget(tx, source_id, author_id):
            audit.record(tx, "source.none_of_us", "source", source_id, by=by.id, at=now, author=author_id)
            enqueue(tx, "ours", source_id, f"ours:{source_id}:{now.timestamp()}", now)


def _known(tx: Tx, source_id: int, author_id: str) -> None:
    source = sources.get(tx, source_id)
    if source is None:
        raise NotFound(_("There is no such source."))
    if source.account_id and source.account_id == author_id:
        raise BadInput(_("This is the account that Levelhead answers with there: it is ours already."))
    if not author_id or not our_people.has_written(tx, source_id, author_id):
        raise NotFound(_("No comment by this author was read there."))


def mark_again(context: Context) -> None:
    """The job: makes what was read before agree with who is one of us now, a few comments a transaction."""
    store, source_id = context.store, context.job.ref
    with store.read() as tx:
        source = sources.get(tx, source_id)
        seen = [one.author_id for one in our_people.authors(tx, source_id)]
        mine = ids(tx, source) if source else frozenset()
    for author_id in seen:
        step = _mark if author_id in mine else _unmark
        while step(store, source_id, author_id):
            pass


def _mark(store: Store, source_id: int, author_id: str) -> bool:
    """One batch of an author's comments becomes ours; whether there may be more."""
    now = clock.now()
    with store.read() as tx:
        if not our_people.to_mark(tx, source_id, author_id, ours=True, limit=1):
            return False
    with store.write() as tx:
        found = our_people.to_mark(tx, source_id, author_id, ours=True, limit=_MARKED_AT_ONCE)
        our_people.mark(tx, [comment_id for comment_id, *_more in found])
        answered(tx, source_id, [(comment_id, parent) for comment_id, parent, _revision in found], now)
        audit.record(tx, "comments.ours", "source", source_id, by=None, at=now, author=author_id, count=len(found))
    return len(found) == _MARKED_AT_ONCE


def _unmark(store: Store, source_id: int, author_id: str) -> bool:
    """One batch of an author's comments is a stranger's again, as the assessment has it; whether there may be more."""
    now = clock.now()
    with store.read() as tx:
        if not our_people.to_mark(tx, source_id, author_id, ours=False, limit=1):
            return False
    with store.write() as tx:
        found = our_people.to_mark(tx, source_id, author_id, ours=False, limit=_JUDGED_AT_ONCE)
        our_people.forget_answers(tx, [comment_id for comment_id, *_more in found])
        for comment_id, _parent, revision in found:
            judge_again(tx, comment_id, revision, now, ours=False)
        audit.record(tx, "comments.not_ours", "source", source_id, by=None, at=now, author=author_id, count=len(found))
        # As ours they had no second look; a person has just said whose they are, so they may be cases.
        second.wait(tx, [(comment_id, revision, May.CASE) for comment_id, _parent, revision in found], now)
    return len(found) == _JUDGED_AT_ONCE


def judge_again(tx: Tx, comment_id: int, revision: int, now: datetime, **values: object) -> None:
    """A comment counts as its assessment says, whatever kept it from that before: what is flagged becomes a case."""
    judged, here = comments.assessment(tx, comment_id, revision), comments.get(tx, comment_id)
    if judged is None or here is None:
        return
    # It may have waited for a second look: then its row says nothing yet of how grave it is.
    values |= {"flagged": judged.flagged, "spam": judged.suspected_spam, "severity": int(judged.severity)}
    comments.change(tx, comment_id, **values)
    if judged.flagged:
        cases.take_flagged(tx, Flagged(comment_id, here.thread_id, revision, judged), now)
