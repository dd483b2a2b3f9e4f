"""Writing a reply in a real browser: what is typed survives the killed browser, a second window and a lost session."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from access import sessions
from channels.feed.parse import parse
from ingest.take import take
from model.person import Person
from model.words import Role, SourceKind
from response import cases, drafts, policies
from store import drafts as saves
from store import responses
from store.db import Store
from tests.browser.conftest import CHROMIUM, DESK, FLAGS
from tests.browser.screen import RUN_IS_OVER
from tests.channels.blogs import Said, rss
from tests.ingest import reads
from tests.installation import add, enter, installation, set_up
from tests.system.processes import wait_until, with_environment
from tests.system.running import Levelhead
from web.middleware import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

GRAVE = (
    "<p>A lovely camp. My daughter was left alone at the lake, and she is six. I wrote to you twice and nobody"
    " answers my letters. If this is how you treat families, we go to the paper.</p>\n"
)
SAVED_WITHIN_MS = 8_000
POLLED_WITHIN_MS = 20_000


@dataclass
class Writing:
    """A running product, and a reply that Alice has begun there."""

    app: Levelhead
    store: Store
    alice: Person
    dave: Person
    case_id: int
    response_id: int

    def draft(self) -> str:
        with self.store.read() as tx:
            found = responses.get(tx, self.response_id)
        assert found is not None
        return found.draft

    def aside(self) -> list[str]:
        with self.store.read() as tx:
            return [one.text for one in saves.aside(tx, self.response_id)]

    def cookie(self, who: Person) -> dict[str, Any]:
        return {"name": COOKIE, "value": enter(self.store, who), "url": self.app.url}

    def path(self) -> str:
        return f"{self.app.url}/reply?case={self.case_id}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Writing]]:
    """Makes replies in one running product: each test has a thread and a reply of its own."""
    home = tmp_path_factory.mktemp("home")
    with installation(home) as store:
        policies.ensure(store)
        alice = set_up(store)
        dave = add(store, alice, "Dave", Role.MANAGER)
        add(store, alice, "Bea", Role.APPROVER, levels=(1,))
        add(store, alice, "Cem", Role.APPROVER, levels=(2,))
        source = reads.source(store, kind=SourceKind.FEED)
        with store.write() as tx:
            tx.exec_driver_sql("update sources set active = false")
        with Levelhead(home) as app:

            def begun() -> Writing:
                number = len(reads.all_cases(store)) + 1
                take(store, source, parse(rss([Said(number, GRAVE, post=number)])))
                case = reads.all_cases(store)[-1]
                return Writing(app, store, alice, dave, case.id, drafts.start(store, alice, case.id))

            yield begun


@pytest.fixture
def writing(running: Callable[[], Writing]) -> Writing:
    return running()


def context(browser: Browser, writing: Writing, who: Person | None = None, **options: Any) -> BrowserContext:
    options = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Berlin", "color_scheme": "light", **options}
    made = browser.new_context(**options)
    made.add_cookies([writing.cookie(who or writing.alice)])  # type: ignore[list-item]
    return made


def opened(page: Page, writing: Writing) -> Page:
    page.goto(writing.path())
    page.locator(RUN_IS_OVER).wait_for()
    expect(page.get_by_label("Your reply")).to_be_visible()
    return page


def said(page: Page, words: str) -> None:
    """Waits for what the editor says of the text; `words` is how it begins."""
    expect(page.locator(".state")).to_have_text(re.compile(f"^{words}"), timeout=SAVED_WITHIN_MS)


SAVED = r"Saved \d\d:\d\d$"


def test_what_is_typed_is_saved_at_each_pause_and_sent_with_the_last_letter(browser: Browser, writing: Writing) -> None:
    page = opened(context(browser, writing).new_page(), writing)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    field = page.get_by_label("Your reply")
    field.press_sequentially("Dear family, we are sorry.", delay=15)
    expect(page.locator("[data-preview]")).to_contain_text("we are sorry.")
    said(page, SAVED)
    assert writing.draft() == "Dear family, we are sorry."
    expect(field).to_be_focused()
    expect(field).to_have_value("Dear family, we are sorry.")
    expect(page.locator(".count")).to_have_text("26 of 5,000 characters")
    field.press("Home")
    field.press_sequentially("Hello. ")
    field.press("End")
    field.press_sequentially(" We call today!")
    field.press("Control+Enter")
    expect(page.get_by_text("Waiting for approval").first).to_be_visible(timeout=SAVED_WITHIN_MS)
    assert writing.draft() == "Hello. Dear family, we are sorry. We call today!"
    assert not problems


def test_a_browser_killed_in_mid_sentence_loses_at_most_the_last_second(browser: Browser, writing: Writing) -> None:
    mark = f"written-by-{writing.response_id}"
    doomed = browser.browser_type.launch(
        executable_path=CHROMIUM, args=FLAGS, env={**os.environ, "LEVELHEAD_TEST_BROWSER": mark}
    )
    page = opened(context(doomed, writing).new_page(), writing)
    sentence = "Dear family, we are sorry that nobody answered your letters; we ring you today and tell you what we "
    page.get_by_label("Your reply").focus()
    typed: list[tuple[float, str]] = []
    for end in range(1, len(sentence) + 1):
        page.keyboard.type(sentence[end - 1], delay=35)
        typed.append((time.monotonic(), sentence[:end]))
    died = time.monotonic()
    for pid in with_environment("LEVELHEAD_TEST_BROWSER", mark):
        os.kill(pid, signal.SIGKILL)
    a_second_before = max((text for at, text in typed if at <= died - 1), key=len)
    wait_until(lambda: len(writing.draft()) >= len(a_second_before.strip()), 10, "what was typed a second before")
    assert sentence.startswith(writing.draft())

    again = opened(context(browser, writing).new_page(), writing)
    said(again, r"Your draft of \d\d:\d\d is here\.$")
    expect(again.get_by_label("Your reply")).to_have_value(re.compile(re.escape(writing.draft())))


def test_two_windows_lose_no_letter_and_are_merged_by_hand(browser: Browser, writing: Writing) -> None:
    both = context(browser, writing)
    one, two = opened(both.new_page(), writing), opened(both.new_page(), writing)
    one.get_by_label("Your reply").press_sequentially("We call you today.")
    said(one, SAVED)
    two.get_by_label("Your reply").press_sequentially("We look into it.")
    said(two, "Another text was saved in another window")
    assert (writing.draft(), writing.aside()) == ("We call you today.", ["We look into it."])
    expect(two.get_by_text("We call you today.").first).to_be_visible()
    expect(two.get_by_label("Your reply")).to_have_value("We look into it.")

    two.get_by_label("Your reply").press_sequentially(" We call you today.")
    said(two, "Another text was saved")
    two.get_by_role("button", name="Keep mine").click()
    said(two, SAVED)
    assert (writing.draft(), writing.aside()) == ("We look into it. We call you today.", [])

    one.get_by_label("Your reply").press_sequentially(" Bye.")
    said(one, "Another text was saved in another window")
    one.get_by_role("button", name="Take this text").click()
    expect(one.get_by_label("Your reply")).to_have_value("We look into it. We call you today.")
    said(one, SAVED)
    assert writing.aside() == []
    one.get_by_label("Your reply").press("Control+z")
    expect(one.get_by_label("Your reply")).to_have_value("We call you today. Bye.")


def test_a_lost_session_says_so_and_the_draft_is_there_after_the_next_log_in(
    browser: Browser, writing: Writing
) -> None:
    mine = context(browser, writing)
    page = opened(mine.new_page(), writing)
    field = page.get_by_label("Your reply")
    field.press_sequentially("We call you today.")
    said(page, SAVED)
    token = next(one["value"] for one in mine.cookies() if one["name"] == COOKIE)
    visitor = sessions.visitor(writing.store, token)
    assert visitor is not None
    sessions.log_out(writing.store, visitor)
    field.press_sequentially(" At noon.")
    said(page, "Not saved: you are logged out")
    expect(field).to_have_value("We call you today. At noon.")
    assert writing.draft() == "We call you today."

    again = opened(context(browser, writing).new_page(), writing)
    said(again, r"Your draft of \d\d:\d\d is here\.$")
    expect(again.get_by_label("Your reply")).to_have_value("We call you today.")


def test_whoever_lost_the_claim_keeps_every_letter(browser: Browser, writing: Writing) -> None:
    page = opened(context(browser, writing).new_page(), writing)
    page.get_by_label("Your reply").press_sequentially("We call you today.")
    said(page, SAVED)
    cases.release(writing.store, writing.alice, writing.case_id)
    cases.claim(writing.store, writing.dave, writing.case_id)
    page.get_by_label("Your reply").press_sequentially(" At noon.")
    said(page, r"Dave is on it until .*What you typed is kept\.$")
    assert (writing.draft(), writing.aside()) == ("We call you today.", ["We call you today. At noon."])

    other = opened(context(browser, writing, writing.dave).new_page(), writing)
    said(other, r"Alice’s draft of \d\d:\d\d is here\.$")
    other.get_by_role("button", name="Use this text").click()
    expect(other.get_by_label("Your reply")).to_have_value("We call you today. At noon.")
    said(other, SAVED)
    assert (writing.draft(), writing.aside()) == ("We call you today. At noon.", [])


WORD = (
    "Dear\u00a0family,\r\n\u00b7\u00a0\u00a0\u00a0We are sorry\u200b.\r\no\tWe call\u00a0you.\r\n"
    "1.\tFirst 10\u00a0000 \u20ac\r\n\r\n\r\n\r\n"
    "Bon\u00a0! \U0001f468\u200d\U0001f469\u200d\U0001f467 می\u200cروم   \r\n"
)
CLEAN = (
    "Dear family,\n- We are sorry.\n- We call you.\n1. First 10\u00a0000 \u20ac\n\n"
    "Bon\u00a0! \U0001f468\u200d\U0001f469\u200d\U0001f467 می\u200cروم\n"
)


def test_a_paste_from_word_comes_in_clean_and_one_undo_takes_it_out(browser: Browser, writing: Writing) -> None:
    page = opened(context(browser, writing).new_page(), writing)
    field = page.get_by_label("Your reply")
    field.press_sequentially("Hello. ")
    paste(field, WORD)
    expect(field).to_have_value(f"Hello. {CLEAN}")
    said(page, SAVED)
    assert writing.draft() == f"Hello. {CLEAN}".strip()
    field.press("Control+z")
    expect(field).to_have_value("Hello. ")
    paste(field, "<b>bold</b> & <img src=x onerror=alert(1)>")
    expect(page.locator("[data-preview]")).to_have_text("Hello. <b>bold</b> & <img src=x onerror=alert(1)>")


def paste(field: Locator, text: str) -> None:
    field.evaluate(
        """(field, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            data.setData("text/html", "<p style='mso-list:l0'>" + text + "</p>");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_a_text_that_is_too_long_is_told_and_nothing_is_cut_off(browser: Browser, writing: Writing) -> None:
    page = opened(context(browser, writing).new_page(), writing)
    field = page.get_by_label("Your reply")
    paste(field, "x" * 20_010)
    said(page, "Not saved: A response has at most 20,000 characters; this has 20,010")
    expect(page.locator(".warning")).to_contain_text("Nothing was cut off")
    assert field.evaluate("field => field.value.length") == 20_010
    field.press("Control+End")
    for _ in range(10):
        field.press("Backspace")
    said(page, SAVED)
    expect(page.locator(".warning")).to_contain_text("15,000 more than 5,000")
    assert len(writing.draft()) == 20_000


def test_a_rerun_while_somebody_types_leaves_caret_focus_and_text_alone(browser: Browser, writing: Writing) -> None:
    page = opened(context(browser, writing).new_page(), writing)
    field = page.get_by_label("Your reply")
    field.press_sequentially("We call you.")
    field.press("Home")
    for word in ("Dear ", "family, ", "today "):
        field.press_sequentially(word, delay=60)
        said(page, SAVED)
        expect(field).to_be_focused()
    expect(field).to_have_value("Dear family, today We call you.")
    assert field.evaluate("field => field.selectionStart") == len("Dear family, today ")
    field.press("Control+a")
    field.press_sequentially("שלום, אנחנו מצטערים")
    said(page, SAVED)
    assert field.evaluate("field => getComputedStyle(field).direction") == "rtl"
    expect(page.locator("[data-preview] p")).to_have_attribute("dir", "auto")


def test_the_field_has_its_name_its_description_and_says_what_was_saved(browser: Browser, writing: Writing) -> None:
    page = opened(context(browser, writing).new_page(), writing)
    field = page.get_by_role("textbox", name="Your reply")
    expect(field).to_have_accessible_description(re.compile("0 of 5,000 characters.*It is saved as you write"))
    field.press_sequentially("Hello")
    expect(page.get_by_role("status").filter(has_text=re.compile(SAVED))).to_have_count(1, timeout=SAVED_WITHIN_MS)


def test_one_types_while_another_takes_over_and_no_letter_is_lost(browser: Browser, writing: Writing) -> None:
    with writing.store.write() as tx:
        tx.exec_driver_sql(f"update cases set severity = 4 where id = {writing.case_id}")
    problems: list[str] = []
    mine = opened(context(browser, writing).new_page(), writing)
    theirs = context(browser, writing, writing.dave).new_page()
    for page in (mine, theirs):
        page.on("pageerror", lambda error: problems.append(str(error)))
    theirs.goto(f"{writing.app.url}/queue?case={writing.case_id}")
    theirs.locator(RUN_IS_OVER).wait_for()
    expect(theirs.locator(".lh-together")).to_contain_text("Alice has it since")
    expect(mine.locator(".lh-together")).to_contain_text("Also looking: Dave", timeout=POLLED_WITHIN_MS)

    field = mine.get_by_label("Your reply")
    field.press_sequentially("We are sorry. ", delay=30)
    said(mine, SAVED)
    theirs.get_by_role("button", name="Take over", exact=True).click()
    why = theirs.get_by_label("Why do you take it over?")
    field.press_sequentially("We call ", delay=30)
    why.press_sequentially("I have the police on the line", delay=250)  # several polls go by meanwhile
    expect(why).to_have_value("I have the police on the line")
    field.press_sequentially("you ", delay=30)
    theirs.get_by_role("button", name="Take the case over").click()
    expect(theirs.locator(".lh-together")).to_contain_text("Yours since")
    field.press_sequentially("today at noon.", delay=30)
    said(mine, r"Dave is on it until .*What you typed is kept\.$")
    whole = "We are sorry. We call you today at noon."
    expect(field).to_have_value(whole)
    expect(mine.locator(".lh-together")).to_contain_text(
        "Dave took it over from you: “I have the police on the line”", timeout=POLLED_WITHIN_MS
    )
    wait_until(lambda: writing.aside() == [whole], 10, "what was typed last, kept aside")

    theirs.get_by_role("button", name="Reply").click()
    field = theirs.get_by_label("Your reply")
    expect(field).to_be_visible()
    theirs.get_by_role("button", name="Use this text").click()
    expect(field).to_have_value(whole)
    field.press("End")
    field.press_sequentially(" Dave")
    said(theirs, SAVED)
    assert writing.draft() == f"{whole} Dave"
    assert not problems


def test_whoever_has_a_case_hands_it_to_a_colleague_of_their_choice(browser: Browser, writing: Writing) -> None:
    page = context(browser, writing).new_page()
    page.goto(f"{writing.app.url}/queue?case={writing.case_id}")
    page.locator(RUN_IS_OVER).wait_for()
    page.get_by_role("button", name="Hand over").click()
    page.get_by_role("combobox", name="To whom?").click()
    page.get_by_role("option", name="Dave", exact=True).click()
    page.get_by_role("button", name="Hand the case over").click()
    expect(page.locator(".lh-together")).to_contain_text("Dave has it since", timeout=POLLED_WITHIN_MS)


def test_names_of_colleagues_are_offered_as_a_note_is_typed_and_taken_by_key_or_tap(
    browser: Browser, writing: Writing
) -> None:
    page = context(browser, writing, viewport={"width": 390, "height": 430}, has_touch=True).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{writing.app.url}/queue?case={writing.case_id}")
    page.locator(RUN_IS_OVER).wait_for()
    page.get_by_role("button", name="Add a note").click()
    note, offered = page.get_by_role("textbox", name="Your note"), page.get_by_role("option", name="Dave", exact=True)
    note.press_sequentially("Write to da@example.org, or @d")
    expect(offered).to_have_attribute("aria-selected", "true")
    note.press("Escape")
    expect(offered).to_be_hidden()
    expect(note).to_be_visible()
    note.press_sequentially("a")
    note.press("Enter")
    expect(note).to_have_value("Write to da@example.org, or @Dave ")
    note.press_sequentially("and @")
    try:
        expect(offered).to_be_in_viewport(ratio=1)  # above the field: there is no room below
    except AssertionError as error:
        raise AssertionError(f"the list is at {offered.bounding_box()}, the field at {note.bounding_box()}") from error
    offered.tap()
    expect(note).to_have_value("Write to da@example.org, or @Dave and @Dave ")
    note.press("Control+Enter")
    expect(page.locator(".lh-named")).to_have_count(2, timeout=POLLED_WITHIN_MS)
    assert not problems
