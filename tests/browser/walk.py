"""A walk over all screens: each is opened once, looked at in both themes, and what was found is kept for the tests.

First every screen at a desk; then, on a telephone, what people open on one; then what opens on a screen by a key or a
button. `tests.browser.doors` has the forms of those who are not in yet.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import Any, Literal
from unittest.mock import patch

from playwright.sync_api import Browser, BrowserContext, Page, expect

from model import clock
from model.words import Role
from response import checking, labelling
from store import people, responses
from tests.browser.conftest import DESK
from tests.browser.screen import Screen
from tests.browser.still import MOMENT, Still

SEED = 7
HIDDEN = "#8493A0"
PHONE = {"width": 390, "height": 844}
HANDHELD: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
SMALL_DESK = {"width": 1024, "height": 768}
# 200 % of 1440 x 900.
ZOOMED = {"width": 720, "height": 450}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
BAD = ("serious", "critical")
RUN_AXE = """async ([within, rules]) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(within || document, { resultTypes: ["violations"], ...only });
  return found.violations.flatMap((one) => one.nodes.map((node) => (
    { rule: one.id, impact: node.impact, help: one.help, where: node.target.flat().join(" "), html: node.html })));
}"""
# Streamlit changes its colours a little after the machine does.
IN_THEME = """(theme) => {
  const app = document.querySelector(".stApp");
  return !app || getComputedStyle(app).colorScheme === theme;
}"""
WIDER = """() => {
  const all = [document.scrollingElement, document.querySelector(".stMain")].filter(Boolean);
  return Math.max(...all.map((one) => one.scrollWidth - one.clientWidth));
}"""
# What of the navigation lies under the person's name, once it has found its new places.
UNDER = """async () => {
  const found = () => {
    const me = document.querySelector(".st-key-me")?.getBoundingClientRect();
    return [...document.querySelectorAll("header a, header button")].filter((one) => {
      const box = one.getBoundingClientRect();
      const drawn = box.width && one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      return me && drawn && box.right > me.left && box.left < me.right;
    });
  };
  for (let frames = 0; frames < 60 && found().length; frames += 1) await new Promise(requestAnimationFrame);
  return found().map((one) => one.textContent);
}"""
# Nothing moves, no caret blinks, and no bar to scroll with shows: pictures are to be the same each time.
QUIET = """*, *::before, *::after { transition: none !important; animation-duration: 0s !important;
  caret-color: transparent !important; }
[data-stale] { opacity: 1 !important; }
::-webkit-scrollbar { display: none; }"""


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen on the walk: its name, who opens it (empty: a stranger), where, and what it shows when it is there.

    In the address, {decide} is what waits for Gareth. `same`: it looks the same each time, so there is a picture of it;
    what another machine or run has otherwise, the list items named in `varies`, is hidden in that.
    """

    name: str
    who: str
    path: str
    there: str
    same: bool = True
    varies: tuple[str, ...] = ()


