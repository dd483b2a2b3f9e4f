"""Starting, restarting and ending: what `make run` promises."""

import os
import re
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.system.processes import alive, wait_until
from tests.system.running import Levelhead

ENDS_WITHIN_S = 30


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Levelhead]:
    with Levelhead(tmp_path_factory.mktemp("running") / "home") as started:
        yield started


def visitor(running: Levelhead) -> httpx2.Client:
    """A browser without scripts, as far as forms are concerned."""
    return httpx2.Client(base_url=running.url, headers={"Origin": running.url}, trust_env=False, timeout=30)


def fill_in(client: httpx2.Client, address: str, **fields: str) -> httpx2.Response:
    """Opens a page with a form and posts it with its hidden fields."""
    page = client.get(address).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return client.post(address, data={**hidden, **fields})


def test_the_printed_address_is_on_the_port_asked_for_and_carries_the_code(running: Levelhead) -> None:
    assert re.fullmatch(rf"http://localhost:{running.port}/welcome\?code=\S+", running.address)
    with visitor(running) as client:
        assert client.get(running.address).status_code == 200


def test_everything_kept_is_in_the_home_for_its_owner_only(running: Levelhead) -> None:
    assert (running.home / "levelhead.db").is_file()
    assert stat.S_IMODE((running.home / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(running.home.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_process_is_started_again(running: Levelhead, name: str) -> None:
    before = {each: running.pid(each) for each in ("web", "worker")}
    os.kill(before[name], signal.SIGKILL)

    wait_until(lambda: running.pid(name) not in (0, before[name]), ENDS_WITHIN_S, f"another {name}")
    wait_until(running.ready, ENDS_WITHIN_S, "the web server")
    other = "worker" if name == "web" else "web"
    assert running.pid(other) == before[other]
    assert alive(running.pid(name))


def test_one_home_runs_once(running: Levelhead) -> None:
    second = Levelhead(running.home)
    assert second.launch().wait(ENDS_WITHIN_S) == 1
    assert "already runs" in second.said()
    assert running.ready()


def test_a_busy_port_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = Levelhead(tmp_path / "home", port)
        assert refused.launch().wait(ENDS_WITHIN_S) == 1
    assert f"Port {port} is in use" in refused.said()
    assert "PORT=" in refused.said()
    assert not refused.processes()


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("LEVELHEAD_POLL_SECONDS", "-1")])
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    refused = Levelhead(tmp_path / "home", **{name: value})
    assert refused.launch().wait(ENDS_WITHIN_S) == 1
    said = refused.said()
    assert name.removeprefix("LEVELHEAD_").lower() in said.lower()
    assert "Traceback" not in said


def test_a_restart_with_the_same_home_keeps_everything(tmp_path: Path) -> None:
    home = tmp_path / "home"
    login = {"email": "alice@example.org", "password": "four unrelated words"}
    with Levelhead(home) as first, visitor(first) as client:
        about = {"organisation": "The association", "time_zone": "Europe/Berlin", "name": "Alice", **login}
        assert fill_in(client, first.address.replace("/welcome", "/setup"), **about).status_code == 303
        cookies = dict(client.cookies)
    with Levelhead(home) as second, visitor(second) as client:
        assert second.address == f"{second.url}/"
        assert fill_in(client, "/login", **login).headers.get("location") == "/"
    with Levelhead(home, second.port) as third, visitor(third) as client:
        client.cookies.update(cookies)
        assert client.get("/").status_code == 200, "a session outlives a restart"


def test_the_processes_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    running = Levelhead(tmp_path / "home")
    try:
        running.start()
        supervisor = running.process
        assert supervisor is not None
        supervisor.kill()
        supervisor.wait()
        wait_until(lambda: not running.processes(), ENDS_WITHIN_S, "web and worker to end")
    finally:
        running.kill()
