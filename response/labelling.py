"""Making labels of what people decided, as the record goes on.

Nobody labels anything for its own sake: dismissing, marking as spam, escalating, answering, deciding and making a case
of a comment leave lines in the record. The worker follows it and works out anew, always from the rows, what these say
of each comment: so undoing and reopening come out right, and nobody who works waits for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis import learnt
from model.assessment import Assessment
from model.label import Judged, Label
from model.words import CaseOutcome
from response import matters
from store import cases, comments, labels
from store.db import Store, Tx
from store.labels import Deed, Place, Stand, Told

AT_ONCE = 20
"""So many comments are worked out in one transaction."""
STEPS = 50
"""So many transactions at a time; the next look goes on from there."""
MOST_WEIGHT = 20.0
"""An answer of a weekly check stands for so many comments at most when it is learnt from: no single one decides."""
_SAYS_NOTHING = frozenset({"case.joined", "case.claimed", "case.released", "case.noted", "case.snoozed", "case.woken"})
_OF_COMMENTS = frozenset({"comment.looked_over", "comment.undone", "comment.checked", "comment.unchecked"})


def follow(store: Store) -> None:
    """Works out what has happened since the last time, in short transactions; the mark moves with the last of each
    part of the record."""
    for _step in range(STEPS):
        with store.read() as tx:
            found, seq = _next(tx)
            if not seq:
                return
            # Here, as what it reads from files the first time nobody who writes has to wait for.
            grave = matters.grave(tx)
        starts = range(0, max(1, len(found)), AT_ONCE)
        for start in starts:
            with store.write() as tx:
                for comment_id in found[start : start + AT_ONCE]:
                    labels.keep(tx, comment_id, of_comment(tx, comment_id, grave))
                if start == starts[-1]:
                    labels.move_mark(tx, seq)


def catch_up(store: Store) -> None:
    """Works out all that has happened, however much, for who cannot wait for a worker."""
    left = True
    while left:
        follow(store)
        with store.read() as tx:
            left = bool(labels.happened(tx))


def _next(tx: Tx) -> tuple[list[int], int]:
    """The comments that the next part of the record is about, and its last line; 0: there is none."""
    found: dict[int, None] = {}
    seq = 0
    for line in labels.happened(tx):
        case_id: int | None = None
        if line.action in _OF_COMMENTS:
            found[line.subject_id] = None
        elif line.subject == "case" and line.action not in _SAYS_NOTHING:
            case_id = line.subject_id
        elif line.subject == "response":
            case_id = labels.case_of_response(tx, line.subject_id)
        if case_id is not None:
            found.update(dict.fromkeys(cases.comment_ids(tx, case_id)))
        seq = line.seq
        if len(found) >= AT_ONCE:
            break
    return list(found), seq


def of_comment(tx: Tx, comment_id: int, grave: frozenset[str]) -> list[Label]:
    """The labels of a comment by now, from the raw rows: one for each revision that somebody judged."""
    place = labels.place(tx, comment_id)
    if place is None or place.gone:
        return []
    stands, told = labels.stands(tx, comment_id), labels.told(tx, comment_id)
    case_ids = [one.case_id for one in stands]
    escalated, decided = labels.deeds(tx, case_ids) if case_ids else ([], [])
    found = []
    for revision in sorted({one.revision for one in stands} | {one.revision for one in told}):
        mine = [one for one in stands if one.revision == revision]
        verdicts = [verdict for one in mine if (verdict := of_case(one, escalated, decided))]
        verdicts += [verdict for one in told if one.revision == revision and (verdict := of_words(one))]
        if not verdicts:
            continue
        said = comments.assessment(tx, comment_id, revision)
        if said is not None:
            found.append(labelled(comment_id, revision, merged(verdicts), said, place, grave))
    return found


# --- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one thing that a person did says of a comment: whether it had to be seen, and whether it is spam."""

    judged: Judged
    wanted: bool | None
    spam: bool | None
    at: datetime
    by: int | None
    case_id: int | None = None
    weight: float = 1.0


def of_case(  # noqa: PLR0911 (one for each kind of label)
    stand: Stand, escalated: Sequence[Deed], decided: Sequence[Deed]
) -> Verdict | None:
    """What a case says of a comment in it; None where it says nothing. Pure.

    How it was closed comes first: that it should not have been raised, or is spam, whatever was asked before. That it
    was answered, decided on, escalated or made by a person is said of the comment that this was about, not of others in
    the same case. A dismissal for any other reason says nothing: a comment can be right to see and need no answer.
    """
    at, by = stand.closed_at or stand.opened_at, stand.closed_by
    if stand.wrongly and stand.outcome == CaseOutcome.DISMISSED:
        return Verdict(Judged.WRONGLY_RAISED, False, None, at, by, stand.case_id)
    if stand.outcome == CaseOutcome.SPAM:
        return Verdict(Judged.SPAM, False, True, at, by, stand.case_id)
    if stand.outcome == CaseOutcome.UPLOAD_UNDONE:
        return None
    for deed in decided:
        if (deed.case_id, deed.comment_id) == (stand.case_id, stand.comment_id):
            return Verdict(Judged.DECIDED, True, None, deed.at, deed.by, stand.case_id)
    if not stand.lead:
        return None
    if stand.outcome == CaseOutcome.ANSWERED:
        return Verdict(Judged.ANSWERED, True, None, at, by, stand.case_id)
    for deed in escalated:
        if deed.case_id == stand.case_id:
            return Verdict(Judged.ESCALATED, True, None, deed.at, deed.by, stand.case_id)
    if stand.opened_by is not None:
        return Verdict(Judged.RAISED, True, None, stand.opened_at, stand.opened_by, stand.case_id)
    return None


_WORDS: dict[str, tuple[Judged, bool | None, bool | None]] = {
    "spam": (Judged.SPAM, None, True),
    "not spam": (Judged.NOT_SPAM, None, False),
    "check: yes": (Judged.CHECK_YES, True, None),
    "check: no": (Judged.CHECK_NO, False, None),
}


def of_words(told: Told) -> Verdict | None:
    """What somebody said of a comment beside its cases; None where that is no label. Pure."""
    if told.said not in _WORDS:
        return None
    judged, wanted, spam = _WORDS[told.said]
    return Verdict(judged, wanted, spam, told.at, told.by, weight=min(MOST_WEIGHT, told.weight))


def merged(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict of several: of each question the newest that says something of it. Pure."""
    ordered = sorted(verdicts, key=lambda one: one.at)
    newest = ordered[-1]
    wanted = next((one for one in reversed(ordered) if one.wanted is not None), newest)
    spam = next((one.spam for one in reversed(ordered) if one.spam is not None), None)
    return Verdict(wanted.judged, wanted.wanted, spam, newest.at, newest.by, wanted.case_id, wanted.weight)


def labelled(
    comment_id: int, revision: int, verdict: Verdict, said: Assessment, place: Place, grave: frozenset[str]
) -> Label:
    """A verdict on a comment as it was assessed. Pure."""
    shipped = said.flagged if said.before is None else said.before
    return Label(
        comment_id=comment_id,
        revision=revision,
        judged=verdict.judged,
        wanted=verdict.wanted,
        spam=verdict.spam,
        at=verdict.at,
        channel=place.channel,
        language=place.language,
        flagged=said.flagged,
        shipped=shipped,
        fixed=learnt.fixed(said, grave),
        raised=learnt.raised_by(said),
        matters=said.matters,
        scores=learnt.scores(said),
        chances=learnt.chances(said),
        weight=verdict.weight,
        by=verdict.by,
        case_id=verdict.case_id,
    )
