"""What is on its way out, with everything about it: for the gate, for the attempt, for looking for it afterwards."""

from dataclasses import dataclass
from datetime import datetime

from model.content import content_hash
from model.language import _
from model.words import PublicationState, ResponseState
from response import blogs, pausing
from response.gate import Picture
from store import comments, publications, responses, sample, sources
from store.comments import Comment
from store.db import Tx
from store.publications import Publication
from store.responses import Submission
from store.sources import Source


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A publication with its approval, its exact text, the comment it answers and the source that it goes to."""

    publication: Publication
    submission: Submission
    text: str
    comment: Comment | None
    source: Source | None
    known_until: datetime
    """Answers of ours up to then were known to who wrote this one, or to who said that it be sent all the same."""
    known: frozenset[str] = frozenset()
    """Later ones that were known too, by the channel's names for them."""


def outgoing(tx: Tx, publication_id: int) -> Outgoing | None:
    """A publication with everything about it; None when there is none."""
    publication = publications.get(tx, publication_id)
    submission = responses.submission(tx, publication.submission_id) if publication else None
    if publication is None or submission is None:
        return None
    target = publication.target
    comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
    known_until, known = _known(tx, publication, submission, comment)
    return Outgoing(
        publication=publication,
        submission=submission,
        text=responses.version(tx, submission.response_id, submission.version_number).content.text,
        comment=comment,
        source=sources.get(tx, target.source_id) if target.source_id is not None else None,
        known_until=known_until,
        known=known,
    )


def _known(
    tx: Tx, publication: Publication, submission: Submission, comment: Comment | None
) -> tuple[datetime, frozenset[str]]:
    """Until when all our answers to the comment (or, of a post, all our posts) were known, and which of those after it.

    What went out between a backup and its restore nobody here knows, however long ago that was. So it counts as new
    until a person was told of it, and said that this one be sent all the same.
    """
    if publication.restored_at is None and publication.released_at is not None:
        return publication.released_at, frozenset()
    backup = publications.restored_from(tx)
    if backup is None or backup >= submission.at:
        return submission.at, frozenset()
    if comment is None:
        source_id = publication.target.source_id
        posted = publications.posts_known(tx, source_id, submission.at) if source_id is not None else set()
        return backup, frozenset(posted)
    read = comments.our_answers(tx, comment.source_id, [comment.identity])
    seen = {one.identity for one in read if one.read_at <= submission.at}
    return backup, frozenset(seen | publications.answers_known(tx, comment.id, submission.at))


def picture(tx: Tx, publication: Publication, submission: Submission, now: datetime) -> Picture:
    """What the gate looks at, as the database has it in this transaction."""
    version = responses.version(tx, submission.response_id, submission.version_number)
    response = responses.get(tx, submission.response_id)
    target = publication.target
    comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
    source = sources.get(tx, target.source_id) if target.source_id is not None else None
    handed = publication.state is PublicationState.HAND_OFF
    return Picture(
        now=now,
        approved=response is not None and response.state is ResponseState.APPROVED and submission.ended_at is None,
        approved_hash=publication.content_hash,
        present_hash=content_hash(version.content) if target in version.content.targets else "",
        answered_revision=target.comment_revision,
        present_revision=comment.revision if comment else None,
        comment_deleted=target.comment_id is not None and (comment is None or comment.deleted_at is not None),
        answered_elsewhere=_answered_elsewhere(tx, publication, comment, publication.released_at or submission.at),
        send_from=version.content.send_from,
        send_until=submission.send_until,
        paused=pausing.why(tx, submission.response_id, target.channel, now),
        # What a person posts by hand goes where that person takes it, in a story as well.
        sample=not handed and sample.is_sample(tx),
        source_ready=handed or (source is not None and source.active and blogs.publishes(source, target)),
    )


def _answered_elsewhere(tx: Tx, publication: Publication, comment: Comment | None, known_until: datetime) -> str:
    """Another answer of ours under the same comment since, published from here or seen on the blog."""
    if comment is None:
        return ""
    for other in publications.published_answers(tx, comment.id, publication.response_id):
        if other.published_at and other.published_at > known_until:
            return _("another answer was published at {place}.", place=other.url or _("the channel"))
    for reply in comments.our_answers(tx, comment.source_id, [comment.identity]):
        if reply.identity != publication.external_id and (reply.published_at or reply.read_at) > known_until:
            return _("our account has answered it at {url}", url=reply.url)
    return ""
