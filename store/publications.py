"""Queries on publications, their attempts and the looks for them, and on what the gate has to know."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from model.content import Target
from model.language import _, later
from model.words import Channel, PublicationState, ResponseState
from store import audit, done
from store.db import Tx
from store.rows import record, records
from store.schema import facts, publication_attempts, publication_looks, publications, responses, submissions

FOUND, NOT_THERE, COULD_NOT_LOOK = "found", "not there", "could not look"
AFTER_A_RESTORE = later("Held after a restore: look whether it is there, then release it.")
RESTORED = "restored from"  # the fact that holds when the backup was made
SINCE_THE_BACKUP = later(
    "A backup was restored: it may have gone out since that backup was made. Look whether it is there."
)


@dataclass(frozen=True, slots=True)
class Publication:
    """One target of an approved response. `problem` is for people, empty when all is well.

    `looking_since` is set while nobody knows how the last attempt ended. `look_at` says, while it is publishing, from
    when on somebody has to look for our answer. `restored_at` is set from a restore on until the blog was asked whether
    it had gone out since the backup. `pause_id` is set while it waits for the end of a pause. `doubled_at` is set while
    a person has to see to it that our answer stands there once: `second_id` and `second_url` are the other one, None
    when only its attempt is known.
    """

    id: int
    submission_id: int
    response_id: int
    source_id: int | None
    comment_id: int | None
    target: Target
    content_hash: str
    state: PublicationState
    not_before: datetime
    released_at: datetime | None
    attempt: int
    fence: int
    external_id: str
    url: str
    published_at: datetime | None
    problem: str
    changed_at: datetime
    looking_since: datetime | None = None
    look_at: datetime | None = None
    restored_at: datetime | None = None
    second_id: str | None = None
    second_url: str | None = None
    doubled_at: datetime | None = None
    pause_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try; without `ended_at` nobody knows how it ended."""

    id: int
    publication_id: int
    number: int
    fence: int
    at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Look:
    """Once that our answer was looked for: what came of it (`found`, one of three words) and what was seen."""

    publication_id: int
    attempt: int
    number: int
    at: datetime
    found: str
    detail: str


def add(tx: Tx, *, target: Target, **values: Any) -> int:
    own = {"target": asdict(target), "source_id": target.source_id, "comment_id": target.comment_id}
    return int(tx.execute(insert(publications).values(**values, **own).returning(publications.c.id)).scalar_one())


def get(tx: Tx, publication_id: int) -> Publication | None:
    row = tx.execute(select(publications).where(publications.c.id == publication_id)).first()
    return _publication(row) if row else None


def of_submission(tx: Tx, submission_id: int) -> list[Publication]:
    query = select(publications).where(publications.c.submission_id == submission_id).order_by(publications.c.id)
    return [_publication(row) for row in tx.execute(query)]


def of_response(tx: Tx, response_id: int) -> list[Publication]:
    """All publications of a response, oldest first."""
    query = select(publications).where(publications.c.response_id == response_id).order_by(publications.c.id)
    return [_publication(row) for row in tx.execute(query)]


def published_answers(tx: Tx, comment_id: int, other_than_response: int) -> list[Publication]:
    """Published answers to one comment that belong to another response, the ten newest."""
    query = select(publications).where(
        publications.c.comment_id == comment_id,
        publications.c.response_id != other_than_response,
        publications.c.state == PublicationState.PUBLISHED,
    )
    return [_publication(row) for row in tx.execute(query.order_by(publications.c.id.desc()).limit(10))]


def _publication(row: Any) -> Publication:
    target = Target(**{**row.target, "channel": Channel(row.target["channel"])})
    values = {**row._mapping, "target": target, "state": PublicationState(row.state)}
    return Publication(**{name: values[name] for name in Publication.__dataclass_fields__})


def move(
    tx: Tx, publication_id: int, seen: PublicationState, to: PublicationState, now: datetime, **values: Any
) -> bool:
    """Changes the state if it is still the one that was seen; False when somebody else was first."""
    mine = update(publications).where(publications.c.id == publication_id, publications.c.state == seen)
    moved = tx.execute(mine.values(state=to, changed_at=now, **values)).rowcount == 1
    if moved and to is PublicationState.PUBLISHED is not seen:
        done.count_published(tx, publication_id)
    return moved


