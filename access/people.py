"""People: the first visit, invitations, roles and levels. Each function is one change with its audit event."""

import re
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from access import limits, loosening, passwords, second, sessions, tokens
from access import set_up as first
from access.loosening import POWERFUL, Kind, about, gained, had, lent, power, power_of, takes_effect
from access.permissions import Permission, may, require
from model import clock
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.language import NAMES, _, current
from model.person import Person
from model.words import Role
from store import audit, deputies, loosenings, people
from store.db import Store, Tx
from store.loosenings import Loosening
from store.people import Link

LINK_LASTS = timedelta(hours=72)
EMAIL = r"(?=.{3,254}$)[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+"
"""What an e-mail address looks like."""
# Control characters and halves of characters; joiners and marks are part of many people's names.
_UNWRITABLE = ("Cc", "Cs")


def set_up_code(store: Store) -> str:
    """A new one-time code for the first visit, or an empty string once there is an organisation."""
    code = tokens.new()
    with store.write() as tx:
        if is_set_up(tx):
            return ""
        people.set_fact(tx, "set-up code", tokens.stored(code))
    return code


def is_set_up(tx: Tx) -> bool:
    """Whether the first visit has been made."""
    return people.fact(tx, "organisation") is not None


def right_code(tx: Tx, code: str) -> bool:
    """Whether this is the code that was printed, and still unused."""
    stored = people.fact(tx, "set-up code")
    return bool(stored) and tokens.same(tokens.stored(code), stored)


def set_up_code_stored(tx: Tx) -> str:
    """What is stored of the code that was printed last; empty once it was used."""
    return str(people.fact(tx, "set-up code") or "")


def require_set_up_code(store: Store, code: str, address: str = "") -> None:
    """Raises NotAllowed for a code that was used or not printed last, TooMany after thirty tries from one `address`."""
    now = clock.now()
    limits.spend(store, now, limits.address(address))
    with store.write() as tx:
        _require_code(tx, code)
        limits.give_back(tx, now, limits.address(address))


def set_up(
    store: Store,
    code: str,
    organisation: str,
    time_zone: str,
    name: str,
    email: str,
    password: str,
    address: str = "",
    browser: str = "",
) -> str:
    """The first visit: the organisation and its first administrator, who is logged in: returns the session's token.

    The first person is a community manager as well; a team gives the roles to others later. The organisation's language
    is the one in which the form was read. Raises NotAllowed for a
    wrong or used code, TooMany after thirty tries from one `address`, BadInput for anything that is missing.
    """
    now = clock.now()
    limits.spend(store, now, limits.address(address))
    with store.read() as tx:
        _require_code(tx, code)
    values = (
        _line(organisation, _("the organisation's name")),
        _zone(time_zone),
        _line(name, _("your name")),
        _email(email),
    )
    digest = passwords.hashed(password)
    with store.write() as tx:
        _require_code(tx, code)
        people.set_fact(tx, "organisation", values[0])
        people.set_fact(tx, "time zone", values[1])
        people.set_fact(tx, "language", current())
        people.drop_fact(tx, "set-up code")
        person_id = people.add(tx, values[2], values[3], now)
        people.change(tx, person_id, password_hash=digest)
        people.set_roles(tx, person_id, frozenset({Role.ADMIN, Role.MANAGER}), frozenset())
        limits.give_back(tx, now, limits.address(address))
        first.begin(tx)
        audit.record(tx, "organisation.set_up", "person", person_id, by=person_id, at=now)
        return sessions.begin(tx, person_id, now, browser)


def _require_code(tx: Tx, code: str) -> None:
    if is_set_up(tx) or not right_code(tx, code):
        raise NotAllowed(
            _("This code was used or is not the one that was printed. Start Levelhead again for a new one.")
        )


def name_organisation(store: Store, by: Person, name: str, time_zone: str, language: str) -> None:
    """Changes the organisation's name, its time zone, and the language of what is written down for everybody."""
    require(by, Permission.PEOPLE)
    clean_name, zone = _line(name, _("the organisation's name")), _zone(time_zone)
    if language not in NAMES:
        raise BadInput(_("Please choose one of the languages."))
    with store.write() as tx:
        people.set_fact(tx, "organisation", clean_name)
        people.set_fact(tx, "time zone", zone)
        people.set_fact(tx, "language", language)
        audit.record(tx, "organisation.changed", "facts", None, by=by.id, at=clock.now())


