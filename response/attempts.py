"""An attempt: exactly what was approved is sent, at most once.

In one transaction the gate is checked and the intent is written (attempt number, fence). Without any transaction the
blog is asked what stands there now, and the call is made; once its connection stands, immediately before each piece
of the request is written, gate and fence are checked once more. In a last transaction its outcome is stored. Where
nobody knows it, our answer is looked for (`response.looks`), and a person decides. Where the blog could not be reached,
and so nothing was sent, the next attempt is made by itself.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.faults import passes, without_promise
from channels.shape import WITHHELD, Outcome, Posted, Rejected, Unknown
from channels.wordpress import api as wordpress
from jobs import Context
from model import clock
from model.errors import LevelheadError
from model.language import _
from model.words import PublicationState
from response import blogs, looks, outcomes, pausing, posting
from response.gate import only_paused, stops
from response.outgoing import Outgoing, outgoing, picture
from store import audit, comments, publications
from store.comments import Comment
from store.db import Store, Tx
from store.publications import Publication

log = logging.getLogger("levelhead.publishing")
S = PublicationState
PAUSES_S = (5, 15, 40, 60, 120, 240, 360, 480, 600, 600, 600, 600)
"""How long after an attempt that did not reach the blog the next one is made; all together about an hour."""


def publish(context: Context) -> None:
    """The job: one attempt for one publication, if it is due."""
    with context.store.read() as tx:
        what = outgoing(tx, context.job.ref)
    if what is None or not _due(what):
        return
    if _may_be_there(what.publication) and _settled_by_a_look(context.store, what):
        return
    intent = _intent(context)
    if intent is None:
        return
    outcome = _send(context.store, intent)
    _finish(context.store, intent, outcome)


def _due(what: Outgoing) -> bool:
    """What is being sent is nobody else's to send; it is looked for when its time has come."""
    return what.publication.state is S.SCHEDULED and what.publication.not_before <= clock.now()


def _may_be_there(publication: Publication) -> bool:
    """Whether it may have arrived before: an earlier attempt, however late, or one that a restore forgot."""
    return bool(publication.attempt or publication.released_at or publication.restored_at)


def _settled_by_a_look(store: Store, what: Outgoing) -> bool:
    """Looks whether what a person sends again is there after all; whether nothing is to be sent now.

    After a restore another answer of ours may be there too: this one may have been changed, and sent, since the backup.
    """
    restored = what.publication.restored_at is not None
    try:
        found = looks.search(what)
        other = looks.unknown_answer(what) if restored and not isinstance(found, Posted) else None
    except LevelheadError:
        return False  # it cannot be sent either; the attempt will say so
    if isinstance(found, Posted):
        _found(store, what, found)
        return True
    return restored and _looked(store, what, other)


def _looked(store: Store, what: Outgoing, other: Posted | None) -> bool:
    """What a restore left open is known now: nothing of it is there, or another answer, of which a person is told."""
    now = clock.now()
    with store.write() as tx:
        publication = publications.get(tx, what.publication.id)
        if publication is None or publication.state is not S.SCHEDULED:
            return True  # somebody was faster
        publications.move(tx, publication.id, S.SCHEDULED, S.SCHEDULED, now, restored_at=None)
        audit.record(
            tx, "publication.looked", "response", publication.response_id, by=None, at=now, publication=publication.id
        )
        if other:
            url = other.url
            if publication.comment_id is not None:
                said = _(
                    "Our account has answered this comment after the backup was made, at {url} Nothing was sent.",
                    url=url,
                )
            else:
                said = _("Our account has posted this after the backup was made, at {url} Nothing was sent.", url=url)
            outcomes.stopped(tx, publication, S.HELD, said, now)
    return other is not None


def _found(store: Store, what: Outgoing, answer: Posted) -> None:
    with store.write() as tx:
        publication = publications.get(tx, what.publication.id)
        if publication:
            outcomes.posted(tx, publication, answer, what.text, clock.now())


