"""A walk over all screens: each is opened once, looked at in both themes, and what was found is kept for the tests.

First every screen at a desk; then, on a telephone, what people open on one; then what opens on a screen by a key or a
button; last the forms of those who are not in yet.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from access import people
from model import clock
from model.settings import settings
from store import responses
from store.keys import keys
from tests.browser.conftest import DESK
from tests.browser.screen import Screen
from tests.browser.still import MOMENT, Still
from tests.installation import installation
from web.routes import Routes, join_link

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

    In the address, {decide} is what waits for Gareth. `same`: it looks the same each time, so there is a picture of it.
    """

    name: str
    who: str
    path: str
    there: str
    same: bool = True


STOPS = (
    Stop("log-in", "", "/login", "main form"),
    Stop("queue", "ines", "/queue?show=approval&case=22", ".lh-lead"),
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
    Stop("good", "ines", "/good", ".lh-nothing", same=False),
    Stop("overview", "ines", "/overview", ".js-plotly-plot .main-svg"),
    Stop("costs", "ines", "/costs", ".lh-head"),
    Stop("me", "ines", "/me", ".lh-head"),
    Stop("approvals", "gareth", "/approvals", ".lh-sent"),
    Stop("question", "hanna", "/question", ".lh-head"),
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
    Stop("health", "marguerite", "/health", ".lh-health", same=False),
    Stop("begin", "marguerite", "/begin", ".lh-nothing", same=False),
    Stop("admin-comments", "marguerite", "/comments", ".lh-rows"),
    Stop("admin-upload", "marguerite", "/upload", "[data-testid=stFileUploader]"),
    Stop("admin-search", "marguerite", "/search", "[data-testid=stTextInput]"),
    Stop("admin-good", "marguerite", "/good", ".lh-nothing", same=False),
    Stop("admin-overview", "marguerite", "/overview", ".js-plotly-plot .main-svg"),
    Stop("admin-costs", "marguerite", "/costs", ".lh-head", same=False),
    Stop("admin-me", "marguerite", "/me", ".lh-head"),
)
_NAMED = {stop.name: stop for stop in STOPS}
_DECIDES = Stop("approvals", "gareth", "/approvals?decide={decide}", ".lh-sent")
ON_A_PHONE = (*(_NAMED[name] for name in ("list", "queue", "reply", "overview")), _DECIDES)
"""What people open on a telephone, which shows the list or what is open; and a decision from the link in its notice."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens on the screen of a stop: its name, by what it opens, and what it is then."""

    name: str
    on: Stop
    by: Callable[[Screen], None]
    part: str


DIALOG, POPOVER = "[role=dialog]", "[data-testid=stPopoverBody]"
_CASE = Stop("case", "ines", "/queue?case=26", ".lh-lead")
OPENINGS = (
    Opening("dismiss", _CASE, lambda screen: screen.key("Dismiss", "d"), DIALOG),
    Opening("escalate", _CASE, lambda screen: screen.key("Escalate", "x"), DIALOG),
    Opening("keys", _CASE, lambda screen: screen.key("Keys", "h"), DIALOG),
    Opening("filter", _CASE, lambda screen: screen.press("Filter"), POPOVER),
    Opening("chosen", _CASE, lambda screen: screen.key("Keys", "Shift+M"), ".st-key-list"),
    Opening("template", _NAMED["reply"], lambda screen: screen.key("Template", "t"), DIALOG),
    Opening("changes", _DECIDES, lambda screen: screen.key("Request changes", "q"), DIALOG),
    Opening("decided", _DECIDES, lambda screen: screen.key("Approve", "Control+Enter"), "[data-testid=stBottom]"),
)
"""By a key where there is one. What the last one decides is undone, and the sample is as it was."""


@dataclass(slots=True)
class Found:
    """What the walk found: pictures by name, what axe says of each screen, by how much a page is too wide, and what of
    the navigation lies under the person's name."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    violations: list[dict[str, Any]] = field(default_factory=list)
    wider: dict[str, int] = field(default_factory=dict)
    under: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, within: str = "", *, same: bool = True) -> None:
        """What axe says of a page, or of the part `within`, and a picture of it where it is the `same` each time, in
        both themes."""
        page.evaluate(AXE)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.wait_for_function(IN_THEME, arg=theme)
            # Of all that axe looks at, a theme changes colours alone.
            rules = [] if theme == "light" else ["color-contrast"]
            bad = [one for one in page.evaluate(RUN_AXE, [within, rules]) if one["impact"] in BAD]
            self.violations += [{"screen": name, "theme": theme, **one} for one in bad]
            if same:
                self.pictures[f"{name}-{theme}"] = page.screenshot(animations="disabled")

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
    _each(browser, app, found, STOPS, _at_a_desk)
    _each(browser, app, found, ON_A_PHONE, _on_a_phone, **HANDHELD)
    _each(browser, app, found, tuple(dict.fromkeys(one.on for one in OPENINGS)), _opened)
    _forms(browser, app, found)
    return found


def _each(
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


def _at_a_desk(screen: Screen, stop: Stop, found: Found) -> None:
    page = screen.page
    found.look(page, stop.name, same=stop.same)
    for size, where in ((SMALL_DESK, "at 1024"), (ZOOMED, "at 200 %"), (PHONE, "at 390"), (DESK, "at 1440")):
        page.set_viewport_size(size)
        found.measure(page, f"{stop.name} {where}")


def _on_a_phone(screen: Screen, stop: Stop, found: Found) -> None:
    found.look(screen.page, f"{stop.name}-phone")
    found.measure(screen.page, f"{stop.name} on a telephone")


def _opened(screen: Screen, stop: Stop, found: Found) -> None:
    """All that opens on this screen, one after the other."""
    page = screen.page
    for one in OPENINGS:
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


def _forms(browser: Browser, app: Still, found: Found) -> None:
    """What people see who are not in yet: a one-time link, and the first visit to an installation without anybody."""
    context, screen = tab(browser, app, "")
    with clock.at(MOMENT):
        invited = join_link(app.url, people.reset(app.store, app.team["hanna"].email))
    with TemporaryDirectory() as home, installation(Path(home)) as store:
        nobodys = TestClient(Starlette(routes=Routes(lambda: store, keys, settings()).table()))
        screen.page.route("**/setup?*", lambda route: _answer(route, nobodys))
        for name, address in (("join", invited), ("set-up", f"{app.url}/setup?code={people.set_up_code(store)}")):
            screen.page.emulate_media(color_scheme="light")
            screen.page.goto(address)
            quiet(screen.page, "main form")
            found.look(screen.page, name)
            screen.page.set_viewport_size(PHONE)
            found.measure(screen.page, f"{name} at 390")
            screen.page.set_viewport_size(DESK)
    found.problems += screen.problems
    context.close()


def _answer(route: Route, client: TestClient) -> None:
    """Answers a request of the browser out of this process."""
    address = urlsplit(route.request.url)
    answer = client.get(f"{address.path}?{address.query}")
    route.fulfill(status=answer.status_code, headers={"content-type": answer.headers["content-type"]}, body=answer.text)


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
