"""A person of the team, as every permission check and every page sees them."""

from dataclasses import dataclass

from model.words import Role


@dataclass(frozen=True, slots=True)
class Person:
    """`levels` are those (1-5) at which the person may decide; somebody inactive may do nothing."""

    id: int
    name: str
    email: str
    active: bool
    roles: frozenset[Role]
    levels: frozenset[int]
