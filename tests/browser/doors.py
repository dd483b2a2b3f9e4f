"""The walk goes on where people are not in yet, and where nothing is there yet: the doors of the first visit, log-in,
the steps of set-up, and what is said where something is gone, forbidden or away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, Page, Route
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from access import people, second
from access.set_up import Step
from model import clock
from model.errors import Conflict
from model.settings import settings
from model.words import Role
from store import people as rows
from store.keys import keys
from tests.browser.conftest import DESK
from tests.browser.still import MOMENT, Still, still
from tests.browser.walk import PHONE, Found, Stop, at_a_desk, each, quiet, tab
from tests.installation import PASSWORD, add, installation
from web import forms, front
from web.front import Progress, Stage
from web.routes import Routes, join_link
from web.welcome import Doors, WayBack

FORM = "main h1"
FIRST = (
    *(Stop(f"begin-{step}", "alice", f"/begin?step={step}", ".lh-steps") for step in Step),
    Stop("first-queue", "alice", "/queue", ".lh-nothing"),
    Stop("first-overview", "alice", "/overview", ".lh-nothing"),
    Stop("first-approvals", "alice", "/approvals", ".lh-head"),
    Stop("no-role", "noel", "/", ".lh-head"),
)
"""What people see of an organisation that is being set up, and somebody who has no role in it."""
# That somebody may not come in is an answer, too.
ANSWERS = ("status of 403", "status of 404", "status of 503")


class _Forms:
    """Looks at pages without the dashboard, some of which this process answers itself."""

    def __init__(self, page: Page, app: Still, found: Found) -> None:
        self.page, self.app, self._found = page, app, found

    def look(self, name: str, path: str = "", *, same: bool = True) -> None:
        """Opens the address, if there is one, and looks at what is there."""
        self.page.emulate_media(color_scheme="light")
        if path:
            self.page.goto(self.app.url + path)
        quiet(self.page, FORM)
        self._found.look(self.page, name, same=same)
        self.page.set_viewport_size(PHONE)
        self._found.measure(self.page, f"{name} at 390")
        self.page.set_viewport_size(DESK)

    def answered_by(self, pattern: str, *routes: BaseRoute) -> None:
        """From now on these routes answer for the addresses of the pattern."""
        client = TestClient(Starlette(routes=list(routes)))
        self.page.unroute_all()
        self.page.route(pattern, lambda route: _answer(route, client))


def walk(browser: Browser, app: Still, found: Found) -> None:
    """Opens all that people see who are not in, and the first pages of an organisation."""
    context, screen = tab(browser, app, "")
    seen = _Forms(screen.page, app, found)
    _log_in(seen)
    _from_the_sample(seen)
    _first_visit(seen)
    found.problems += [one for one in screen.problems if not any(answer in one for answer in ANSWERS)]
    context.close()
    with _new_house() as house:
        each(browser, house, found, FIRST, at_a_desk)


def _log_in(seen: _Forms) -> None:
    """The form, what it says of a wrong password, and the code of a second factor; one-time links."""
    page, app, hanna = seen.page, seen.app, seen.app.team["hanna"]

    def enter(password: str) -> None:
        page.goto(f"{app.url}/login")
        page.get_by_label("E-mail").fill(hanna.email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.locator(".problem, [name=code]").wait_for()

    enter("Not the one.")
    seen.look("log-in-wrong")
    secret = second.new_secret()
    with clock.at(MOMENT):
        second.switch_on(app.store, hanna, secret, pyotp.TOTP(secret).at(MOMENT))
    enter(PASSWORD)
    seen.look("log-in-code")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in").click()
    page.locator(".problem").wait_for()
    seen.look("log-in-code-wrong", same=False)
    with clock.at(MOMENT):
        second.switch_off(app.store, hanna, PASSWORD)
        invited = join_link("", people.reset(app.store, hanna.email))
    seen.look("join", invited)
    seen.look("join-gone", "/join?token=another")
    seen.look("no-page", "/there/is/no/such/page")
    page.route("**/away", _is_away)
    seen.look("away", "/away")


def _from_the_sample(seen: _Forms) -> None:
    """The sample's own door, for strangers and for its people, and the way back to the doors."""
    seen.look("sample-door-shut", "/sample")
    seen.page.context.add_cookies([seen.app.cookie("ines")])
    seen.look("sample-door", "/sample")
    seen.answered_by("**/welcome*", *WayBack(lambda: seen.app.store, keys, settings()).table())
    seen.look("way-back", "/welcome")
    seen.page.context.clear_cookies()
    seen.look("way-back-shut", "/welcome", same=False)


def _first_visit(seen: _Forms) -> None:
    """An installation where nobody is: its two doors, the wait for the sample, and the form of the first visit."""
    with TemporaryDirectory() as home, installation(Path(home)) as store:
        (Path(home) / "run").mkdir(exist_ok=True)
        table = Doors(lambda: store, keys, settings()).table()
        seen.answered_by("**/{welcome,welcome/*,setup}*", *table, *Routes(lambda: store, keys, settings()).table())
        code = people.set_up_code(store)
        seen.look("doors", f"/welcome?code={code}")
        seen.look("doors-shut", "/welcome?code=another")
        seen.look("set-up", f"/setup?code={code}")
        seen.look("set-up-shut", "/setup?code=another", same=False)
        for name, now in (("waiting", Progress(Stage.MAKING, 21, 60, 143)), ("waiting-failed", Progress(Stage.FAILED))):
            front.tell(Path(home), now)
            seen.look(name, f"/welcome/sample?code={code}")
        seen.page.unroute_all()


def _answer(route: Route, client: TestClient) -> None:
    """Answers a request of the browser out of this process."""
    address = urlsplit(route.request.url)
    sent = {"cookie": route.request.headers.get("cookie", "")}
    answer = client.get(f"{address.path}?{address.query}", headers=sent, follow_redirects=False)
    route.fulfill(status=answer.status_code, headers={"content-type": answer.headers["content-type"]}, body=answer.text)


def _is_away(route: Route) -> None:
    """What everybody gets while the database is away."""
    answer = forms.away({"method": "GET"}, Conflict("Somebody else writes for a long time. Try again in a moment."))
    route.fulfill(status=answer.status_code, headers={"content-type": "text/html"}, body=bytes(answer.body))


@contextmanager
def _new_house() -> Iterator[Still]:
    """An organisation that Alice has just set up. Noel came by the provider's log-in, which gave him no role."""
    with TemporaryDirectory() as home, still(Path(home), sample=False) as house:
        noel = house.team["noel"] = add(house.store, house.team["alice"], "Noel", Role.EXPERT)
        with house.store.write() as tx:
            rows.set_roles(tx, noel.id, frozenset(), frozenset())
        yield house
