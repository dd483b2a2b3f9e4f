"""What may have gone out and may not: everything a person needs to decide on it, read in one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime

from access.permissions import Permission, require
from model import clock
from model.language import _
from model.person import Person
from model.words import PublicationState
from response.outgoing import outgoing
from store import comments, publications, responses
from store.comments import Comment
from store.db import Store, Tx
from store.publications import Attempt, Look, Publication
from store.sources import Source

AT_ONCE = 20
"""How many are shown; those that have waited longest come first."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An unconfirmed publication: its exact text, what it answers (None for a post of our own), what was tried, and
    what was looked for.

    `place` is the address under which it should stand, empty when there is none that can be opened.
    """

    publication: Publication
    text: str
    comment: Comment | None
    source_name: str
    case_id: int | None
    attempts: list[Attempt]
    looks: list[Look]
    place: str


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a person has to decide on (at most twenty of `total`, and the one that was asked for), what is still being
    looked for, and what stands on a blog twice, each with its case. `settled` is what was asked for when there is no
    doubt about it any more, with its case."""

    unconfirmed: list[Doubt]
    total: int
    looked_for: list[Publication]
    twice: list[tuple[Publication, int | None]]
    settled: tuple[Publication, int | None] | None = None

    @property
    def publications(self) -> frozenset[int]:
        """The ids of all that are here to look at."""
        there = [one.publication for one in self.unconfirmed] + self.looked_for + [one for one, _case in self.twice]
        return frozenset(one.id for one in there)


def doubts(store: Store, by: Person, wanted: int | None = None) -> Doubts:
    """What is unconfirmed, what is still looked for, and what is there twice. Raises NotAllowed.

    The publication `wanted` is among them and comes first, if it is one of them, however many have waited longer.
    """
    require(by, Permission.TRIAGE)
    with store.read() as tx:
        asked_for = publications.get(tx, wanted) if wanted is not None else None
        found = publications.in_state(tx, PublicationState.UNCONFIRMED, AT_ONCE)
        if asked_for and asked_for.state is PublicationState.UNCONFIRMED:
            found = [asked_for, *(one for one in found if one.id != asked_for.id)]
        ids = [one.id for one in found]
        attempts, looks = publications.attempts_of(tx, ids), publications.looks_of(tx, ids)
        made = []
        for one in found:
            what, response = outgoing(tx, one.id), responses.get(tx, one.response_id)
            if what is None or response is None or what.submission.ended_at is not None:
                continue
            made.append(
                Doubt(
                    publication=one,
                    text=what.text,
                    comment=what.comment,
                    source_name=what.source.name if what.source else _("a source that is gone"),
                    case_id=response.case_id,
                    attempts=[attempt for attempt in attempts if attempt.publication_id == one.id],
                    looks=[look for look in looks if look.publication_id == one.id],
                    place=_place(tx, what.comment) if one.comment_id is not None else _blog(what.source),
                )
            )
        looked_for = [one for one in publications.in_state(tx, PublicationState.PUBLISHING) if one.looking_since]
        twice = publications.doubled(tx, AT_ONCE)
        if asked_for and asked_for.doubled_at:
            twice = [asked_for, *(one for one in twice if one.id != asked_for.id)]
        answer = responses.get(tx, asked_for.response_id) if asked_for else None
        cases = {one.id: responses.get(tx, one.response_id) for one in twice}
        return Doubts(
            unconfirmed=made,
            total=publications.count_in_state(tx, PublicationState.UNCONFIRMED),
            looked_for=looked_for,
            twice=[(one, response.case_id if (response := cases[one.id]) else None) for one in twice],
            settled=(asked_for, answer.case_id) if asked_for and answer else None,
        )


def _place(tx: Tx, answered: Comment | None) -> str:
    thread = comments.thread(tx, answered.thread_id) if answered else None
    known = (answered.url if answered else "", thread.url if thread else "")
    return next((url for url in known if url.startswith(("https://", "http://"))), "")


def _blog(source: Source | None) -> str:
    return source.site_url if source and source.site_url.startswith(("https://", "http://")) else ""


def over_at(publication: Publication, look_seconds: float) -> datetime:
    """When at the latest it is known, or a person is asked (aware)."""
    since = publication.looking_since or clock.now()
    return datetime.fromtimestamp(since.timestamp() + look_seconds, UTC)
