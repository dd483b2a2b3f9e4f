"""The routes beside the dashboard: first visit, log-in, log-out, one-time links, webhooks, health and metrics."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from access import oidc, people, sessions, tokens
from access.limits import TooMany
from access.second import CodeAsked, WrongCode
from access.sessions import LogInFailed, Visitor
from model import clock
from model.errors import LevelheadError, NotAllowed, NotFound
from model.language import _
from model.settings import ROOT, Settings
from store.db import Store
from store.keys import Keys
from store.migrate import newest, present
from web import forms
from web.addresses import secure
from web.browsers import named
from web.hooks import Hooks
from web.middleware import COOKIE, RETURN_COOKIE, page_asked_for
from web.monitor import Monitor
from web.oidc import BACK, BEGIN, NotLoggedIn, provider

_STATUS: dict[type[LevelheadError], int] = {
    NotAllowed: 403,
    LogInFailed: 403,
    WrongCode: 403,
    TooMany: 429,
    NotFound: 404,
    NotLoggedIn: 403,
}
# Each hash of a password takes 64 MB: many at one moment wait for each other.
_HASHES_AT_ONCE = 4


class Routes:
    """Each method is one address. What touches the database or hashes a password runs in a thread."""

    def __init__(
        self,
        store: Callable[[], Store],
        keys: Callable[[], Keys],
        settings: Settings,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        """`answered` is called each time that somebody was told that this server is ready."""
        self._answered = answered
        self._store = store
        self._keys = keys
        self._secure = secure(settings)
        self._hashing = CapacityLimiter(_HASHES_AT_ONCE)
        self._hooks = Hooks(store)
        self._monitor = Monitor(store)
        self._provider = provider(settings)
        self._gives = settings.oidc_roles

    def table(self) -> list[BaseRoute]:
        """The routes for the application."""
        both = ["GET", "POST"]
        return [
            Route("/login", self.log_in, methods=both),
            Route("/login/code", self.enter_code, methods=both),
            *([Route(BEGIN, self.log_in_there), Route(BACK, self.come_back)] if self._provider else []),
            Route("/setup", self.set_up, methods=both),
            Route("/join", self.join, methods=both),
            Route("/logout", self.log_out, methods=["POST"]),
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            self._hooks.route(),
            *self._monitor.table(),
            Mount("/assets", StaticFiles(directory=ROOT / "web" / "assets")),
        ]

    async def alive(self, _request: Request) -> Response:
        return PlainTextResponse("alive")

    async def ready(self, _request: Request) -> Response:
        try:
            good = await to_thread.run_sync(self._migrated)
        except (SQLAlchemyError, LevelheadError):
            good = False
        if not good:
            return PlainTextResponse("not ready", 503)
        return PlainTextResponse("ready", background=BackgroundTask(self._answered))

    async def log_in(self, request: Request) -> Response:
        if not await to_thread.run_sync(self._is_set_up):
            return RedirectResponse("/welcome", 303)
        if request.method != "POST":
            already = await to_thread.run_sync(self._visitor, request)
            return RedirectResponse("/", 303) if already else self._page("login.html", request)
        address, browser = request.client.host if request.client else "", named(request)
        return await self._posted(
            request,
            "login.html",
            lambda typed: sessions.log_in(
                self._store(), typed.get("email", ""), typed.get("password", ""), address, browser
            ),
            to=page_asked_for(request.cookies.get(RETURN_COOKIE, "")),
        )

    async def enter_code(self, request: Request) -> Response:
        if request.method != "POST":
            return RedirectResponse("/login", 303)
        address, browser = request.client.host if request.client else "", named(request)
        return await self._posted(
            request,
            "code.html",
            lambda typed: sessions.enter_code(
                self._store(), typed.get("begun", ""), typed.get("code", ""), address, browser
            ),
            to=page_asked_for(request.cookies.get(RETURN_COOKIE, "")),
        )

    async def log_in_there(self, request: Request) -> Response:
        assert self._provider is not None, "the route is there with a provider alone"
        if not await to_thread.run_sync(self._is_set_up):
            return RedirectResponse("/setup", 303)
        try:
            return await self._provider.begin(request, self._keys())
        except NotLoggedIn as error:
            return self._page("login.html", request, status=502, problem=str(error))

    async def come_back(self, request: Request) -> Response:
        assert self._provider is not None, "the route is there with a provider alone"
        try:
            account = await self._provider.back(request, self._keys())
            token = await to_thread.run_sync(oidc.log_in, self._store(), account, self._gives, named(request))
            answer = self._entered(token, page_asked_for(request.cookies.get(RETURN_COOKIE, "")))
        except CodeAsked as asked:
            answer = self._page("code.html", request, begun=asked.begun)
        except LevelheadError as error:
            answer = self._page("login.html", request, status=_STATUS.get(type(error), 400), problem=str(error))
        self._provider.forget(answer)
        return answer

    async def set_up(self, request: Request) -> Response:
        if await to_thread.run_sync(self._is_set_up):
            return RedirectResponse("/login", 303)
        shown = {"zones": clock.time_zones(), "right": True}
        if request.method != "POST":
            code = request.query_params.get("code", "")
            if not await to_thread.run_sync(self._right_code, code):
                return self._page("setup.html", request, status=403, wrong=bool(code))
            return self._page("setup.html", request, code=code, **shown)
        address = request.client.host if request.client else ""
        return await self._posted(
            request,
            "setup.html",
            lambda typed: people.set_up(
                self._store(),
                code=typed.get("code", ""),
                organisation=typed.get("organisation", ""),
                time_zone=typed.get("time_zone", ""),
                name=typed.get("name", ""),
                email=typed.get("email", ""),
                password=typed.get("password", ""),
                address=address,
                browser=named(request),
            ),
            to="/begin",
            **shown,
        )

    async def join(self, request: Request) -> Response:
        if request.method != "POST":
            token = request.query_params.get("token", "")
            try:
                person = await to_thread.run_sync(people.invited, self._store(), token)
            except NotFound as error:
                return self._page("join.html", request, status=404, problem=str(error))
            return self._page("join.html", request, invitation=token, welcome=person.name, email=person.email)
        return await self._posted(
            request,
            "join.html",
            lambda typed: people.join(
                self._store(), typed.get("invitation", ""), typed.get("password", ""), named(request)
            ),
            to="/",
        )

    async def log_out(self, request: Request) -> Response:
        try:
            typed = await forms.read(request)
        except LevelheadError as error:
            return PlainTextResponse(str(error), 400)
        visitor = await to_thread.run_sync(self._visitor, request)
        if visitor is None or not tokens.same(typed.get("csrf", ""), visitor.csrf):
            return PlainTextResponse(_("This form is too old. Load the page again."), 403)
        await to_thread.run_sync(sessions.log_out, self._store(), visitor)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def _posted(
        self, request: Request, template: str, act: Callable[[dict[str, str]], str], *, to: str, **shown: Any
    ) -> Response:
        """Checks a form, acts on it, and logs the person in; or shows it again with what went wrong, kept as typed."""
        typed: dict[str, str] = {}
        try:
            typed = await forms.read(request)
            forms.check(request, typed, self._keys())
            token = await to_thread.run_sync(partial(act, typed), limiter=self._hashing)
        except CodeAsked as asked:
            return self._page("code.html", request, begun=asked.begun)
        except LevelheadError as error:
            kept = {name: value for name, value in typed.items() if name in forms.KEPT}
            status = _STATUS.get(type(error), 400)
            return self._page(template, request, status=status, problem=str(error), **{**shown, **kept})
        return self._entered(token, to)

    def _entered(self, token: str, to: str) -> Response:
        """In, with a session of one's own."""
        answer = RedirectResponse(to, 303)
        answer.delete_cookie(RETURN_COOKIE, path="/login")
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
        by = self._provider.name if self._provider else ""
        return forms.page(template, request, self._keys(), secure=self._secure, provider=by, **values)

    def _visitor(self, request: Request) -> Visitor | None:
        return sessions.visitor(self._store(), request.cookies.get(COOKIE, ""))

    def _migrated(self) -> bool:
        with self._store().read() as tx:
            return present(tx) == newest()

    def _is_set_up(self) -> bool:
        with self._store().read() as tx:
            return people.is_set_up(tx)

    def _right_code(self, code: str) -> bool:
        with self._store().read() as tx:
            return people.right_code(tx, code)


def join_link(base: str, token: str) -> str:
    """The address of a one-time link."""
    return f"{base}/join?{urlencode({'token': token})}"
