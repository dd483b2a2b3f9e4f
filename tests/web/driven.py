"""A page as one of the sample's people has it, run without a browser."""

from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from model.settings import ROOT
from tests.installation import enter
from tests.sample import Sample


class Driven:
    """The page `script` ('pages/good.py') of the person `who`; pages of tests add what theirs can do."""

    def __init__(self, sample: Sample, who: str, script: str) -> None:
        self.store = sample.store
        self._token = enter(self.store, sample.team[who])
        self.app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60)
        self.run()
        self.app.switch_page(script)
        self.run()

    def run(self) -> None:
        with patch("web.guard.session_token", lambda: self._token):
            self.app.run()
        assert not self.app.exception

    def press(self, label: str) -> None:
        next(one for one in self.app.button if one.label == label).click()
        self.run()
