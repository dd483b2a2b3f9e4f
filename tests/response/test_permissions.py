"""Whoever has no business here changes nothing: each service function that takes a person is walked."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from access import people
from model.errors import NotAllowed
from model.person import Person
from model.words import Action, DecisionKind, Role
from response import (
    approvals,
    cases,
    checking,
    drafts,
    handing_on,
    learning,
    moderation,
    opinion_settings,
    opinions,
    policies,
    publish,
    several,
)
from tests.response.desk import Desk

MODULES: tuple[ModuleType, ...] = (
    cases,
    several,
    drafts,
    approvals,
    handing_on,
    publish,
    policies,
    moderation,
    checking,
    learning,
    opinion_settings,
    opinions,
)
# What each argument is when it is asked for by name.
GIVEN: dict[str, Any] = {
    "case_id": 1,
    "response_id": 1,
    "submission_id": 1,
    "publication_id": 1,
    "decision_id": 1,
    "escalation_id": 1,
    "moderation_id": 1,
    "action": Action.TRASH,
    "comment_id": 1,
    "seen_version": 1,
    "seen_revision": 1,
    "seen_number": 1,
    "seen_hash": "",
    "kind": DecisionKind.APPROVE,
    "reason": "A reason.",
    "seen": [several.Seen(1, 1)],
    "until": datetime(2026, 3, 3, tzinfo=UTC),
    "found": "calm",
    "week": "2026-03-02",
    "place": 1,
    "said": "yes",
    "signal": "negative",
    "on": True,
    "wrongly_raised": False,
    "note": "",
    "span": None,
    "to": 2,
    "token": "",
    "text": "Some words.",
    "to_level": 3,
    "url": "https://blog.example.org/garden#comment-2",
    "why": "",
    "chosen": opinion_settings.Chosen(),
    "key": "",
    "opinion_id": 1,
    "source": policies.SHIPPED.read_text(),
}


def services() -> list[Callable[..., object]]:
    """The public functions that change something for a person: the store first, then the person."""
    found = []
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters)
            if (
                function.__module__ == module.__name__
                and not name.startswith("_")
                and parameters[:2] == ["store", "by"]
            ):
                found.append(function)
    return found


def called(desk: Desk, function: Callable[..., object], by: Person) -> None:
    asked = list(inspect.signature(function).parameters)[2:]
    missing = [name for name in asked if name not in GIVEN and name != "to_person"]
    assert not missing, f"{function.__name__} takes {missing}; say here what to give it"
    optional = {name for name, one in inspect.signature(function).parameters.items() if one.default is not one.empty}
    arguments = {name: GIVEN[name] for name in asked if name in GIVEN and (name not in optional or name == "to_level")}
    function(desk.store, by, **arguments)


def test_the_walk_finds_the_services() -> None:
    names = {function.__name__ for function in services()}
    assert {"claim", "dismiss", "escalate", "answer", "submit", "save", "decide", "undo", "send_again", "drop"} <= names


@pytest.mark.parametrize("function", services(), ids=lambda function: f"{function.__module__}.{function.__name__}")
@pytest.mark.parametrize("who", ["the leadership", "somebody let go"])
def test_who_has_no_business_here_changes_nothing(desk: Desk, who: str, function: Callable[..., object]) -> None:
    submission_id = desk.waiting(3)
    desk.decides(desk.bob, submission_id)
    person = desk.charlie
    if who == "somebody let go":
        every_role = frozenset({Role.MANAGER, Role.APPROVER, Role.EXPERT, Role.ADMIN})
        people.set_roles(desk.store, desk.alice, desk.charlie.id, every_role, frozenset({1, 2, 3}))
        people.set_active(desk.store, desk.alice, desk.charlie.id, False)
        person = desk.now_is(desk.charlie)
    before = desk.actions()
    with pytest.raises(NotAllowed, match="You may not"):
        called(desk, function, person)
    assert desk.actions() == before
