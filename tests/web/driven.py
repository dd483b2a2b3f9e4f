"""A page as somebody has it open, run without a browser."""

from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from model.person import Person
from model.settings import ROOT
from store.db import Store
from tests.installation import enter


class Driven:
    """The page `script` ('pages/good.py') of a person, at an address with this query; pages of tests add what theirs
    can do."""

    def __init__(self, store: Store, who: Person, script: str, **query: object) -> None:
        self.store = store
        self._token = enter(store, who)
        self.app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60)
        self.run()
        self.app.switch_page(script)
        for name, value in query.items():
            self.app.query_params[name] = str(value)
        self.run()

    def run(self) -> None:
        with patch("web.guard.session_token", lambda: self._token):
            self.app.run()
        assert not self.app.exception

    def press(self, label: str) -> None:
        next(one for one in self.app.button if one.label == label).click()
        self.run()