def add(
    store: Store,
    by: Person,
    name: str,
    email: str,
    roles: frozenset[Role],
    levels: frozenset[int],
    why: str = "",
) -> str:
    """Adds a person and returns the token of the one-time link with which that person sets a password.

    Roles and levels that give power wait for a second person, where there is one; until then the person has the others.
    """
    require(by, Permission.PEOPLE)
    clean_name, address = _line(name, _("a name")), _email(email)
    now = clock.now()
    try:
        with store.write() as tx:
            person_id = people.add(tx, clean_name, address, now)
            audit.record(tx, "person.added", "person", person_id, by=by.id, at=now)
            _ask_for(tx, by, _somebody(tx, person_id), roles, levels, why, now)
            return _link(tx, by.id, person_id, now)
    except IntegrityError:
        raise Conflict(_("{address} belongs to somebody who is already here.", address=address)) from None


def set_roles(
    store: Store, by: Person, person_id: int, roles: frozenset[Role], levels: frozenset[int], why: str = ""
) -> bool:
    """Replaces a person's roles and levels. The last administrator stays one.

    More power than before waits for a second person, where there is one: then nothing changes yet, and this is False.
    """
    require(by, Permission.PEOPLE)
    now = clock.now()
    with store.write() as tx:
        before = bool(loosening.seconds(tx, by.id, None))
        made = _ask_for(tx, by, _somebody(tx, person_id), roles, levels, why, now)
        _keep_an_administrator(tx)
        loosening.alone_now(tx, by, before, now)
    return made


def _ask_for(
    tx: Tx, by: Person, person: Person, roles: frozenset[Role], levels: frozenset[int], why: str, now: datetime
) -> bool:
    """Gives these roles and levels now, or lets them wait where they give power and somebody second is there.

    Somebody new has at least what gives no power meanwhile.
    """
    _fit(roles, levels)
    gain = gained(power_of(person), power(roles, levels, active=person.active))
    meanwhile = person if person.roles else replace(person, roles=roles - POWERFUL)
    if gain and not takes_effect(tx, by, about(Kind.ROLES, meanwhile, gain, roles, levels), why, now):
        if meanwhile.roles != person.roles:
            _set(tx, by.id, person.id, meanwhile.roles, frozenset(), now)
        return False
    _set(tx, by.id, person.id, roles, levels, now)
    return True


def _fit(roles: frozenset[Role], levels: frozenset[int]) -> None:
    if not roles:
        raise BadInput(_("Choose at least one role."))
    if levels and Role.APPROVER not in roles:
        raise BadInput(_("Levels belong to approvers: add the role 'approver', or leave the levels out."))
    if Role.APPROVER in roles and not levels:
        raise BadInput(_("Choose the levels at which this approver decides."))
    if not levels <= frozenset(range(1, 6)):
        raise BadInput(_("A level is a number from 1 to 5."))


def _set(
    tx: Tx,
    by: int | None,
    person_id: int,
    roles: frozenset[Role],
    levels: frozenset[int],
    now: datetime,
    **more: object,
) -> None:
    people.set_roles(tx, person_id, roles, levels)
    about = {"roles": sorted(roles), "levels": sorted(levels)}
    audit.record(tx, "person.roles", "person", person_id, by=by, at=now, **about, **more)


def set_active(store: Store, by: Person, person_id: int, active: bool, why: str = "") -> bool:
    """Lets a person in again, or out: that ends all sessions at once. The last administrator stays.

    To let somebody in again who has power waits for a second person, where there is one; then this is False.
    """
    require(by, Permission.PEOPLE)
    now = clock.now()
    with store.write() as tx:
        person = _somebody(tx, person_id)
        if not active:
            let_out(tx, by, person_id, now)
            return True
        gain = power(person.roles, person.levels)
        if gain and not person.active and not takes_effect(tx, by, about(Kind.ACCESS, person, gain), why, now):
            return False
        _let(tx, by.id, person_id, True, now)
    return True


