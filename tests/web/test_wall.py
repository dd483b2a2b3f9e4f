"""The wall: what strangers reach, who may send anything, and the headers of every answer."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from model.settings import Settings
from store.db import Store
from tests import postgres
from tests.installation import Team, enter
from web.middleware import (
    COOKIE,
    HOOK,
    INSIDE,
    INSIDE_FOLDERS,
    OPEN,
    OPEN_FOLDERS,
    PAGES,
    RETURN_COOKIE,
    TOKENED,
    Wall,
    page_asked_for,
)

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones

HOST, US = "localhost:8501", "http://localhost:8501"
PUBLIC = "https://levelhead.example.org"
IN_FOLDERS = tuple(f"{folder}a/b" for folder in INSIDE_FOLDERS)
WRITES = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def reached(request: Request) -> Response:
    if request.query_params:
        raise RuntimeError("something that nobody expected")
    return PlainTextResponse("reached")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


BEHIND = Starlette(
    routes=[
        WebSocketRoute("/{path:path}", stream),
        Route("/{path:path}", reached, methods=["GET", "HEAD", *WRITES]),
    ]
)


@dataclass
class Answer:
    """What came back; 101 is a web socket that was opened."""

    status: int = 0
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    @property
    def reached(self) -> bool:
        return self.status == 101 or self.body == b"reached"


@dataclass
class Client:
    """Asks a wall exactly as told: no browser or library tidies up the address."""

    wall: Wall
    token: str = ""

    def ask(
        self,
        path: str,
        method: str = "GET",
        host: str | None = HOST,
        origin: str | None = None,
        cookie: str | None = None,
        query: str = "",
    ) -> Answer:
        """`method` SOCKET opens a web socket; `cookie` replaces the session's."""
        headers = {
            "host": host,
            "origin": origin,
            "cookie": cookie or (f"{COOKIE}={self.token}" if self.token else None),
        }
        scope: dict[str, Any] = {
            "type": "websocket" if method == "SOCKET" else "http",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value is not None],
        }
        if method == "SOCKET":
            scope |= {"subprotocols": [], "extensions": {"websocket.http.response": {}}}
        else:
            scope["method"] = method
        return asyncio.run(self._ask(scope))

    async def _ask(self, scope: dict[str, Any]) -> Answer:
        answer = Answer()

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"} if scope["type"] == "websocket" else {"type": "http.request"}

        async def send(message: Any) -> None:
            kind = message["type"]
            if kind.endswith("response.start") or kind == "websocket.accept":
                answer.status = message.get("status", 101)
                answer.headers = Headers(raw=message["headers"])
            elif kind.endswith("response.body"):
                answer.body += message["body"]

        with suppress(RuntimeError):
            await self.wall(scope, receive, send)
        return answer


def before(store: Store, url: str = "", token: str = "") -> Client:
    """Somebody before a wall with an application behind it that answers everything."""
    return Client(Wall(BEHIND, store=lambda: store, settings=Settings(url=url)), token)


@pytest.fixture
def stranger(here: Team) -> Client:
    return before(here.store)


@pytest.fixture
def bob(here: Team) -> Client:
    return before(here.store, token=enter(here.store, here.bob))


# --- what strangers reach --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_sends_strangers_to_the_log_in(stranger: Client, bob: Client, page: str) -> None:
    answer = stranger.ask(page)
    assert (answer.status, answer.headers["location"]) == (303, "/login")
    assert bob.ask(page).reached


@pytest.mark.parametrize("page", sorted(PAGES))
def test_before_the_first_visit_every_page_leads_to_it(empty: Store, page: str) -> None:
    answer = before(empty).ask(page)
    assert (answer.status, answer.headers["location"]) == (303, "/welcome")


@pytest.mark.parametrize("path", [*sorted(INSIDE), *IN_FOLDERS])
def test_what_belongs_to_pages_is_for_people_who_are_logged_in(stranger: Client, bob: Client, path: str) -> None:
    assert stranger.ask(path).status == 401
    assert bob.ask(path).reached


@pytest.mark.parametrize("path", sorted(OPEN))
def test_what_is_open_is_open_to_strangers_even_before_the_first_visit(empty: Store, path: str) -> None:
    assert before(empty).ask(path).reached


