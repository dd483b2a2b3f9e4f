"""Log-in by an OpenID provider that runs beside: there, back, and everything that must not let anybody in."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import oidc_provider_mock
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.testclient import TestClient

from access import second
from model.settings import Settings
from model.words import Role
from store import people as rows
from store.keys import keys
from tests.channels.peers import Peer, as_json
from tests.installation import Team
from tests.web.test_routes import US, hidden, problem
from web.middleware import COOKIE, RETURN_COOKIE, Wall
from web.routes import Routes

ALICE = {"email": "alice@example.org", "email_verified": True, "name": "Alice A."}


class World:
    """A provider, and browsers that know it."""

    def __init__(self, here: Team, issuer: str) -> None:
        self.here, self.issuer = here, issuer

    def is_there(self, subject: str, **claims: Any) -> None:
        """Makes an account at the provider."""
        httpx2.put(f"{self.issuer}/users/{quote(subject)}", json=claims, trust_env=False).raise_for_status()

    def browser(self, **settings: Any) -> TestClient:
        known = {"oidc_issuer": self.issuer, "oidc_client_id": "levelhead", "oidc_client_secret": "told to nobody"}
        config = Settings(**{**known, "oidc_name": "the office", **settings})
        routes = Routes(lambda: self.here.store, keys, config).table()
        wall = Wall(Starlette(routes=routes), store=lambda: self.here.store, settings=config)
        return TestClient(wall, base_url=US, headers={"Origin": US}, follow_redirects=False)

    def goes_there(self, client: TestClient, subject: str) -> str:
        """Begins, and logs in at the provider; the address it sends the browser back to."""
        begun = client.get("/login/oidc")
        assert begun.status_code == 302, problem(begun)
        let = httpx2.post(begun.headers["location"], data={"sub": subject}, trust_env=False)
        return let.headers["location"].removeprefix(US)

    def logs_in(self, client: TestClient, subject: str) -> httpx2.Response:
        return client.get(self.goes_there(client, subject))

    def roles(self, email: str) -> set[Role]:
        with self.here.store.read() as tx:
            person = rows.by_email(tx, email)
        assert person is not None
        return set(person.roles)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def world(here: Team, issuer: str) -> World:
    return World(here, issuer)


def test_the_page_of_the_log_in_names_the_provider_beside_the_password(world: World) -> None:
    page = world.browser().get("/login").text
    assert '<a class="button" href="/login/oidc">Log in with the office</a>' in page
    assert 'name="password"' in page
    german = world.browser(oidc_name="single sign-on").get("/login", headers={"Accept-Language": "de"}).text
    assert "Anmelden mit: Single Sign-on</a>" in german
    without = world.browser(oidc_issuer="")
    assert "/login/oidc" not in without.get("/login").text
    assert without.get("/login/oidc").status_code == 404


def test_there_and_back_one_is_logged_in_and_comes_to_the_page_that_was_asked_for(world: World) -> None:
    world.is_there("a-1", **ALICE)
    client = world.browser()
    begun = parse_qs(urlsplit(client.get("/login/oidc").headers["location"]).query)
    assert begun["code_challenge_method"] == ["S256"]
    assert begun["state"] and begun["nonce"] and begun["redirect_uri"] == [f"{US}/login/oidc/back"]
    client.cookies.set(RETURN_COOKIE, quote("/queue?case=7"), path="/login")
    back = world.logs_in(client, "a-1")
    assert (back.status_code, back.headers["location"]) == (303, "/queue?case=7")
    said = [value for name, value in back.headers.multi_items() if name == "set-cookie"]
    assert any(value.startswith(f"{COOKIE}=") and "HttpOnly" in value and "SameSite=lax" in value for value in said)
    # The next time the account is known by its subject, whatever its address is by then.
    world.is_there("a-1", email="other@example.org", email_verified=False)
    assert world.logs_in(world.browser(), "a-1").status_code == 303


def test_a_second_factor_is_asked_for_all_the_same(world: World) -> None:
    world.is_there("a-1", **ALICE)
    secret = second.new_secret()
    second.switch_on(world.here.store, world.here.alice, secret, pyotp.TOTP(secret).now())
    client = world.browser()
    asked = world.logs_in(client, "a-1")
    assert hidden(asked)["begun"] and COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({**ALICE, "email_verified": False}, "does not vouch for your e-mail address"),
        ({"name": "Alice"}, "does not vouch for your e-mail address"),
        ({"email": "stranger@example.org", "email_verified": True}, "Nobody here has the address stranger@example.org"),
    ],
)
def test_who_is_nobody_here_for_certain_is_not_let_in(world: World, claims: dict[str, Any], said: str) -> None:
    world.is_there("x-1", **claims)
    client = world.browser()
    refused = world.logs_in(client, "x-1")
    assert refused.status_code == 403 and said in problem(refused)
    assert COOKIE not in client.cookies


def test_an_address_counts_unverified_where_the_settings_say_so(world: World) -> None:
    world.is_there("a-2", **{**ALICE, "email_verified": False})
    assert world.logs_in(world.browser(oidc_trust_email=True), "a-2").status_code == 303


def test_groups_give_roles_and_take_them_and_nobody_becomes_an_approver(world: World) -> None:
    gives = {"oidc_roles": "press=community manager; board=leadership, expert"}
    world.is_there("n-1", email="nora@example.org", email_verified=True, name="Nora\x00 N.", groups=["press", "choir"])
    assert world.logs_in(world.browser(**gives), "n-1").status_code == 303
    assert world.roles("nora@example.org") == {Role.MANAGER}
    world.is_there("n-1", groups=["board"])
    assert world.logs_in(world.browser(**gives), "n-1").status_code == 303
    assert world.roles("nora@example.org") == {Role.LEADERSHIP, Role.EXPERT}
    world.is_there("n-1", groups=["choir"])
    refused = world.logs_in(world.browser(**gives), "n-1")
    assert refused.status_code == 403 and "None of your groups" in problem(refused)


def test_the_last_administrator_stays_one_whatever_the_groups_say(world: World) -> None:
    world.is_there("a-1", **ALICE, groups=["press"])
    gives = {"oidc_roles": "press=community manager; it=administrator"}
    assert world.logs_in(world.browser(**gives), "a-1").status_code == 303
    assert Role.ADMIN in world.roles("alice@example.org")


def test_the_answer_to_another_browsers_log_in_is_not_taken(world: World) -> None:
    world.is_there("a-1", **ALICE)
    address = world.goes_there(world.browser(), "a-1")
    other = world.browser()
    assert "another window" in problem(other.get(address))
    other.get("/login/oidc")
    assert "another window" in problem(other.get(address)), "it has a log-in of its own under way"
    assert COOKIE not in other.cookies


def test_an_answer_is_taken_once(world: World) -> None:
    world.is_there("a-1", **ALICE)
    client = world.browser()
    address = world.goes_there(client, "a-1")
    assert client.get(address).status_code == 303
    assert "another window" in problem(client.get(address))


def test_a_refusal_there_is_said_here(world: World) -> None:
    refused = world.browser().get("/login/oidc/back?error=access_denied&error_description=%3Cb%3Eno%3C%2Fb%3E")
    assert problem(refused) == "the office did not let you in. Try again, or ask whoever runs it."


def test_a_provider_that_is_away_is_said_and_the_password_is_still_there(world: World) -> None:
    page = world.browser(oidc_issuer="http://localhost:9").get("/login/oidc")
    assert page.status_code == 502
    assert problem(page).startswith("the office cannot be reached just now.")
    assert 'name="password"' in page.text


class Forger:
    """A provider that says what it is told to say."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signs = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        self.changed: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.me: dict[str, Any] = {}
        self.nonce = ""
        self.peer = Peer(self._answer)

    def _answer(self, request: str) -> bytes:
        url, asked = self.peer.url.replace("127.0.0.1", "localhost"), request.split(" ")[1]
        if asked.startswith("/.well-known"):
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            addresses = {name: f"{url}/{path}" for name, path in names.items()}
            algorithms = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
            return as_json({"issuer": url, "userinfo_endpoint": f"{url}/me", **addresses, **algorithms, **self.about})
        if asked == "/keys":
            return as_json({"keys": [self.key.as_dict(private=False)]})
        if asked == "/me":
            return as_json({"sub": "a-1", **self.me})
        now = int(time.time())
        claims = {
            "iss": url,
            "sub": "a-1",
            "aud": "levelhead",
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonce,
            **ALICE,
        }
        return as_json({"access_token": "x", "token_type": "Bearer", "id_token": self.signs(claims | self.changed)})


