"""Goals: entered and changed in the forms of their page, which keep what was typed when it cannot be used; and chosen
for a response where it is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.person import Person
from response import goals, policies
from store import cost
from store import goals as rows
from store.db import Store
from tests.installation import set_up
from tests.response.desk import Desk, desk_at
from tests.web.driven import Driven
from tests.web.test_begin import Tab


class Page(Tab):
    """The page of goals."""

    def __init__(self, store: Store, who: Person) -> None:
        super().__init__(store, who)
        self.open("goals.py")

    def name(self, *, of_new: bool) -> Any:
        """The field with the name of a new goal, or of the one that is in use."""
        return [one for one in self._app.text_input if one.label == "Name"][-1 if of_new else 0]


def test_what_was_typed_stays_until_it_can_be_used(empty: Store) -> None:
    policies.ensure(empty)
    alice = set_up(empty)
    page = Page(empty, alice)
    page.name(of_new=True).set_value("Trust")
    assert "Entered." in page.press("Enter the goal") and page.name(of_new=True).value == ""
    page.name(of_new=True).set_value("Trust")
    assert "lh-problem" in page.press("Enter the goal"), "there is one of this name"
    assert page.name(of_new=True).value == "Trust"

    with empty.read() as tx:
        (one,) = rows.every(tx)
    page.name(of_new=False).set_value("Trust in us")
    goals.change(empty, alice, one.id, "Trust in our work", "", one.version)
    assert "lh-problem" in page.press("Save"), "somebody was faster"
    with empty.read() as tx:
        assert [one.name for one in rows.every(tx)] == ["Trust in our work"]


def test_a_response_is_given_a_goal_where_it_is_written_and_the_page_says_which(desk: Desk) -> None:
    trust, grow = (goals.add(desk.store, desk.charlie, name, "") for name in ("Trust", "Grow"))
    response_id = desk.written(case_id := desk.opened(3))
    page = Driven(desk.store, desk.alice, "pages/reply.py", case=case_id)

    def field() -> Any:
        return next(one for one in page.app.selectbox if one.label == "Goal")

    def tagged() -> int | None:
        with desk.store.read() as tx:
            return cost.goal_of(tx, response_id)

    assert (field().options, field().value) == (["None", "Grow", "Trust"], None)
    for goal_id in (grow, trust, None):
        field().select_index(0 if goal_id is None else 1 + (grow, trust).index(goal_id))
        page.run()
        assert (tagged(), field().value) == (goal_id, goal_id)
        assert "Goal chosen." in "\n".join(str(element.proto) for element in page.app.main)
    field().select_index(1)
    page.run()
    with desk.store.read() as tx:
        one = rows.get(tx, grow)
    assert one is not None
    goals.archive(desk.store, desk.charlie, grow, one.version)
    page.run()
    assert (field().options, field().value) == (["None", "Trust", "Grow"], grow), "it keeps the one that it has"
    field().select_index(1)
    page.run()
    assert field().options == ["None", "Trust"], "and cannot go back to it"


def test_without_a_goal_there_is_nothing_to_choose(desk: Desk) -> None:
    desk.written(case_id := desk.opened(3))
    page = Driven(desk.store, desk.alice, "pages/reply.py", case=case_id)
    assert not [one for one in page.app.selectbox if one.label == "Goal"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, tick=True) as made:
        yield made
