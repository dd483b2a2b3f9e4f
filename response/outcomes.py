"""What an attempt comes to, in rows: published, held, not sent, or unconfirmed; and when the response is done."""

import re
from datetime import datetime
from functools import lru_cache

from channels.shape import Posted
from channels.wordpress import api as wordpress
from channels.wordpress import posts
from model.language import NAMES, _, later, using
from model.words import CaseOutcome, CaseState, PublicationState, ResponseState
from response import cases
from response.notices import NOT_SENT, UNCONFIRMED, About, notify
from response.workflow import Move, after
from store import audit, comments, publications, responses
from store import cases as case_rows
from store.db import Tx
from store.publications import Publication

S = PublicationState
_TWICE = later(
    "This answer stands on the blog twice, as two attempts arrived: {first} and {second} Delete one of them there; "
    "then say on the page Unconfirmed that one is left."
)
_MAY_BE_TWICE = later(
    "This answer may stand on the blog twice: at {first} by hand, and at {second} Look; if so, delete one of them "
    "there; then say on the page Unconfirmed that one is left."
)
_BROKEN_OFF = later(
    "This answer may stand on the blog twice: another attempt than {first} broke off. Look; if so, delete one of them "
    "there; then say on the page Unconfirmed that one is left."
)
_OUT = (ResponseState.APPROVED, ResponseState.HELD, ResponseState.WITHDRAWN)


def posted(
    tx: Tx, publication: Publication, answer: Posted, text: str, now: datetime, attempt_id: int | None = None
) -> None:
    """Our answer stands on the blog: whoever saw it tells the truth, whatever was thought before.

    `attempt_id` is the attempt that tells of it; None where a look has found it.
    """
    problem = _problem(answer, text)
    if attempt_id is None and (left_open := publications.open_attempt(tx, publication.id)):
        attempt_id = left_open.id
    if attempt_id is not None:
        publications.end_attempt(tx, attempt_id, "posted", problem, now)
    if publication.state is S.PUBLISHED:
        _told_again(tx, publication, answer, now)
        return
    published(tx, publication, answer.identity, answer.url, problem, now, by=None)


def _told_again(tx: Tx, publication: Publication, answer: Posted, now: datetime) -> None:
    """Somebody else tells of an answer that is known to be there: of the same one, or of a second."""
    if answer.identity in (publication.external_id, publication.second_id):
        return
    if publication.external_id or _names_another(publication.url, answer):
        twice(tx, publication, answer, now)
        return
    # A person has given this address; now its name there is known too.
    publications.move(tx, publication.id, S.PUBLISHED, S.PUBLISHED, now, external_id=answer.identity)
    _ours(tx, publication, answer.identity)
    audit.record(
        tx, "publication.recognised", "response", publication.response_id, by=None, at=now, publication=publication.id
    )


def _names_another(address: str, answer: Posted) -> bool:
    """Whether an address that a person gave is that of another comment, or another post."""
    if posts.is_post(answer.identity):
        return address.rstrip("/") != answer.url.rstrip("/")
    _before, mark, number = address.rpartition("#comment-")
    return bool(mark) and answer.identity != f"wp:{number}"


def twice(tx: Tx, publication: Publication, second: Posted | None, now: datetime) -> None:
    """A published answer is there once more, or (`second` is None) may be: a person sees to it that one is left."""
    known = {"second_id": second.identity, "second_url": second.url} if second else {}
    said = _said_of_two(publication, second)
    problem = " ".join(part for part in (publication.problem, said) if part)
    publications.move(tx, publication.id, S.PUBLISHED, S.PUBLISHED, now, doubled_at=now, problem=problem, **known)
    if second:
        _ours(tx, publication, second.identity)
    audit.record(
        tx, "publication.twice", "response", publication.response_id, by=None, at=now, publication=publication.id
    )


def _said_of_two(publication: Publication, second: Posted | None) -> str:
    """That an answer is there twice, or may be, and what to do."""
    first = publication.url or _("the thread")
    if second is None:
        return _(_BROKEN_OFF, first=first)
    return _(_TWICE if publication.external_id else _MAY_BE_TWICE, first=first, second=second.url)


def without_two(problem: str) -> str:
    """What else is to be said once one is left."""
    return _of_two().sub("", problem).strip()


