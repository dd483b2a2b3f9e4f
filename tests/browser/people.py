"""People of the team at their browsers. What is written on the screens stands here and in no other test."""

import re

from playwright.sync_api import Page, expect

from tests.browser.screen import Screen
from tests.system.wordpress import Account

PASSWORD = "four quite unrelated words"


class Person:
    """Somebody with a browser of their own. Each method is one thing that a person comes to do."""

    def __init__(self, name: str, page: Page, base: str, email: str = "") -> None:
        self.name = name
        self.email = email or f"{name.lower()}@example.org"
        self.page = page
        self.screen = Screen(page, base)
        self._base = base

    def set_up(self, address: str) -> None:
        """The first visit, by the address that was printed; ends on the first step of set-up that is left."""
        self.page.goto(address)
        self.page.get_by_role("button", name="Set up your organisation").click()
        self.screen.shoot("setup")
        self.page.get_by_label("Organisation").fill("The association")
        self.page.get_by_role("combobox", name="Time zone").select_option("Europe/Berlin")
        self.page.get_by_label("Your name").fill(self.name)
        self._log_in_with("Create")
        self.page.wait_for_url("**/begin")
        self.screen.settle()

    def log_in(self) -> None:
        self.page.goto(f"{self._base}/login")
        self._log_in_with("Log in")
        self._expect_inside()

    def log_out(self) -> None:
        self.screen.button("Log out").click()
        self.page.wait_for_url("**/login")

    def join(self, link: str) -> None:
        """Opens a one-time link and sets a password."""
        self.page.goto(link)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Set password").click()
        self._expect_inside()

    def _log_in_with(self, button: str) -> None:
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name=button).click()

    def _expect_inside(self) -> None:
        self.screen.settle()
        # The first page of a server that has just begun loads what all pages need.
        expect(self.screen.button("Log out")).to_be_visible(timeout=30_000)

    def add_source(self, address: str, account: Account | None = None) -> None:
        """Pastes the address of a blog on our own network, looks at the preview, and adds it."""
        self.screen.go("/sources")
        self.screen.fill("Blog address", address)
        self.screen.tick("This address is on our own network")
        self.screen.press("Find comments")
        expect(self.screen.button("Add source")).to_be_visible()
        if account:
            self.screen.fill("WordPress user", account.user)
            self.screen.fill("Application password", account.password)
        self.screen.shoot("source-preview")
        self.screen.press("Add source")
        self.screen.shoot("source-added")

    def invite(self, name: str, roles: list[str], levels: list[int]) -> str:
        """Adds a person and returns the one-time link."""
        self.screen.go("/people")
        self.screen.fill("Name", name)
        self.screen.fill("E-mail", f"{name.lower()}@example.org")
        self.screen.choose("Roles", *roles)
        if levels:
            self.screen.choose("Levels", *map(str, levels))
        self.screen.press("Add person")
        link = self.page.get_by_text(re.compile(r"https?://\S+/join\?token=\S+")).first
        self.screen.shoot("person-added")
        return link.inner_text().strip()

    def use_policy(self, variant: str) -> None:
        self.screen.go("/policy")
        self.screen.choose("Choose a ready-made policy", variant)
        self.screen.shoot("policy")
        self.screen.press("See what it changes")
        expect(self.page.get_by_role("dialog", name="What this policy changes")).to_be_visible()
        self.screen.shoot("policy-changes")
        self.screen.press("Put it in force")
        expect(self.page.get_by_text(re.compile(rf"^version \d+ · {variant}$"))).to_be_visible()

    def open_case(self, words: str) -> None:
        """Waits until a case with these words is in the queue, and opens it."""
        self.screen.until_shown("/queue", self.screen.row(words))
        self.screen.pick(words)
        expect(self.screen.button("Reply")).to_be_visible()
        self.screen.shoot("queue")

    def claim(self) -> None:
        self.screen.press("Claim")

    def open_editor(self) -> None:
        """Opens the editor of the open case."""
        self.screen.press("Reply")
        expect(self.screen.field("Your reply")).to_be_visible()

    def route(self) -> list[str]:
        """Who will be asked, '2 Cem' for level 2, as the page of the reply says it before a word is written."""
        chips = self.page.locator(".lh-route .lh-chip:has(b)")
        return [" ".join(text.split()) for text in chips.all_inner_texts()]

    def write(self, text: str) -> None:
        """Writes the reply and waits until it is saved."""
        self.screen.field("Your reply").fill(text)
        expect(self.page.locator(".state")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
        self.screen.settle()
        self.screen.shoot("reply")

    def send_for_approval(self) -> None:
        self.screen.press("Send for approval")
        self.screen.shoot("reply-sent")

    def wait_for_approval_of(self, text: str) -> None:
        """Waits until a response with this text is among those that wait for this person, and opens it."""
        line = text.splitlines()[0]
        self.screen.until_shown("/approvals", self.page.get_by_text(line).last)

    def sees_nothing_to_approve(self) -> None:
        self.screen.go("/approvals")
        expect(self.screen.button("Approve")).to_have_count(0)

    def approve(self) -> None:
        """Approves the response that is open."""
        self.screen.shoot(f"approval-by-{self.name.lower()}")
        self.screen.press("Approve")
        self.screen.shoot(f"approved-by-{self.name.lower()}")