def let_out(tx: Tx, by: Person, person_id: int, now: datetime) -> None:
    """Ends all sessions of a person, who may not log in any more; part of another change. The last administrator
    stays."""
    require(by, Permission.PEOPLE)
    before = bool(loosening.seconds(tx, by.id, None))
    _let(tx, by.id, person_id, False, now)
    _keep_an_administrator(tx)
    loosening.alone_now(tx, by, before, now)


def _let(tx: Tx, by: int | None, person_id: int, active: bool, now: datetime, **more: object) -> None:
    people.change(tx, person_id, active=active)
    action = "person.activated" if active else "person.deactivated"
    if not active:
        people.end_sessions(tx, person_id, now)
    audit.record(tx, action, "person", person_id, by=by, at=now, **more)
    if not active:
        for loosening_id in loosenings.asked_by(tx, person_id):
            loosening.end(tx, loosening_id, loosenings.TAKEN_BACK, person_id, now)


def set_deputy(store: Store, by: Person, person_id: int, deputy_id: int | None, why: str = "") -> bool:
    """Names who is asked in the place of a person who has not answered in time; None: nobody.

    It is one who may decide on responses already. Whoever would decide at a level that they have not loosens: returns
    whether it was done; else it waits for a second person, and `why` is what they read.
    """
    require(by, Permission.PEOPLE)
    now = clock.now()
    with store.write() as tx:
        person = _somebody(tx, person_id)
        deputy = _somebody(tx, deputy_id) if deputy_id is not None else None
        if deputy and (deputy.id == person_id or not may(deputy, Permission.DECIDE)):
            raise BadInput(_("Choose an approver or an expert who may log in, and another person."))
        if deputy and deputies.every(tx).get(person_id) != deputy.id and (gain := lent(person, deputy)):
            change = about(Kind.DEPUTY, deputy, gain)
            change = replace(change, what={**change.what, "for": person_id, "for_had": had(person)})
            if not takes_effect(tx, by, change, why, now):
                return False
        _depute(tx, by.id, person_id, deputy_id, now)
    return True


def _depute(tx: Tx, by: int | None, person_id: int, deputy_id: int | None, now: datetime, **more: object) -> None:
    deputies.put(tx, person_id, deputy_id)
    audit.record(tx, "person.deputy", "person", person_id, by=by, at=now, deputy=deputy_id, **more)


def _somebody(tx: Tx, person_id: int) -> Person:
    person = people.get(tx, person_id)
    if person is None:
        raise NotFound(_("There is no such person."))
    return person


def _keep_an_administrator(tx: Tx) -> None:
    """Refuses a change after which nobody could manage people. Called after the change was recorded: the record's lock
    puts two administrators who remove each other in a row."""
    if not other_administrators(tx, None):
        raise Conflict(_("This is the last administrator. Make somebody else one first."))


def other_administrators(tx: Tx, than: int | None) -> list[Person]:
    """The administrators who may log in, without one."""
    everybody = people.everybody(tx)
    return [one for one in everybody if one.active and Role.ADMIN in one.roles and one.id != than]


def new_link(store: Store, by: Person, person_id: int, why: str = "") -> str:
    """A new one-time link for a person who lost the password; the token is returned once and never stored.

    For somebody who has power it waits for a second person, where there is one: then there is no token yet.
    """
    require(by, Permission.PEOPLE)
    now = clock.now()
    with store.write() as tx:
        person = _somebody(tx, person_id)
        if not person.active:
            raise Conflict(_("This person may not log in. Let the person in again first."))
        change = about(Kind.LINK, person, power_of(person))
        if power_of(person) and not takes_effect(tx, by, change, why, now):
            return ""
        return _link(tx, by.id, person_id, now)


def reset(store: Store, email: str) -> str:
    """A new link from the terminal, for an administrator who is locked out. Raises NotFound."""
    now = clock.now()
    with store.write() as tx:
        person = people.by_email(tx, email)
        if person is None or not person.active:
            raise NotFound(_("Nobody with the address {email} may log in here.", email=email))
        if power_of(person):
            takes_effect(tx, None, about(Kind.LINK, person, power_of(person)), "", now)
        return _link(tx, None, person.id, now)


