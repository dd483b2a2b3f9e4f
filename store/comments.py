"""Queries on threads, comments, their revisions and assessments."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, String, and_, bindparam, case, cast, exists, func, or_, select, update

from model.assessment import SIGNALS, THRESHOLD, Assessment, Reason, Share, Signal
from model.words import Severity
from store import rollups
from store.bulk import add_rows
from store.db import Tx
from store.rows import record, records
from store.schema import assessments, comments, publications, revisions, threads, tombstones

PAGE = 30
_SPANS, _BY = 8, 40
"""Spans of one signal that are kept; characters of who says so."""
_REASON = tuple(field.name for field in fields(Reason) if field.name != "text")
THREAD_LIMIT = 500
LOOKED_AT = 5_000
COUNTED = {"negative": rollups.NEGATIVE_ONES, "first": rollups.FIRST_ONES}
_ONLY = COUNTED | {
    "flagged": comments.c.flagged,
    "spam": comments.c.spam,
    "calm": and_(~comments.c.flagged, ~comments.c.spam),
}
"""Comments among which those of a matter are looked for at once."""
OUR_ANSWERS = 10
_MOST_ANSWERS = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What ingest has to know of a comment that is already there.

    One that was erased or kept long enough is `gone`: it is never taken again, whatever the source still shows. Its id
    is 0 where no row of it is left.
    """

    id: int
    identity: str
    revision: int
    text_hash: str
    deleted_at: datetime | None
    ours: bool = False
    erased_at: datetime | None = None
    status: str = field(default="", compare=False)

    @property
    def gone(self) -> bool:
        return self.erased_at is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """A post, or whatever else comments stand under at a source."""

    id: int
    source_id: int
    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its present text. Times are aware, UTC."""

    id: int
    source_id: int
    thread_id: int
    identity: str
    external_id: str
    parent_identity: str
    author: str
    author_id: str
    url: str
    status: str
    published_at: datetime | None
    read_at: datetime
    deleted_at: datetime | None
    ours: bool
    revision: int
    flagged: bool
    spam: bool
    severity: int
    sentiment: float
    text: str
    thread_title: str
    channel: str = ""
    erased_at: datetime | None = None

    @property
    def flagged_severity(self) -> int:
        """Its severity where it was flagged, else 0."""
        return self.severity if self.flagged else 0


def flagged_severity() -> Any:
    """The same as a column of a query over comments."""
    return case((comments.c.flagged, comments.c.severity), else_=0)


def present() -> Any:
    """A query of what a Comment is made of: the comment, its present revision's text, its thread's title."""
    return (
        select(comments, revisions.c.text, threads.c.title.label("thread_title"))
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .join(threads, threads.c.id == comments.c.thread_id)
    )


# What each read asks is made once: to put a statement together takes as long as to run it.
_OF_SOURCE: BindParameter[int] = bindparam("source")
_THOSE: BindParameter[Any] = bindparam("those", expanding=True)
_KNOWN = select(*(comments.c[field.name] for field in fields(Known))).where(
    comments.c.source_id == _OF_SOURCE, comments.c.identity.in_(_THOSE)
)
_STONES = select(tombstones.c.identity_hash, tombstones.c.at).where(
    tombstones.c.source_id == _OF_SOURCE, tombstones.c.identity_hash.in_(_THOSE)
)
_THREADS = select(*(threads.c[field.name] for field in fields(Thread))).where(
    threads.c.source_id == _OF_SOURCE, threads.c.url.in_(_THOSE)
)
_AUTHORS = (
    select(comments.c.author, func.count())
    .where(comments.c.source_id == _OF_SOURCE, comments.c.author.in_(_THOSE), comments.c.status != "undone")
    .group_by(comments.c.author)
)
_NEAR = (
    select(comments.c.near_key, comments.c.thread_id).where(comments.c.near_key.in_(_THOSE)).distinct().limit(10_000)
)
_LAST = select(func.coalesce(func.max(comments.c.id), 0))
_ADDED = select(comments.c.identity, comments.c.id).where(comments.c.id > bindparam("last"))
_PUBLISHED = select(publications.c.external_id, publications.c.second_id).where(
    publications.c.source_id == _OF_SOURCE,
    or_(publications.c.external_id.in_(_THOSE), publications.c.second_id.in_(_THOSE)),
)


def known(tx: Tx, source_id: int, identities: Sequence[str]) -> dict[str, Known]:
    """Those of the identities that are there or once were, by identity."""
    found: dict[str, Known] = {}
    for start in range(0, len(identities), 500):
        part = list(identities[start : start + 500])
        rows = tx.execute(_KNOWN, {"source": source_id, "those": part})
        found.update((row.identity, Known(*row)) for row in rows)
        if left := {identity_hash(one): one for one in part if one not in found}:
            rows = tx.execute(_STONES, {"source": source_id, "those": list(left)})
            found.update((left[row[0]], Known(0, left[row[0]], 0, "", None, erased_at=row[1])) for row in rows)
    return found


def identity_hash(identity: str) -> bytes:
    """What is kept of the identity of a comment whose row is gone."""
    return hashlib.sha256(identity.encode("utf-8", "replace")).digest()[:16]


def texts_by_identity(tx: Tx, source_id: int, identities: Sequence[str]) -> dict[str, str]:
    """The present text of each comment that is there."""
    found: dict[str, str] = {}
    query = select(comments.c.identity, revisions.c.text).join(
        revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
    )
    for start in range(0, len(identities), 500):
        part = identities[start : start + 500]
        rows = tx.execute(query.where(comments.c.source_id == source_id, comments.c.identity.in_(part)))
        found.update((row.identity, row.text) for row in rows)
    return found


def author_counts(tx: Tx, source_id: int, authors: Sequence[str]) -> dict[str, int]:
    """How many comments each author has left at a source, without those of uploads that were undone."""
    return {row[0]: int(row[1]) for row in tx.execute(_AUTHORS, {"source": source_id, "those": list(authors)})}


def near_threads(tx: Tx, near_keys: Sequence[str]) -> dict[str, set[int]]:
    """The threads in which a near-equal comment stands, by key; at most 50 a key matter, so at most 10,000 are read."""
    found: dict[str, set[int]] = {}
    for key, thread_id in tx.execute(_NEAR, {"those": list(near_keys)}):
        found.setdefault(key, set()).add(thread_id)
    return found


def threads_by_url(tx: Tx, source_id: int, urls: Sequence[str]) -> dict[str, Thread]:
    found = [Thread(*row) for row in tx.execute(_THREADS, {"source": source_id, "those": list(urls)})]
    return {thread.url: thread for thread in found}


def add_threads(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    add_rows(tx, threads, rows)


def describe_thread(tx: Tx, thread_id: int, **values: str) -> None:
    """Sets a thread's title or text, as far as given."""
    tx.execute(update(threads).where(threads.c.id == thread_id).values(**values))


