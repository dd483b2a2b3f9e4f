"""A walk over all screens: each is opened once, looked at in both themes, and what was found is kept for the tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESK
from tests.browser.screen import Screen
from tests.browser.still import MOMENT, Still

PHONE = {"width": 390, "height": 844}
# 200 % of 1440 x 900.
ZOOMED = {"width": 720, "height": 450}
THEMES = ("light", "dark")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
BAD = ("serious", "critical")
RUN_AXE = """async (rules) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  return found.violations.flatMap((one) => one.nodes.map((node) => (
    { rule: one.id, impact: node.impact, help: one.help, where: node.target.flat().join(" "), html: node.html })));
}"""
WIDER = """() => {
  const all = [document.scrollingElement, document.querySelector(".stMain")].filter(Boolean);
  return Math.max(...all.map((one) => one.scrollWidth - one.clientWidth));
}"""
# Nothing moves, no caret blinks, and no bar to scroll with shows: pictures are to be the same each time.
QUIET = """*, *::before, *::after { transition: none !important; animation-duration: 0s !important;
  caret-color: transparent !important; }
[data-stale] { opacity: 1 !important; }
::-webkit-scrollbar { display: none; }"""


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen on the walk: its name, who opens it (empty: a stranger), where, and what it shows when it is there.

    `phone`: there is a picture of it on a telephone as well.
    """

    name: str
    who: str
    path: str
    there: str
    phone: bool = False


STOPS = (
    Stop("log-in", "", "/login", "main form"),
    Stop("queue", "ines", "/queue?case=22", ".lh-lead", phone=True),
    Stop("list", "ines", "/queue", "[role=option]", phone=True),
    Stop("questions", "ines", "/queue?show=questions", "[role=option]"),
    Stop("reply", "ines", "/reply?case=26", ".lh-preview"),
    Stop("new", "ines", "/new", "[data-testid=stMultiSelect]"),
    Stop("templates", "ines", "/templates", "[data-testid=stTextArea]"),
    Stop("unconfirmed", "ines", "/unconfirmed", ".lh-head"),
    Stop("because", "ines", "/approvals", ".lh-rows"),
    Stop("comments", "ines", "/comments", ".lh-rows"),
    Stop("upload", "ines", "/upload", "[data-testid=stFileUploader]"),
    Stop("search", "ines", "/search?q=camp*", ".lh-rows"),
    Stop("overview", "ines", "/overview", ".js-plotly-plot .main-svg", phone=True),
    Stop("me", "ines", "/me", ".lh-head"),
    Stop("approvals", "gareth", "/approvals", ".lh-sent", phone=True),
    Stop("question", "hanna", "/question", ".lh-head"),
    Stop("refused", "marguerite", "/queue", ".lh-head"),
    Stop("sources", "marguerite", "/sources", ".lh-side"),
    Stop("people", "marguerite", "/people", ".lh-people"),
    Stop("policy", "marguerite", "/policy", "[data-testid=stTextArea]"),
    Stop("data", "marguerite", "/data", ".lh-rows"),
    Stop("admin-comments", "marguerite", "/comments", ".lh-rows"),
    Stop("admin-upload", "marguerite", "/upload", "[data-testid=stFileUploader]"),
    Stop("admin-search", "marguerite", "/search", "[data-testid=stTextInput]"),
    Stop("admin-overview", "marguerite", "/overview", ".js-plotly-plot .main-svg"),
    Stop("admin-me", "marguerite", "/me", ".lh-head"),
)


@dataclass(slots=True)
class Found:
    """What the walk found: pictures by name, what axe says of each screen, and by how much a page is too wide."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    violations: list[dict[str, Any]] = field(default_factory=list)
    wider: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


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
    for who in dict.fromkeys(stop.who for stop in STOPS):
        context, screen = tab(browser, app, who)
        for stop in STOPS:
            if stop.who == who:
                _look(screen, stop, found)
        found.problems += [f"{who}: {problem}" for problem in screen.problems]
        context.close()
    return found


def _look(screen: Screen, stop: Stop, found: Found) -> None:
    page = screen.page
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    if stop.who:
        screen.go(stop.path)
    else:
        page.goto(screen.base + stop.path)
    _quiet(page, stop.there)
    page.evaluate(AXE)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        # Of all that axe looks at, a theme changes colours alone.
        rules = [] if theme == "light" else ["color-contrast"]
        bad = [one for one in page.evaluate(RUN_AXE, rules) if one["impact"] in BAD]
        found.violations += [{"screen": stop.name, "theme": theme, **one} for one in bad]
        found.pictures[f"{stop.name}-{theme}"] = page.screenshot(animations="disabled")
    page.set_viewport_size(ZOOMED)
    found.wider[f"{stop.name} at 200 %"] = page.evaluate(WIDER)
    page.set_viewport_size(PHONE)
    found.wider[f"{stop.name} on a telephone"] = page.evaluate(WIDER)
    if stop.phone:
        found.pictures[f"{stop.name}-phone"] = page.screenshot(animations="disabled")


def _quiet(page: Page, there: str) -> None:
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
