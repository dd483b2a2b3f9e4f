"""The outer wall: exact hosts and origins, no page without a session, and the same headers on every answer."""

import base64
import hashlib
import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import quote, unquote

import streamlit
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access import people, sessions
from model import language
from model.errors import LevelheadError
from model.language import _
from model.settings import Settings
from store.db import Store
from web import forms
from web.addresses import hosts, origins, secure
from web.navigation import PLACES

COOKIE = "levelhead_session"
RETURN_COOKIE = "levelhead_return"

LOG_IN = frozenset({"/login", "/login/code", "/login/oidc", "/login/oidc/back"})
OPEN = LOG_IN | {"/setup", "/join", "/healthz", "/readyz", "/favicon.png", "/manifest.json"}
OPEN_FOLDERS = ("/static/", "/assets/")
PAGES = frozenset({"/", *(f"/{place.path}" for place in PLACES)})
INSIDE = frozenset({"/logout", "/_stcore/stream", "/_stcore/health", "/_stcore/host-config"})
INSIDE_FOLDERS = ("/media/", "/component/", "/_stcore/bidi-components/", "/_stcore/upload_file/")
TOKENED = frozenset({"/health.json", "/metrics"})
"""For machines that bring a token instead of a session; the routes themselves ask for it."""
HOOK = re.compile(r"/hook/[1-9][0-9]{0,8}", re.ASCII)

_READS = ("GET", "HEAD")
_STARTS = ("http.response.start", "websocket.http.response.start", "websocket.accept")
_RETURN_WITHIN_S = 900


def inline_script_hashes(page: str) -> list[str]:
    """The CSP sources ('sha256-...') of a page's own inline scripts."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return [f"'sha256-{digest}'" for digest in digests]


def security_headers(https: bool) -> dict[str, str]:
    """The headers of every answer. The one inline script of Streamlit's page is allowed by its hash."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *inline_script_hashes(page)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def page_asked_for(remembered: str) -> str:
    """Where to go after the log-in: the page that RETURN_COOKIE remembers, if it is one of ours, else '/'."""
    page = unquote(remembered)
    return page if page.partition("?")[0] in PAGES else "/"


def token_of(headers: Headers) -> str:
    """The session's token from a request's cookies, or an empty string."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class Wall:
    """Denies by default: what is not named here is not there. Stands around the whole application, so that its headers
    are on errors too."""

    def __init__(
        self, app: ASGIApp, *, store: Callable[[], Store], settings: Settings, also: AbstractSet[str] = frozenset()
    ) -> None:
        """`also` are addresses that this installation has open besides."""
        self._app = app
        self._open = OPEN | also
        self._store = store
        self._hosts = hosts(settings)
        self._origins = origins(settings)
        self._secure = secure(settings)
        self._headers = security_headers(self._secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        # What runs here has nobody's session to ask: the browser says which language it reads.
        with language.using(language.accepted(Headers(scope=scope).get("accept-language", ""))):
            try:
                answer = await self._refusal(scope) or self._app
            except LevelheadError as error:
                answer = forms.away(scope, error)
            await answer(scope, receive, self._with_headers(send))

    async def _refusal(self, scope: Scope) -> Response | None:  # noqa: PLR0911 (one return a rule)
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return PlainTextResponse(_("Levelhead does not answer under this address."), 421)
        if scope["type"] == "http" and scope["method"] == "POST" and HOOK.fullmatch(path):
            return None  # other machines have no session and no origin: they sign what they send
        if scope["type"] == "websocket" or scope["method"] not in _READS:
            origin = headers.get("origin", "").lower()
            if origin not in self._origins or origin.partition("://")[2] != host:
                return PlainTextResponse(_("This request does not come from one of Levelhead's own pages."), 403)
        if path in self._open or path.startswith(OPEN_FOLDERS) or (path in TOKENED and scope.get("method") in _READS):
            return None
        inside = path in INSIDE or path.startswith(INSIDE_FOLDERS)
        if path not in PAGES and not inside:
            return forms.nothing(headers.get("accept", ""))
        known, set_up = await to_thread.run_sync(self._known, token_of(headers))
        if known:
            return None
        if inside:
            return PlainTextResponse(_("Please log in."), 401)
        return self._to_log_in(scope) if set_up else RedirectResponse("/welcome", 303)

    def _to_log_in(self, scope: Scope) -> Response:
        """Sends the browser to the log-in, and lets it remember the page it asked for."""
        answer = RedirectResponse("/login", 303)
        query = scope["query_string"].decode("ascii", "replace")
        page = f"{scope['path']}?{query}" if query else scope["path"]
        answer.set_cookie(
            RETURN_COOKIE, quote(page, safe=""), _RETURN_WITHIN_S, path="/login", secure=self._secure, httponly=True
        )
        return answer

    def _known(self, token: str) -> tuple[bool, bool]:
        """Whether the token is of a session, and whether there is an organisation yet."""
        if sessions.visitor(self._store(), token):
            return True, True
        with self._store().read() as tx:
            return False, people.is_set_up(tx)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] in _STARTS:
                MutableHeaders(raw=message.setdefault("headers", [])).update(self._headers)
            await send(message)

        return sending
