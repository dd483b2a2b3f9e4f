"""My approvals stays open while others work: what arrives is announced, and what happened to the open decision is said.
Nothing moves under the pointer or the caret, and nothing that was typed is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import insert, select

from response import cases, drafts
from store import responses
from store.schema import person_levels, waits
from tests.browser.conftest import people_at
from tests.browser.people import Person
from tests.installation import enter
from tests.sample import Sample, forty, sampled
from tests.system.running import Levelhead
from web.middleware import COOKIE

pytestmark = [pytest.mark.system, pytest.mark.browser]
TOLD_WITHIN_MS = 40_000
REPLY = "Thank you. The key hangs at the desk, and Tobias opens at nine."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Sample, Levelhead]]:
    (tmp_path / "home").mkdir()
    with sampled(tmp_path / "home") as sample, Levelhead(tmp_path / "home", LEVELHEAD_UNDO_SECONDS="10") as app:
        yield sample, app


@pytest.fixture
def at_a_desk(browser: Browser, house: tuple[Sample, Levelhead], tmp_path: Path) -> Iterator[object]:
    sample, app = house
    with people_at(browser, app, tmp_path) as somebody:

        def sits(name: str, path: str) -> Person:
            one = somebody(name)
            token = enter(sample.store, sample.team[name])
            one.page.context.add_cookies([{"name": COOKIE, "value": token, "url": app.url}])
            one.screen.go(path)
            return one

        yield sits


def where(*of: Locator) -> list[object]:
    return [one.bounding_box() for one in of]


def asked_too(sample: Sample, name: str, submission_id: int) -> None:
    """Somebody else is asked as well, as if the level had two people."""
    with sample.store.write() as tx:
        tx.execute(insert(person_levels).values(person_id=sample.team[name].id, level=1))
        like = tx.execute(select(waits).where(waits.c.submission_id == submission_id)).first()
        assert like is not None
        tx.execute(insert(waits).values(like._asdict() | {"person_id": sample.team[name].id}))


def test_who_types_a_reason_reads_beneath_it_that_a_colleague_was_first(at_a_desk: object, house: object) -> None:
    sample, _app = house
    with sample.store.read() as tx:
        waiting = responses.waiting_for(tx, sample.team["priya"].id)[0].submission_id
    asked_too(sample, "gareth", waiting)
    gareth, priya = (at_a_desk(name, f"/approvals?decide={waiting}") for name in ("gareth", "priya"))
    priya.screen.press("Request changes")
    dialog = priya.page.get_by_role("dialog")
    field = dialog.get_by_role("textbox").first
    field.press_sequentially("Nobody has ", delay=20)
    before = where(field, dialog.get_by_role("button", name="Send reason"))
    gareth.screen.press("Approve")
    told = dialog.get_by_role("alert").filter(has_text=re.compile(r"Gareth Cole approved it at \d\d:\d\d"))
    expect(told).to_be_visible(timeout=TOLD_WITHIN_MS)
    assert where(field, dialog.get_by_role("button", name="Send reason")) == before
    expect(field).to_be_focused()
    field.press_sequentially("spoken with her yet.", delay=20)
    expect(field).to_have_value("Nobody has spoken with her yet.")
    field.press("Control+Enter")
    expect(dialog).to_contain_text("before you", timeout=TOLD_WITHIN_MS)
    priya.page.keyboard.press("Escape")
    expect(priya.page.locator("code", has_text="Nobody has spoken with her yet.")).to_be_visible()


def test_what_arrives_is_announced_and_what_is_open_says_that_it_was_taken_back(
    at_a_desk: object, house: object
) -> None:
    sample, _app = house
    team, store = sample.team, sample.store
    (spare,) = forty(sample, 1)
    with store.read() as tx:
        first = responses.waiting_for(tx, team["priya"].id)[0]
    cases.escalate(store, team["tobias"], spare, "Who has the key?", to_person=team["priya"].id)
    cases.escalate(store, team["tobias"], spare, "Please look at the reply.", to_level=1)
    priya = at_a_desk("priya", "/approvals")
    answer = priya.page.get_by_role("textbox", name="Your answer").last
    answer.press_sequentially("Tobias has ", delay=20)
    rows = priya.page.locator(".st-key-list").get_by_role("option")
    shown = rows.count()
    buttons = [priya.screen.button(name) for name in ("Approve", "Reject", "Request changes", "Previous", "Next")]
    before = where(answer, rows.first, *buttons)
    response_id = drafts.start(store, team["ines"], spare)
    with store.read() as tx:
        version = responses.get(tx, response_id).version
    version = drafts.save(store, team["ines"], response_id, REPLY, version)
    drafts.submit(store, team["ines"], response_id, version)
    expect(priya.screen.button("1 new")).to_be_visible(timeout=TOLD_WITHIN_MS)
    expect(priya.page.get_by_role("status").filter(has_text="1 new")).to_have_count(1)
    assert where(answer, rows.first, *buttons) == before and rows.count() == shown
    expect(answer).to_be_focused()
    answer.press_sequentially("it.", delay=20)
    with store.read() as tx:
        author = responses.get(tx, first.response_id).author_id
    writer = next(one for one in team.values() if one.id == author)
    drafts.take_back(store, writer, first.response_id)
    told = priya.page.get_by_role("alert").filter(has_text=re.compile(rf"{writer.name} took it back at \d\d:\d\d"))
    expect(told).to_be_visible(timeout=TOLD_WITHIN_MS)
    assert where(answer, rows.first, *buttons) == before and rows.count() == shown
    expect(answer).to_be_focused()
    priya.screen.press("Show what waits for me")
    expect(rows).to_have_count(shown)  # one is gone, one has come
    expect(priya.page.locator(".lh-turned")).to_have_count(0)
    expect(priya.page.get_by_role("textbox", name="Your answer").last).to_have_value("Tobias has it.")