STOPS = (
    Stop("log-in", "", "/login", "main form"),
    Stop("queue", "ines", "/queue?show=approval&case=22", ".lh-lead"),
    Stop("queue-empty", "ines", "/queue?show=snoozed", ".lh-nothing"),
    Stop("case-gone", "ines", "/queue?case=9999", ".lh-problem"),
    Stop("list", "ines", "/queue", "[role=option]"),
    Stop("questions", "ines", "/queue?show=questions", "[role=option]"),
    Stop("reply", "ines", "/reply?case=26", ".lh-preview"),
    Stop("new", "ines", "/new", "[data-testid=stMultiSelect]"),
    Stop("templates", "ines", "/templates", "[data-testid=stTextArea]"),
    Stop("unconfirmed", "ines", "/unconfirmed", ".lh-head"),
    Stop("because", "ines", "/approvals", ".lh-rows"),
    Stop("comments", "ines", "/comments", ".lh-rows"),
    Stop("upload", "ines", "/upload", "[data-testid=stFileUploader]"),
    Stop("search", "ines", "/search?q=camp*", ".lh-rows"),
    Stop("good", "ines", "/good", ".lh-nothing"),
    Stop("overview", "ines", "/overview", ".js-plotly-plot .main-svg"),
    Stop("costs", "ines", "/costs", ".lh-head"),
    Stop("me", "ines", "/me", ".lh-head"),
    Stop("approvals", "gareth", "/approvals", ".lh-sent"),
    Stop("decision-gone", "gareth", "/approvals?decide=9999", ".lh-note"),
    Stop("question", "hanna", "/question", ".lh-head"),
    Stop("question-gone", "hanna", "/question?question=9999", ".lh-problem"),
    Stop("refused", "marguerite", "/queue", ".lh-head"),
    Stop("sources", "marguerite", "/sources", ".lh-side"),
    Stop("people", "marguerite", "/people", ".lh-people"),
    Stop("policy", "marguerite", "/policy", "[data-testid=stTextArea]"),
    Stop("matters", "marguerite", "/matters", ".lh-side"),
    Stop("board", "marguerite", "/board?period=own&since=2026-02-28&until=2026-03-13", ".js-plotly-plot .main-svg"),
    Stop("goals", "marguerite", "/goals", "[data-testid=stMultiSelect]"),
    Stop("opinion", "marguerite", "/opinion", ".lh-nothing"),
    Stop("loosened", "marguerite", "/loosened", ".lh-side", same=False),
    Stop("data", "marguerite", "/data", ".lh-rows"),
    Stop("audit", "marguerite", "/audit?about=case&number=26", ".lh-record"),
    Stop("pause", "marguerite", "/pause", "[data-testid=stTextArea]"),
    Stop("health", "marguerite", "/health", ".lh-health", varies=("Database", "Disk", "Key", "Audit log")),
    Stop("begin", "marguerite", "/begin", ".lh-nothing", same=False),
    Stop("admin-comments", "marguerite", "/comments", ".lh-rows"),
    Stop("admin-upload", "marguerite", "/upload", "[data-testid=stFileUploader]"),
    Stop("admin-search", "marguerite", "/search", "[data-testid=stTextInput]"),
    Stop("admin-good", "marguerite", "/good", ".lh-nothing", same=False),  # as it is for others
    Stop("admin-overview", "marguerite", "/overview", ".js-plotly-plot .main-svg"),
    Stop("admin-costs", "marguerite", "/costs", ".lh-head", same=False),
    Stop("admin-me", "marguerite", "/me", ".lh-head"),
)
_NAMED = {stop.name: stop for stop in STOPS}
_DECIDES = Stop("approvals", "gareth", "/approvals?decide={decide}", ".lh-sent")
ON_A_SMALL_DESK = (*(_NAMED[name] for name in ("queue", "overview")), _DECIDES)
"""What people open in a window of 1024 pixels."""
ON_A_PHONE = (*(_NAMED[name] for name in ("list", "queue", "reply", "overview")), _DECIDES)
"""What people open on a telephone, which shows the list or what is open; and a decision from the link in its notice."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens on the screen of a stop: its name, by what it opens, and what it is then."""

    name: str
    on: Stop
    by: Callable[[Screen], None]
    part: str
    drawn: bool = False


def _by(press: str, item: str = "") -> Callable[[Screen], None]:
    """Presses a button, and chooses from the menu that it opens where one is named."""

    def opened(screen: Screen) -> None:
        screen.press(press)
        if item:
            screen.page.get_by_role("menuitem", name=item).click()
            screen.settle()

    return opened


def _all_chosen(screen: Screen) -> None:
    screen.key("Keys", "Shift+M")


def _dismissing_all(screen: Screen) -> None:
    _all_chosen(screen)
    screen.key("Keys", "d")


def _leaving(screen: Screen) -> None:
    screen.page.get_by_role("radio", name="Change a person").click()
    screen.settle()
    screen.page.get_by_role("combobox", name="Person", exact=True).fill("Tobias")
    screen.page.get_by_role("option", name=re.compile("Tobias Linde")).click()
    screen.settle()
    screen.press("Take access away")


def _erasing(screen: Screen) -> None:
    screen.fill("Name, exactly as it stands at the comments", "Kwame")
    screen.press("Show what would go")


