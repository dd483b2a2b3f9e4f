"""The routes beside the dashboard: first visit, log-in, log-out, one-time links, health."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from access import people, sessions, tokens
from model.errors import LevelheadError, NotAllowed
from model.settings import ROOT, Settings
from store.db import Store
from store.keys import Keys
from store.migrate import newest, present
from web import forms
from web.middleware import COOKIE


class Routes:
    """Each method is one address. What touches the database or hashes a password runs in a thread."""

    def __init__(self, store: Callable[[], Store], keys: Callable[[], Keys], settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._secure = settings.url.startswith("https://")

    def table(self) -> list[BaseRoute]:
        """The routes for the application."""
        both = ["GET", "POST"]
        return [
            Route("/login", self.log_in, methods=both),
            Route("/setup", self.set_up, methods=both),
            Route("/join", self.join, methods=both),
            Route("/logout", self.log_out, methods=["POST"]),
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Mount("/assets", StaticFiles(directory=ROOT / "web" / "assets")),
        ]

    async def alive(self, _request: Request) -> Response:
        return PlainTextResponse("alive")

    async def ready(self, _request: Request) -> Response:
        try:
            good = await to_thread.run_sync(self._migrated)
        except SQLAlchemyError:
            good = False
        return PlainTextResponse("ready" if good else "not ready", 200 if good else 503)

    def _migrated(self) -> bool:
        with self._store().read() as tx:
            return present(tx) == newest()

    async def log_in(self, request: Request) -> Response:
        if not await to_thread.run_sync(self._is_set_up):
            return RedirectResponse("/setup", 303)
        if request.method == "GET":
            return self._page("login.html", request)
        address = request.client.host if request.client else ""
        return await self._posted(
            request,
            "login.html",
            lambda f: sessions.log_in(self._store(), f.get("email", ""), f.get("password", ""), address),
            to="/",
        )

    async def set_up(self, request: Request) -> Response:
        if await to_thread.run_sync(self._is_set_up):
            return RedirectResponse("/login", 303)
        code = request.query_params.get("code", "")
        right = await to_thread.run_sync(self._right_code, code)
        zones = sorted(available_timezones())
        if request.method == "GET":
            return self._page("setup.html", request, code=code, right=right, zones=zones, status=200 if right else 403)
        return await self._posted(
            request,
            "setup.html",
            lambda f: people.set_up(
                self._store(),
                f.get("code", ""),
                f.get("organisation", ""),
                f.get("time_zone", ""),
                f.get("name", ""),
                f.get("email", ""),
                f.get("password", ""),
            ),
            to="/sources",
            zones=zones,
            right=True,
        )

    async def join(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if request.method == "GET":
            try:
                person = await to_thread.run_sync(people.invited, self._store(), token)
            except LevelheadError as error:
                return self._page("join.html", request, status=404, problem=str(error))
            return self._page("join.html", request, person=person, invitation=token)
        return await self._posted(
            request,
            "join.html",
            lambda f: people.join(self._store(), f.get("invitation", ""), f.get("password", "")),
            to="/",
            person=True,
        )

    async def log_out(self, request: Request) -> Response:
        fields = await forms.read(request)
        token = request.cookies.get(COOKIE, "")
        visitor = await to_thread.run_sync(sessions.visitor, self._store(), token)
        if visitor is None or not tokens.same(fields.get("csrf", ""), visitor.csrf):
            return PlainTextResponse("This form is too old. Load the page again.", 403)
        await to_thread.run_sync(sessions.log_out, self._store(), visitor)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def _posted(
        self, request: Request, template: str, act: Callable[[dict[str, str]], str], *, to: str, **values: Any
    ) -> Response:
        """Checks a form, acts on it, and logs the person in; or shows it again with what went wrong, kept as typed."""
        fields: dict[str, str] = {}
        try:
            fields = await forms.read(request)
            forms.check(request, fields, self._keys())
            token = await to_thread.run_sync(partial(act, fields))
        except LevelheadError as error:
            kept = {name: value for name, value in fields.items() if name not in ("password", "token")}
            status = 403 if isinstance(error, NotAllowed | sessions.LogInFailed) else 400
            return self._page(template, request, status=status, problem=str(error), **{**values, **kept})
        answer = RedirectResponse(to, 303)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=int(sessions.LONGEST.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return answer

    def _page(self, template: str, request: Request, **values: Any) -> Response:
        return forms.page(template, request, self._keys(), secure=self._secure, **values)

    def _is_set_up(self) -> bool:
        with self._store().read() as tx:
            return people.is_set_up(tx)

    def _right_code(self, code: str) -> bool:
        with self._store().read() as tx:
            return people.right_code(tx, code)


def join_link(base: str, token: str) -> str:
    """The address of a one-time link."""
    return f"{base}/join?{urlencode({'token': token})}"