@lru_cache(maxsize=1)
def _of_two() -> re.Pattern[str]:
    """What `_said_of_two` says, in whichever language it was stored."""
    said = []
    for language in NAMES:
        with using(language):
            said += [_(text) for text in (_TWICE, _MAY_BE_TWICE, _BROKEN_OFF)]
    return re.compile("|".join(".*?".join(map(re.escape, re.split(r"\{\w+\}", text))) for text in said), re.DOTALL)


def _ours(tx: Tx, publication: Publication, identity: str) -> None:
    """A read between the call and this moment has taken our own answer for a stranger's."""
    if identity and publication.source_id is not None:
        comments.mark_ours(tx, publication.source_id, identity)


def stopped(tx: Tx, publication: Publication, to: PublicationState, problem: str, now: datetime) -> None:
    """It is held, not sent or unconfirmed: its response waits for a person, who is told why."""
    over = {"looking_since": None, "look_at": None, "pause_id": None}
    publications.move(tx, publication.id, publication.state, to, now, problem=problem, **over)
    response = responses.get(tx, publication.response_id)
    if response and response.state is ResponseState.APPROVED:
        responses.change(tx, response.id, response.version, state=after(response.state, Move.HOLD))
    if response and (kind := {S.UNCONFIRMED: UNCONFIRMED, S.FAILED: NOT_SENT, S.HELD: NOT_SENT}.get(to)):
        about = About("publication", publication.id, publication.attempt, response.id, response.case_id)
        notify(tx, kind, {response.author_id}, about, now)
    audit.record(
        tx,
        f"publication.{to.value}",
        "response",
        publication.response_id,
        by=None,
        at=now,
        publication=publication.id,
    )


def published(
    tx: Tx, publication: Publication, external_id: str, url: str, problem: str, now: datetime, *, by: int | None
) -> None:
    """Marks a publication as published; when it was the last one, the response and its case are done."""
    publications.move(
        tx,
        publication.id,
        publication.state,
        S.PUBLISHED,
        now,
        external_id=external_id,
        url=url if url.startswith(("https://", "http://")) else "",
        published_at=now,
        problem=problem,
        looking_since=None,
        look_at=None,
        restored_at=None,
    )
    audit.record(
        tx,
        "publication.published",
        "response",
        publication.response_id,
        by=by,
        at=now,
        publication=publication.id,
        content=publication.content_hash,
    )
    _ours(tx, publication, external_id)
    complete(tx, publication.submission_id, publication.response_id, now, by=by)


def complete(tx: Tx, submission_id: int, response_id: int, now: datetime, *, by: int | None) -> None:
    """Once each target is published or dropped, and one published, the response is published and its case closed."""
    states = [one.state for one in publications.of_submission(tx, submission_id)]
    if not all(state in (S.PUBLISHED, S.DROPPED) for state in states) or S.PUBLISHED not in states:
        return
    response = responses.get(tx, response_id)
    if response is None or response.state not in _OUT:
        return  # it is being written anew: what arrived late is on its publication's row, and in the record
    responses.change(tx, response_id, response.version, state=ResponseState.PUBLISHED)
    responses.end_submission(tx, submission_id, "published", now)
    case = case_rows.get(tx, response.case_id) if response.case_id is not None else None
    submission = responses.submission(tx, submission_id)
    if case is None or submission is None or case.state != CaseState.OPEN:
        return
    answered = frozenset(t.comment_id for t in responses.targets(tx, response_id) if t.comment_id is not None)
    if case_rows.joined_since(tx, case.id, submission.at, answered):
        # Nobody who wrote or approved this answer has seen what joined since; the case stays open for it.
        audit.record(tx, "case.answered_in_part", "case", case.id, by=by, at=now, response=response_id)
        return
    cases.close(tx, case.id, case.version, CaseOutcome.ANSWERED, now, by=by)
    audit.record(tx, "case.answered", "case", case.id, by=by, at=now, response=response_id)


def _problem(answer: Posted, text: str) -> str:
    """What differs between what was approved and what the blog stored, or shows; empty when nothing does."""
    if posts.is_post(answer.identity):
        return posts.problem(answer, text)
    found = []
    if answer.status == "hold":
        found.append(
            _("The blog holds our answer for moderation: readers do not see it until somebody approves it there.")
        )
    elif answer.status not in ("approved", "approve"):
        found.append(_("The blog gave our answer the status '{status}'.", status=answer.status))
    if answer.raw and answer.raw != text:
        found.append(_("The blog stored another text than the one that was approved."))
    different = wordpress.difference(text, answer.rendered) if answer.rendered else ""
    return " ".join([*found, different]).strip()