OTHERS = {"/_stcore/metrics", "/static/a", "/assets/a", "/hook/7"}
KNOWN = sorted(OPEN | PAGES | INSIDE | TOKENED | set(IN_FOLDERS) | OTHERS)
AROUND = st.sampled_from(
    ["", "/", "//", ".", "/.", "/..", "%2e", "\\", "?", "#", ";", "\x00", "a", " ", "/_stcore/stream"]
)


@given(
    path=st.one_of(st.text(), st.builds(lambda a, path, b: a + path + b, AROUND, st.sampled_from(KNOWN), AROUND)),
    method=st.sampled_from(["GET", "HEAD", "SOCKET", *WRITES]),
    inside=st.booleans(),
)
@example("/_stcore/agent/openapi.json", "GET", True)
@example("/auth/login", "GET", False)
@example("/statics", "GET", False)
@example("/assets", "GET", True)
@example("/media", "GET", True)
@example("/queue/_stcore/stream", "SOCKET", True)
@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_only_what_is_named_is_reached(stranger: Client, bob: Client, path: str, method: str, inside: bool) -> None:
    who = bob if inside else stranger
    answer = who.ask(path, method, origin=US)
    is_open = path in OPEN or path.startswith(OPEN_FOLDERS) or (method == "POST" and bool(HOOK.fullmatch(path)))
    is_open |= path in TOKENED and method in ("GET", "HEAD")
    is_inside = path in PAGES | INSIDE or path.startswith(INSIDE_FOLDERS)
    assert answer.reached == (is_open or (is_inside and inside))
    if not (is_open or is_inside):
        assert answer.status == 404


@pytest.mark.parametrize("cookie", [f"{COOKIE}=guessed", f"{COOKIE}=", "=", ";;;", f"other=1; {COOKIE}", "\x01=\x02"])
def test_a_cookie_that_is_no_session_is_a_strangers(stranger: Client, cookie: str) -> None:
    assert stranger.ask("/queue", cookie=cookie).status == 303
    assert stranger.ask("/_stcore/stream", "SOCKET", origin=US, cookie=cookie).status == 401


def test_while_the_database_does_not_answer_that_is_said_and_nobody_is_let_in(tmp_path: Path) -> None:
    nobody_there = Store(f"postgresql://postgres@/levelhead?host={tmp_path}")
    bob = before(nobody_there, token="whoever")
    for path, method in (("/queue", "GET"), ("/_stcore/stream", "SOCKET"), ("/logout", "POST")):
        answer = bob.ask(path, method, origin=US)
        assert answer.status == 503
        assert b"cannot be reached" in answer.body
        assert answer.headers["retry-after"]
        assert_guarded(answer.headers)
    assert bob.ask("/healthz").reached


def test_how_the_database_is_set_up_is_told_to_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    with postgres.fresh(migrated=False) as url:
        elsewhere = Store(make_url(url).set(database="nowhere").render_as_string(hide_password=False))
        answer = before(elsewhere).ask("/queue")
    assert answer.status == 503
    assert b"finds the cause in logs/web.log" in answer.body
    assert b"nowhere" not in answer.body
    assert "There is no database 'nowhere'" in caplog.text


# --- hosts and origins -----------------------------------------------------------------------------------------------

OTHER_HOSTS = [
    "",
    None,
    "localhost",
    "localhost:8502",
    "evil.example",
    "evil.example:8501",
    "localhost:8501.evil.example",
]


@pytest.mark.parametrize("host", [*OTHER_HOSTS, "levelhead.example.org", "user@localhost:8501", "localhost:8501,x"])
@pytest.mark.parametrize("path", ["/healthz", "/login", "/queue", "/_stcore/stream"])
def test_another_host_is_not_served(bob: Client, host: str | None, path: str) -> None:
    assert bob.ask(path, host=host).status == 421
    assert bob.ask(path, "SOCKET", host=host, origin=f"http://{host}").status == 421


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LocalHost:8501"])
def test_this_machine_is_served_by_each_of_its_names(bob: Client, host: str) -> None:
    assert bob.ask("/queue", host=host).reached
    assert bob.ask("/_stcore/stream", "SOCKET", host=host, origin=f"http://{host}").reached


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://evil.example",
        "https://localhost:8501",
        "http://localhost:8502",
        "http://localhost",
        "http://localhost:8501/",
        "http://127.0.0.1:8501",  # ours, but not the page that this request is sent to
        "http://localhost:8501.evil.example",
    ],
)
@pytest.mark.parametrize("method", ["SOCKET", *WRITES])
def test_whatever_can_change_something_must_come_from_our_own_page(bob: Client, method: str, origin: str) -> None:
    for path in ("/_stcore/stream", "/login", "/_stcore/upload_file/a/b"):
        assert bob.ask(path, method, origin=origin).status == 403
        assert bob.ask(path, method, origin=US).reached


