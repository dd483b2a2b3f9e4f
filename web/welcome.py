"""The first visit's two doors: explore the sample, or set up your organisation. Both ask for the terminal's code.

These addresses are there until there is an organisation. In the sample behind the door they hold the way back.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from access import people, sessions
from access.limits import TooMany
from model.errors import LevelheadError, NotAllowed
from model.language import _
from model.settings import Settings
from store.db import Store
from store.keys import Keys
from web import forms, front
from web.addresses import secure
from web.front import House, Progress, Stage
from web.middleware import COOKIE

PATH = "/welcome"
PATHS = frozenset({PATH, f"{PATH}/sample", f"{PATH}/own", f"{PATH}/state"})
_CODE_COOKIE = "levelhead_code"
_CODE_LASTS_S = 86_400


def doors(store: Callable[[], Store], keys: Callable[[], Keys], settings: Settings) -> "Doors | WayBack":
    """What this web server has at these addresses."""
    behind = front.has_doors(settings.home.resolve())
    return WayBack(store, keys, settings) if behind else Doors(store, keys, settings)


class Doors:
    """The doors themselves, and the page between the door and the sample. Once there is an organisation there is
    nothing here."""

    def __init__(self, store: Callable[[], Store], keys: Callable[[], Keys], settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._secure = secure(settings)
        self._home = settings.home.resolve()

    def table(self) -> list[BaseRoute]:
        """The routes for the application."""
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.explore, methods=["POST"]),
            Route(f"{PATH}/sample", self.wait, methods=["GET"]),
            Route(f"{PATH}/own", self.back, methods=["GET"]),
            Route(f"{PATH}/state", self.state, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        if await self._is_set_up():
            return _nothing()
        code = _code(request)
        if not await self._right(code):
            return self._page("welcome.html", request, status=403, wrong=bool(code))
        return self._page("welcome.html", request, right=True, code=code)

    async def explore(self, request: Request) -> Response:
        """The first door: from now on the sample is wanted at this address."""
        if await self._is_set_up():
            return _nothing()
        address = request.client.host if request.client else ""
        try:
            typed = await forms.read(request)
            forms.check(request, typed, self._keys())
            code = typed.get("code", "")
            await to_thread.run_sync(people.require_set_up_code, self._store(), code, address)
        except LevelheadError as error:
            status = 429 if isinstance(error, TooMany) else 403 if isinstance(error, NotAllowed) else 400
            return self._page("welcome.html", request, status=status, problem=str(error))
        front.want(self._home, House.SAMPLE)
        answer = RedirectResponse(f"{PATH}/sample", 303, headers={"Cache-Control": "no-store"})
        # With it the way back, too, is one click; the other house has no other way to know the code.
        answer.set_cookie(
            _CODE_COOKIE, code, _CODE_LASTS_S, path=PATH, httponly=True, samesite="lax", secure=self._secure
        )
        return answer

    async def wait(self, request: Request) -> Response:
        """How far the sample is; the page goes on into it by itself."""
        if await self._is_set_up():
            return _nothing()
        code = _code(request)
        if not await self._right(code):
            return RedirectResponse(PATH, 303)
        now = front.progress(self._home) or Progress()
        return self._page("waiting.html", request, to_sample=True, code=code, **_told(now))

    async def back(self, request: Request) -> Response:
        """Where somebody comes from the sample: on to the form of the second door."""
        if await self._is_set_up():
            return _nothing()
        code = _code(request)
        if not await self._right(code):
            return RedirectResponse(PATH, 303)
        return RedirectResponse(f"/setup?{urlencode({'code': code})}", 303)

    async def state(self, request: Request) -> Response:
        """What the page between asks for. How far it is, is for those who have the code."""
        if await self._is_set_up():
            return _nothing()
        told: dict[str, object] = {"house": House.OWN}
        if await self._right(_code(request)):
            told |= _told(front.progress(self._home) or Progress())
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    def _page(self, template: str, request: Request, status: int = 200, **values: object) -> Response:
        return forms.page(template, request, self._keys(), secure=self._secure, status=status, **values)

    async def _is_set_up(self) -> bool:
        def asked() -> bool:
            with self._store().read() as tx:
                return people.is_set_up(tx)

        return await to_thread.run_sync(asked)

    async def _right(self, code: str) -> bool:
        def asked() -> bool:
            with self._store().read() as tx:
                return people.right_code(tx, code)

        return bool(code) and await to_thread.run_sync(asked)


class WayBack:
    """In the sample behind the door: back to the doors, for whoever is in."""

    def __init__(self, store: Callable[[], Store], keys: Callable[[], Keys], settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._secure = secure(settings)
        self._house = settings.home.resolve().parent

    def table(self) -> list[BaseRoute]:
        """The routes for the application."""
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.leave, methods=["POST"]),
            Route(f"{PATH}/own", self.wait, methods=["GET"]),
            Route(f"{PATH}/sample", self.inside, methods=["GET"]),
            Route(f"{PATH}/state", self.state, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        if not await self._is_in(request):
            return self._page("wayback.html", request, status=403)
        return self._page("wayback.html", request, inside=True)

    async def leave(self, request: Request) -> Response:
        """From now on one's own house is wanted at this address."""
        if not await self._is_in(request):
            return self._page("wayback.html", request, status=403)
        try:
            forms.check(request, await forms.read(request), self._keys())
        except LevelheadError as error:
            return self._page("wayback.html", request, status=403, inside=True, problem=str(error))
        front.want(self._house, House.OWN)
        return RedirectResponse(f"{PATH}/own", 303)

    async def wait(self, request: Request) -> Response:
        """Until one's own house stands here; then this address leads on."""
        if not await self._is_in(request):
            return self._page("wayback.html", request, status=403)
        return self._page("waiting.html", request, to_sample=False)

    async def inside(self, _request: Request) -> Response:
        return RedirectResponse("/", 303)

    async def state(self, _request: Request) -> Response:
        return JSONResponse({"house": House.SAMPLE}, headers={"Cache-Control": "no-store"})

    def _page(self, template: str, request: Request, status: int = 200, **values: object) -> Response:
        return forms.page(template, request, self._keys(), secure=self._secure, status=status, **values)

    async def _is_in(self, request: Request) -> bool:
        token = request.cookies.get(COOKIE, "")
        return await to_thread.run_sync(sessions.visitor, self._store(), token) is not None


def _code(request: Request) -> str:
    """The code that somebody brings: in the address, or in the cookie from the first door."""
    return request.query_params.get("code", "") or request.cookies.get(_CODE_COOKIE, "")


def _nothing() -> Response:
    return PlainTextResponse(_("There is nothing here."), 404)


def _told(now: Progress) -> dict[str, Any]:
    """How far it is, in words and from 0 to 1."""
    if now.stage is Stage.FAILED:
        said = _("Nothing else was changed. The cause stands in logs/sample.log.")
        return {"said": said, "part": 0.0, "failed": True}
    if now.stage is Stage.OPENING:
        return {"said": _("Everything is there. The sample opens now."), "part": 1.0, "failed": False}
    if not now.days:
        return {"said": _("The invented people move in."), "part": 0.0, "failed": False}
    said = _("Day {n} of {all}: {comments} comments so far.", n=now.day, all=now.days, comments=now.comments)
    return {"said": said, "part": now.day / now.days, "failed": False}
