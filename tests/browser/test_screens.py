"""All screens: how they look, what axe-core says of them, at 200 %, by keys alone, and what stays in its place.

One server, one sample and one browser for all of it, at a moment that does not pass. After a screen was changed on
purpose, `make pictures` makes the pictures anew; look at each before you commit it.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Route, expect, sync_playwright

from channels.feed.parse import parse
from ingest.sample.association import TWO_WEEKS, load
from ingest.take import take
from model import clock
from model.comment import Reading
from model.words import Channel
from response import cases as cases_of
from response import presence
from store import cases, comments, sources, undoable
from tests.browser import doors, pictures, walk, zoom
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.screen import Screen
from tests.browser.still import MOMENT, Still, still
from tests.browser.walk import STOPS, ZOOMED, Found, tab
from tests.channels.blogs import Said, rss
from tests.installation import PASSWORD
from web.navigation import allowed

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

POLLED_WITHIN_MS = 30_000
# A case of the sample that nobody has.
UNCLAIMED = 24
GRAVE = "<p>My daughter was left alone at the lake, and she is six. Nobody answers my letters.</p>"
# What Streamlit itself does wrong and cannot be mended from outside: the rule, a part of its markup, and why.
STREAMLITS: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    with still(tmp_path_factory.mktemp("still")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(app: Still) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def found(chromium: Browser, app: Still) -> Found:
    """The walk over all screens; tests that change something ask for it too, so that it comes first."""
    seen = walk.walk(chromium, app)
    doors.walk(chromium, app, seen)
    return seen


def test_the_walk_opens_every_page_that_there_is_for_managers_and_administrators(app: Still) -> None:
    for name in ("ines", "marguerite"):
        opened = {stop.path.partition("?")[0] for stop in STOPS if stop.who == name}
        assert {f"/{place.path}" for place in allowed(app.team[name])} <= opened


def test_axe_finds_nothing_serious_on_any_screen_in_either_theme(found: Found) -> None:
    assert not "\n".join(walk.unexcused(found.violations, STREAMLITS))


def test_no_screen_scrolls_sideways_at_any_width(found: Found) -> None:
    assert {name: wider for name, wider in found.wider.items() if wider > 0} == {}


def test_the_name_of_who_is_here_covers_nothing_of_the_navigation(found: Found) -> None:
    assert {name: under for name, under in found.under.items() if under} == {}


def test_no_screen_goes_wrong_unseen(found: Found) -> None:
    assert found.problems == []


def test_every_screen_looks_as_it_did(found: Found, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--renew-pictures"):
        pictures.renew(found.pictures)
    problems = [pictures.problem(name, png, tmp_path) for name, png in found.pictures.items()]
    told = "\n".join(filter(None, [*problems, pictures.readme(found.pictures)]))
    assert not told, f"{told}\nAfter a change on purpose: make pictures"
    assert pictures.kept() == set(found.pictures), "pictures of screens that are no more"


# --- what a screen reader is told -------------------------------------------------------------------------------------


# What there is for somebody who hears a page, in this order: roles, names and states. {"where": what is heard there}.
QUEUE = {
    ".stMain": """
- main:
  - heading "Queue" [level=1]
  - radiogroup "View":
    - radio /^To do \\d+$/ [checked]
    - radio /^Questions \\d+$/
  - button "Filter"
  - status: Nothing new since you looked.
  - toolbar "Choose several":
    - checkbox /^Choose all/
  - listbox "To do":
    - option /^Raised by a person, low\\. Will the lift be on.+ Yours$/
""",
    ".st-key-read": """
- paragraph: /^Case 26/
- button "Like this one Shortcut L"
- status: /^Yours since/
- button "Hand over"
- button "Reply Shortcut E"
- button "Release Shortcut A"
- button "Dismiss Shortcut D"
- button "Spam Shortcut S"
- button "Escalate Shortcut X"
- button "More"
- button /^\\d+ earlier comments$/
- article:
  - heading "Opening hours this winter" [level=2]
