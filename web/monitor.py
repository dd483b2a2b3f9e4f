"""The two routes for a monitor, behind a token: how Levelhead runs, as JSON and as metrics for Prometheus."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from access import monitor
from access.limits import TooMany
from model.language import _
from response import health
from response.health import GRAVITY, Finding, State, Values
from store.db import Store
from web.hooks import Pace

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_KEPT_S = 5.0
"""So long the same answer is good for all who ask, so that asking often costs little."""
METRICS: Mapping[str, tuple[str, str]] = {
    "levelhead_state": ("How a thing stands: 0 in order, 1 look at this, 2 act now", ""),  # as it is
    "levelhead_sources_active": ("Sources that are read", "sources.active"),  # as it is
    "levelhead_sources_failing": ("Sources that cannot be read", "sources.failing"),  # as it is
    "levelhead_sources_late": ("Sources that should have been read by now", "sources.late"),  # as it is
    "levelhead_workers_running": ("Workers that gave a sign of life within the lease", "workers.running"),  # as it is
    "levelhead_jobs_waiting": (
        "Background jobs that wait or are under way, counted up to 1000",  # as it is
        "jobs.waiting",
    ),
    "levelhead_jobs_overdue": ("Background jobs that should have begun by now", "jobs.overdue"),  # as it is
    "levelhead_jobs_failing": ("Background jobs that failed and are tried again", "jobs.failing"),  # as it is
    "levelhead_second_look_waiting": (
        "Comments that wait for a second look, counted up to 1000",  # as it is
        "assessing.waiting",
    ),
    "levelhead_publishing_paused": ("Whether publishing is paused: 1 or 0", "publishing.paused"),  # as it is
    "levelhead_publications_unconfirmed": (
        "Of so many nobody knows whether they were sent",  # as it is
        "publishing.unconfirmed",
    ),
    "levelhead_notices_not_sent": ("Notices that could not be sent within seven days", "notices.not_sent"),  # as it is
    "levelhead_notices_late": ("Notices that should have gone by now", "notices.late"),  # as it is
    "levelhead_database_bytes": ("Size of the database", "database.bytes"),  # as it is
    "levelhead_database_look_seconds": ("How long the database took to answer", "database.look_seconds"),  # as it is
    "levelhead_database_write_seconds_median": (
        "How long a change of this web server held the database, of the last 200",  # as it is
        "database.write_seconds_median",
    ),
    "levelhead_database_write_seconds_longest": ("The longest of these", "database.write_seconds_longest"),  # as it is
    "levelhead_disk_free_bytes": ("Room on the fullest disk that is written to", "disk.free_bytes"),  # as it is
    "levelhead_backup_age_seconds": (
        "Age of the last backup; absent while there is none",  # as it is
        "backup.age_seconds",
    ),
    "levelhead_record_events": ("Events on the record", "record.events"),  # as it is
    "levelhead_record_verified_events": (
        "Events that the last verification went through",  # as it is
        "record.verified",
    ),
    "levelhead_record_verified_age_seconds": (
        "Age of the last verification",  # as it is
        "record.verified_seconds_ago",
    ),
    "levelhead_record_broken_at": (
        "The first event that does not fit; absent while all do",  # as it is
        "record.broken_at",
    ),
}
"""Each metric: what it is, and the figure of a finding that it shows; the first one has a line for each thing."""


class Monitor:
    """Answers those who bring the token; whoever does not learns nothing, not even whether there is one."""

    def __init__(self, store: Callable[[], Store], steady: Callable[[], float] = time.monotonic) -> None:
        self._store, self._steady = store, steady
        self._pace = Pace()
        self._kept: tuple[float, Values] | None = None

    def table(self) -> list[Route]:
        return [Route("/health.json", self.as_json), Route("/metrics", self.as_metrics)]

    async def as_json(self, request: Request) -> Response:
        return await self._for_those_let_in(request, lambda at, found: JSONResponse(told(at, found)))

    async def as_metrics(self, request: Request) -> Response:
        return await self._for_those_let_in(
            request, lambda _at, found: PlainTextResponse(exposed(found), media_type=_TEXT)
        )

    async def _for_those_let_in(
        self, request: Request, answer: Callable[[datetime, Sequence[Finding]], Response]
    ) -> Response:
        address = request.client.host if request.client else ""
        if not self._pace.allows(address):
            return PlainTextResponse(_("Too many calls. Wait a minute."), 429, {"Retry-After": "60"})
        try:
            right = await to_thread.run_sync(monitor.lets_in, self._store(), _token(request), address)
        except TooMany:
            return PlainTextResponse(_("Too many attempts. Wait a quarter of an hour."), 429, {"Retry-After": "900"})
        if not right:
            return PlainTextResponse(_("A token is needed here."), 401, {"WWW-Authenticate": "Bearer"})
        seen = await to_thread.run_sync(self._seen)
        made = answer(seen.now, health.findings(seen))
        made.headers["Cache-Control"] = "no-store"
        return made

    def _seen(self) -> Values:
        kept = self._kept
        if kept is None or self._steady() - kept[0] > _KEPT_S:
            kept = self._kept = (self._steady(), health.look(self._store()))
        return kept[1]


def _token(request: Request) -> str:
    scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def told(at: datetime, found: Sequence[Finding]) -> dict[str, object]:
    """The findings for machines: names and states are always these words, sentences in the language asked for."""
    return {
        "state": health.gravest(found).value,
        "at": at.isoformat(timespec="seconds"),
        "checks": [
            {
                "name": one.name,
                "state": one.state.value,
                "says": one.says,
                "next": one.next,
                "figures": dict(one.figures),
            }
            for one in found
        ],
    }


def exposed(found: Sequence[Finding]) -> str:
    """The findings in Prometheus' text format."""
    figures = {f"{one.name}.{key}": value for one in found for key, value in one.figures.items()}
    lines = []
    for name, (what, figure) in METRICS.items():
        if figure and figure not in figures:
            continue
        lines += [f"# HELP {name} {what}", f"# TYPE {name} gauge"]  # as it is
        if figure:
            lines.append(f"{name} {figures[figure]:.15g}")
        else:
            lines += [f'{name}{{check="{one.name}"}} {GRAVITY.index(State(one.state))}' for one in found]
    return "\n".join(lines) + "\n"
