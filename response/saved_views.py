"""Views of the queue that people keep under a name, for themselves or for everybody."""

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, NotFound
from model.language import _, sense
from model.person import Person
from model.queue import BY_KEY, Filters
from response.text import typed
from store import audit, snoozes
from store.db import Store

NAME_MOST = 60


def save(store: Store, by: Person, name: str, view: str, filters: Filters, *, for_all: bool) -> int:
    """Keeps a view with its filters; returns its id. A person can keep fifty."""
    require(by, Permission.TRIAGE)
    title = " ".join(typed(name, sense("what somebody has to write", "a name")).split())
    if len(title) > NAME_MOST:
        raise BadInput(_("A name has at most {most} characters.", most=NAME_MOST))
    if view not in BY_KEY:
        raise BadInput(_("There is no such view. Load the page again."))
    now = clock.now()
    with store.write() as tx:
        if snoozes.count_saved(tx, by.id) >= snoozes.SAVED_MOST:
            raise BadInput(_("You have kept {most} views. Take one away first.", most=snoozes.SAVED_MOST))
        saved_id = snoozes.save(
            tx, person_id=by.id, for_all=for_all, name=title, view=view, filters=filters.said(), at=now
        )
        audit.record(tx, "view.saved", "view", saved_id, by=by.id, at=now, view=view, for_all=for_all)
    return saved_id


def forget(store: Store, by: Person, saved_id: int) -> None:
    """Takes one of one's own views away."""
    require(by, Permission.TRIAGE)
    with store.write() as tx:
        if not snoozes.forget(tx, saved_id, by.id):
            raise NotFound(_("This view is not yours, or it is gone already."))
        audit.record(tx, "view.forgotten", "view", saved_id, by=by.id)
