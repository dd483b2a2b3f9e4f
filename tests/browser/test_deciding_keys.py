"""The keys that send what a dialog holds never reach a button of the page behind it."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Tab


def test_the_keys_that_send_a_reason_approve_nothing(member: Tab) -> None:
    priya = member("priya")
    approve = priya.page.get_by_role("button", name=re.compile("^Approve"))
    priya.screen.go("/approvals")
    expect(approve).to_contain_text("Ctrl")
    priya.screen.press("Reject")
    dialog = priya.page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("Nobody has spoken with her yet.")
    expect(approve).not_to_contain_text("Ctrl")
    dialog.get_by_role("combobox").first.press("Control+Enter")
    expect(priya.page.get_by_text(re.compile("^Rejected")).first).to_be_visible()


def test_who_closes_the_dialog_may_approve_by_keys_again(member: Tab) -> None:
    priya = member("priya")
    approve = priya.page.get_by_role("button", name=re.compile("^Approve"))
    priya.screen.go("/approvals")
    priya.screen.press("Request changes")
    expect(priya.page.get_by_role("dialog")).to_be_visible()
    priya.page.keyboard.press("Escape")
    expect(priya.page.get_by_role("dialog")).to_have_count(0)
    expect(approve).to_contain_text("Ctrl")
