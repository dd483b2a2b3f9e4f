"""What a provider says of somebody, whatever it is, and the roles that groups give."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.oidc import account, roles
from model.errors import NotAllowed
from model.words import Role

pytestmark = pytest.mark.values

TEXT = st.text(st.characters(codec=None), max_size=300) | st.from_regex(r"[a-z]{1,5}@[a-z]{1,5}", fullmatch=True)
WORDS = st.none() | st.booleans() | st.integers() | TEXT
ANYTHING = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
NAMES = ("sub", "email", "email_verified", "name", "groups")
ROLES = st.frozensets(st.sampled_from(Role))
GIVES = st.dictionaries(st.sampled_from("abcd"), ROLES)


@given(
    st.dictionaries(st.sampled_from(NAMES), ANYTHING) | st.fixed_dictionaries(dict.fromkeys(NAMES, TEXT)),
    st.booleans(),
)
def test_claims_may_hold_anything_and_what_comes_of_them_can_be_stored(claims: dict[str, object], trust: bool) -> None:
    try:
        made = account("https://login.example.org", claims, "groups", trust_email=trust)
    except NotAllowed:
        assert not re.fullmatch(r"[ -~]{1,255}", str(claims.get("sub", ""))) or not isinstance(claims["sub"], str)
        return
    assert made.subject == claims["sub"]
    assert len(made.name) <= 120
    for said in (made.subject, made.name, made.email):
        assert "\0" not in said
        said.encode()  # raises where there is half a character in it
    assert all(isinstance(group, str) for group in made.groups)
    if claims.get("email_verified") is not True and not trust:
        assert made.email == "", "an address that is not vouched for is nobody's"


@given(ROLES, st.frozensets(st.sampled_from("abcdx")), GIVES)
def test_a_role_is_had_by_group_or_as_it_was_given_here(
    has: frozenset[Role], groups: frozenset[str], gives: dict[str, frozenset[Role]]
) -> None:
    by_groups = frozenset[Role]().union(*gives.values())
    for role in Role:
        by_group = any(role in given for group, given in gives.items() if group in groups)
        assert (role in roles(has, groups, gives)) == (by_group if role in by_groups else role in has)