def test_the_public_address_is_served_and_no_other_on_its_port(here: Team) -> None:
    bob = before(here.store, PUBLIC, enter(here.store, here.bob))
    assert bob.ask("/_stcore/stream", "SOCKET", host="levelhead.example.org", origin=PUBLIC).reached
    assert (
        bob.ask("/_stcore/stream", "SOCKET", host="levelhead.example.org", origin="http://levelhead.example.org").status
        == 403
    )
    assert bob.ask("/queue", host="levelhead.example.org:8443").status == 421


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ("https://Levelhead.example.org/", {"levelhead.example.org"}),
        ("https://levelhead.example.org:443", {"levelhead.example.org"}),
        ("http://levelhead.example.org:8080", {"levelhead.example.org:8080"}),
    ],
)
def test_the_public_address_is_understood_as_browsers_write_it(here: Team, given: str, hosts: set[str]) -> None:
    for host in hosts:
        assert before(here.store, given).ask("/healthz", host=host).reached


@pytest.mark.parametrize(
    "url", ["levelhead.example.org", "ftp://x.example", "https://", "https://x.example/path", "https://a:b@x.example"]
)
def test_a_public_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="give scheme and host alone"):
        Settings(url=url)


# --- headers ---------------------------------------------------------------------------------------------------------

ANSWERS = {
    200: ("/healthz", "GET", HOST, None, ""),
    303: ("/queue", "GET", HOST, None, ""),
    401: ("/_stcore/health", "GET", HOST, None, ""),
    403: ("/_stcore/stream", "SOCKET", HOST, "http://evil.example", ""),
    404: ("/metrics", "POST", HOST, US, ""),
    421: ("/queue", "GET", "evil.example", None, ""),
    500: ("/healthz", "GET", HOST, None, "fail"),
}


@pytest.mark.parametrize("status", ANSWERS)
def test_every_answer_has_the_headers(stranger: Client, status: int) -> None:
    path, method, host, origin, query = ANSWERS[status]
    answer = stranger.ask(path, method, host, origin, query=query)
    assert answer.status == status
    assert_guarded(answer.headers)


def test_an_open_web_socket_has_the_headers(bob: Client) -> None:
    assert_guarded(bob.ask("/_stcore/stream", "SOCKET", origin=US).headers)


def assert_guarded(headers: Headers) -> None:
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert "sha256-" in policy["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_only_an_address_with_tls_asks_browsers_to_insist_on_it(here: Team, stranger: Client) -> None:
    there = before(here.store, PUBLIC)
    assert "max-age" in there.ask("/login", host="levelhead.example.org").headers["strict-transport-security"]
    assert "strict-transport-security" not in stranger.ask("/login").headers


# --- the page that was asked for -------------------------------------------------------------------------------------


def test_the_log_in_remembers_the_page_that_was_asked_for(stranger: Client) -> None:
    cookie = stranger.ask("/queue", query="case=7").headers["set-cookie"]
    assert cookie.startswith(f"{RETURN_COOKIE}=%2Fqueue%3Fcase%3D7;")
    assert "HttpOnly" in cookie
    assert page_asked_for("%2Fqueue%3Fcase%3D7") == "/queue?case=7"


@given(st.text() | st.sampled_from(["//evil.example", "/\\evil.example", "https://evil.example", "/login", "/logout"]))
def test_the_log_in_never_leads_anywhere_else(remembered: str) -> None:
    assert page_asked_for(remembered).partition("?")[0] in PAGES
    assert page_asked_for(quote(remembered)).partition("?")[0] in PAGES


def test_the_open_folders_hold_no_page() -> None:
    assert not [path for path in PAGES | INSIDE if path.startswith(OPEN_FOLDERS)]
