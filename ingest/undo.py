"""Undoing a whole upload: what it brought is taken away again, except what somebody has worked on since."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from access.permissions import Permission, require
from analysis.asking import asks
from analysis.language import language
from analysis.similarity import near_key
from ingest import second
from ingest.take import text_hash
from model import clock
from model.errors import Conflict, NotFound
from model.language import _, later
from model.person import Person
from response import cases
from store import audit, comments, uploads
from store.db import Store, Tx
from store.second_looks import May
from store.uploads import Brought, Upload

_PART = 20


@dataclass(slots=True)
class Undone:
    """What an undo came to: comments taken away, those that stay, the cases in which somebody has worked, and the
    number of cases closed."""

    taken_away: int = 0
    stays: int = 0
    cases: set[int] = field(default_factory=set)
    closed: int = 0


def undo(store: Store, by: Person, upload_id: int) -> Undone:
    """Takes away what an upload brought.

    A comment that nobody has worked on is gone; a case that nobody has touched and that holds nothing else closes as
    'upload undone' and keeps its comments for the record; a text that an upload replaced comes back. What was answered
    or decided stays, and so does what another upload holds as well. It goes on where it stopped when called again.
    """
    require(by, Permission.BRING)
    now = clock.now()
    with store.write() as tx:
        upload = uploads.get(tx, upload_id)
        if upload is None:
            raise NotFound(_("There is no such upload."))
        if upload.state == "undone":
            raise Conflict(_("This upload was undone already."))
        if uploads.change(tx, upload_id, "saving", "saved", state="undoing", body=None, undone_by=by.id):
            audit.record(tx, "upload.undo", "upload", upload_id, by=by.id, at=now)
    found = Undone()
    for take_away in (False, True):  # who stays is settled first: a case with somebody who stays does not close
        after = 0
        while True:
            with store.write() as tx:
                part = uploads.brought(tx, upload_id, after, _PART)
                if not part:
                    break
                leaving = _sorted(tx, upload, part, found)
                if take_away:
                    _take_away(tx, upload, leaving, by, found, now)
                after = part[-1].line
    with store.write() as tx:
        if uploads.change(tx, upload_id, "undoing", state="undone", undone_at=now):
            told = {"taken_away": found.taken_away, "stays": found.stays, "closed": found.closed}
            audit.record(tx, "upload.undone", "upload", upload_id, by=by.id, at=now, **told)
    return found


def _sorted(tx: Tx, upload: Upload, part: Sequence[Brought], found: Undone) -> list[Brought]:
    """Those of a part that leave; of the others it is written down why they stay, in English, to be translated
    for whoever reads it."""
    ids = [one.comment_id for one in part]
    joined = uploads.cases_of(tx, ids)
    busy = uploads.worked_on(tx, sorted({case for mine in joined.values() for case in mine}))
    elsewhere, acted = uploads.others_with(tx, upload.id, ids), uploads.acted_on(tx, ids)
    leaving, staying = [], dict[int, str]()
    for one in part:
        mine = joined.get(one.comment_id, set())
        if one.present is None:
            staying[one.line] = later("It is gone already.")
        elif one.erased:  # taken away, it would leave nothing that keeps its words from being brought again
            staying[one.line] = later("It was erased.")
        elif mine & busy:
            found.cases |= mine & busy
            staying[one.line] = later("Somebody has worked on its case.")
        elif one.comment_id in acted:
            staying[one.line] = later("Somebody has worked on it.")
        elif one.present != one.revision:
            staying[one.line] = later("It was changed since.")
        elif one.comment_id in elsewhere:
            uploads.hand_on(tx, one.comment_id, elsewhere[one.comment_id])
            staying[one.line] = later("Another upload holds it as well.")
        else:
            leaving.append(one)
    for says in sorted(set(staying.values())):
        lines = [line for line, said in staying.items() if said == says]
        uploads.mark(tx, upload.id, lines, outcome="stays", says=says)
    found.stays += len(staying)
    return leaving


def _take_away(tx: Tx, upload: Upload, leaving: Sequence[Brought], by: Person, found: Undone, now: datetime) -> None:
    joined = uploads.cases_of(tx, [one.comment_id for one in leaving])
    closed: set[int] = set()
    for one in leaving:
        if one.outcome == "edited":
            _former_text(tx, one, now)
    for case_id in sorted({case for mine in joined.values() for case in mine}):
        mine = [(one.comment_id, one.revision) for one in leaving if case_id in joined.get(one.comment_id, ())]
        if uploads.closed_by_undo(tx, case_id):
            closed.add(case_id)
        elif uploads.others_in_case(tx, case_id, upload.id):
            cases.left(tx, case_id, mine, now, by=by.id)
        else:
            cases.close_undone(tx, case_id, now, by=by.id)
            closed.add(case_id)
            found.closed += 1
    new = [one.comment_id for one in leaving if one.outcome == "new"]
    shown = [comment_id for comment_id in new if joined.get(comment_id, set()) & closed]
    uploads.set_aside(tx, shown, now)
    uploads.remove(tx, [comment_id for comment_id in new if comment_id not in set(shown)], now)
    uploads.mark(tx, upload.id, [one.line for one in leaving], outcome="taken away", comment_id=None)
    found.taken_away += len(leaving)


def _former_text(tx: Tx, one: Brought, now: datetime) -> None:
    """The text that an upload replaced comes back as a new version, with what was said of it."""
    before = comments.former(tx, one.comment_id, one.revision - 1)
    said = comments.assessment(tx, one.comment_id, one.revision - 1)
    if before is None or said is None:
        return
    number = one.revision + 1
    told = {"comment_id": one.comment_id, "number": number, "text": before, "html": "", "read_at": now}
    comments.add_revisions(tx, [told])
    comments.add_assessments(tx, [comments.assessment_row(one.comment_id, number, said, now)])
    comments.change(
        tx,
        one.comment_id,
        revision=number,
        text_hash=text_hash(before),
        near_key=near_key(before),
        flagged=said.flagged,
        spam=said.suspected_spam,
        asks=asks(before),
        language=language(before),
        severity=int(said.severity),
        sentiment=said.sentiment,
    )
    audit.record(tx, "comment.edited", "comment", one.comment_id, by=None, at=now, revision=number)
    second.wait(tx, [(one.comment_id, number, May.LIST)], now, soon=False)
