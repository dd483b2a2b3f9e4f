"""Two web servers on one PostgreSQL, behind HAProxy as it ships: a browser stays with one of them, and goes on with the
other when that one is gone."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from cryptography.fernet import Fernet
from websockets.exceptions import WebSocketException

from response import policies
from tests.conftest import ROOT
from tests.installation import DATABASE, PASSWORD, installation, set_up
from tests.system.processes import end_group, free_port, wait_until
from tests.system.running import Levelhead
from tests.system.sockets import visit
from web.middleware import COOKIE

pytestmark = pytest.mark.system

WEB = "LEVELHEAD_WEB"
WITHIN_S = 30


@contextmanager
def haproxy(folder: Path, port: int, webs: tuple[int, int]) -> Iterator[None]:
    """HAProxy with the configuration that ships, but for its ports and the host."""
    program = shutil.which("haproxy") or "/usr/sbin/haproxy"
    told = (ROOT / "deploy" / "haproxy.cfg").read_text()
    for shipped, here in (
        ("127.0.0.1:8500", f"127.0.0.1:{port}"),
        ("127.0.0.1:8501", f"127.0.0.1:{webs[0]}"),
        ("127.0.0.1:8502", f"127.0.0.1:{webs[1]}"),
        ("levelhead.example.org", f"localhost:{port}"),
    ):
        assert told.count(shipped) == 1
        told = told.replace(shipped, here)
    file = folder / "haproxy.cfg"
    file.write_text(told)
    with (folder / "haproxy.out").open("wb") as out:
        process = subprocess.Popen([program, "-f", file], env={}, stdout=out, stderr=out, start_new_session=True)
    try:
        yield
    finally:
        end_group(process)


def log_in(port: int) -> str:
    """The token of a session that Alice begins by the form of the log-in."""
    with httpx2.Client(base_url=f"http://localhost:{port}", trust_env=False, timeout=30) as browser:
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', browser.get("/login").text))
        form |= {"email": "alice@example.org", "password": PASSWORD}
        done = browser.post("/login", data=form, headers={"Origin": f"http://localhost:{port}"})
        assert done.status_code == 303, done.text
        assert browser.cookies[WEB] in ("one", "two")
        return browser.cookies[COOKIE]


def seen(port: int, token: str, web: str) -> str:
    """What Sources says to a browser that has been with this server."""
    with visit(port, token, "sources", **{WEB: web}) as opened:
        opened.run()
        assert not opened.failed, opened.failed
        return "".join(opened.texts)


def tried(port: int, token: str, web: str) -> str:
    """What is `seen`; nothing while the server that is gone is still taken for one that is there."""
    with suppress(OSError, WebSocketException):
        return seen(port, token, web)
    return ""


def test_a_log_in_holds_on_both_servers_and_outlives_the_one_that_it_was_made_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, "postgresql")
    homes = [tmp_path / "one", tmp_path / "two"]
    for home in homes:
        home.mkdir()
    port, webs = free_port(), (free_port(), free_port())
    same = {"LEVELHEAD_KEY": Fernet.generate_key().decode(), "LEVELHEAD_URL": f"http://localhost:{port}"}
    with installation(homes[0], **same) as store, haproxy(tmp_path, port, webs):
        policies.ensure(store)
        set_up(store)
        one, two = (Levelhead(home, web) for home, web in zip(homes, webs, strict=True))
        with two:
            one.start()
            try:
                token = log_in(port)
                assert seen(port, token, "one") == seen(port, token, "two") != ""
            finally:
                one.kill()
            wait_until(lambda: tried(port, token, "one"), WITHIN_S, "the other server")
