"""The product at a moment that does not pass, so that its screens are the same on every day.

    with still(folder) as app:
        app.url, app.store, app.team["ines"], app.cookie("ines")

The sample ends at MOMENT, and the web server believes that it is always then. No worker runs: nothing passes on,
nothing is read, and what a test does not do does not happen.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from ingest.sample.association import TWO_WEEKS
from ingest.sample.fill import fill
from model import clock
from model.person import Person
from response import policies
from store.db import Store
from tests.installation import PASSWORD, enter, installation, set_up
from tests.sample import at_home
from tests.system.processes import end_group, free_port, wait_until
from web.middleware import COOKIE

ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
READY_WITHIN_S = 90


@dataclass(frozen=True, slots=True)
class Still:
    """A web server at MOMENT. `team` has the people of its database by their first names, in small letters."""

    url: str
    store: Store
    team: dict[str, Person]

    def cookie(self, name: str) -> dict[str, Any]:
        """What lets the browser of this person in."""
        return {"name": COOKIE, "value": enter(self.store, self.team[name]), "url": self.url}


@contextmanager
def still(home: Path, *, sample: bool = True) -> Iterator[Still]:
    """The sample, or an organisation that Alice has just set up, in `home`, and its web server until the end."""
    with installation(home) as store:
        if sample:
            team = fill(store, end=MOMENT, password=PASSWORD, days=TWO_WEEKS).people
            at_home(store, team)
        else:
            with clock.at(MOMENT):
                policies.ensure(store)
                team = {"alice": set_up(store)}
        with _served(home) as url:
            yield Still(url, store, team)


@contextmanager
def _served(home: Path) -> Iterator[str]:
    port = free_port()
    url, said = f"http://localhost:{port}", home / "said"
    with said.open("wb") as output:
        # The open pipe is its lifeline, as with the supervisor.
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.still"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port)},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: server.poll() is not None or _ready(url), READY_WITHIN_S, f"{url}/readyz")
        assert server.poll() is None, said.read_text()
        yield url
    finally:
        end_group(server)


def _ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", trust_env=False, timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def serve() -> None:
    """Runs the web server of LEVELHEAD_HOME in this process, at MOMENT."""
    clock._put = ContextVar("clock", default=MOMENT)  # for every thread, as no test reaches into them
    import uvicorn  # noqa: PLC0415 (Streamlit reads its settings when it is first imported)

    from serve import app  # noqa: PLC0415
    from web.lifeline import hold_on  # noqa: PLC0415

    hold_on()
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")


if __name__ == "__main__":
    serve()