def begin_attempt(tx: Tx, publication_id: int, number: int, fence: int, now: datetime) -> int:
    """The intent: written and committed before the call. Raises IntegrityError when this number was used."""
    values = {"publication_id": publication_id, "number": number, "fence": fence, "at": now}
    made = tx.execute(insert(publication_attempts).values(values).returning(publication_attempts.c.id))
    return int(made.scalar_one())


def end_attempt(tx: Tx, attempt_id: int, outcome: str, detail: str, now: datetime) -> None:
    mine = update(publication_attempts).where(publication_attempts.c.id == attempt_id)
    tx.execute(mine.values(outcome=outcome, detail=detail[:2000], ended_at=now))


def note_attempt(tx: Tx, attempt_id: int, detail: str) -> None:
    """Why nobody knows how an attempt ended; it stays open."""
    mine = update(publication_attempts).where(publication_attempts.c.id == attempt_id)
    tx.execute(mine.values(detail=detail[:2000]))


def open_attempt(tx: Tx, publication_id: int) -> Attempt | None:
    """The attempt whose end nobody recorded."""
    query = select(publication_attempts).where(
        publication_attempts.c.publication_id == publication_id, publication_attempts.c.ended_at.is_(None)
    )
    row = tx.execute(query.order_by(publication_attempts.c.number.desc()).limit(1)).first()
    return record(Attempt, row) if row else None


def attempts_of(tx: Tx, publication_ids: Sequence[int]) -> list[Attempt]:
    """The attempts of some publications, oldest first, at most a thousand."""
    query = select(publication_attempts).where(publication_attempts.c.publication_id.in_(publication_ids))
    ordered = query.order_by(publication_attempts.c.publication_id, publication_attempts.c.number).limit(1000)
    return records(Attempt, tx.execute(ordered))


def count_attempts(tx: Tx, publication_id: int, since: datetime | None) -> int:
    """How many attempts were made for a publication, since a moment if one is given."""
    mine = [publication_attempts.c.publication_id == publication_id]
    if since is not None:
        mine.append(publication_attempts.c.at >= since)
    return int(tx.execute(select(func.count()).select_from(publication_attempts).where(*mine)).scalar_one())


def in_doubt(tx: Tx, publication: Publication) -> bool:
    """Whether it may be there without our knowing: since a restore, or after an attempt whose end nobody saw."""
    if publication.restored_at is not None:
        return True
    unseen = or_(
        publication_attempts.c.ended_at.is_(None), publication_attempts.c.outcome.in_(("unconfirmed", "unknown"))
    )
    query = select(publication_attempts.c.id).where(publication_attempts.c.publication_id == publication.id, unseen)
    return tx.execute(query.limit(1)).first() is not None


# --- looking for our own answer --------------------------------------------------------------------------------------


def add_look(tx: Tx, publication_id: int, attempt: int, number: int, at: datetime, found: str, detail: str) -> bool:
    """Records a look; False when another worker has recorded this one."""
    values = {"publication_id": publication_id, "attempt": attempt, "number": number, "at": at, "found": found}
    try:
        with tx.begin_nested():
            tx.execute(insert(publication_looks).values(**values, detail=detail[:2000]))
    except IntegrityError:
        return False
    return True


def count_looks(tx: Tx, publication_id: int, attempt: int) -> int:
    """How often our answer was looked for after this attempt."""
    mine = publication_looks.c.publication_id == publication_id, publication_looks.c.attempt == attempt
    return int(tx.execute(select(func.count()).select_from(publication_looks).where(*mine)).scalar_one())


def looks_of(tx: Tx, publication_ids: Sequence[int]) -> list[Look]:
    """The looks for some publications, in the order they were made, at most a thousand."""
    query = select(publication_looks).where(publication_looks.c.publication_id.in_(publication_ids))
    return records(Look, tx.execute(query.order_by(publication_looks.c.id).limit(1000)))


def overdue(tx: Tx, now: datetime, limit: int = 100) -> list[Publication]:
    """What should be sent or looked for by now; the rows say so, whatever became of the jobs."""
    due = or_(
        and_(publications.c.state == PublicationState.SCHEDULED, publications.c.not_before <= now),
        and_(publications.c.state == PublicationState.PUBLISHING, publications.c.look_at <= now),
    )
    return [
        _publication(row)
        for row in tx.execute(select(publications).where(due).order_by(publications.c.id).limit(limit))
    ]


def in_state(tx: Tx, state: PublicationState, limit: int = 100) -> list[Publication]:
    """The publications in one state, those that have been in it longest first."""
    query = select(publications).where(publications.c.state == state)
    return [_publication(row) for row in tx.execute(query.order_by(publications.c.changed_at).limit(limit))]


