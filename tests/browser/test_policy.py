"""The policy in a browser: a choice writes into the text, the text moves the choices, and nothing jumps meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.shots import shots

pytestmark = [pytest.mark.system, pytest.mark.browser]


def test_a_sentence_is_chosen_typed_and_put_in_force(member: Tab) -> None:
    marguerite = member("marguerite")
    screen, page = marguerite.screen, marguerite.page
    screen.go("/policy")
    expect(page.get_by_role("radio").first).to_be_visible()
    shots(marguerite, "policy-form")
    text = page.get_by_label("Policy as text (YAML)")
    screen.press("New rule")
    screen.choose("Channel", "Forum")
    expect(text).to_have_value(  # the rest of the text is as it was written
        text.input_value().partition("  - id: rule-1")[0]
        + "  - id: rule-1\n    says: A new rule\n    when: {channel: [forum]}\n    levels: [1]\n"
    )
    says = page.get_by_label("What people read of it")
    top = says.bounding_box()
    says.fill("The forum is read by somebody else")
    assert says.bounding_box() == top and says.input_value() == "The forum is read by somebody else"
    text.click()
    screen.settle()
    expect(page.get_by_role("radio").last).to_have_accessible_name(re.compile("The forum is read by somebody else"))
    assert "says: The forum is read by somebody else\n" in text.input_value()
    assert says.bounding_box() == top
    text.fill(text.input_value().replace("read by somebody else", "ours"))
    says.click()
    screen.settle()
    expect(says).to_have_value("The forum is ours")
    shots(marguerite, "policy-form-changed")
    page.get_by_role("tab", name="Levels").click()
    shots(marguerite, "policy-form-levels")
    screen.press("Check and see what it changes")
    expect(page.get_by_role("dialog")).to_contain_text("New: “The forum is ours” (on Forum: level 1).")
    screen.press("Put it in force")
    expect(page.get_by_text("In force for everything sent from now on.")).to_be_visible()
    assert "The forum is ours" in text.input_value()
