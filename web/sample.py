"""The door of a sample: in by the address that the terminal printed, and from one of its people to another.

It is there only where the database was a sample when the web server started.
"""

from collections.abc import Callable
from functools import partial

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from access import sample, sessions
from access.limits import TooMany
from access.sessions import Visitor
from model.errors import BadInput, LevelheadError, NotAllowed
from model.language import _
from model.settings import Settings
from store.db import Store
from store.keys import Keys
from web import forms, front
from web.addresses import secure
from web.browsers import named
from web.middleware import COOKIE
from web.ui.words import ROLE

PATH = "/sample"
_FORM = "sample.html"


def is_here(store: Callable[[], Store]) -> bool:
    """Whether there is such a door. Where the database cannot be asked there is none."""
    try:
        return sample.is_one(store())
    except (SQLAlchemyError, LevelheadError):
        return False


class Door:
    """One address: with the code it lets in, and whoever is in chooses there whom to be."""

    def __init__(self, store: Callable[[], Store], keys: Callable[[], Keys], settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._secure = secure(settings)
        self._home = settings.home.resolve()

    def table(self) -> list[BaseRoute]:
        """The routes for the application."""
        return [Route(PATH, self.show, methods=["GET"]), Route(PATH, self.change, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        code = request.query_params.get("code", "")
        if code:
            address = request.client.host if request.client else ""
            try:
                token = await to_thread.run_sync(sample.enter, self._store(), code, address, named(request))
            except LevelheadError as error:
                status = 429 if isinstance(error, TooMany) else 403
                return self._page(request, status=status, problem=str(error))
            return self._inside(token)
        visitor = await to_thread.run_sync(self._visitor, request)
        if visitor is None:
            return self._page(request, status=403)
        return await self._people(request, visitor)

    async def change(self, request: Request) -> Response:
        visitor = await to_thread.run_sync(self._visitor, request)
        if visitor is None:
            return self._page(request, status=403)
        try:
            typed = await forms.read(request)
            forms.check(request, typed, self._keys())
            token = await to_thread.run_sync(
                partial(sample.become, self._store(), visitor, _number(typed), named(request))
            )
        except LevelheadError as error:
            status = 403 if isinstance(error, NotAllowed) else 400
            return await self._people(request, visitor, status=status, problem=str(error))
        return self._inside(token)

    async def _people(self, request: Request, visitor: Visitor, status: int = 200, problem: str = "") -> Response:
        team = await to_thread.run_sync(sample.team, self._store())
        told = [(one.id, one.name, ", ".join(sorted(str(ROLE[role]) for role in one.roles))) for one in team]
        doors = front.has_doors(self._home)
        return self._page(request, status=status, problem=problem, team=told, me=visitor.person.id, doors=doors)

    def _inside(self, token: str) -> Response:
        answer = RedirectResponse("/", 303, headers={"Cache-Control": "no-store"})
        age = int(sessions.LONGEST.total_seconds())
        answer.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="lax", secure=self._secure)
        return answer

    def _page(self, request: Request, status: int = 200, **values: object) -> Response:
        return forms.page(_FORM, request, self._keys(), secure=self._secure, status=status, **values)

    def _visitor(self, request: Request) -> Visitor | None:
        return sessions.visitor(self._store(), request.cookies.get(COOKIE, ""))


def _number(typed: dict[str, str]) -> int:
    text = typed.get("person", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadInput(_("Choose one of the people below."))
    return int(text)
