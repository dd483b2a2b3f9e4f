"""Pages of somebody who reads German: of Streamlit's own English words none is left, whatever is opened or typed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import walk
from tests.browser.screen import Screen
from tests.browser.still import Still, still
from web.ui import streamlits

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
# All that is said on a page: its texts, and the names that screen readers say.
SAID = """(within) => [...document.querySelectorAll(within)].flatMap((one) => [one, ...one.querySelectorAll("*")])
  .flatMap((one) => [
    ...["aria-label", "placeholder", "title"].map((name) => one.getAttribute(name)),
    ...[...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.nodeValue),
  ]).filter(Boolean).map((text) => text.trim())"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    with still(tmp_path_factory.mktemp("still")) as running:
        yield running


@pytest.fixture
def reads(browser: Browser, app: Still) -> Iterator[Callable[[str, str], Screen]]:
    """A page as somebody has it whose browser is German."""
    contexts = []

    def opens(who: str, path: str) -> Screen:
        context, screen = walk.tab(browser, app, who, locale="de-DE")
        contexts.append((context, screen))
        screen.go(path)
        return screen

    yield opens
    for context, screen in contexts:
        assert screen.problems == []
        context.close()


def form(english: str) -> str:
    """What a word of Streamlit's looks like on a page: a name in braces stands for anything."""
    return "".join(".+" if at % 2 else re.escape(part) for at, part in enumerate(re.split(r"\{(\w+)\}", english)))


def english(page: Page) -> list[str]:
    """What stands on the page in Streamlit's English, once the page knows its language."""
    expect(page.locator("html")).to_have_attribute("lang", "de")
    found = []
    for within, said in streamlits.WORDS.items():
        forms = [re.compile(form(one)) for one in said]
        found += [text for text in page.evaluate(SAID, within) if any(one.fullmatch(text) for one in forms)]
    return found


def test_fields_lists_and_calendars_speak_german_while_they_are_used(reads: Any) -> None:
    page = reads("ines", "/search?q=camp*").page
    text = page.locator("[data-testid=stTextInput] input").first
    text.press_sequentially("s")
    expect(page.get_by_text("Mit Enter absenden")).to_be_visible()
    page.get_by_role("button", name="Tag auswählen").first.click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Nächster Monat")).to_be_visible()
    assert english(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Quelle").fill("zzz")
    expect(page.get_by_text("Nichts gefunden")).to_be_visible()
    assert english(page) == []


def test_what_streamlit_says_anew_is_said_in_german_anew(reads: Any) -> None:
    page = reads("ines", "/upload").page
    expect(page.get_by_text("Hochladen", exact=True)).to_be_visible()
    expect(page.get_by_text("Je Datei 10MB")).to_be_visible()
    chosen = page.locator("input[type=file]")
    chosen.set_input_files({"name": "Upload.exe", "mimeType": "x/y", "buffer": b"MZ"})
    expect(page.get_by_text("Dateien der Art x/y gehen hier nicht.")).to_be_visible()
    expect(page.get_by_role("button", name="Upload.exe entfernen")).to_be_visible()
    assert english(page) == []


def test_what_people_wrote_stays_as_they_wrote_it(reads: Any) -> None:
    page = reads("ines", "/reply?case=26").page
    page.get_by_role("textbox", name="Ihre Antwort").fill("No results")
    expect(page.locator(".lh-preview", has_text="No results")).to_be_visible()
    assert english(page) == []


def test_what_a_number_may_be_and_what_stands_on_pages_at_first_sight_is_german(reads: Any) -> None:
    screen = reads("marguerite", "/data")
    number = screen.page.locator("[data-testid=stNumberInput] input").first
    number.fill("999999999")
    number.press("Tab")
    expect(screen.page.get_by_text("Bitte geben Sie eine von 1 bis 36500 ein.")).to_be_visible()
    assert english(screen.page) == []
    for path in ("/people", "/policy", "/audit", "/me", "/overview"):
        screen.go(path)
        expect(screen.page.locator(".lh-head")).to_be_visible()
        assert english(screen.page) == [], path


def test_the_views_of_the_queue_and_what_goes_with_them_have_room_beside_each_other(reads: Any) -> None:
    page = reads("ines", "/queue").page
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.locator(".st-key-views").evaluate("(row) => row.scrollWidth - row.clientWidth") <= 0
