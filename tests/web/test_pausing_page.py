"""Pausing publishing from the page Health: what is chosen there holds for everybody, and is said on every page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from access.permissions import Permission, may
from model.errors import NotAllowed
from model.person import Person
from model.words import Channel
from response import pausing
from response.pausing import Exceptions
from store import audit, pauses
from store.pauses import Pause
from tests.installation import enter
from tests.response.desk import Desk, desk_at
from tests.web.driven import Driven
from web.ui import words


class Health(Driven):
    """The page Health of a person."""

    def __init__(self, desk: Desk, who: Person) -> None:
        super().__init__(desk.store, who, "pages/health.py")

    def shown(self) -> str:
        return "\n".join(str(element.proto) for element in self.app.main)

    def type(self, label: str, text: str) -> None:
        (field,) = (one for one in [*self.app.text_area, *self.app.text_input] if one.label == label)
        field.set_value(text)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, tick=True) as made:
        yield made


def lasting(desk: Desk) -> Pause | None:
    with desk.store.read() as tx:
        return pauses.lasting(tx, words.now())


def test_what_is_chosen_is_what_pauses(desk: Desk) -> None:
    page = Health(desk, desk.alice)
    page.type("Reason", "A name was published.")
    (length,) = (one for one in page.app.selectbox if one.label == "For how long")
    length.set_value("1d")
    number = desk.submission(desk.waiting(2)).response_id
    page.type("Responses, by number", f"#{number}, {number}")
    (channels,) = (one for one in page.app.multiselect if one.label == "Channels")
    channels.set_value([Channel.FACEBOOK])
    next(one for one in page.app.checkbox if one.label.startswith("What is done to comments")).check()
    began = words.now()
    page.press("Pause publishing")
    on = lasting(desk)
    assert on is not None
    assert (on.reason, on.name, on.responses, on.channels) == (
        "A name was published.",
        desk.alice.name,
        (number,),
        (Channel.FACEBOOK,),
    )
    assert on.moderates
    assert timedelta() <= on.until - began - timedelta(days=1) < timedelta(minutes=1)
    shown = page.shown()
    assert "Publishing is paused. Who has something waiting to go out is told." in shown
    assert "Nothing waits so far." in shown
    assert f"response {number}, Facebook and what is done to comments" in shown
    with desk.store.read() as tx:
        assert audit.last(tx, "pause", on.id, ("publishing.paused",)) is not None

    page.press("End the pause now")
    assert lasting(desk) is None
    assert "The pause is over." in page.shown()
    assert [one.label for one in page.app.button].count("Pause publishing") == 1, "it can begin anew"


@pytest.mark.parametrize(
    ("reason", "numbers"), [("", ""), ("Because.", "twelve"), ("Because.", "1; 2"), ("Because.", "0x1")]
)
def test_what_cannot_be_meant_pauses_nothing_and_is_said(desk: Desk, reason: str, numbers: str) -> None:
    page = Health(desk, desk.alice)
    page.type("Reason", reason)
    page.type("Responses, by number", numbers)
    page.press("Pause publishing")
    assert lasting(desk) is None
    assert "lh-problem" in page.shown()


ABOVE = """
from store import pauses
from store.db import store
from web.guard import visitor
from web.ui import pausing, words
with store().read() as tx:
    on = pauses.lasting(tx, words.now())
pausing.line(visitor().person, on)
"""


def test_every_page_says_it_to_everybody_while_it_lasts_and_the_way_to_end_it_to_those_who_may(desk: Desk) -> None:
    until = words.now() + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        pausing.begin(desk.store, desk.bob, "No.", until)
    pausing.begin(desk.store, desk.charlie, "A <b>name</b> was published.", until, Exceptions(moderates=True))
    for who in (desk.charlie, desk.bob):
        token = enter(desk.store, who)
        with patch("web.guard.session_token", lambda token=token: token):
            (line,) = AppTest.from_string(ABOVE, default_timeout=60).run().get("html")
        said = line.proto.body
        assert "Publishing is paused until" in said and f"by {desk.charlie.name}: A &lt;b&gt;name&lt;/b&gt;" in said
        assert "All the same goes out: what is done to comments." in said
        assert ("href='/pause'" in said) is may(who, Permission.PAUSE) is (who is desk.charlie)