@pytest.fixture
def forger() -> Iterator[Forger]:
    made = Forger()
    with made.peer:
        yield made


def comes_back(here: Team, forger: Forger) -> httpx2.Response:
    """One log-in with what the forger says."""
    client = World(here, forger.peer.url.replace("127.0.0.1", "localhost")).browser()
    begun = client.get("/login/oidc")
    if begun.status_code != 302:
        return begun
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    forger.nonce = asked["nonce"][0]
    return client.get(f"/login/oidc/back?code=c&state={asked['state'][0]}")


def test_a_token_that_is_as_it_must_be_is_taken(here: Team, forger: Forger) -> None:
    """So that what follows is refused for what is wrong with it."""
    assert comes_back(here, forger).status_code == 303


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another client"},
        {"nonce": "of another log-in"},
        {"exp": 1_700_000_000},
        {"sub": ""},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_token_for_somebody_else_or_of_another_time_lets_nobody_in(
    here: Team, forger: Forger, changed: dict[str, Any]
) -> None:
    forger.changed = changed
    refused = comes_back(here, forger)
    assert refused.status_code == 403 and problem(refused)


def test_a_token_without_the_providers_own_signature_lets_nobody_in(here: Team, forger: Forger) -> None:
    others = RSAKey.generate_key(2048)
    shared = OctKey.import_key("a secret that the provider shares with us, 32 bytes and more")
    for signs in (
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, others),
        lambda claims: jwt.encode({"alg": "HS256", "kid": "one"}, claims, shared),
        lambda claims: jwt.encode({"alg": "none"}, claims, shared, registry=JWSRegistry(algorithms=["none"])),
    ):
        forger.signs = signs
        assert "could not be checked" in problem(comes_back(here, forger))


def test_a_provider_that_calls_itself_something_else_is_not_asked(here: Team, forger: Forger) -> None:
    forger.about = {"issuer": "https://elsewhere.example.org"}
    assert comes_back(here, forger).status_code == 502


def test_what_the_provider_says_of_another_person_is_not_taken(here: Team, forger: Forger) -> None:
    forger.me = {"sub": "b-2", "groups": ["board"]}
    assert "could not be checked" in problem(comes_back(here, forger))
