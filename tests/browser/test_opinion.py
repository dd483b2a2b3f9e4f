"""A second opinion in a browser: entered and switched on by an administrator, asked for beside a case, and shown once
it is there, without a reload."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from channels.feed.parse import parse
from ingest.take import take
from model.words import Role, SourceKind
from response import policies
from store import people
from store.db import Store
from tests.browser.conftest import people_at
from tests.browser.shots import shots
from tests.browser.walk import AXE, BAD, HANDHELD, RUN_AXE, WIDER
from tests.channels.blogs import Said, rss
from tests.channels.peers import Peer
from tests.channels.speaking import OPINION, says
from tests.ingest import reads
from tests.installation import add, enter, installation, set_up
from tests.system.running import Levelhead
from web.middleware import COOKIE

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.sqlite]

GRAVE = "<p>My daughter was left alone at the lake, and she is six. Nobody answers my letters.</p>\n"
DRAFT = {"draft": "We are sorry to read this, and we want to talk with you. When can we call you?"}
ANSWERED_WITHIN_MS = 30_000


class Model:
    """A server that answers once it is let: with an opinion first, then with a draft."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.peer = Peer(self._answer)

    def _answer(self, request: str) -> bytes:
        assert self.may.wait(60)
        return says(DRAFT if "draft is a reply" in request else OPINION)(request)


@contextmanager
def installed(home: Path) -> Iterator[tuple[Store, int]]:
    """Alice, who administers, Dave, who works on comments, and a case; gives its id."""
    home.mkdir()
    with installation(home) as store:
        policies.ensure(store)
        alice = set_up(store)
        add(store, alice, "Dave", Role.MANAGER)
        source = reads.source(store, kind=SourceKind.FEED)
        with store.write() as tx:
            tx.exec_driver_sql("update sources set active = false")
        take(store, source, parse(rss([Said(1, GRAVE, post=1)])))
        yield store, reads.all_cases(store)[-1].id


def test_a_model_is_entered_asked_and_answers_beside_the_case(browser: Browser, tmp_path: Path) -> None:
    model = Model()
    with (
        installed(tmp_path / "home") as (store, case_id),
        model.peer as peer,
        Levelhead(tmp_path / "home", LEVELHEAD_SECOND_LOOK="off") as app,
        people_at(browser, app, tmp_path) as somebody,
    ):
        alice = somebody("Alice")
        alice.log_in()
        alice.screen.go("/opinion")
        shots(alice, "opinion-empty")
        alice.screen.fill("Address", f"{peer.url}/v1")
        alice.screen.tick("This address is on our own network")
        alice.screen.fill("Model", "small")
        alice.screen.fill("Key", "sk-very-secret-1234567890")
        alice.screen.tick("It may be asked for drafts of replies")
        alice.screen.fill("A million tokens read", "0.5")
        alice.screen.fill("A million tokens written", "2")
        alice.screen.fill("At most in a month", "20")
        alice.screen.press("Save")
        alice.screen.press("Switch on")
        expect(alice.page.get_by_role("heading", name="Switched on")).to_be_visible()
        shots(alice, "opinion-on")

        dave = somebody("Dave", **HANDHELD)
        with store.read() as tx:
            who = people.by_email(tx, dave.email)
        assert who is not None
        dave.page.context.add_cookies([{"name": COOKIE, "value": enter(store, who), "url": app.url}])
        dave.screen.go(f"/queue?case={case_id}")
        beside = dave.page.locator("[class*=st-key-opinion-]")
        dave.screen.press("Ask a model")
        expect(beside.get_by_text("Its answer appears here")).to_be_visible()
        model.may.set()
        expect(beside.get_by_text("90 % likely, it says")).to_be_visible(timeout=ANSWERED_WITHIN_MS)
        dave.screen.press("Ask for a draft")
        expect(beside.get_by_text("When can we call you?")).to_be_visible(timeout=ANSWERED_WITHIN_MS)
        dave.page.evaluate(AXE)
        found = dave.page.evaluate(RUN_AXE, [".stMain [class*=st-key-opinion-]", []])
        assert not [one for one in found if one["impact"] in BAD], found
        dave.page.wait_for_function(f"() => ({WIDER})() <= 0")
        beside.scroll_into_view_if_needed()
        dave.screen.shoot("opinion-case-390")
        dave.screen.press("Begin the reply with it")
        expect(dave.screen.field("Your reply")).to_have_value(DRAFT["draft"])
        alice.screen.go("/opinion")
        shots(alice, "opinion-asked")
