"""Comments that people bring, in a real browser with a real worker: a file up to its undo, and one typed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from socket import create_server

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.system.running import Levelhead

pytestmark = [pytest.mark.system, pytest.mark.browser]

WAITS_MS = 30_000
PHONE = {"width": 390, "height": 844}
GRAVE = "My daughter was left alone at the lake and she is six."
FILE = (
    "Comment;Name;Date;Post URL;likes\n"
    f"See you on Saturday.;Ada;{datetime.now(UTC):%Y-%m-%d};https://f.example/groups/1/posts/7;3\n"
    f"{GRAVE};Ben;{datetime.now(UTC):%Y-%m-%d};https://f.example/groups/1/posts/7;12\n"
    "When was this?;Cem;03/04/2026;https://f.example/groups/1/posts/8;0\n"
)


def says_what_it_waits_for(alice: Person) -> None:
    """While a blog does not answer, the page says what it is doing; and what came of it as soon as that is known."""
    page, screen = alice.page, alice.screen
    screen.go("/sources")
    with create_server(("localhost", 0)) as silent:
        screen.fill("Blog address", f"http://localhost:{silent.getsockname()[1]}")
        screen.tick("This address is on our own network")
        screen.button("Find comments").click()
        expect(page.get_by_text("Looking for comment feeds …")).to_be_visible(timeout=WAITS_MS)
        expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible(timeout=WAITS_MS)
    expect(page.get_by_text("Looking for comment feeds …")).to_have_count(0)


def test_a_file_is_uploaded_and_undone_and_one_comment_is_typed_in(
    app: Levelhead, person: Callable[[str], Person]
) -> None:
    alice = person("Alice")
    alice.set_up(app.address)
    page, screen = alice.page, alice.screen
    says_what_it_waits_for(alice)
    screen.go("/upload")
    screen.shoot("upload-empty")
    page.locator("input[type=file]").set_input_files(
        {"name": "group export.csv", "mimeType": "text/csv", "buffer": FILE.encode("utf-16")}
    )
    expect(page.get_by_text("3 rows: 2 new, 1 cannot be read")).to_be_visible(timeout=WAITS_MS)
    expect(page.get_by_text("could be 3 April or 4 March")).to_be_visible(timeout=WAITS_MS)
    screen.settle()
    screen.shoot("upload-preview")
    page.set_viewport_size(PHONE)
    screen.settle()
    screen.shoot("upload-preview-phone")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], f"the page is {wide} px wide on a phone"
    page.set_viewport_size({"width": 1440, "height": 900})

    screen.press("Save 2 comments")
    screen.until_shown("/upload", page.get_by_text("2 new, 1 not readable, 1 case opened"))
    screen.shoot("upload-saved")
    with page.expect_download() as report:
        screen.button("Report").click()
    assert b"could not be read" in report.value.path().read_bytes()
    screen.go("/queue")
    page.get_by_text("Show", exact=False).and_(page.locator("summary")).first.click()  # a grave text is hidden first
    expect(page.get_by_text("she is six").first).to_be_visible(timeout=WAITS_MS)

    screen.go("/upload")
    screen.press("Undo the whole upload")
    expect(page.get_by_text("2 comments taken away, 1 case closed.")).to_be_visible(timeout=WAITS_MS)
    screen.shoot("upload-undone")
    screen.go("/queue?show=closed")
    screen.shoot("upload-undone-case")
    expect(page.get_by_text("closed as upload undone").first).to_be_visible(timeout=WAITS_MS)
    expect(page.get_by_text("Nothing in it was raised as a concern.")).to_have_count(0)

    screen.go("/upload")
    page.set_viewport_size(PHONE)
    page.get_by_label("What was said, in the words that were used").fill("She called because nobody answers.")
    screen.fill("Who said it", "A mother")
    screen.fill("Address of the thread, or what it is called", "Call about the summer camp")
    screen.shoot("typed-phone")
    screen.press("Make a case of it")
    page.wait_for_url("**/queue?case=*")
    screen.settle()
    # The list holds these words as well; a phone shows the case alone.
    expect(page.locator(".lh-thread").get_by_text("She called because nobody answers.")).to_be_visible(timeout=WAITS_MS)
    screen.shoot("typed-case-phone")
