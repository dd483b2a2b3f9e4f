"""All screens: how they look, what axe-core says of them, at 200 %, by keys alone, and what stays in its place.

One server, one sample and one browser for all of it, at a moment that does not pass. After a screen was changed on
purpose, `make pictures` makes the pictures anew; look at each before you commit it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from channels.feed.parse import parse
from ingest.take import take
from model import clock
from model.words import Channel
from response import presence
from store import sources
from tests.browser import pictures, walk
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.still import MOMENT, Still, still
from tests.browser.walk import STOPS, ZOOMED, Found, tab
from tests.channels.blogs import Said, rss
from tests.installation import PASSWORD
from web.navigation import allowed

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

POLLED_WITHIN_MS = 30_000
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
    return walk.walk(chromium, app)


def test_the_walk_opens_every_page_that_there_is_for_managers_and_administrators(app: Still) -> None:
    for name in ("ines", "marguerite"):
        opened = {stop.path.partition("?")[0] for stop in STOPS if stop.who == name}
        assert {f"/{place.path}" for place in allowed(app.team[name])} <= opened


def test_axe_finds_nothing_serious_on_any_screen_in_either_theme(found: Found) -> None:
    assert not "\n".join(walk.unexcused(found.violations, STREAMLITS))


def test_no_screen_scrolls_sideways_at_200_percent_or_on_a_telephone(found: Found) -> None:
    assert {name: wider for name, wider in found.wider.items() if wider > 0} == {}


def test_no_screen_goes_wrong_unseen(found: Found) -> None:
    assert found.problems == []


def test_every_screen_looks_as_it_did(found: Found, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--renew-pictures"):
        pictures.renew(found.pictures)
    problems = [pictures.problem(name, png, tmp_path) for name, png in found.pictures.items()]
    told = "\n".join(filter(None, problems))
    assert not told, f"{told}\nAfter a change on purpose: make pictures"
    assert pictures.kept() == set(found.pictures), "pictures of screens that are no more"


# --- what a screen reader is told -------------------------------------------------------------------------------------


def test_names_and_states_are_read_out(found: Found, chromium: Browser, app: Still) -> None:
    context, screen = tab(chromium, app, "ines")
    named = screen.page.get_by_role
    screen.go("/queue?case=26")
    expect(named("heading", level=1, name="Queue")).to_be_visible()
    said = re.compile(r"^Raised by a person, low\. Will the lift be on.+ Yours$")
    row = named("listbox", name="To do").get_by_role("option", name=said)
    expect(row).to_have_attribute("aria-current", "true")
    expect(named("status").filter(has_text="Yours since")).to_be_visible()
    expect(named("article", name="Comment by Kwame")).to_be_visible()
    screen.go("/reply?case=26")
    expect(named("heading", level=1, name="Reply to Kwame")).to_be_visible()
    editor = named("textbox", name="Your reply")
    expect(editor).to_have_accessible_description(re.compile("of 5,000 characters"))
    context.close()

    context, screen = tab(chromium, app, "gareth")
    named = screen.page.get_by_role
    screen.go("/approvals")
    expect(named("heading", level=1, name="My approvals")).to_be_visible()
    expect(named("option", name=re.compile("^Reply to ")).first).to_have_attribute("aria-current", "true")
    expect(named("article", name=re.compile("^Comment by "))).to_be_visible()
    # Which step it is at is said, and not only drawn in another colour.
    expect(screen.page.locator(".lh-route [aria-current=step]")).to_contain_text("Gareth Cole")
    for action in ("Approve", "Request changes", "Reject"):
        expect(screen.button(action)).to_be_visible()
    context.close()


# --- by keys alone, at 200 % -----------------------------------------------------------------------------------------

# What has the focus, also within a component, and whether any of it can be seen: in the window, with nothing over it.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  const box = at.getBoundingClientRect();
  const topmost = (x, y) => {
    let top = document.elementFromPoint(x, y);
    for (let root = top && top.shadowRoot; root; root = top.shadowRoot) {
      const inner = root.elementFromPoint(x, y);
      if (!inner || inner === top) break;
      top = inner;
    }
    return top;
  };
  const control = "a, button, input, textarea, select, summary, [role=option]";
  const drawn = at.matches(control) && box.width > 4 && box.height > 4;
  const seen = [0.1, 0.5, 0.9].some((part) => {
    const top = topmost(box.x + box.width / 2, box.y + box.height * part);
    return top && (at.contains(top) || (top.contains(at) && top.matches("label, label *")));
  });
  const name = at.getAttribute("aria-label") || at.textContent.slice(0, 40);
  return { what: `${at.tagName} ${name}`, seen: !drawn || seen };
}"""
MOVES = """() => [...document.querySelectorAll("*")]
  .filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0.01).map((one) => one.className)"""


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Presses Tab until the target has the focus; on the way nothing that has it may be hidden."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], f"the focus is on something that cannot be seen: {focused['what']}"
        if target.evaluate("(one) => one.matches(':focus')"):
            return
    raise AssertionError(f"{target} has no place in the order of Tab")


def test_by_keys_alone_at_200_percent_somebody_logs_in_and_answers(found: Found, chromium: Browser, app: Still) -> None:
    context, screen = tab(chromium, app, "", viewport=ZOOMED, device_scale_factor=2, reduced_motion="reduce")
    page = screen.page
    page.goto(f"{app.url}/login")
    page.keyboard.type("ines@millbrook.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    screen.settle()
    screen.go("/queue?show=mine")
    tab_to(page, page.get_by_role("option").first)
    page.keyboard.press("Enter")
    screen.settle()
    expect(page.locator(".lh-lead")).to_be_visible()
    assert page.evaluate(walk.WIDER) <= 0
    assert page.evaluate(MOVES) == []
    tab_to(page, screen.button("Reply"))
    page.keyboard.press("Enter")
    screen.settle()
    editor = screen.field("Your reply")
    expect(editor).to_be_visible()
    tab_to(page, editor)
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" is warm when you come.")
    expect(page.locator(".state")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    tab_to(page, screen.button("Send"))
    assert page.evaluate(walk.WIDER) <= 0
    assert screen.problems == []
    context.close()


# --- what moves while something comes --------------------------------------------------------------------------------

WATCH = """() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) {
      window.moved.push(...shift.sources.map((one) => one.node && (one.node.className || one.node.nodeName)));
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
    rows.nth(1).click()
    screen.settle()
    page.evaluate(WATCH)
    before = boxes(rows)
    arrive(app, 3)
    expect(screen.button("3 new")).to_be_visible(timeout=POLLED_WITHIN_MS)
    assert boxes(rows) == before
    assert page.evaluate("window.moved") == []
    screen.press("3 new")
    expect(rows).to_have_count(len(before) + 3)
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
