"""Who may do what. Checked where the change is made; pages ask the same table what to show."""

from enum import StrEnum

from model.errors import NotAllowed
from model.language import Labels, _, later
from model.person import Person
from model.words import Role


class Permission(StrEnum):
    """What can be allowed; the value, in the reader's language, completes 'You may not ...'."""

    TRIAGE = later("work on cases")
    DECIDE = later("decide on responses")
    WAITS = later("see what waits for approval")
    COMMENTS = later("read the comments")
    OVERVIEW = later("see the overview")
    BOARD = later("make the report for the board")
    GOALS = later("change the organisation's goals")
    BRING = later("add comments")
    SOURCES = later("change sources")
    PEOPLE = later("change people")
    POLICY = later("change the policy")
    MATTERS = later("change the matters")
    GOOD = later("see how good the assessment is")
    ASSESSING = later("change what was learnt")
    OPINION = later("change how a second opinion is asked for")
    DATA = later("change what is kept and erase what was written")
    PAUSE = later("pause publishing")
    RECORD = later("read the audit log")
    HEALTH = later("see how Levelhead runs")
    LOOSENED = later("see what was loosened")
    CONFIRM = later("confirm what loosens")
    OWN = later("choose your own settings")


ROLE = Labels(
    {
        Role.MANAGER: later("community manager"),
        Role.EXPERT: later("expert"),
        Role.APPROVER: later("approver"),
        Role.LEADERSHIP: later("leadership"),
        Role.ADMIN: later("administrator"),
    }
)
"""The roles in words."""

ROLES: dict[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset(
        {
            Permission.TRIAGE,
            Permission.WAITS,
            Permission.BRING,
            Permission.COMMENTS,
            Permission.GOOD,
            Permission.OVERVIEW,
            Permission.OWN,
        }
    ),
    Role.EXPERT: frozenset({Permission.DECIDE, Permission.WAITS, Permission.LOOSENED, Permission.OWN}),
    Role.APPROVER: frozenset(
        {
            Permission.DECIDE,
            Permission.WAITS,
            Permission.COMMENTS,
            Permission.OVERVIEW,
            Permission.LOOSENED,
            Permission.OWN,
        }
    ),
    Role.LEADERSHIP: frozenset(
        {
            Permission.OVERVIEW,
            Permission.BOARD,
            Permission.GOALS,
            Permission.GOOD,
            Permission.PAUSE,
            Permission.LOOSENED,
            Permission.CONFIRM,
            Permission.OWN,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.BRING,
            Permission.SOURCES,
            Permission.MATTERS,
            Permission.GOOD,
            Permission.ASSESSING,
            Permission.OPINION,
            Permission.PEOPLE,
            Permission.POLICY,
            Permission.DATA,
            Permission.PAUSE,
            Permission.RECORD,
            Permission.HEALTH,
            Permission.COMMENTS,
            Permission.OVERVIEW,
            Permission.LOOSENED,
            Permission.CONFIRM,
            Permission.BOARD,
            Permission.GOALS,
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
        names = [f"'{ROLE[role]}'" for role in ROLES if permission in ROLES[role]]
        roles = names[0]
        for name in names[1:]:
            roles = _("{first} or {last}", first=roles, last=name)
        raise NotAllowed(
            _(
                "You may not {what}. That takes the role {roles}, which administrators give on the page People.",
                what=_(permission.value),
                roles=roles,
            )
        )
