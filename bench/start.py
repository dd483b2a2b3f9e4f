"""From starting the command to the first page in a browser, and the memory that stands idle afterwards."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from access import sessions
from bench.figures import Figure, not_measured
from store.db import store
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.system.processes import end_group, free_port, wait_until
from tests.system.running import Levelhead
from web.middleware import COOKIE

ROUNDS = 3
WITHIN_S = 120
START, START_BAR = "from the command to the first page (the queue), in Chromium", 4.0
MEMORY, MEMORY_BAR_MB = "memory, idle: web plus worker, without second looks", 450.0


def figures(folder: Path) -> list[Figure]:
    """Both lines, for a copy of the installation in LEVELHEAD_HOME that `bench.pages` made."""
    if not shutil.which(CHROMIUM):
        bars = {START: START_BAR, MEMORY: MEMORY_BAR_MB}
        return [not_measured(what, f"no {CHROMIUM}", bar, at_least=False) for what, bar in bars.items()]
    token = sessions.log_in(store(), "alice@example.org", "four quite unrelated words", "127.0.0.1")
    store().engine.dispose()
    # A home of its own: what runs in that home is ended afterwards, and this bench must not be among it.
    home = folder / "started"
    home.mkdir(mode=0o700)
    for name in ("levelhead.db", "key"):
        shutil.copy(Path(os.environ["LEVELHEAD_HOME"]) / name, home / name)
    ours, hello = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _ in range(ROUNDS):
            hello.append(_hello(chromium))
            ours.append(_levelhead(chromium, home, token)[0])
        _, memory = _levelhead(chromium, home, token, LEVELHEAD_SECOND_LOOK="off")
        chromium.close()
    first, theirs = min(ours), min(hello)
    return [
        Figure(
            START,
            f"{first:.1f} s",
            f"streamlit hello {theirs:.1f} s",
            f"{first / theirs:.2f} times",
            first / theirs,
            bar=START_BAR,
            at_least=False,
        ),
        Figure(
            MEMORY,
            f"{memory:.0f} MB",
            "",
            f"{memory:.0f} MB",
            memory,
            bar=MEMORY_BAR_MB,
            at_least=False,
        ),
    ]


def _hello(chromium: Browser) -> float:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "hello", "--server.headless", "true", "--server.port", str(port)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _shown(chromium, port, "/", "")
        return time.monotonic() - began
    finally:
        end_group(process)


def _levelhead(chromium: Browser, home: Path, token: str, **settings: str) -> tuple[float, float]:
    """Seconds to the first page, and megabytes when it stands idle."""
    running = Levelhead(home, **settings)
    began = time.monotonic()
    running.launch()
    try:
        _shown(chromium, running.port, "/queue", token)
        seconds = time.monotonic() - began
        wait_until(lambda: running.pid("worker"), WITHIN_S, "the worker")
        time.sleep(5)  # time itself is meant: idle is what is measured
        return seconds, sum(_resident_mb(running.pid(name)) for name in ("web", "worker"))
    finally:
        running.kill()


def _shown(chromium: Browser, port: int, path: str, token: str) -> None:
    """Returns when the heading of the page is on the screen."""
    wait_until(_listens(port), WITHIN_S, f"port {port}")
    context = chromium.new_context()
    if token:
        context.add_cookies([{"name": COOKIE, "value": token, "url": f"http://localhost:{port}"}])
    page = context.new_page()
    page.goto(f"http://localhost:{port}{path}")
    page.locator("h1").first.wait_for(timeout=WITHIN_S * 1000)
    context.close()


def _listens(port: int) -> Callable[[], bool]:
    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return listens


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