def doubled(tx: Tx, limit: int = 20) -> list[Publication]:
    """Our answers that stand on a blog twice, as far as anybody knows; those known longest first."""
    query = select(publications).where(publications.c.doubled_at.is_not(None)).order_by(publications.c.doubled_at)
    return [_publication(row) for row in tx.execute(query.limit(limit))]


def count_in_state(tx: Tx, state: PublicationState) -> int:
    query = select(func.count()).select_from(publications).where(publications.c.state == state)
    return int(tx.execute(query).scalar_one())


# --- after a restore -------------------------------------------------------------------------------------------------


_ON_ITS_WAY = (PublicationState.SCHEDULED, PublicationState.PUBLISHING)
_LEFT_TO_PEOPLE = (
    PublicationState.HELD,
    PublicationState.FAILED,
    PublicationState.UNCONFIRMED,
    PublicationState.HAND_OFF,
)


def hold_after_restore(tx: Tx, now: datetime) -> int:
    """Holds whatever was on its way out when the backup was made; returns how many a person has to look at.

    What became of it after that moment nobody here knows. A person looks and releases each; it is then looked for
    before it is sent. The same holds for what waited for a person then: it may have been sent again, or posted by hand,
    since.
    """
    live = select(submissions.c.id).where(submissions.c.ended_at.is_(None))
    on_its_way = publications.c.state.in_(_ON_ITS_WAY)
    with_people = publications.c.state.in_(_LEFT_TO_PEOPLE) & publications.c.submission_id.in_(live)
    unmarked = with_people & publications.c.restored_at.is_(None)  # not yet so since an earlier restore
    either = select(publications.c.id, publications.c.response_id, publications.c.state).where(on_its_way | unmarked)
    in_doubt = tx.execute(either.order_by(publications.c.id)).all()
    before = tx.execute(select(func.count()).select_from(publications).where(with_people & ~unmarked)).scalar_one()
    still_open = (
        publication_attempts.c.ended_at.is_(None),
        publication_attempts.c.publication_id.in_(select(publications.c.id).where(on_its_way)),
    )
    ended = {"ended_at": now, "outcome": "unknown", "detail": _("Unknown after a restore.")}
    tx.execute(update(publication_attempts).where(*still_open).values(**ended))
    of_these = responses.c.id.in_(select(publications.c.response_id).where(on_its_way))
    approved = update(responses).where(of_these, responses.c.state == ResponseState.APPROVED)
    tx.execute(approved.values(state=ResponseState.HELD, version=responses.c.version + 1))
    said = {"problem": func.ltrim(publications.c.problem + f" {SINCE_THE_BACKUP}"), "restored_at": now}
    tx.execute(update(publications).where(unmarked).values(**said))
    to = {"state": PublicationState.HELD, "changed_at": now, "problem": AFTER_A_RESTORE, "restored_at": now}
    tx.execute(update(publications).where(on_its_way).values(**to, looking_since=None, look_at=None))
    for row in in_doubt:
        became = "held" if row.state in _ON_ITS_WAY else "in_doubt"
        audit.record(
            tx,
            f"publication.{became}",
            "response",
            row.response_id,
            by=None,
            at=now,
            publication=row.id,
            restore=True,
        )
    return len(in_doubt) + int(before)


def restored_from(tx: Tx) -> datetime | None:
    """When the backup was made that this database was last filled from (aware); None when it never was."""
    value = tx.execute(select(facts.c.value).where(facts.c.name == RESTORED)).scalar()
    return datetime.fromisoformat(value) if value else None


def answers_known(tx: Tx, comment_id: int, until: datetime) -> set[str]:
    """What our publications to a comment became until a moment, by the channel's names; of the hundred newest."""
    query = select(publications.c.external_id, publications.c.second_id).where(
        publications.c.comment_id == comment_id, publications.c.published_at <= until
    )
    rows = tx.execute(query.order_by(publications.c.id.desc()).limit(100)).all()
    return {name for row in rows for name in row if name}


def posts_known(tx: Tx, source_id: int, until: datetime) -> set[str]:
    """What our posts on a source became until a moment, by the channel's names; of the hundred newest."""
    query = select(publications.c.external_id).where(
        publications.c.source_id == source_id,
        publications.c.external_id != "",
        publications.c.comment_id.is_(None),
        publications.c.published_at <= until,
    )
    return set(tx.execute(query.order_by(publications.c.id.desc()).limit(100)).scalars())