def add_comments(tx: Tx, source_id: int, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """New comments of one source in one statement; their ids in the order given."""
    if not rows:
        return []
    last = tx.execute(_LAST).scalar_one()
    add_rows(tx, comments, [{**row, "source_id": source_id} for row in rows])
    # Asking afterwards takes half the time of returning the ids in their order; nobody else writes meanwhile.
    added = tx.execute(_ADDED, {"last": last})
    ids = {row.identity: row.id for row in added}
    return [ids[row["identity"]] for row in rows]


def add_revisions(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    add_rows(tx, revisions, rows)


def assessment_row(comment_id: int, revision: int, assessment: Assessment, at: datetime) -> dict[str, Any]:
    """An assessment as a row. Its reasons are kept as spans: the words stay in the revision alone."""
    reasons = [{name: getattr(reason, name) for name in _REASON} for reason in assessment.reasons]
    return {
        "comment_id": comment_id,
        "revision": revision,
        "flagged": assessment.flagged,
        "severity": int(assessment.severity),
        "sentiment": assessment.sentiment,
        "worst": assessment.worst,
        "negative": assessment.negative,
        "spam": assessment.spam,
        "focus_start": assessment.focus[0],
        "focus_end": assessment.focus[1],
        "matters": list(assessment.matters),
        "reasons": reasons,
        "degraded": list(assessment.degraded),
        "version": assessment.version,
        "at": at,
        "before": assessment.before,
        "signals": _signals_row(assessment) if assessment.signals else None,
    }


def _signals_row(assessment: Assessment) -> dict[str, Any]:
    """What is kept of the signals: of each that something here gives its score, chance and who says so; and of those
    that are raised the words that moved them, as spans."""
    there = [one for one in assessment.signals if one.name not in assessment.absent]
    shown = {
        one.name: [[span.start, span.end, round(span.share, 4)] for span in one.spans[:_SPANS]]
        for one in there
        if one.raised and one.spans
    }
    return {
        "said": {one.name: [one.score, one.chance, one.by[:_BY]] for one in there},
        "spans": shown,
        "kinds": list(assessment.kinds[:_SPANS]) if "personal_data" in shown else [],
        "unmeasured": list(assessment.unmeasured),
    }


def add_assessments(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    add_rows(tx, assessments, rows)


def change(tx: Tx, comment_id: int, **values: Any) -> None:
    """Sets columns of a comment; a new revision's assessment is there already."""
    with rollups.recounted(tx, [comment_id] if rollups.WHAT_COUNTS & values.keys() else []):
        set_columns(tx, comment_id, **values)


def set_columns(tx: Tx, comment_id: int, **values: Any) -> None:
    """As `change`, for whoever counts many at once."""
    tx.execute(update(comments).where(comments.c.id == comment_id).values(**values))


def mark_ours(tx: Tx, source_id: int, identity: str) -> None:
    """A comment that was read before it was known to be our own answer."""
    mine = comments.c.source_id == source_id, comments.c.identity == identity
    with rollups.recounted(tx, list(tx.execute(select(comments.c.id).where(*mine)).scalars())):
        tx.execute(update(comments).where(*mine).values(ours=True, flagged=False, spam=False))


def get(tx: Tx, comment_id: int) -> Comment | None:
    row = tx.execute(present().where(comments.c.id == comment_id)).first()
    return record(Comment, row) if row else None


def thread(tx: Tx, thread_id: int) -> Thread | None:
    row = tx.execute(select(threads).where(threads.c.id == thread_id)).first()
    return record(Thread, row) if row else None


def of_thread(tx: Tx, thread_id: int, limit: int = THREAD_LIMIT) -> list[Comment]:
    """The comments of a thread in the order they were written, at most `limit`, the newest of them."""
    newest = present().where(comments.c.thread_id == thread_id).order_by(comments.c.id.desc()).limit(limit)
    found = records(Comment, tx.execute(newest))
    return sorted(found, key=lambda c: (c.published_at or c.read_at, c.id))


def former(tx: Tx, comment_id: int, number: int) -> str | None:
    """The text of one revision, None where there is none."""
    mine = (revisions.c.comment_id == comment_id) & (revisions.c.number == number)
    return tx.execute(select(revisions.c.text).where(mine)).scalar()


def assessment(tx: Tx, comment_id: int, revision: int) -> Assessment | None:
    """The newest assessment of one revision, with the words of its spans."""
    row = tx.execute(
        select(assessments, revisions.c.text)
        .join(
            revisions,
            and_(revisions.c.comment_id == assessments.c.comment_id, revisions.c.number == assessments.c.revision),
        )
        .where(assessments.c.comment_id == comment_id, assessments.c.revision == revision)
        .order_by(assessments.c.id.desc())
        .limit(1)
    ).first()
    return _as_assessment(row._mapping) if row else None


def assessments_of(tx: Tx, comment_ids: Iterable[int]) -> dict[int, Assessment]:
    """The newest assessment of the present revision of each comment."""
    ids = list(comment_ids)
    rows = tx.execute(
        select(assessments, revisions.c.text)
        .join(comments, and_(comments.c.id == assessments.c.comment_id, comments.c.revision == assessments.c.revision))
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .where(assessments.c.comment_id.in_(ids))
        .order_by(assessments.c.id)
    )
    return {row.comment_id: _as_assessment(row._mapping) for row in rows}


def overruled(tx: Tx, comment_ids: Sequence[int]) -> dict[int, Assessment]:
    """Those of these that the first look would have raised and the second look has left in peace, by what the first has
    said."""
    present = and_(comments.c.id == assessments.c.comment_id, comments.c.revision == assessments.c.revision)
    words = and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
    query = select(assessments, revisions.c.text).join(comments, present).join(revisions, words)
    left = assessments.c.comment_id.in_(comment_ids), ~comments.c.flagged, assessments.c.flagged
    rows = tx.execute(query.where(*left, _followed(~_newer.c.flagged)))
    return {row.comment_id: _as_assessment(row._mapping) for row in rows}


_newer = assessments.alias()


def _followed(*by: Any) -> Any:
    """Whether a newer assessment of the same revision has followed one."""
    same = _newer.c.comment_id == assessments.c.comment_id, _newer.c.revision == assessments.c.revision
    return exists().where(*same, _newer.c.id > assessments.c.id, *by)


def suspected_spam(tx: Tx, comment_ids: Sequence[int]) -> set[int]:
    """Those of the comments whose present text is spam by its newest assessment."""
    present = and_(comments.c.id == assessments.c.comment_id, comments.c.revision == assessments.c.revision)
    newest = (
        select(func.max(assessments.c.id))
        .join(comments, present)
        .where(assessments.c.comment_id.in_(comment_ids))
        .group_by(assessments.c.comment_id)
    )
    query = select(assessments.c.comment_id).where(assessments.c.id.in_(newest), assessments.c.spam >= THRESHOLD)
    return set(tx.execute(query).scalars())


def _as_assessment(row: Mapping[Any, Any]) -> Assessment:
    text: str = row["text"]
    return Assessment(
        flagged=row["flagged"],
        severity=Severity(row["severity"]),
        sentiment=row["sentiment"],
        worst=row["worst"],
        negative=row["negative"],
        spam=row["spam"],
        matters=tuple(row["matters"]),
        reasons=tuple(Reason(**reason, text=text[reason["start"] : reason["end"]]) for reason in row["reasons"]),
        focus=(row["focus_start"], row["focus_end"]),
        degraded=tuple(row["degraded"]),
        version=row["version"],
        before=row["before"],
        **(_signals_of(row["signals"]) if row["signals"] else {}),
    )


def _signal(name: str, said: Sequence[Any], spans: Sequence[Sequence[Any]]) -> Signal:
    score, chance, by = said
    return Signal(name, score, chance, by, tuple(Share(*span) for span in spans))


def _signals_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an assessment that its signals make; one that nothing gave then is absent."""
    said, spans = kept["said"], kept["spans"]
    return {
        "signals": tuple(
            _signal(name, said[name], spans.get(name, ())) if name in said else Signal(name) for name in SIGNALS
        ),
        "absent": tuple(name for name in SIGNALS if name not in said),
        "unmeasured": tuple(kept["unmeasured"]),
        "kinds": tuple(kept["kinds"]),
    }


def page(  # noqa: PLR0913 (each narrows it down)
    tx: Tx,
    *,
    source_id: int | None = None,
    without: Collection[int] = (),
    only: str = "all",
    before_id: int | None = None,
    thread_id: int | None = None,
    matters: Sequence[str] = (),
    ours: bool = True,
    since: datetime | None = None,
    until: datetime | None = None,
    ids: Collection[int] | None = None,
    limit: int = PAGE,
) -> list[Comment]:
    """Comments, newest first. `only` is 'all', 'flagged', 'spam', 'calm', or as they are counted 'negative' or 'first'
    (of their author); `before_id` is the last id of the page before; with `ids` these alone; those of the sources
    `without` left out, and without `ours` what we wrote. What is counted, and what is about matters (one of them is
    enough), is looked for among the newest few thousand before `until`."""
    query = present().order_by(comments.c.at.desc(), comments.c.id.desc()).limit(limit)
    query = query.where(comments.c.status != "undone")  # of an upload that was undone: its closed case shows it
    if source_id is not None:
        query = query.where(comments.c.source_id == source_id)
    if only in _ONLY:
        query = query.where(_ONLY[only])
    if only in COUNTED:
        query = query.where(comments.c.id.in_(select(_newest(since, until, before_id).c.id)))
    if not ours:
        query = query.where(~comments.c.ours)
    if without:
        query = query.where(comments.c.source_id.not_in(without))
    if thread_id is not None:
        query = query.where(comments.c.thread_id == thread_id)
    if since is not None:
        query = query.where(comments.c.at >= since)
    if until is not None:
        query = query.where(comments.c.at < until)
    if ids is not None:
        query = query.where(comments.c.id.in_(ids))
    if matters:
        query = query.where(comments.c.id.in_(_about(matters, since, until, before_id)))
    if before_id is not None:
        last = select(comments.c.at, comments.c.id).where(comments.c.id == before_id).subquery()
        older = (comments.c.at < last.c.at) | ((comments.c.at == last.c.at) & (comments.c.id < last.c.id))
        query = query.join(last, older)
    return records(Comment, tx.execute(query))


def _about(matters: Sequence[str], since: datetime | None, until: datetime | None, before_id: int | None) -> Any:
    """A query of the ids of strangers' comments whose newest assessment names one of some matters, among the newest
    LOOKED_AT."""
    some = _newest(since, until, before_id)
    judged = and_(assessments.c.comment_id == some.c.id, assessments.c.revision == some.c.revision)
    listed = cast(assessments.c.matters, String)
    named = or_(*(listed.contains(json.dumps(matter), autoescape=True) for matter in matters))
    return select(some.c.id).join(assessments, judged).where(named, ~_followed())


def _newest(since: datetime | None, until: datetime | None, before_id: int | None) -> Any:
    """The newest LOOKED_AT comments of strangers."""
    newest = select(comments.c.id, comments.c.revision).where(~comments.c.ours)
    if since is not None:
        newest = newest.where(comments.c.at >= since)
    if until is not None:
        newest = newest.where(comments.c.at < until)
    if before_id is not None:
        moment = select(comments.c.at).where(comments.c.id == before_id).scalar_subquery()
        newest = newest.where(comments.c.at <= moment)
    return newest.order_by(comments.c.at.desc(), comments.c.id.desc()).limit(LOOKED_AT).subquery()


def our_answers(tx: Tx, source_id: int, identities: Sequence[str], limit: int = OUR_ANSWERS) -> list[Comment]:
    """Comments of ours that answer some of a source's, the newest first."""
    if not identities:
        return []
    mine = and_(comments.c.source_id == source_id, comments.c.ours, comments.c.parent_identity.in_(identities))
    # Found first and ordered then: in one step, all comments of the source would be walked through by their moments.
    found = tx.execute(select(comments.c.id).where(mine).limit(_MOST_ANSWERS)).scalars().all()
    query = present().where(comments.c.id.in_(found)).order_by(comments.c.at.desc(), comments.c.id.desc())
    return records(Comment, tx.execute(query.limit(limit)))


def published_by_us(tx: Tx, source_id: int, identities: Sequence[str]) -> set[str]:
    """Those of the identities that one of our publications became."""
    rows = tx.execute(_PUBLISHED, {"source": source_id, "those": list(identities)})
    return {identity for row in rows for identity in row} & set(identities)