- article "Comment by Tom Wexford"
- article "Comment by Kwame":
  - time
- article "Comment by Rosa Delgado"
- button /^\\d+ later comments$/
""",
    ".st-key-rail": """
- heading "Why it is here" [level=2]
- heading "Kwame" [level=2]
- heading "History" [level=2]
- heading "Notes" [level=2]
- button "Add a note"
- heading "Tasks" [level=2]
- button "Add a task"
""",
}
REPLY = {
    ".stMain": """
- main:
  - heading "Reply to Kwame" [level=1]
  - status: /^Yours since/
  - article "Comment by Kwame"
  - link "Back to the case"
  - text: Your reply
  - textbox "Your reply": /^Dear Kwame/
  - status: /^Your draft of/
  - button /^Send/
  - button "Template Shortcut T"
  - heading "As it will appear"
"""
}
DECISION = {
    ".stMain": """
- main:
  - heading "My approvals" [level=1]
  - radiogroup "Which":
    - radio /^Wait for you 1$/ [checked]
  - listbox "What waits for your decision":
    - option /^Reply to Millbrook Mums, high\\. /
  - status: 1 of 1
  - button "Previous" [disabled]
  - button "Next" [disabled]
  - heading "What was said" [level=2]
  - article "Comment by Millbrook Mums"
  - heading "Why it needs you" [level=2]
  - list:
    - listitem: /Severity 3 needs two levels/
  - heading "What will be sent" [level=2]
  - paragraph: /^Dear all at Millbrook Mums/
  - paragraph: "/You approve exactly this text: version 1/"
  - button "More"
  - button "Reject Shortcut X"
  - button "Request changes Shortcut Q"
  - button "Approve Shortcut Ctrl + Enter"
"""
}
QUESTION = {
    ".stMain": """
- main:
  - heading "Question" [level=1]
  - paragraph: /^Tobias Linde asks you/
  - paragraph: /^What should parents look out for tonight/
  - textbox "Your answer"
  - button "Send the answer Shortcut Ctrl + Enter"
  - article "Comment by Carys Owen":
    - mark:
      - superscript:
        - note: /^Harm or danger to health/
  - article "Comment by Millbrook Community House": /Ours/
