"""The page Policy: what another policy would change and would have needed is shown before it is put in force."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from model.settings import ROOT
from response import policies
from store import policies as rows
from tests.installation import enter
from tests.sample import Sample


class Page:
    """The page as an administrator has it."""

    def __init__(self, sample: Sample) -> None:
        self.store = sample.store
        self._token = enter(self.store, sample.team["marguerite"])
        self.app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60)
        self.run()
        self.app.switch_page("pages/policy.py")
        self.run()

    def run(self) -> None:
        with patch("web.guard.session_token", lambda: self._token):
            self.app.run()
        assert not self.app.exception

    def press(self, label: str) -> None:
        next(one for one in self.app.button if one.label == label).click()
        self.run()

    def said(self) -> str:
        """All that stands there, in the dialog too."""
        return "\n".join(str(element.proto) for element in self.app.get("html"))

    def asks(self) -> bool:
        """Whether the dialog is open."""
        return any(one.label == "Put it in force" for one in self.app.button)

    def number(self) -> int:
        with self.store.read() as tx:
            newest = rows.newest(tx)
        assert newest
        return newest.number


@pytest.fixture
def page(sample: Sample, tmp_path: Path) -> Iterator[Page]:
    yield Page(sample)


def test_a_ready_made_policy_shows_what_it_changes_and_counts_once_it_is_put_in_force(page: Page) -> None:
    before = page.number()
    page.app.selectbox[0].select("Two levels on the blog, Facebook free")
    page.press("See what it changes")
    said = page.said()
    assert page.asks() and "New: “Everything on the blog needs two levels” (on Blog:" in said
    assert "It asks for less: " in said
    assert "What the last 90 days would have needed" in said and "responses that were sent, " in said
    assert page.number() == before
    page.press("Leave it")
    assert not page.asks()
    page.press("See what it changes")
    page.press("Put it in force")
    assert page.number() == before + 1
    page.press("Look at going back to it")
    page.press("Put it in force")
    with page.store.read() as tx:
        assert policies.in_force(tx).policy.name == "Millbrook Community House"


def test_a_text_that_cannot_be_used_is_refused_with_its_line_and_stays_to_be_mended(page: Page) -> None:
    before = page.number()
    wrong = page.app.text_area[0].value.replace("levels: [1, 2]", "levels: [1, 9]", 1)
    page.app.text_area[0].set_value(wrong)
    page.press("Check and see what it changes")
    assert "Line " in page.said() and not page.asks()
    assert page.app.text_area[0].value == wrong
    assert page.number() == before