DIALOG, POPOVER, BOTTOM = "[role=dialog]", "[data-testid=stPopoverBody]", "[data-testid=stBottom]"
_CASE = Stop("case", "ines", "/queue?case=26", ".lh-lead")
OPENINGS = (
    Opening("dismiss", _CASE, lambda screen: screen.key("Dismiss", "d"), DIALOG, drawn=True),
    Opening("escalate", _CASE, lambda screen: screen.key("Escalate", "x"), DIALOG, drawn=True),
    Opening("keys", _CASE, lambda screen: screen.key("Keys", "h"), DIALOG, drawn=True),
    Opening("moderate", _CASE, _by("More", "Moderate"), DIALOG, drawn=True),
    Opening("same-person", _CASE, _by("The same person elsewhere…"), DIALOG),
    Opening("hand-over", _CASE, _by("Hand over"), POPOVER),
    Opening("note", _CASE, _by("Add a note"), POPOVER),
    Opening("task", _CASE, _by("Add a task"), POPOVER),
    Opening("filter", _CASE, _by("Filter"), POPOVER, drawn=True),
    Opening("saved-views", _CASE, _by("Saved views"), POPOVER),
    Opening("chosen", _CASE, _all_chosen, ".st-key-list", drawn=True),
    Opening("dismiss-all", _CASE, _dismissing_all, DIALOG),
    Opening("template", _NAMED["reply"], lambda screen: screen.key("Template", "t"), DIALOG, drawn=True),
    Opening("changes", _DECIDES, lambda screen: screen.key("Request changes", "q"), DIALOG, drawn=True),
    Opening("reject", _DECIDES, lambda screen: screen.key("Reject", "x"), DIALOG, drawn=True),
    Opening("policy-note", _DECIDES, _by("More", "Approve, with a note on the policy"), DIALOG),
    Opening("decided", _DECIDES, lambda screen: screen.key("Approve", "Control+Enter"), BOTTOM, drawn=True),
    Opening("judged", _NAMED["overview"], _by("How this is judged"), POPOVER),
    Opening("erase", _NAMED["data"], _erasing, ".stMain", drawn=True),
    Opening("leave", _NAMED["people"], _leaving, DIALOG, drawn=True),
    Opening("export", _NAMED["audit"], _by("Export"), POPOVER),
)
"""By a key where there is one. What the last one decides is undone, and the sample is as it was."""
HANDING_ON = Opening("hand-on", _DECIDES, _by("More", "Hand to somebody else"), DIALOG, drawn=True)
"""And what opens where somebody else could decide as well."""


JUDGED = (
    Stop("good-judged", "ines", "/good", ".lh-good"),
    Stop("admin-good-judged", "marguerite", "/good", ".lh-good"),
)
"""What is there once the worker has followed what people decided, and has drawn the comments of a weekly check."""


@dataclass(slots=True)
class Found:
    """What the walk found: pictures by name, what axe says of each screen, by how much a page is too wide, and what of
    the navigation lies under the person's name."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    violations: list[dict[str, Any]] = field(default_factory=list)
    wider: dict[str, int] = field(default_factory=dict)
    under: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, within: str = "", *, same: bool = True, varies: tuple[str, ...] = ()) -> None:
        """What axe says of a page, or of the part `within`, and a picture of it where it is the `same` each time, in
        both themes."""
        page.evaluate(AXE)
        for theme in THEMES:
            in_theme(page, theme)
            # Of all that axe looks at, a theme changes colours alone.
            rules = [] if theme == "light" else ["color-contrast"]
            bad = [one for one in page.evaluate(RUN_AXE, [within, rules]) if one["impact"] in BAD]
            self.violations += [{"screen": name, "theme": theme, **one} for one in bad]
            if same:
                self.draw(page, name, theme, varies)

    def draw(self, page: Page, name: str, theme: Theme, varies: tuple[str, ...] = ()) -> None:
        """Only the picture, in one theme."""
        in_theme(page, theme)
        rows = page.get_by_role("listitem")
        hidden = [rows.filter(has=page.get_by_text(word, exact=True)) for word in varies]
        self.pictures[f"{name}-{theme}"] = page.screenshot(animations="disabled", mask=hidden, mask_color=HIDDEN)

    def measure(self, page: Page, where: str) -> None:
        """By how much the page is too wide, and what its navigation is under."""
        self.wider[where] = page.evaluate(WIDER)
        self.under[where] = page.evaluate(UNDER)


def tab(browser: Browser, app: Still, who: str, **more: Any) -> tuple[BrowserContext, Screen]:
    """A tab of this person, whose clock stands still as the server's does."""
    terms = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/London", "color_scheme": "light", **more}
    context = browser.new_context(**terms)
    if who:
        context.add_cookies([app.cookie(who)])
    page = context.new_page()
    page.clock.set_fixed_time(MOMENT)
    return context, Screen(page, app.url)


