"""The forms outside the dashboard: first visit, log-in, links, log-out; and what says that it runs."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pyotp
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from access import people, preferences, second, sessions
from model.settings import Settings
from store import people as rows
from store.db import Store
from store.keys import keys
from tests.installation import PASSWORD, Team, enter
from web.forms import FORM_COOKIE
from web.middleware import COOKIE, HOOK, INSIDE, OPEN, OPEN_FOLDERS, TOKENED, Wall
from web.routes import Routes

US = "http://localhost:8501"
ABOUT = {
    "organisation": "The association",
    "time_zone": "Europe/Berlin",
    "name": "Alice",
    "email": "alice@example.org",
    "password": PASSWORD,
}


def browser(store: Store, url: str = "") -> TestClient:
    """A browser of its own before the wall and the routes."""
    config = Settings(url=url)
    app = Wall(Starlette(routes=Routes(lambda: store, keys, config).table()), store=lambda: store, settings=config)
    return TestClient(app, base_url=url or US, headers={"Origin": url or US}, follow_redirects=False)


@pytest.fixture
def anybody(here: Team) -> TestClient:
    return browser(here.store)


@pytest.fixture
def first(empty: Store) -> TestClient:
    return browser(empty)


def hidden(page: httpx2.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: html.unescape(value) for name, value in found}


def fill_in(client: TestClient, address: str, **fields: str) -> httpx2.Response:
    """Opens a page with a form and posts it, hidden fields and all."""
    return client.post(address, data={**hidden(client.get(address)), **fields})


def problem(page: httpx2.Response) -> str:
    found = re.search(r'role="alert">([^<]*)<', page.text)
    return html.unescape(found[1]) if found else ""


def cookies(answer: httpx2.Response) -> Iterator[str]:
    return (value for name, value in answer.headers.multi_items() if name == "set-cookie")


def test_a_form_is_in_the_language_that_the_browser_reads(anybody: TestClient) -> None:
    german = {"Accept-Language": "de-CH, en;q=0.4"}
    page = anybody.get("/login", headers=german)
    assert '<html lang="de">' in page.text and "<button>Anmelden</button>" in page.text
    refused = anybody.post("/login", data=hidden(page) | {"email": "a@example.org", "password": "x"}, headers=german)
    assert problem(refused).startswith("E-Mail und Passwort gehören nicht zusammen.")
    page = anybody.get("/login", headers={"Accept-Language": "fr"})
    assert '<html lang="en">' in page.text and "<button>Log in</button>" in page.text


def test_the_language_of_the_first_visit_is_the_organisations(empty: Store, first: TestClient) -> None:
    first.headers["Accept-Language"] = "de"
    fill_in(first, f"/setup?code={people.set_up_code(empty)}", **ABOUT)
    with empty.read() as tx:
        assert preferences.organisations_language(tx) == "de"


# --- the first visit -------------------------------------------------------------------------------------------------


def test_the_first_visit_by_the_printed_address_ends_logged_in_at_the_next_step(
    empty: Store, first: TestClient
) -> None:
    done = fill_in(first, f"/setup?code={people.set_up_code(empty)}", **ABOUT)
    assert (done.status_code, done.headers["location"]) == (303, "/begin")
    visitor = sessions.visitor(empty, first.cookies[COOKIE])
    assert visitor is not None and visitor.person.name == "Alice"

    again = first.get("/setup?code=any")
    assert (again.status_code, again.headers["location"]) == (303, "/login")
    again = first.post("/setup", data=ABOUT)
    assert (again.status_code, again.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("address", ["/setup", "/setup?code=", "/setup?code=guessed"])
def test_without_the_code_the_first_visit_says_where_it_is(empty: Store, first: TestClient, address: str) -> None:
    people.set_up_code(empty)
    page = first.get(address)
    assert page.status_code == 403
    assert "<form" not in page.text
    assert "printed in the terminal" in page.text


def test_a_form_posted_with_another_code_sets_nothing_up(empty: Store, first: TestClient) -> None:
    address = f"/setup?code={people.set_up_code(empty)}"
    assert fill_in(first, address, **ABOUT, code="guessed").status_code == 403
    with empty.read() as tx:
        assert not people.is_set_up(tx)


def test_log_in_leads_to_the_first_visit_until_there_was_one(first: TestClient) -> None:
    assert first.get("/login").headers["location"] == "/welcome"


def test_after_a_mistake_a_form_keeps_what_was_typed_but_never_the_password(empty: Store, first: TestClient) -> None:
    typed = {**ABOUT, "organisation": '"><script>alert(1)</script>', "password": "short<"}
    page = fill_in(first, f"/setup?code={people.set_up_code(empty)}", **typed)
    assert page.status_code == 400
    assert problem(page).startswith("A password has 10 to 200 characters.")
    assert "short<" not in html.unescape(page.text)
    assert "<script>alert" not in page.text
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page.text
    assert "<option selected>Europe/Berlin</option>" in page.text

    again = first.post("/setup", data={**hidden(page), **ABOUT})
    assert again.headers["location"] == "/begin"


# --- log-in and log-out ----------------------------------------------------------------------------------------------


def test_a_log_in_leads_to_the_page_that_was_asked_for(anybody: TestClient) -> None:
    anybody.get("/approvals?response=3")
    done = fill_in(anybody, "/login", email="alice@example.org", password=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/approvals?response=3")
    assert anybody.get("/login").headers["location"] == "/", "who is logged in needs no log-in"
    anybody.cookies.delete(COOKIE)
    assert fill_in(anybody, "/login", email="alice@example.org", password=PASSWORD).headers["location"] == "/"


def test_a_failed_log_in_says_so_and_keeps_the_address(anybody: TestClient) -> None:
    page = fill_in(anybody, "/login", email="alice@example.org", password="guessed and wrong")
    assert page.status_code == 403
    assert "do not belong together" in problem(page)
    assert 'value="alice@example.org"' in page.text
    assert "guessed" not in page.text
    assert COOKIE not in anybody.cookies


def test_a_second_factor_is_asked_on_a_second_form(here: Team, anybody: TestClient) -> None:
    secret = second.new_secret()
    codes = second.switch_on(here.store, here.alice, secret, pyotp.TOTP(secret).now())
    anybody.get("/approvals?response=3")
    form = fill_in(anybody, "/login", email="alice@example.org", password=PASSWORD)
    assert form.status_code == 200 and 'autocomplete="one-time-code"' in form.text
    assert COOKIE not in anybody.cookies

    wrong = anybody.post("/login/code", data={**hidden(form), "code": "<wrong>"})
    assert wrong.status_code == 403
    assert problem(wrong).startswith("This is not the code that your app shows now")
    assert "wrong&" not in wrong.text and COOKIE not in anybody.cookies
    forged = anybody.post("/login/code", data={**hidden(wrong), "token": "guessed", "code": codes[0]})
    assert forged.status_code == 403 and COOKIE not in anybody.cookies

    done = anybody.post("/login/code", data={**hidden(wrong), "code": codes[0]})
    assert (done.status_code, done.headers["location"]) == (303, "/approvals?response=3")
    visitor = sessions.visitor(here.store, anybody.cookies[COOKIE])
    assert visitor is not None and visitor.person == here.alice
    assert browser(here.store).get("/login/code").headers["location"] == "/login"


def test_too_many_attempts_are_refused_for_a_while(anybody: TestClient) -> None:
    for _ in range(8):
        fill_in(anybody, "/login", email="alice@example.org", password="guessed and wrong")
    page = fill_in(anybody, "/login", email="alice@example.org", password=PASSWORD)
    assert page.status_code == 429
    assert problem(page).startswith("Too many attempts.")


def test_cookies_are_for_the_server_alone_and_travel_over_tls_where_there_is_tls(here: Team) -> None:
    for url, secure in (("", False), ("https://levelhead.example.org", True)):
        client = browser(here.store, url)
        client.get("/queue")
        form = client.get("/login")
        done = client.post("/login", data={**hidden(form), "email": "alice@example.org", "password": PASSWORD})
        made = [each for each in (*cookies(form), *cookies(done)) if "Max-Age=0" not in each]
        assert {each.partition("=")[0] for each in made} == {FORM_COOKIE, COOKIE}
        for each in made:
            assert "HttpOnly" in each
            assert "SameSite=lax" in each
            assert ("Secure" in each) == secure


def test_logging_out_needs_the_token_of_the_session(here: Team, anybody: TestClient) -> None:
    token, other = enter(here.store, here.bob), enter(here.store, here.alice)
    anybody.cookies.set(COOKIE, token)
    bob, alice = sessions.visitor(here.store, token), sessions.visitor(here.store, other)
    assert bob is not None and alice is not None

    for wrong in ({}, {"csrf": ""}, {"csrf": "guessed"}, {"csrf": alice.csrf}):
        assert anybody.post("/logout", data=wrong).status_code == 403
    assert anybody.get("/logout").status_code == 405
    assert anybody.post("/logout", content=b"x" * 20_000).status_code == 400
    assert sessions.visitor(here.store, token)

    done = anybody.post("/logout", data={"csrf": bob.csrf})
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    assert sessions.visitor(here.store, token) is None
    assert sessions.visitor(here.store, other)


# --- one-time links --------------------------------------------------------------------------------------------------


def test_a_link_sets_the_password_and_logs_in_once(here: Team, anybody: TestClient) -> None:
    address = f"/join?token={people.new_link(here.store, here.alice, here.bob.id)}"
    page = anybody.get(address)
    assert "Welcome, Bob." in page.text
    assert 'value="bob@example.org"' in page.text

    short = fill_in(anybody, address, password="short")
    assert short.status_code == 400
    assert "Welcome, Bob." in short.text
    done = anybody.post("/join", data={**hidden(short), "password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    visitor = sessions.visitor(here.store, anybody.cookies[COOKIE])
    assert visitor is not None and visitor.person == here.bob

    used = browser(here.store).get(address)
    assert used.status_code == 404
    assert "<form" not in used.text
    assert anybody.post("/join", data={**hidden(short), "password": "somebody else's"}).status_code == 404


def test_nobody_is_welcomed_by_a_name_of_the_sender(here: Team, anybody: TestClient) -> None:
    token = hidden(anybody.get("/login"))["token"]
    page = anybody.post("/join", data={"token": token, "invitation": "guessed", "welcome": "<b>Eve</b>"})
    assert page.status_code == 404
    assert "<b>Eve" not in page.text


# --- forged and broken forms -----------------------------------------------------------------------------------------

FORMS = ("/login", "/join")


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("forged", ["", "guessed", "é", None])
def test_a_form_that_was_not_made_for_this_browser_does_nothing(
    here: Team, anybody: TestClient, address: str, forged: str | None
) -> None:
    anybody.get("/login")
    link = people.new_link(here.store, here.alice, here.bob.id)
    fields = {"email": "alice@example.org", "password": PASSWORD, "invitation": link}
    page = anybody.post(address, data=fields if forged is None else {**fields, "token": forged})
    assert page.status_code == 403
    assert problem(page).startswith("This form is too old.")
    assert COOKIE not in anybody.cookies
    assert people.invited(here.store, link)


def test_the_token_of_another_browser_is_no_good(here: Team, anybody: TestClient) -> None:
    token = hidden(browser(here.store).get("/login"))["token"]
    anybody.get("/login")
    page = anybody.post("/login", data={"token": token, "email": "alice@example.org", "password": PASSWORD})
    assert page.status_code == 403


@pytest.mark.parametrize(
    "body", [b"x" * 20_000, b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(50)), b"", b"email=%00%ff&password=%0d"]
)
def test_a_body_that_is_no_form_is_refused_in_words(anybody: TestClient, body: bytes) -> None:
    for address in FORMS:
        page = anybody.post(address, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert page.status_code in (400, 403)
        assert problem(page)


# --- whether it runs, and what is open -------------------------------------------------------------------------------


def test_health_and_readiness_before_and_after_the_first_visit(empty: Store, first: TestClient, tmp_path: Path) -> None:
    assert first.get("/healthz").status_code == 200
    assert (first.get("/readyz").status_code, first.get("/readyz").text) == (200, "ready")
    unmigrated = browser(Store(f"sqlite:///{tmp_path}/other.db"))
    assert unmigrated.get("/healthz").status_code == 200
    assert (unmigrated.get("/readyz").status_code, unmigrated.get("/readyz").text) == (503, "not ready")
    broken = browser(Store(f"sqlite:///{tmp_path}"))
    assert broken.get("/healthz").status_code == 200
    assert (broken.get("/readyz").status_code, broken.get("/readyz").text) == (503, "not ready")
    away = browser(Store(f"postgresql://levelhead@/levelhead?host={tmp_path}"))
    assert (away.get("/readyz").status_code, away.get("/readyz").text) == (503, "not ready")


def test_every_route_is_named_in_the_wall(empty: Store) -> None:
    for route in Routes(lambda: empty, keys, Settings()).table():
        path = getattr(route, "path", "")
        known = (
            path in OPEN | INSIDE | TOKENED
            or f"{path}/" in OPEN_FOLDERS
            or HOOK.fullmatch(path.replace("{source_id:int}", "7"))
        )
        assert known, f"{path} is in no list of web/middleware.py"


def test_the_assets_of_the_forms_are_there(first: TestClient) -> None:
    page = first.get("/setup").text
    linked = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    assert linked
    for address in linked:
        assert first.get(address).status_code == 200


def test_the_organisation_is_on_no_page_that_strangers_see(here: Team, anybody: TestClient) -> None:
    with here.store.read() as tx:
        organisation = rows.fact(tx, "organisation")
    for address in ("/login", "/join", "/readyz", "/healthz"):
        assert organisation not in anybody.get(address).text
