"""Who may do what."""

from dataclasses import replace

import pytest

from access.permissions import ROLES, Permission, may, require
from model.errors import NotAllowed
from model.person import Person
from model.words import Role

pytestmark = pytest.mark.values


def somebody(*roles: Role) -> Person:
    return Person(1, "Alice", "alice@example.org", True, frozenset(roles), frozenset())


def test_every_role_is_in_the_table_and_every_permission_is_given_to_somebody() -> None:
    assert set(ROLES) == set(Role)
    assert frozenset().union(*ROLES.values()) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_several_roles_allow_what_each_of_them_does(permission: Permission) -> None:
    allowed = {role for role in Role if may(somebody(role), permission)}
    for one in Role:
        for other in Role:
            assert may(somebody(one, other), permission) == bool({one, other} & allowed)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_may_anything_without_a_role_or_without_access(permission: Permission) -> None:
    assert not may(somebody(), permission)
    assert not may(replace(somebody(*Role), active=False), permission)


def test_a_refusal_names_the_role_that_is_missing() -> None:
    with pytest.raises(NotAllowed, match=r"You may not change people\..*'administrator'"):
        require(somebody(Role.MANAGER), Permission.PEOPLE)