def walk(browser: Browser, app: Still) -> Found:
    """Opens every screen once."""
    found = Found()
    each(browser, app, found, STOPS, at_a_desk)
    each(browser, app, found, ON_A_SMALL_DESK, _on_a_small_desk, viewport=SMALL_DESK)
    each(browser, app, found, ON_A_PHONE, _on_a_phone, **HANDHELD)
    each(browser, app, found, tuple(dict.fromkeys(one.on for one in OPENINGS)), partial(_opened, OPENINGS))
    with _another_of_the_level(app):
        each(browser, app, found, (_DECIDES,), partial(_opened, (HANDING_ON,)))
    with clock.at(MOMENT), patch("response.checking.secrets.randbits", lambda _bits: SEED):
        labelling.catch_up(app.store)
        checking.look(app.store)
    each(browser, app, found, JUDGED, at_a_desk)
    return found


def each(
    browser: Browser,
    app: Still,
    found: Found,
    stops: tuple[Stop, ...],
    look: Callable[[Screen, Stop, Found], None],
    **more: Any,
) -> None:
    """Opens each stop in a tab of who opens it, and has a look."""
    for who in dict.fromkeys(stop.who for stop in stops):
        context, screen = tab(browser, app, who, **more)
        for stop in stops:
            if stop.who == who:
                _go(screen, app, stop)
                look(screen, stop, found)
        found.problems += [f"{who}: {problem}" for problem in screen.problems]
        context.close()


def _go(screen: Screen, app: Still, stop: Stop) -> None:
    screen.page.emulate_media(color_scheme="light")
    if stop.who:
        screen.go(stop.path.format(decide=waits_for(app, stop.who)))
    else:
        screen.page.goto(screen.base + stop.path)
    quiet(screen.page, stop.there)


def waits_for(app: Still, who: str) -> int:
    """What waits longest for this person's decision; 0 where nothing does."""
    with app.store.read() as tx:
        return next((one.submission_id for one in responses.waiting_for(tx, app.team[who].id, 1)), 0)


def at_a_desk(screen: Screen, stop: Stop, found: Found) -> None:
    page = screen.page
    found.look(page, stop.name, same=stop.same, varies=stop.varies)
    for size, where in ((SMALL_DESK, "at 1024"), (ZOOMED, "at 200 %"), (PHONE, "at 390"), (DESK, "at 1440")):
        page.set_viewport_size(size)
        found.measure(page, f"{stop.name} {where}")


def _on_a_small_desk(screen: Screen, stop: Stop, found: Found) -> None:
    for theme in THEMES:
        found.draw(screen.page, f"{stop.name}-small", theme)


def _on_a_phone(screen: Screen, stop: Stop, found: Found) -> None:
    found.look(screen.page, f"{stop.name}-phone")
    found.measure(screen.page, f"{stop.name} on a telephone")


@contextmanager
def _another_of_the_level(app: Still) -> Iterator[None]:
    """Tobias decides where Gareth does, for as long: there is somebody to whom it can be handed on."""
    tobias, gareth = app.team["tobias"], app.team["gareth"]
    with app.store.write() as tx:
        people.set_roles(tx, tobias.id, tobias.roles | {Role.APPROVER}, gareth.levels)
    yield
    with app.store.write() as tx:
        people.set_roles(tx, tobias.id, tobias.roles, tobias.levels)


def _opened(openings: tuple[Opening, ...], screen: Screen, stop: Stop, found: Found) -> None:
    """All of these that open on this screen, one after the other."""
    page = screen.page
    for one in openings:
        if one.on != stop:
            continue
        one.by(screen)
        page.locator(one.part).wait_for()
        quiet(page, one.part)
        found.look(page, one.name, one.part)
        page.emulate_media(color_scheme="light")
        page.keyboard.press("Escape")
        screen.settle()
    if screen.button("Undo").is_visible():
        screen.press("Undo")


def in_theme(page: Page, theme: Theme) -> None:
    """Waits until a page has the colours of a theme."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(IN_THEME, arg=theme)


def quiet(page: Page, there: str) -> None:
    """Waits until a page shows what it is there for, and keeps it from moving."""
    page.locator(there).first.wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # what Streamlit shows until a part of it is loaded
    page.add_style_tag(content=QUIET)
    page.evaluate("document.fonts.ready")


def unexcused(violations: list[dict[str, Any]], excused: dict[tuple[str, str], str]) -> Iterator[str]:
    """What axe found, a line each, less what is excused by its rule and a part of its markup."""
    for one in violations:
        if not any(one["rule"] == rule and part in one["html"] for rule, part in excused):
            what = f"{one['screen']}, {one['theme']}: {one['rule']} ({one['help']})"
            yield f"{what} at {one['where']}\n    {one['html'][:300]}"
