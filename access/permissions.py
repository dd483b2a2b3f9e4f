"""Who may do what. Checked where the change is made; pages ask the same table what to show."""

from enum import StrEnum

from model.errors import NotAllowed
from model.person import Person
from model.words import Role


class Permission(StrEnum):
    """What can be allowed; the value completes 'You may not ...'."""

    TRIAGE = "work on cases"
    DECIDE = "decide on responses"
    WAITS = "see what waits for approval"
    COMMENTS = "read the comments"
    OVERVIEW = "see the overview"
    BRING = "add comments"
    SOURCES = "change sources"
    PEOPLE = "change people"
    POLICY = "change the policy"
    DATA = "change what is kept and erase what was written"
    OWN = "choose your own settings"


ROLES: dict[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset(
        {
            Permission.TRIAGE,
            Permission.WAITS,
            Permission.BRING,
            Permission.COMMENTS,
            Permission.OVERVIEW,
            Permission.OWN,
        }
    ),
    Role.EXPERT: frozenset({Permission.DECIDE, Permission.WAITS, Permission.OWN}),
    Role.APPROVER: frozenset(
        {Permission.DECIDE, Permission.WAITS, Permission.COMMENTS, Permission.OVERVIEW, Permission.OWN}
    ),
    Role.LEADERSHIP: frozenset({Permission.OVERVIEW, Permission.OWN}),
    Role.ADMIN: frozenset(
        {
            Permission.BRING,
            Permission.SOURCES,
            Permission.PEOPLE,
            Permission.POLICY,
            Permission.DATA,
            Permission.COMMENTS,
            Permission.OVERVIEW,
            Permission.OWN,
        }
    ),
}


def may(person: Person, permission: Permission) -> bool:
    """Whether one of the person's roles allows it; nobody inactive may do anything."""
    return person.active and any(permission in ROLES[role] for role in person.roles)


def require(person: Person, permission: Permission) -> None:
    """Raises NotAllowed, with the next step, unless the person may."""
    if not may(person, permission):
        roles = " or ".join(f"'{role.value}'" for role in ROLES if permission in ROLES[role])
        raise NotAllowed(f"You may not {permission.value}. An administrator can give you the role {roles}.")
