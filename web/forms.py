"""Small HTML forms outside the dashboard: rendering, reading, and the token against forged ones."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Scope

from access import tokens
from model.errors import BadInput, LevelheadError, NotAllowed
from model.language import _, current
from store.connecting import NotConnected
from store.keys import Keys

log = logging.getLogger(__name__)

FORM_COOKIE = "levelhead_form"
# What a form shows again after a mistake: never a password, never what its template was given for another reason.
KEPT = ("code", "organisation", "time_zone", "name", "email", "invitation", "welcome", "begun")
_MOST_BYTES = 16_384
_AWAY_S = 10
_pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
_pages.globals.update(_=_, language=current)


def page(
    template: str, request: Request, keys: Keys, *, secure: bool, status: int = 200, **values: Any
) -> HTMLResponse:
    """A form as a page. Its token is bound to a cookie that only this browser has."""
    seed = request.cookies.get(FORM_COOKIE) or tokens.new()
    html = _pages.get_template(template).render(token=keys.keyed_hash("form", seed), **values)
    answer = HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
    answer.set_cookie(FORM_COOKIE, seed, httponly=True, samesite="lax", secure=secure)
    return answer


def away(scope: Scope, error: LevelheadError) -> HTMLResponse:
    """What everybody gets instead of an answer while the database is away, busy or without room; it says which.

    How the database is set up is for the log alone, not for strangers.
    """
    said = str(error)
    if isinstance(error, NotConnected):
        log.error("no answer was given: %s", error)
        said = _("Levelhead cannot use its database. Whoever runs it finds the cause in logs/web.log.")
    again = "" if scope.get("method", "GET") == "GET" else "/"
    html = _pages.get_template("away.html").render(problem=said, again=again)
    return HTMLResponse(html, 503, headers={"Cache-Control": "no-store", "Retry-After": str(_AWAY_S)})


def nothing(accepts: str) -> Response:
    """What is answered where there is nothing: a page with the way back to browsers, which accept HTML."""
    if "text/html" not in accepts:
        return PlainTextResponse(_("There is nothing here."), 404)
    return HTMLResponse(_pages.get_template("nothing.html").render(), 404)


async def read(request: Request) -> dict[str, str]:
    """The fields of a posted form, each once. Raises BadInput when it is larger than 16 kB or not a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise BadInput(_("This form is larger than anything that fits here."))
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise BadInput(_("This form cannot be read.")) from error
    return {name: values[0] for name, values in fields.items()}


def check(request: Request, fields: dict[str, str], keys: Keys) -> None:
    """Raises NotAllowed unless the form was rendered for this browser."""
    seed = request.cookies.get(FORM_COOKIE, "")
    if not tokens.same(fields.get("token", ""), keys.keyed_hash("form", seed)):
        raise NotAllowed(_("This form is too old. It was loaded again; please fill it in once more."))
