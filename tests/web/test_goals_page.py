"""The page of goals: entered and changed in its forms, which keep what was typed when it cannot be used."""

from typing import Any

from model.person import Person
from response import goals, policies
from store import goals as rows
from store.db import Store
from tests.installation import set_up
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
