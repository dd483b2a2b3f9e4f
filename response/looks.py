"""After an attempt that nobody saw end: our own answer is looked for, several times; then a person decides.

Each look is a row and the next one's time stands on the publication's row, so that whichever worker is there goes on.
Nothing is ever sent from here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from channels.faults import without_promise
from channels.shape import Posted
from channels.wordpress import api as wordpress
from jobs import Context, enqueue, in_steps
from model import clock
from model.errors import LevelheadError
from model.language import _
from model.settings import settings
from model.words import PublicationState
from response import blogs, outcomes, posting
from response.outgoing import Outgoing, outgoing
from store import audit, publications
from store.db import Store, Tx
from store.publications import COULD_NOT_LOOK, FOUND, NOT_THERE, Look, Publication

S = PublicationState
WHEN = (0.0, 0.02, 0.08, 0.25, 0.6, 1.0)
"""When our answer is looked for, as shares of the whole time: often at first, and less and less."""


def pause_after(look: int, whole_s: float) -> float | None:
    """Seconds from a look (the first is 1) to the next one; None after the last.

    From look to look, not from the beginning: a machine that slept in between still looks several times.
    """
    return (WHEN[look] - WHEN[look - 1]) * whole_s if look < len(WHEN) else None


def search(what: Outgoing) -> Posted | str:
    """Our own answer on the blog, or what was seen instead, in words. Raises a LevelheadError when it cannot look."""
    if what.publication.comment_id is None:
        return posting.search(what)
    with _at_the_blog(what) as (here, asked, mine):
        there = wordpress.present(here, asked)
        if there is None:
            return _("The comment it answers is gone from the blog, and no answer of ours can be seen there.")
        found = wordpress.find(here, there.post_id, asked, what.text, mine)
    return found or _("The comment is there; an answer of ours with this text is not under it.")


def unknown_answer(what: Outgoing) -> Posted | None:
    """Another answer (or post) of ours that nobody here knew of. Raises a LevelheadError when it cannot look."""
    if what.publication.comment_id is None:
        return posting.unknown_post(what)
    with _at_the_blog(what) as (here, asked, mine):
        there = wordpress.present(here, asked)
        if there is None:
            raise LevelheadError(_("The comment it answers is gone from the blog."))
        return wordpress.answered_since(here, there.post_id, asked, mine, what.known_until, what.known)


@contextmanager
def _at_the_blog(what: Outgoing) -> Iterator[tuple[wordpress.Site, int, int]]:
    """The blog, the comment's number there, and our account's. Raises a LevelheadError when one is not known."""
    asked = blogs.number(what.comment.identity) if what.comment else None
    if asked is None:
        raise LevelheadError(_("The comment it answers is not known any more."))
    if what.source is None:
        raise LevelheadError(_("Its source is not known any more."))
    try:
        yield blogs.site(what.source), asked, int(what.source.account_id)
    except (ValueError, KeyError, TypeError) as error:
        raise LevelheadError(_("The blog answered in a way that is not WordPress's.")) from error


def begin(tx: Tx, publication: Publication, why: str, now: datetime) -> None:
    """From now on nobody sends this attempt any more, and our answer is looked for; the first time at once."""
    begun = publications.move(
        tx, publication.id, S.PUBLISHING, S.PUBLISHING, now, looking_since=now, look_at=now, problem=why
    )
    if not begun:
        return
    if left_open := publications.open_attempt(tx, publication.id):
        publications.note_attempt(tx, left_open.id, why)
    audit.record(
        tx, "publication.looking", "response", publication.response_id, by=None, at=now, publication=publication.id
    )
    _enqueue(tx, publication, 1, now)


def _enqueue(tx: Tx, publication: Publication, look: int, at: datetime) -> None:
    enqueue(tx, "look", publication.id, f"look:{publication.id}:{publication.attempt}:{look}", at)


def look(context: Context) -> None:
    """The job: one look, if its time has come."""
    now = clock.now()
    with context.store.read() as tx:
        what = outgoing(tx, context.job.ref)
        if what is None or not _due(what.publication, now):
            return
        mine = publications.count_looks(tx, what.publication.id, what.publication.attempt) + 1
    if what.publication.looking_since is None:
        with context.store.write() as tx:
            left = publications.get(tx, context.job.ref)
            if left and left.attempt == what.publication.attempt and left.looking_since is None and _due(left, now):
                begin(tx, left, _("The attempt was cut off: the worker that made it did not say how it ended."), now)
    try:
        seen: Posted | str = search(what)
        found, detail = (FOUND, seen.url) if isinstance(seen, Posted) else (NOT_THERE, seen)
    except LevelheadError as error:
        seen, found = "", COULD_NOT_LOOK
        detail = _("The blog could not be asked: {why}", why=without_promise(error))
    _note(context.store, what, Look(what.publication.id, what.publication.attempt, mine, now, found, detail), seen)


def _due(publication: Publication, now: datetime) -> bool:
    return publication.state is S.PUBLISHING and publication.look_at is not None and publication.look_at <= now


def _note(store: Store, what: Outgoing, made: Look, seen: Posted | str) -> None:
    """Stores a look, and what comes after it."""
    now = clock.now()
    with store.write() as tx:
        publication = publications.get(tx, made.publication_id)
        if publication is None:
            return
        new = publications.count_looks(tx, made.publication_id, made.attempt) == made.number - 1
        new = new and publications.add_look(
            tx, made.publication_id, made.attempt, made.number, made.at, made.found, made.detail
        )
        if isinstance(seen, Posted):
            outcomes.posted(tx, publication, seen, what.text, now)
            return
        if not new or publication.state is not S.PUBLISHING or publication.attempt != made.attempt:
            return  # whoever was faster has gone on
        pause = pause_after(made.number, settings().look_seconds)
        if pause is not None:
            at = now + timedelta(seconds=pause)
            publications.move(tx, publication.id, S.PUBLISHING, S.PUBLISHING, now, look_at=at)
            _enqueue(tx, publication, made.number + 1, at)
            return
        problem = _in_vain([one for one in publications.looks_of(tx, [publication.id]) if one.attempt == made.attempt])
        if left_open := publications.open_attempt(tx, publication.id):
            publications.end_attempt(tx, left_open.id, "unconfirmed", left_open.detail, now)
        outcomes.stopped(tx, publication, S.UNCONFIRMED, problem, now)


def _in_vain(looks: list[Look]) -> str:
    """What all looks together came to."""
    blind = sum(one.found == COULD_NOT_LOOK for one in looks)
    if blind == len(looks):
        return _(
            "Nobody knows whether it reached the blog, which could not be asked {blind} times. {why}",
            blind=blind,
            why=looks[-1].detail,
        )
    said = _("Our answer was looked for {times} times and was not found on the blog.", times=len(looks))
    if not blind:
        return said
    return f"{said} {_('{blind} of these times the blog could not be asked.', blind=blind)}"


def sweep(store: Store) -> None:
    """The schedule: what should be sent or looked for by now has a job, whatever became of the one it had."""
    now = clock.now()
    with store.read() as tx:
        late = publications.overdue(tx, now)
    in_steps(store, late, lambda tx, one: _enqueue_late(tx, one, now))


def _enqueue_late(tx: Tx, one: Publication, now: datetime) -> None:
    if one.state is S.PUBLISHING:
        _enqueue(tx, one, publications.count_looks(tx, one.id, one.attempt) + 1, now)
    else:
        enqueue_attempt(tx, one, now)


def enqueue_attempt(tx: Tx, publication: Publication, at: datetime) -> None:
    """A job that makes the next attempt; one for each time that somebody said: send it."""
    released = publication.released_at
    said = f"{publication.attempt}:{released.timestamp()}" if released else f"{publication.attempt}"
    enqueue(tx, "publish", publication.id, f"publish:{publication.id}:{said}", at)
