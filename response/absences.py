"""Out of office: from when until when, why, and who is asked in one's place meanwhile.

Who stands in is found when it is asked who may decide: whoever is named, or, where that person is out of office too,
whoever that one named. It is one who may decide already; who wrote a part of a response is never asked for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from access.loosening import lent
from access.permissions import Permission, may, require
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _, sense
from model.person import Person
from response.notices import STANDS_IN, About, notify, over
from response.text import at_moment, typed
from store import absences, audit, deputies, notices, people
from store.absences import Absence
from store.db import Store, Tx
from store.keys import keys

LONGEST = timedelta(days=90)
FURTHEST = timedelta(days=365)
MOST = 10
"""Absences of one person, on or to come."""


# --- rules -----------------------------------------------------------------------------------------------------------


def stands_in(person: int, away: Mapping[int, int | None]) -> int | None:
    """Who is asked in the place of somebody, when these are out of office, each with the one they named.

    None where nobody is, or where it would go round in a circle.
    """
    seen, at = {person}, away.get(person)
    while at is not None and at in away and at not in seen:
        seen.add(at)
        at = away[at]
    return None if at in seen else at


def goes_round(person: int, deputy: int | None, begins: datetime, ends: datetime, others: Sequence[Absence]) -> bool:
    """Whether, with one more absence, there is a moment at which it leads back to the person who is out of office."""
    if deputy is None or begins >= ends:
        return False
    if deputy == person:
        return True
    return any(
        goes_round(
            person,
            one.deputy_id,
            max(begins, one.begins_at),
            min(ends, one.ends_at),
            [other for other in others if other.person_id != deputy],
        )
        for one in others
        if one.person_id == deputy
    )


# --- on the rows -----------------------------------------------------------------------------------------------------


def leave_office(
    store: Store, by: Person, person_id: int, begins: datetime, ends: datetime, deputy_id: int | None, reason: str
) -> int:
    """Somebody is out of office, by their own word or an administrator's; returns its id. Who stands in is told."""
    require(by, Permission.OWN if by.id == person_id else Permission.PEOPLE)
    why, now = typed(reason, sense("what somebody has to write", "a reason")), clock.now()
    if not begins < ends or ends <= now:
        raise BadInput(_("It ends after it begins, and not in the past."))
    if ends - begins > LONGEST or begins > now + FURTHEST:
        raise BadInput(_("At most {n} days at a time, and within a year.", n=LONGEST.days))
    with store.write() as tx:
        person = people.get(tx, person_id)
        if person is None:
            raise NotFound(_("There is no such person."))
        _require_deputy(tx, person, deputy_id)
        if by.id != person_id and deputy_id is not None:
            _require_levels(tx, person, deputy_id)
        known = absences.coming(tx, now)
        mine = [one for one in known if one.person_id == person_id]
        if len(mine) >= MOST:
            raise Conflict(_("There are {n} already. Take one back first.", n=MOST))
        for one in mine:
            if begins < one.ends_at and one.begins_at < ends:
                raise Conflict(
                    _(
                        "This overlaps with another one, from {begin} to {end}. Take that back first.",
                        begin=at_moment(one.begins_at),
                        end=at_moment(one.ends_at),
                    )
                )
        if goes_round(person_id, deputy_id, begins, ends, known):
            raise Conflict(
                _("Whoever you name is out of office then, and it would lead back to {name}.", name=person.name)
            )
        words_id, digest = audit.say(tx, keys(), "reason", why, by=by.id, at=now)
        absence_id = absences.add(
            tx,
            person_id=person_id,
            deputy_id=deputy_id,
            words_id=words_id,
            begins_at=begins,
            ends_at=ends,
            made_at=now,
            made_by=by.id,
        )
        data = {"deputy": deputy_id, "begins": begins.isoformat(), "ends": ends.isoformat(), "reason": digest}
        audit.record(tx, "person.away", "person", person_id, by=by.id, at=now, absence=absence_id, **data)
        if deputy_id is not None and deputy_id != by.id:
            notify(tx, STANDS_IN, {deputy_id}, About("absence", absence_id), now)
    return absence_id


def _require_deputy(tx: Tx, person: Person, deputy_id: int | None) -> None:
    able = could_stand_in(tx, person)
    if deputy_id is not None and deputy_id not in able:
        raise BadInput(_("Choose another person, who may log in and do what {name} does.", name=person.name))
    if deputy_id is None and able and may(person, Permission.DECIDE):
        raise BadInput(_("Name somebody who is asked in your place: decisions may wait for you."))


def _require_levels(tx: Tx, person: Person, deputy_id: int) -> None:
    """Whoever is out of office lends what they may decide by their own word; nobody lends it for them."""
    deputy = people.get(tx, deputy_id)
    if deputy and deputies.every(tx).get(person.id) != deputy_id and lent(person, deputy):
        raise BadInput(
            _(
                "{deputy} may not decide all that {name} may. Choose somebody who may, or make {deputy} the deputy of"
                " {name} first, on the page People: that waits for a second person.",
                deputy=deputy.name,
                name=person.name,
            )
        )


def could_stand_in(tx: Tx, person: Person) -> dict[int, str]:
    """The names of those who could stand in for somebody: who may decide, where that one may; else who write."""
    needed = Permission.DECIDE if may(person, Permission.DECIDE) else Permission.TRIAGE
    return {one.id: one.name for one in people.everybody(tx) if one.id != person.id and may(one, needed)}


def back(store: Store, by: Person, absence_id: int) -> None:
    """Somebody is back before the end, or does not go; by their own word or an administrator's."""
    now = clock.now()
    with store.write() as tx:
        one = absences.get(tx, absence_id, now)
        if one is None:
            raise Conflict(_("This is over already."))
        require(by, Permission.OWN if by.id == one.person_id else Permission.PEOPLE)
        absences.end(tx, absence_id, now)
        notices.plan_anew(tx, one.person_id, now)
        over(tx, STANDS_IN, "absence", absence_id, now)
        audit.record(tx, "person.back", "person", one.person_id, by=by.id, at=now, absence=absence_id)


def away(tx: Tx, now: datetime) -> dict[int, int | None]:
    """Who is out of office now, each with the one they named."""
    return {one.person_id: one.deputy_id for one in absences.lasting(tx, now)}


def away_until(tx: Tx, person_id: int, now: datetime) -> datetime | None:
    """Until when somebody is out of office; None when they are here."""
    lasting = absences.lasting(tx, now, [person_id])
    return max((one.ends_at for one in lasting), default=None)