def _link(tx: Tx, by: int | None, person_id: int, now: datetime, **more: object) -> str:
    token = tokens.new()
    people.add_link(tx, tokens.stored(token), person_id, now, now + LINK_LASTS)
    audit.record(tx, "person.link", "person", person_id, by=by, at=now, **more)
    return token


def carry_out(tx: Tx, one: Loosening, confirmed_by: int, now: datetime) -> str:
    """A change to a person that was confirmed; returns the token of a one-time link, where it is one.

    Raises Conflict where the person is not as they were when it was asked for.
    """
    assert one.person_id is not None
    person = _somebody(tx, one.person_id)
    instead_of = _somebody(tx, one.what["for"]) if one.kind == Kind.DEPUTY else None
    if had(person) != one.what["had"] or (instead_of and had(instead_of) != one.what["for_had"]):
        raise Conflict(
            _(
                "{name}'s roles or access have changed since this was asked for. Refuse it; it can be asked for anew.",
                name=person.name,
            )
        )
    if one.kind == Kind.ROLES:
        roles, levels = frozenset(map(Role, one.what["roles"])), frozenset(one.what["levels"])
        _set(tx, one.by, person.id, roles, levels, now, confirmed_by=confirmed_by)
    elif one.kind == Kind.ACCESS:
        _let(tx, one.by, person.id, True, now, confirmed_by=confirmed_by)
    elif instead_of:
        _depute(tx, one.by, instead_of.id, person.id, now, confirmed_by=confirmed_by)
    elif one.kind == Kind.SECOND_FACTOR:
        second.take_away(tx, person.id, one.by, now, confirmed_by=confirmed_by)
    else:
        return _link(tx, one.by, person.id, now, confirmed_by=confirmed_by)
    return ""


def invited(store: Store, token: str) -> Person:
    """Whose link this is. Raises NotFound when it was used, has expired or never was."""
    with store.read() as tx:
        return _invitation(tx, token, clock.now())[1]


def _invitation(tx: Tx, token: str, now: datetime) -> tuple[Link, Person]:
    link = people.link(tx, tokens.stored(token), now)
    person = people.get(tx, link.person_id) if link else None
    if link is None or person is None or not person.active:
        raise NotFound(_("This link was used or has expired. Ask an administrator for a new one."))
    return link, person


def join(store: Store, token: str, password: str, browser: str = "", *, digest: str = "") -> str:
    """Sets the password with a one-time link, ends the person's other sessions and begins one; returns its token.
    `digest` is its hash, where that was made already.

    A link is no way around a second factor: raises CodeAsked, with the password set, where one is on.
    """
    invited(store, token)
    digest = digest or passwords.hashed(password)
    now = clock.now()
    with store.write() as tx:
        link, person = _invitation(tx, token, now)
        if not people.use_link(tx, link.id, now):
            raise NotFound(_("This link was used a moment ago. Log in with the password that was set."))
        people.change(tx, person.id, password_hash=digest)
        people.end_sessions(tx, person.id, now)
        audit.record(tx, "person.joined", "person", person.id, by=person.id, at=now)
        begun = second.asked(tx, person.id, now)
        if not begun:
            return sessions.begin(tx, person.id, now, browser)
    raise second.CodeAsked(begun)


def _line(text: str, what: str) -> str:
    clean = " ".join(text.split())
    if not 1 <= len(clean) <= 120 or any(unicodedata.category(c) in _UNWRITABLE for c in clean):
        raise BadInput(_("Please give {what}, in at most 120 characters.", what=what))
    return clean


def _email(text: str) -> str:
    clean = text.strip().lower()
    if not re.fullmatch(EMAIL, clean):
        raise BadInput(_("Please give an e-mail address, such as name@example.org."))
    return clean


def _zone(name: str) -> str:
    if name not in clock.time_zones():
        raise BadInput(_("Please choose a time zone from the list, such as Europe/Berlin."))
    return name
