"""Log-in by an OpenID provider: who of us somebody is there, and which roles their groups give.

What the provider says has been checked before it comes here (`web.oidc`). Levels come from no directory: who decides
is named on the People page alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from access import people, second, sessions
from access.loosening import Kind, about, gained, power, power_of, takes_effect
from model import clock
from model.errors import NotAllowed
from model.language import _
from model.person import Person
from model.words import Role
from store import audit, identities
from store import people as rows
from store.db import Store, Tx

_MOST_GROUPS = 2000


@dataclass(frozen=True, slots=True)
class Account:
    """What a provider says of whoever logged in there; `email` only where it is theirs for certain, else empty."""

    issuer: str
    subject: str
    name: str
    email: str
    groups: frozenset[str]


# --- rules -----------------------------------------------------------------------------------------------------------


def account(issuer: str, claims: Mapping[str, Any], groups_claim: str, *, trust_email: bool) -> Account:
    """An account from the claims of a provider, which may hold anything. Raises NotAllowed without a subject."""
    subject = claims.get("sub")
    # At most 255 letters of ASCII, says OpenID Connect Core 1.0, section 2.
    if (
        not isinstance(subject, str)
        or not 1 <= len(subject) <= 255
        or not (subject.isascii() and subject.isprintable())
    ):
        raise NotAllowed(_("The provider did not say who you are there. Nothing was changed."))
    email = claims.get("email")
    theirs = trust_email or claims.get("email_verified") is True
    said = claims.get(groups_claim, ())
    listed = [said] if isinstance(said, str) else said if isinstance(said, list | tuple) else ()
    return Account(
        issuer=issuer,
        subject=subject,
        name=_name(claims.get("name")),
        email=email.strip().lower() if theirs and isinstance(email, str) and email.isprintable() else "",
        groups=frozenset(one for one in listed[:_MOST_GROUPS] if isinstance(one, str)),
    )


def _name(said: object) -> str:
    plain = (
        "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in said) if isinstance(said, str) else ""
    )
    return " ".join(plain.split())[:120]


def roles(has: Iterable[Role], groups: frozenset[str], gives: Mapping[str, frozenset[Role]]) -> frozenset[Role]:
    """The roles of somebody with these groups, who `has` some: what any group gives is had by groups alone; a role that
    no group gives stays as it was given here."""
    by_groups = frozenset[Role]().union(*gives.values())
    return (frozenset(has) - by_groups).union(*(given for group, given in gives.items() if group in groups))


# --- log-in ----------------------------------------------------------------------------------------------------------


def log_in(store: Store, them: Account, gives: Mapping[str, frozenset[Role]], browser: str = "") -> str:
    """Begins a session for whoever this account belongs to, with the roles of its groups; returns its token.

    An account that is new here belongs to the person with its address; where there is none and its groups give a role,
    that person is added. Raises NotAllowed for anybody else, and CodeAsked where a second factor is on.
    """
    now = clock.now()
    with store.write() as tx:
        person = _person(tx, them, gives, now)
        if not person.active:
            raise NotAllowed(_("You may not log in here any more. Ask an administrator."))
        _follow(tx, person, them, gives, now)
        begun = second.asked(tx, person.id, now)
        if not begun:
            return sessions.begin(tx, person.id, now, browser)
    raise second.CodeAsked(begun)


def _person(tx: Tx, them: Account, gives: Mapping[str, frozenset[Role]], now: datetime) -> Person:
    known = identities.person_id(tx, them.issuer, them.subject)
    if known is None:
        known = _joined(tx, them, gives, now)
    person = rows.get(tx, known)
    assert person is not None, "accounts belong to people, who are never deleted"
    return person


def _joined(tx: Tx, them: Account, gives: Mapping[str, frozenset[Role]], now: datetime) -> int:
    """From now on this account belongs to the person with its address."""
    if not them.email:
        raise NotAllowed(
            _(
                "The provider does not vouch for your e-mail address, so nobody knows who of us you are. Ask an"
                " administrator."
            )
        )
    found = rows.by_email(tx, them.email)
    person_id = found.id if found else _added(tx, them, gives, now)
    identities.add(tx, them.issuer, them.subject, person_id, now)
    audit.record(tx, "person.account", "person", person_id, by=person_id, at=now)
    return person_id


def _added(tx: Tx, them: Account, gives: Mapping[str, frozenset[Role]], now: datetime) -> int:
    given = roles((), them.groups, gives)
    if not given or not re.fullmatch(people.EMAIL, them.email):
        raise NotAllowed(_("Nobody here has the address {email}. Ask an administrator to add you.", email=them.email))
    person_id = rows.add(tx, them.name or them.email, them.email, now)
    audit.record(tx, "person.added", "person", person_id, by=None, at=now)
    person = rows.get(tx, person_id)
    assert person is not None
    _tell(tx, person, given, now)
    rows.set_roles(tx, person_id, given, frozenset())
    audit.record(tx, "person.roles", "person", person_id, by=None, at=now, roles=sorted(given), levels=[])
    return person_id


def _follow(tx: Tx, person: Person, them: Account, gives: Mapping[str, frozenset[Role]], now: datetime) -> None:
    """Gives and takes the roles that groups give. The last administrator stays one, as nobody else could mend that."""
    wanted = roles(person.roles, them.groups, gives)
    if Role.ADMIN in person.roles - wanted and not people.other_administrators(tx, person.id):
        wanted |= {Role.ADMIN}
    if not wanted:
        raise NotAllowed(_("None of your groups may use Levelhead. Ask an administrator."))
    if wanted != person.roles:
        _tell(tx, person, wanted, now)
        rows.set_roles(tx, person.id, wanted, person.levels)
        said = {"roles": sorted(wanted), "levels": sorted(person.levels)}
        audit.record(tx, "person.roles", "person", person.id, by=None, at=now, **said)


def _tell(tx: Tx, person: Person, wanted: frozenset[Role], now: datetime) -> None:
    """More power that a group gives is decided in the directory, and waits for nobody here; it is told."""
    gain = gained(power_of(person), power(wanted, person.levels))
    if gain:
        change = about(Kind.ROLES, person, gain, wanted, person.levels)
        takes_effect(tx, None, replace(change, what={**change.what, "from": "groups"}), "", now)
