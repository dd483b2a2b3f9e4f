"""What persons decide about an answer that is on its way out, did not go out, or goes out by their own hands."""

from datetime import datetime

from access.permissions import Permission, require
from channels.wordpress import api as wordpress
from channels.wordpress import posts
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from model.words import PublicationState, ResponseState
from response import cases, handoffs, looks, outcomes
from response.gate import stops
from response.outgoing import picture
from response.states import STATE
from response.workflow import Move, after
from store import audit, publications, responses, sources
from store.db import Store, Tx
from store.publications import Publication
from store.responses import Submission

S = PublicationState
FOR_A_PERSON = (S.HELD, S.FAILED, S.UNCONFIRMED)
"""The states in which a person has to look."""


def may_be_there(publication: Publication) -> bool:
    """Whether a held answer may stand on the blog: an attempt was made, or a restore forgot what became of it."""
    return publication.state is S.HELD and (publication.attempt > 0 or publication.restored_at is not None)


def posted_by_hand(store: Store, by: Person, publication_id: int, url: str) -> None:
    """'I posted it', or 'it is there': a person says that the text stands at this address.

    The gate is checked before the text is handed over (`may_hand_over`). What stops it by now is noted, as the words
    are out all the same.
    """
    require(by, Permission.TRIAGE)
    address = url.strip()
    if not address.startswith(("https://", "http://")) or len(address) > 2000 or any(c.isspace() for c in address):
        raise BadInput(_("Paste the address of the posted text, beginning with https://"))
    now = clock.now()
    with store.write() as tx:
        publication, submission = _live(tx, by, publication_id, now)
        if publication.state not in (S.HAND_OFF, S.UNCONFIRMED, S.FAILED) and not may_be_there(publication):
            raise Conflict(_("This is '{state}', so there is nothing to confirm.", state=STATE[publication.state]))
        handed = publication.state is S.HAND_OFF
        problem = " ".join(stops(picture(tx, publication, submission, now))) if handed else ""
        # Whose comment stands there is known when its words have been compared.
        outcomes.published(tx, publication, "", address, problem, now, by=by.id)
        handoffs.expect(tx, publication, address, now)


def may_hand_over(store: Store, publication_id: int) -> tuple[str, ...]:
    """Why a text may not be handed to a person now, each in words; empty when it may."""
    with store.read() as tx:
        publication = publications.get(tx, publication_id)
        submission = responses.submission(tx, publication.submission_id) if publication else None
        if publication is None or submission is None:
            raise NotFound(_("There is no such publication."))
        return stops(picture(tx, publication, submission, clock.now()))


def send_again(store: Store, by: Person, publication_id: int) -> None:
    """A person has looked: our answer is not there, or what stopped it is over.

    It is looked for once more; where it is not there, one more attempt is made, through the gate.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        publication, _sent = _live(tx, by, publication_id, now)
        if publication.state not in FOR_A_PERSON:
            raise Conflict(_("This is '{state}', so it cannot be sent again.", state=STATE[publication.state]))
        response = responses.get(tx, publication.response_id)
        if response and response.state is ResponseState.HELD:
            responses.change(tx, response.id, response.version, state=after(response.state, Move.RELEASE))
        publications.move(tx, publication_id, publication.state, S.SCHEDULED, now, problem="", released_at=now)
        released = publications.get(tx, publication_id)
        assert released is not None
        looks.enqueue_attempt(tx, released, now)
        audit.record(
            tx, "publication.again", "response", publication.response_id, by=by.id, at=now, publication=publication_id
        )


def one_is_left(store: Store, by: Person, publication_id: int) -> None:
    """A person has looked at an answer that was there twice: it stands there once now."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        publication = publications.get(tx, publication_id)
        if publication is None:
            raise NotFound(_("There is no such publication."))
        if publication.doubled_at is None:
            raise Conflict(_("Somebody has seen to this already."))
        problem = outcomes.without_two(publication.problem)
        publications.move(tx, publication_id, S.PUBLISHED, S.PUBLISHED, now, doubled_at=None, problem=problem)
        audit.record(
            tx, "publication.once", "response", publication.response_id, by=by.id, at=now, publication=publication_id
        )


def drop(store: Store, by: Person, publication_id: int) -> None:
    """This target gets no answer after all."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        publication, _sent = _live(tx, by, publication_id, now)
        if publication.state not in (*FOR_A_PERSON, S.HAND_OFF):
            raise Conflict(_("This is '{state}', so it cannot be dropped.", state=STATE[publication.state]))
        publications.move(tx, publication_id, publication.state, S.DROPPED, now)
        audit.record(
            tx, "publication.dropped", "response", publication.response_id, by=by.id, at=now, publication=publication_id
        )
        outcomes.complete(tx, publication.submission_id, publication.response_id, now, by=by.id)
        response = responses.get(tx, publication.response_id)
        states = {one.state for one in publications.of_submission(tx, publication.submission_id)}
        if response and states == {S.DROPPED}:
            responses.change(tx, response.id, response.version, state=ResponseState.WITHDRAWN)
            responses.end_submission(tx, publication.submission_id, "dropped", now)


def warnings(tx: Tx, response_id: int, text: str) -> list[str]:
    """What a blog would make of a text otherwise than it is written, said before it is sent for approval."""
    found: list[str] = []
    for target in responses.targets(tx, response_id):
        source = sources.get(tx, target.source_id) if target.source_id is not None else None
        if source and target.comment_id is None:
            found += posts.would_change(text, bool(source.account.get("rewrites"))) if text.strip() else []
        elif source and source.can_reply:
            found += wordpress.would_rewrite(text, bool(source.account.get("rewrites")))
    return list(dict.fromkeys(found))


def _live(tx: Tx, by: Person, publication_id: int, now: datetime) -> tuple[Publication, Submission]:
    """A publication whose approval still stands, and its submission; whoever changes it has the case."""
    publication = publications.get(tx, publication_id)
    if publication is None:
        raise NotFound(_("There is no such publication."))
    submission = responses.submission(tx, publication.submission_id)
    if submission is None or submission.ended_at is not None:
        raise Conflict(_("Its approval has ended since. Send the response for approval again."))
    response = responses.get(tx, publication.response_id)
    if response and response.case_id is not None:
        cases.hold(tx, by, response.case_id, now)
    return publication, submission