@dataclass(frozen=True, slots=True)
class Intent:
    """What may be sent once, by this worker, for as long as its lease was when it said so."""

    context: Context
    what: Outgoing
    number: int
    attempt_id: int
    at: datetime
    began_s: float

    def stops(self) -> str:
        """Why this worker may not write to the blog now, in words; empty when it may.

        Two clocks: the machine's may be set, and the other one stands still while a machine sleeps.
        """
        late = max((clock.now() - self.at).total_seconds(), time.monotonic() - self.began_s)
        if late >= self.context.lease_seconds:
            return _("It took too long to get to the blog.")
        try:
            if not self.context.still_mine():
                return _("Another worker has taken over.")
            with self.context.store.read() as tx:
                now = outgoing(tx, self.what.publication.id)
                if now is None or not self._stands(now.publication):
                    return _("Somebody else has gone on with it.")
                return " ".join(stops(picture(tx, now.publication, now.submission, clock.now())))
        except Exception:
            log.exception("publication %s could not be checked before sending", self.what.publication.id)
            return _("The database could not be asked just before sending.")

    def _stands(self, publication: Publication) -> bool:
        """Whether nobody has decided on this attempt since, or begun to look for it."""
        return (
            publication.state is S.PUBLISHING
            and publication.attempt == self.number
            and publication.looking_since is None
        )


def _intent(context: Context) -> Intent | None:
    """Checks the gate and writes the intent, in one transaction; None when it is stopped or somebody was faster."""
    now, began_s = clock.now(), time.monotonic()
    with context.store.write() as tx:
        what = outgoing(tx, context.job.ref)
        if what is None or not _due(what) or not context.holds(tx):
            return None
        publication = what.publication
        seen = picture(tx, publication, what.submission, now)
        if only_paused(seen) and not publications.in_doubt(tx, publication):
            pausing.hold_back(tx, publication, what.submission, now)
            return None
        reasons = stops(seen)
        if reasons:
            _stopped(tx, publication, S.HELD, " ".join(reasons), now)
            return None
        number, fence = publication.attempt + 1, context.job.fence
        attempt_id = publications.begin_attempt(tx, publication.id, number, fence, now)
        # Once the lease is over, whoever made the attempt does not write any more, and others look for it.
        look_at = now + timedelta(seconds=context.lease_seconds)
        publications.move(
            tx,
            publication.id,
            S.SCHEDULED,
            S.PUBLISHING,
            now,
            attempt=number,
            fence=fence,
            look_at=look_at,
            looking_since=None,
            pause_id=None,
            problem="",
        )
        audit.record(
            tx,
            "publication.attempt",
            "response",
            publication.response_id,
            by=None,
            at=now,
            publication=publication.id,
            number=number,
            fence=fence,
        )
        return Intent(context, what, number, attempt_id, now, began_s)


def _send(store: Store, intent: Intent) -> Outcome:  # noqa: PLR0911 (one return for each thing that stops it)
    """The last look and the call. Everything that stops it before the call is a plain no: nothing was sent."""
    what = intent.what
    if what.publication.comment_id is None:
        again = intent.number > 1 or _may_be_there(what.publication)
        return posting.send(what, again=again, before_write=intent.stops)
    asked = blogs.number(what.comment.identity) if what.comment else None
    if what.comment is None or what.source is None or asked is None:
        return Rejected(_("The comment this answers is not known any more, so nothing was sent."))
    try:
        here, mine = blogs.site(what.source), int(what.source.account_id)
        there = wordpress.present(here, asked)
        again = intent.number > 1 or _may_be_there(what.publication)
        earlier = wordpress.find(here, there.post_id, asked, what.text, mine) if there and again else None
        since = what.known_until, what.known
        other = wordpress.answered_since(here, there.post_id, asked, mine, *since) if there else None
    except (LevelheadError, ValueError, KeyError, TypeError) as error:
        why = without_promise(error)
        said = _("Before sending, the blog could not be asked: {why} Nothing was sent.", why=why)
        return Rejected(said, passes=passes(error))
    if earlier:
        return earlier
    if there is None:
        _gone(store, what.comment)
        return Rejected(_("The comment this answers is gone from the blog. Nothing was sent."))
    if there.text != what.comment.text:
        return Rejected(_("The comment was edited on the blog after this answer was approved. Nothing was sent."))
    if not there.comments_open:
        return Rejected(_("Comments are closed on this post. Reopen them there, or drop the answer. Nothing was sent."))
    if other:
        same = not wordpress.difference(what.text, other.rendered)
        if same:
            return Rejected(
                _("The blog already has exactly this text from us, at {address} Nothing was sent.", address=other.url)
            )
        return Rejected(_("Our account has answered it since, at {address} Nothing was sent.", address=other.url))
    if reason := intent.stops():
        return Rejected(_("{reason} Nothing was sent.", reason=reason), WITHHELD)
    return wordpress.reply(here, there.post_id, asked, what.text, before_write=intent.stops)


