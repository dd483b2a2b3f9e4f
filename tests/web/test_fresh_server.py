"""The real server, freshly started: each address asked for first by a stranger, then each page by each role."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from access import people
from access.permissions import ROLES
from model.settings import ROOT
from model.words import Role
from response import policies
from tests.installation import add, enter, installation, set_up
from tests.system.processes import end_group, free_port, wait_until
from web.middleware import COOKIE, INSIDE, OPEN, OPEN_FOLDERS, PAGES
from web.navigation import PLACES

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones

STARTS_WITHIN_S = 60
ROUTES = """
import json, serve
from starlette.routing import WebSocketRoute
routes = serve.dashboard._build_starlette_app().routes
print(json.dumps([(route.path, isinstance(route, WebSocketRoute)) for route in routes]))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server, what it prints, the sessions of one person for each role, and the routes of its router."""

    port: int
    log: Path
    tokens: dict[Role, str]
    routes: list[tuple[str, bool]]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def get(self, path: str) -> httpx2.Response:
        """What a stranger is answered."""
        return httpx2.get(f"{self.url}{path}", trust_env=False, timeout=30)

    @contextmanager
    def socket(self, token: str, origin: str | None, host: str = "") -> Iterator[ClientConnection]:
        """The web socket for a browser with this token on a page of this origin; `host` is another name for us."""
        with connect(
            f"ws://{host or f'localhost:{self.port}'}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", self.port), timeout=30),
            origin=None if origin is None else Origin(origin),
            additional_headers={"Cookie": f"{COOKIE}={token}"},
            max_size=None,
        ) as opened:
            yield opened

    def refused(self, token: str, origin: str | None, host: str = "") -> int:
        """The status with which the web socket is refused."""
        with pytest.raises(InvalidStatus) as refusal, self.socket(token, origin, host):
            pass
        assert "frame-ancestors 'none'" in refusal.value.response.headers["Content-Security-Policy"]
        return refusal.value.response.status_code

    def run(self, path: str, token: str) -> str:
        """What a page's script shows, through the web socket."""
        asked = BackMsg()
        asked.rerun_script.page_name = path
        shown = []
        with self.socket(token, self.url) as stream:
            stream.send(asked.SerializeToString())
            while True:
                answer = stream.recv(timeout=30)
                assert isinstance(answer, bytes)
                message = ForwardMsg.FromString(answer)
                shown.append(str(message))
                if message.WhichOneof("type") == "script_finished":
                    return "\n".join(shown)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    with installation(home) as store:
        policies.ensure(store)
        alice = set_up(store)
        people.set_roles(store, alice, alice.id, frozenset({Role.ADMIN}), frozenset())
        team = {Role.ADMIN: alice}
        for role in set(Role) - {Role.ADMIN}:
            team[role] = add(store, alice, role.name, role, levels=(1,) if role is Role.APPROVER else ())
        tokens = {role: enter(store, who) for role, who in team.items()}
        environment = {**os.environ, "LEVELHEAD_HOME": str(home), "PORT": str(port)}
        log = home / "web.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "serve.py"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            asked = [sys.executable, "-c", ROUTES]
            listed = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
            running = Server(port, log, tokens, json.loads(listed.stdout.splitlines()[-1]))
            wait_until(lambda: ready(running) or process.poll() is not None, STARTS_WITHIN_S, "the web server")
            assert process.poll() is None, log.read_text()
            yield running
        finally:
            end_group(process)


def ready(server: Server) -> bool:
    try:
        return server.get("/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def asked(path: str) -> str:
    """An address for a route: its parameters filled in."""
    return re.sub(r"\{[^}]*\}", "a", path) or "/"


# The tests of this file run in their order: strangers come first, while no session has run any script.


def test_strangers_reach_nothing_that_the_router_has(server: Server) -> None:
    assert len(server.routes) > 15
    addresses = {asked(path) for path, is_socket in server.routes if not is_socket}
    for path in sorted(addresses | PAGES | INSIDE | {"/metrics", "/nothing", "/_stcore/metrics"}):
        answer = server.get(path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
        if path in OPEN or f"{path}/" in OPEN_FOLDERS:
            continue
        if path in PAGES:
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
        else:
            assert answer.status_code in (401, 404), path


def test_no_web_socket_opens_for_strangers_from_elsewhere_or_under_another_name(server: Server) -> None:
    assert [path for path, is_socket in server.routes if is_socket] == ["/_stcore/stream"]
    token = server.tokens[Role.ADMIN]
    assert server.refused("", server.url) == server.refused("guessed", server.url) == 401
    for origin in (None, "http://evil.example", server.url.replace("http", "https"), server.url[:-1]):
        assert server.refused(token, origin) == 403
    assert server.refused(token, "http://evil.example", "evil.example") == 421
    with server.socket(token, server.url):
        pass


def test_no_log_keeps_a_code_or_a_link(server: Server) -> None:
    for path in ("/join?token=one-time", "/setup?code=one-time", "/queue?token=one-time", "/nothing?token=one-time"):
        server.get(path)
    assert "one-time" not in server.log.read_text()


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_pages_and_no_others(server: Server, role: Role) -> None:
    # What the role may not open comes first: the very first script of this process runs for somebody it refuses.
    token = server.tokens[role]
    for here in sorted(PLACES, key=lambda here: here.permission in ROLES[role]):
        shown = server.run(here.path, token)
        assert ("This page is not for you" in shown) != (here.permission in ROLES[role]), here.path
        assert "could not be shown" not in shown, here.path
        assert "You are logged out" not in shown, here.path


def test_a_page_that_fails_says_what_is_kept_and_what_to_do_and_nothing_of_the_error(server: Server) -> None:
    token = server.tokens[Role.MANAGER]
    database = server.log.parent / "levelhead.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as tables:
        tables.execute("alter table upload_rows rename to gone")
        tables.execute("alter table uploads rename to away")
        try:
            shown = server.run("upload", token)
        finally:
            tables.execute("alter table away rename to uploads")
            tables.execute("alter table gone rename to upload_rows")
    assert "This page could not be shown. What was saved is kept." in shown
    assert "OperationalError" not in shown
    assert "uploads" not in shown
    assert "OperationalError" in server.log.read_text()
    assert "could not be shown" not in server.run("upload", token)
