"""Who may decide and who may write: what routing is told of the people."""

from sqlalchemy import bindparam, select

from model.route import EXPERT
from model.words import Role
from store.db import Tx
from store.schema import people, person_levels, person_roles

# Asked wherever something is decided: made once.
_LEVELS = (
    select(person_levels.c.level, person_levels.c.person_id)
    .join(people, people.c.id == person_levels.c.person_id)
    .join(person_roles, person_roles.c.person_id == person_levels.c.person_id)
    .where(people.c.active, person_roles.c.role == Role.APPROVER)
    .limit(5000)
)
_WITH_ROLE = (
    select(person_roles.c.person_id)
    .join(people, people.c.id == person_roles.c.person_id)
    .where(people.c.active, person_roles.c.role == bindparam("role"))
    .limit(5000)
)


def deciders(tx: Tx) -> dict[int, frozenset[int]]:
    """The ids of the active people who may decide at each level (approvers' levels 1-5; 0: the experts)."""
    found: dict[int, set[int]] = {}
    for row in tx.execute(_LEVELS):
        found.setdefault(row.level, set()).add(row.person_id)
    found[EXPERT] = set(with_role(tx, Role.EXPERT))
    return {level: frozenset(ids) for level, ids in found.items()}


def of_level(tx: Tx, level: int) -> frozenset[int]:
    """The ids of all people of a level, also of those who may not log in now (1-5: approvers; 0: experts)."""
    if level == EXPERT:
        query = select(person_roles.c.person_id).where(person_roles.c.role == Role.EXPERT)
    else:
        query = select(person_levels.c.person_id).where(person_levels.c.level == level)
    return frozenset(tx.execute(query.limit(5000)).scalars())


def with_role(tx: Tx, role: Role) -> frozenset[int]:
    """The ids of the active people with a role."""
    return frozenset(tx.execute(_WITH_ROLE, {"role": role}).scalars())


def names(tx: Tx) -> dict[int, str]:
    """Everybody's name by id, at most five thousand."""
    return {row.id: row.name for row in tx.execute(select(people.c.id, people.c.name).limit(5000))}
