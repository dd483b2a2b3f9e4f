"""Pausing all publishing: who begins and ends a pause, what goes out all the same, and what becomes of the rest.

A pause is part of the gate. What it alone stops waits for its end and then goes through the gate again, by itself; what
does not hold any more by then waits for a person, as always.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _, number, sense
from model.person import Person
from model.words import Channel
from model.words import ModerationState as M
from model.words import PublicationState as P
from response.notices import PAUSED, About, notify
from response.text import at_moment, typed
from store import audit, moderations, pauses, publications, responses
from store.db import Store, Tx
from store.keys import keys
from store.moderations import Moderation
from store.pauses import Pause
from store.publications import Publication
from store.responses import Submission

LONGEST = timedelta(days=30)
_MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What goes out all the same: responses by number, channels, and whether comments are moderated."""

    responses: tuple[int, ...] = ()
    channels: tuple[Channel, ...] = ()
    moderates: bool = False


NONE = Exceptions()


def begin(store: Store, by: Person, reason: str, until: datetime, but: Exceptions = NONE) -> int:
    """Pauses publishing for everybody; returns the pause's id. Who has something waiting to go out is told."""
    require(by, Permission.PAUSE)
    why, now = typed(reason, sense("what somebody has to write", "a reason")), clock.now()
    if not now < until <= now + LONGEST:
        raise BadInput(_("A pause ends by itself, within {n} days at most.", n=LONGEST.days))
    if len(but.responses) > _MOST_NAMED:
        raise BadInput(_("Name at most {n} responses.", n=number(_MOST_NAMED)))
    with store.write() as tx:
        if on := pauses.lasting(tx, now):
            raise Conflict(
                _("{name} has paused publishing until {when} already.", name=on.name, when=at_moment(on.until))
            )
        for response_id in but.responses:
            if responses.get(tx, response_id) is None:
                raise NotFound(_("There is no response {id}.", id=response_id))
        words_id, said = audit.say(tx, keys(), "reason", why, by=by.id, at=now)
        named = {
            "responses": sorted(set(but.responses)),
            "channels": sorted(channel.value for channel in but.channels),
            "moderates": but.moderates,
        }
        pause_id = pauses.add(tx, by=by.id, words_id=words_id, begun_at=now, until=until, **named)
        audit.record(
            tx,
            "publishing.paused",
            "pause",
            pause_id,
            by=by.id,
            at=now,
            until=until.isoformat(),
            reason=said,
            **named,
        )
        pause = pauses.get(tx, pause_id)
        assert pause is not None
        stopped = (
            author for author, response, channel in pauses.on_their_way(tx) if not pause.exempts(response, channel)
        )
        _tell(tx, pause, stopped, now)
        return pause_id


def end(store: Store, by: Person, pause_id: int) -> int:
    """Ends a pause before its time; what waited for it is due, through the gate. Returns how much that is."""
    require(by, Permission.PAUSE)
    now = clock.now()
    with store.write() as tx:
        if not pauses.end(tx, pause_id, by.id, now):
            raise Conflict(_("This pause is over already."))
        due = pauses.release(tx, pause_id, now)
        audit.record(tx, "publishing.resumed", "pause", pause_id, by=by.id, at=now, due=due)
        return due


def _tell(tx: Tx, pause: Pause, people: Iterable[int], now: datetime) -> None:
    notify(tx, PAUSED, set(people) - {pause.by}, About("pause", pause.id), now)


# --- at the gate -----------------------------------------------------------------------------------------------------


def why(tx: Tx, response_id: int, channel: Channel, now: datetime, *, moderates: bool = False) -> str:
    """The reason of the pause that stops a response to a channel; empty when none does."""
    pause = pauses.lasting(tx, now)
    if pause is None or pause.exempts(response_id, channel, moderates):
        return ""
    return pause.reason or _("its reason was erased.")


def hold_back(tx: Tx, publication: Publication, submission: Submission, now: datetime) -> None:
    """Nothing but a pause stops it: it waits for the end of that, and then goes through the gate again."""
    pause = pauses.lasting(tx, now)
    assert pause is not None
    publications.move(
        tx,
        publication.id,
        publication.state,
        P.SCHEDULED,
        now,
        not_before=pause.until,
        pause_id=pause.id,
        problem=_said(),
        looking_since=None,
        look_at=None,
    )
    response = responses.get(tx, submission.response_id)
    _tell(tx, pause, {response.author_id} if response else (), now)
    audit.record(
        tx,
        "publication.paused",
        "response",
        publication.response_id,
        by=None,
        at=now,
        publication=publication.id,
        pause=pause.id,
    )


def hold_back_moderation(tx: Tx, row: Moderation, now: datetime) -> None:
    """The same for what is done to a comment."""
    pause = pauses.lasting(tx, now)
    assert pause is not None
    moderations.move(
        tx, row.id, row.state, M.SCHEDULED, now, not_before=pause.until, pause_id=pause.id, problem=_said()
    )
    _tell(tx, pause, {row.by}, now)
    audit.record(
        tx,
        "moderation.paused",
        "response",
        row.response_id,
        by=None,
        at=now,
        moderation=row.id,
        pause=pause.id,
    )


def _said() -> str:
    return _(
        "Publishing is paused. Once that is over this goes on by itself, if everything that was approved still holds."
    )