"""
}


@pytest.mark.parametrize(
    ("who", "path", "heard", "current"),
    [
        ("ines", "/queue?case=26", QUEUE, "[role=option][aria-current=true]"),
        ("ines", "/reply?case=26", REPLY, ""),
        # Which step it is at is said, and not only drawn in another colour.
        ("gareth", "/approvals", DECISION, ".lh-route [aria-current=step]"),
        ("hanna", "/question", QUESTION, ""),
    ],
    ids=["queue and case", "reply", "decision", "question"],
)
def test_roles_names_and_states_are_read_out(
    found: Found, chromium: Browser, app: Still, who: str, path: str, heard: dict[str, str], current: str
) -> None:
    context, screen = tab(chromium, app, who)
    screen.go(path)
    for where, tree in heard.items():
        expect(screen.page.locator(where)).to_match_aria_snapshot(tree)
    if current:
        expect(screen.page.locator(current)).to_have_count(1)
    if path.startswith("/reply"):
        editor = screen.page.get_by_role("textbox", name="Your reply")
        expect(editor).to_have_accessible_description(re.compile("of 5,000 characters"))
    context.close()


# --- by keys alone, at 200 % -----------------------------------------------------------------------------------------


def test_by_keys_alone_at_200_percent_somebody_logs_in_and_answers(found: Found, chromium: Browser, app: Still) -> None:
    context, screen = tab(chromium, app, "", viewport=ZOOMED, device_scale_factor=2, reduced_motion="reduce")
    page = screen.page
    page.goto(f"{app.url}/login")
    page.locator("input:focus").wait_for()
    page.keyboard.type("ines@millbrook.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    screen.settle()
    screen.go("/queue?show=mine")
    zoom.tab_to(page, page.get_by_role("option").first)
    page.keyboard.press("Enter")
    screen.settle()
    expect(page.locator(".lh-lead")).to_be_visible()
    assert page.evaluate(walk.WIDER) <= 0
    assert page.evaluate(zoom.MOVES) == []
    zoom.tab_to(page, screen.button("Reply"))
    page.keyboard.press("Enter")
    screen.settle()
    editor = screen.field("Your reply")
    expect(editor).to_be_visible()
    zoom.tab_to(page, editor)
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" is warm when you come.")
    expect(page.locator(".state")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    zoom.tab_to(page, screen.button("Send"))
    assert page.evaluate(walk.WIDER) <= 0
    assert screen.problems == []
    context.close()


@pytest.fixture
def zoomed(found: Found, chromium: Browser, app: Still) -> Iterator[Callable[[str], Screen]]:
    """Opens a tab at 200 % for somebody by their name."""
    opened: list[tuple[BrowserContext, Screen]] = []

    def somebody(name: str) -> Screen:
        opened.append(tab(chromium, app, name, viewport=ZOOMED, device_scale_factor=2, reduced_motion="reduce"))
        return opened[-1][1]

    yield somebody
    for context, screen in opened:
        assert screen.problems == []
        context.close()


def test_by_keys_alone_at_200_percent_somebody_decides(zoomed: Callable[[str], Screen]) -> None:
    screen = zoomed("gareth")
    page = screen.page
    screen.go("/approvals")
    zoom.fits(page)
    zoom.tab_to(page, page.get_by_role("option").first)
    page.keyboard.press("Enter")
    screen.settle()
    expect(page.locator(".lh-sent").first).to_be_visible()
    zoom.fits(page)
    zoom.tab_to(page, screen.button("Request changes"))
    page.keyboard.press("Enter")
    screen.settle()
    reason = screen.field("What should change?")
    expect(reason).to_be_visible()
    zoom.tab_to(page, reason, most=3)
    page.keyboard.type("Say when.")
    zoom.fits(page, walk.DIALOG)
    page.keyboard.press("Escape")
    expect(page.locator(walk.DIALOG)).to_have_count(0)
    screen.settle()
    zoom.tab_to(page, screen.button("Approve"))
    page.keyboard.press("Enter")
    screen.settle()
    expect(page.get_by_role("timer")).to_contain_text("Approved.")
    zoom.fits(page)
    zoom.tab_to(page, screen.button("Undo").last)
    page.keyboard.press("Enter")
    screen.settle()
    expect(screen.button("Approve")).to_be_visible()


def test_by_keys_alone_at_200_percent_somebody_works_on_a_case(zoomed: Callable[[str], Screen]) -> None:
    screen = zoomed("ines")
    page = screen.page
    screen.go("/queue?show=mine")
    zoom.fits(page)
    zoom.tab_to(page, page.get_by_role("option").first)
    page.keyboard.press("Enter")
    screen.settle()
    expect(page.locator(".lh-lead")).to_be_visible()
    zoom.fits(page)
    zoom.tab_to(page, screen.button("Escalate"))
    page.keyboard.press("Enter")
    question = screen.field("Your question or reason")
    expect(question).to_be_visible()
    zoom.tab_to(page, question, most=3)
    page.keyboard.type("May we say when the lift is on?")
    zoom.fits(page, walk.DIALOG)
    page.keyboard.press("ControlOrMeta+Enter")
    screen.settle()
    expect(screen.button("Undo")).to_be_visible()
    zoom.fits(page)
    page.keyboard.press("u")
    expect(page.get_by_text("Undone. The case is as it was.")).to_be_visible()
    screen.settle()
    zoom.tab_to(page, screen.button("Add a note"), most=90)
    page.keyboard.press("Enter")
    note = screen.field("Your note")
    expect(note).to_be_visible()
    zoom.fits(page, walk.POPOVER)
    page.keyboard.press("Escape")


# --- what is looked at ------------------------------------------------------------------------------------------------

# Once a thing has stood still for so many pictures of the screen, where it begins.
AT_REST = """(one) => new Promise((done) => {
  let [at, frames] = [NaN, 0];
  const look = () => {
    const now = one.getBoundingClientRect().top;
    [at, frames] = [now, now === at ? frames + 1 : 0];
    if (frames >= 40) done(now);
    else requestAnimationFrame(look);
  };
  look();
})"""
WIDTHS = pytest.mark.parametrize(
    ("terms", "above"), [({}, ".st-key-bar"), (walk.HANDHELD, ".stAppHeader")], ids=["at 1440", "on a telephone"]
)


@WIDTHS
def test_a_long_thread_opens_at_what_matters_however_late_its_letters_come(
    found: Found, chromium: Browser, app: Still, terms: dict[str, Any], above: str
) -> None:
    context, screen = tab(chromium, app, "ines", **terms)
    page, late, come = screen.page, list[Route](), list[bool]()
    page.route("**/*.woff2", lambda route: route.continue_() if come else late.append(route))
    page.goto(f"{app.url}/queue?case=22", wait_until="domcontentloaded")
    lead = page.locator(".lh-lead")
    expect(lead).to_be_in_viewport(timeout=POLLED_WITHIN_MS)
    assert late, "the page has no letters of its own any more"
    come.append(True)
    for one in late:
        one.continue_()
    page.evaluate("document.fonts.ready")
    top, bar, size = lead.evaluate(AT_REST), page.locator(above).bounding_box(), page.viewport_size
    assert bar and size and bar["y"] + bar["height"] <= top < size["height"] / 2
    context.close()


# --- what moves while something comes --------------------------------------------------------------------------------

WATCH = """() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) {
      // The line in which it is said who has a case is no wider than before, and may break anew.
      const moved = shift.sources.map((one) => one.node).filter((node) => !node?.closest?.(".st-key-together"));
      window.moved.push(...moved.map((node) => node && (node.className || node.nodeName)));
    }
  }).observe({ type: "layout-shift" });
}"""


def boxes(where: Locator) -> list[object]:
    return [one.bounding_box() for one in where.all()]


def arrive(app: Still, many: int) -> None:
    """So many comments that need a person come by the feed, each under a post of its own."""
    said = [Said(number, GRAVE, post=number) for number in range(901, 901 + many)]
    with app.store.read() as tx:
        blog = next(one for one in sources.every(tx) if one.channel == Channel.BLOG)
    with clock.at(MOMENT):
        take(app.store, blog, parse(rss(said)))


def test_what_arrives_moves_no_row_under_the_pointer(found: Found, chromium: Browser, app: Still) -> None:
    context, screen = tab(chromium, app, "tobias")
    page = screen.page
    screen.go("/queue")
    rows = page.get_by_role("option")
    case = (rows.nth(1).get_attribute("data-key") or "").removeprefix("case-")
    rows.nth(1).click()
    expect(page.get_by_text(f"Case {case} ·")).to_be_visible()
    screen.settle()
    page.locator(".st-key-rail .lh-side").last.evaluate(AT_REST)
    chosen = page.get_by_role("radio", checked=True)
    expect(chosen).to_have_accessible_name("To do 3")
    page.evaluate(WATCH)
    before = boxes(rows), boxes(page.locator(".st-key-views button"))
    arrive(app, 3)
    expect(screen.button("3 new")).to_be_visible(timeout=POLLED_WITHIN_MS)
    # The counts have followed by the same look, in their places.
    expect(chosen).to_have_accessible_name("To do 6")
    expect(page.get_by_text("6 need a person")).to_be_visible()
    assert (boxes(rows), boxes(page.locator(".st-key-views button"))) == before
    assert page.evaluate("window.moved") == []
    screen.press("3 new")
    expect(rows).to_have_count(len(before[0]) + 3)
    context.close()


def join(app: Still, case_id: int) -> None:
    """A further comment comes to the thread of a case."""
    with app.store.read() as tx:
        case = cases.get(tx, case_id)
        lead = comments.get(tx, case.lead_comment_id) if case else None
        assert lead
        thread = comments.thread(tx, lead.thread_id)
        source = next(one for one in sources.every(tx) if one.id == lead.source_id)
    talk = next(one for one in load(TWO_WEEKS).talks.values() if thread and one.title == thread.title)
    with clock.at(MOMENT):
        take(app.store, source, Reading((talk.entry(99, "Nia", MOMENT, "My son was left alone there.", 0),)))


def test_what_others_do_moves_nothing_of_an_open_case(found: Found, chromium: Browser, app: Still) -> None:
    with clock.at(MOMENT):
        cases_of.claim(app.store, app.team["ines"], UNCLAIMED)
    opened = [tab(chromium, app, "ines", **terms) for terms in ({}, walk.HANDHELD)]
    seen: list[list[Locator]] = []
    for _context, screen in opened:
        screen.go(f"/queue?case={UNCLAIMED}")
        named = screen.page.locator
        seen.append([named(".lh-comment"), named(".st-key-acts button"), named(".st-key-rail .lh-side")])
        named(".lh-lead").evaluate(AT_REST)
        screen.page.evaluate(WATCH)
    before = [[boxes(where) for where in each] for each in seen]
    with clock.at(MOMENT):
        presence.ask(app.store, app.team["tobias"], UNCLAIMED)
    join(app, UNCLAIMED)
    for _context, screen in opened:
        expect(screen.page.get_by_text("Tobias Linde asks to take it over")).to_be_visible(timeout=POLLED_WITHIN_MS)
        assert screen.page.evaluate("window.moved") == []
    assert [[boxes(where) for where in each] for each in seen] == before
    for context, _screen in opened:
        context.close()


def test_a_decision_moves_nothing_that_is_read(found: Found, chromium: Browser, app: Still) -> None:
    context, screen = tab(chromium, app, "gareth")
    page = screen.page
    screen.go("/approvals")
    # What is folded away is not read; its size is not always reckoned.
    texts = page.locator(":is(.st-key-said, .st-key-sent) :is(.lh-comment, .lh-text)").filter(visible=True)
    texts.first.evaluate(AT_REST)
    page.evaluate(WATCH)
    before = boxes(texts)
    screen.key("Approve", "Control+Enter")
    expect(page.get_by_role("timer")).to_contain_text("Approved.")
    assert boxes(texts) == before
    screen.key("Undo", "u")
    expect(screen.button("Approve")).to_be_visible()
    context.close()


def test_what_others_do_moves_no_caret(found: Found, chromium: Browser, app: Still) -> None:
    context, screen = tab(chromium, app, "ines")
    page = screen.page
    screen.go("/reply?case=26")
    editor = screen.field("Your reply")
    editor.focus()
    page.evaluate(WATCH)
    before = boxes(editor)
    with clock.at(MOMENT):
        presence.look(app.store, app.team["tobias"], 26)
        presence.ask(app.store, app.team["tobias"], 26)
    expect(page.get_by_text("Tobias Linde asks to take it over")).to_be_visible(timeout=POLLED_WITHIN_MS)
    expect(editor).to_be_focused()
    assert boxes(editor) == before
    assert page.evaluate("window.moved") == []
    context.close()


def test_what_is_said_of_a_row_outlives_the_line_with_undo(found: Found, chromium: Browser, app: Still) -> None:
    with clock.at(MOMENT):
        cases_of.claim(app.store, app.team["ines"], 23)
    context, screen = tab(chromium, app, "ines")
    screen.go("/queue")
    expect(screen.button("Undo")).to_be_visible()
    screen.page.locator("[role=option][aria-current=true]").wait_for()
    with app.store.write() as tx:
        undoable.forget(tx, app.team["ines"].id)
    screen.page.keyboard.press("j")
    screen.settle()
    expect(screen.button("Undo")).to_have_count(0)
    # Were the list made anew, as the line above it is gone, nobody would be told which row is in hand.
    expect(screen.page.locator(".live")).not_to_be_empty()
    context.close()
