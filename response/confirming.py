"""The second person's word on a change that loosens: it is confirmed and takes effect, refused, or taken back."""

from access import loosening, people, second
from access.loosening import Kind
from access.permissions import Permission, require
from model import clock
from model.errors import Conflict, NotAllowed, NotFound
from model.language import _, sense
from model.person import Person
from response import learning, matters, opinion_settings, policies
from response.text import typed
from store import audit, loosenings
from store import people as person_rows
from store.db import Store, Tx
from store.keys import keys
from store.loosenings import Loosening

_NEEDED: dict[str, Permission] = {
    Kind.POLICY: Permission.POLICY,
    Kind.MATTER: Permission.MATTERS,
    Kind.SIGNAL: Permission.ASSESSING,
    Kind.OPINION: Permission.OPINION,
}


def confirm(store: Store, by: Person, loosening_id: int) -> str:
    """A change takes effect. Returns the token of a one-time link, where it is one, to be passed on to its person.

    Raises NotAllowed for whoever asked for it and whom it is about, and Conflict where it waits no more, or no longer
    fits how things stand.
    """
    require(by, Permission.CONFIRM)
    now = clock.now()
    with store.write() as tx:
        one = _second(tx, by, loosening_id)
        _require_asker(tx, one)
        loosening.end(tx, one.id, loosenings.IN_FORCE, by.id, now)
        token = ""
        if one.kind == Kind.POLICY:
            policies.carry_out(tx, one, by.id, now)
        elif one.kind == Kind.MATTER:
            matters.carry_out(tx, one, by.id, now)
        elif one.kind == Kind.SIGNAL:
            learning.carry_out(tx, one, by.id, now)
        elif one.kind == Kind.OPINION:
            opinion_settings.carry_out(tx, one, by.id, now)
        elif one.kind == Kind.REQUIRED:
            second.carry_out(tx, one, by.id, now)
        else:
            token = people.carry_out(tx, one, by.id, now)
        loosening.tell(tx, one.id, {one.by, by.id}, now)
    return token


def refuse(store: Store, by: Person, loosening_id: int, reason: str) -> None:
    """A change is refused, with a reason; nothing changes. Raises as `confirm` does."""
    require(by, Permission.CONFIRM)
    why, now = typed(reason, sense("what somebody has to write", "a reason")), clock.now()
    with store.write() as tx:
        one = _second(tx, by, loosening_id)
        said = audit.say(tx, keys(), "reason", why, by=by.id, at=now)
        loosening.end(tx, one.id, loosenings.REFUSED, by.id, now, said)


def take_back(store: Store, by: Person, loosening_id: int) -> None:
    """Whoever asked for a change asks for it no more."""
    require(by, Permission.LOOSENED)
    with store.write() as tx:
        one = _one(tx, loosening_id)
        if one.by != by.id:
            raise NotAllowed(_("Somebody else asked for this. You can refuse it."))
        loosening.end(tx, one.id, loosenings.TAKEN_BACK, by.id, clock.now())


def look(store: Store) -> None:
    """What has waited as long as it may is over, and whoever asked for it is told."""
    now = clock.now()
    with store.read() as tx:
        over = loosenings.past(tx, now)
    for loosening_id in over:
        with store.write() as tx:
            one = loosenings.get(tx, loosening_id)
            if one and one.state == loosenings.WAITING:
                loosening.end(tx, loosening_id, loosenings.OVER, None, now)


def may_confirm(by: Person, one: Loosening) -> bool:
    """Whether this change can wait for this person's word."""
    return by.id not in (one.by, one.person_id)


def _one(tx: Tx, loosening_id: int) -> Loosening:
    one = loosenings.get(tx, loosening_id)
    if one is None:
        raise NotFound(_("There is no such change."))
    return one


def _second(tx: Tx, by: Person, loosening_id: int) -> Loosening:
    one = _one(tx, loosening_id)
    if not one.waits(clock.now()):
        raise Conflict(_("This waits no more: somebody was faster, or its time is over. Load the page again."))
    if by.id == one.by:
        raise NotAllowed(
            _("You asked for this yourself, so somebody else confirms or refuses it. You can take it back.")
        )
    if by.id == one.person_id:
        raise NotAllowed(_("This is about you, so somebody else confirms or refuses it."))
    return one


def _require_asker(tx: Tx, one: Loosening) -> None:
    """Who asked for it must still be one who may: somebody who was let out in between changes nothing any more."""
    asker = person_rows.get(tx, one.by) if one.by is not None else None
    if asker is None:
        raise NotFound(_("There is no such change."))
    permission = _NEEDED.get(one.kind, Permission.PEOPLE)
    try:
        require(asker, permission)
    except NotAllowed:
        raise Conflict(
            _("{name}, who asked for this, is no administrator any more. Refuse it.", name=asker.name)
        ) from None