def _gone(store: Store, comment: Comment) -> None:
    """The blog has no such comment any more."""
    now = clock.now()
    with store.write() as tx:
        known = comments.get(tx, comment.id)
        if known and known.deleted_at is None:
            comments.change(tx, comment.id, deleted_at=now)
            audit.record(tx, "comment.deleted", "comment", comment.id, by=None, at=now)


def _finish(store: Store, intent: Intent, outcome: Outcome) -> None:
    """Stores how an attempt ended.

    Only who wrote an intent ever sends it. So even a worker that lost its fence tells the truth when it says that the
    answer is there, or that nothing was sent; whoever looked meanwhile did not know.
    """
    now = clock.now()
    with store.write() as tx:
        publication = publications.get(tx, intent.what.publication.id)
        if publication is None:
            return
        if isinstance(outcome, Posted):
            outcomes.posted(tx, publication, outcome, intent.what.text, now, intent.attempt_id)
            return
        if publication.state is S.PUBLISHED:
            _beside(tx, intent, publication, outcome, now)
            return
        if publication.state is not S.PUBLISHING or publication.attempt != intent.number:
            return  # a person has decided since
        if isinstance(outcome, Rejected):
            publications.end_attempt(tx, intent.attempt_id, "failed", outcome.message, now)
            if outcome.code == WITHHELD and _paused(tx, intent, publication, now):
                return
            if not (outcome.passes and _tried_later(tx, publication, outcome.message, now)):
                _stopped(tx, publication, S.FAILED, outcome.message, now)
        elif publication.looking_since is None:
            looks.begin(tx, publication, outcome.message, now)


def _paused(tx: Tx, intent: Intent, publication: Publication, now: datetime) -> bool:
    """Whether publishing was paused between the intent and the call, and nothing else stops it: then it waits."""
    submission = intent.what.submission
    if not only_paused(picture(tx, publication, submission, now)) or publications.in_doubt(tx, publication):
        return False
    pausing.hold_back(tx, publication, submission, now)
    return True


def pause_after(attempts: int) -> timedelta | None:
    """The time from a blog that could not be reached to the next attempt, after so many; None after the last."""
    return timedelta(seconds=PAUSES_S[attempts - 1]) if attempts <= len(PAUSES_S) else None


def _tried_later(tx: Tx, publication: Publication, why: str, now: datetime) -> bool:
    """Where certainly nothing of it has left the house, it waits for the blog by itself; False when a person has to.

    Each attempt goes through the gate, so it ends when the permission to send does. Until then it can be taken back.
    """
    pause = pause_after(publications.count_attempts(tx, publication.id, publication.released_at))
    if pause is None or publications.in_doubt(tx, publication):
        return False
    said = _("{why} It is tried again by itself for about an hour.", why=why)
    at = now + pause
    publications.move(
        tx,
        publication.id,
        S.PUBLISHING,
        S.SCHEDULED,
        now,
        not_before=at,
        problem=said,
        looking_since=None,
        look_at=None,
    )
    looks.enqueue_attempt(tx, publication, at)
    audit.record(
        tx, "publication.waits", "response", publication.response_id, by=None, at=now, publication=publication.id
    )
    return True


def _beside(tx: Tx, intent: Intent, publication: Publication, outcome: Rejected | Unknown, now: datetime) -> None:
    """The answer is there by another attempt than this one."""
    left_open = publications.open_attempt(tx, publication.id)
    if left_open is None or left_open.id != intent.attempt_id:
        return  # it was said how this one ended
    unknown = not isinstance(outcome, Rejected)
    publications.end_attempt(tx, left_open.id, "unconfirmed" if unknown else "failed", outcome.message, now)
    if unknown:
        outcomes.twice(tx, publication, None, now)


def _stopped(tx: Tx, publication: Publication, to: PublicationState, why: str, now: datetime) -> None:
    """It does not go out now. An earlier attempt of which nobody knows the end stays in doubt all the same."""
    if publications.in_doubt(tx, publication):
        to, why = S.UNCONFIRMED, _("{why} Nobody knows whether an earlier attempt reached the blog.", why=why)
    outcomes.stopped(tx, publication, to, why, now)
