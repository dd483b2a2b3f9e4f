"""A response of our own, with no comment behind it: a post, a tweet, a statement, to one or more channels.

It is routed, approved and gated like any other; each target is handed to a person, at most once.
"""

from access.permissions import Permission, require
from model import clock
from model.content import Target
from model.errors import BadInput, Conflict, NotFound
from model.person import Person
from model.words import Action, Channel
from response import writing
from store import audit, responses
from store.db import Store, Tx
from store.responses import Response


def start(store: Store, by: Person, channels: frozenset[Channel]) -> int:
    """Begins one for these channels; returns its id."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response_id = responses.add(tx, None, by.id, _targets(channels), now)
        data = {"channels": sorted(channels)}
        audit.record(tx, "response.started", "response", response_id, by=by.id, at=now, **data)
    return response_id


def aim(store: Store, by: Person, response_id: int, channels: frozenset[Channel]) -> None:
    """It goes to these channels and no others. Raises Conflict once it is under way: take it back first."""
    require(by, Permission.TRIAGE)
    wanted, now = _targets(channels), clock.now()
    with store.write() as tx:
        response = own(tx, response_id)
        if response is None:
            raise NotFound("There is no such response of our own.")
        if response.state not in writing.WRITABLE:
            raise Conflict("It is under way. Take it back first; then say where it goes.")
        if responses.targets(tx, response_id) == wanted:
            return
        responses.set_targets(tx, response_id, wanted)
        responses.change(tx, response_id, response.version)
        responses.add_editor(tx, response_id, by.id)
        data = {"channels": sorted(channels)}
        audit.record(tx, "response.aimed", "response", response_id, by=by.id, at=now, **data)


def own(tx: Tx, response_id: int) -> Response | None:
    """The response of this id, if it is one of our own."""
    found = responses.get(tx, response_id)
    return found if found and found.case_id is None and found.action is Action.REPLY else None


def _targets(channels: frozenset[Channel]) -> tuple[Target, ...]:
    if not channels:
        raise BadInput("Say where it goes: choose a channel.")
    return tuple(Target(channel, None, None, None, None) for channel in sorted(channels))
