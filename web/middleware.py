"""The outer wall: exact hosts and origins, no page without a session, and the same headers on every answer."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

import streamlit
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access import people, sessions
from model.settings import Settings
from store.db import Store
from web.addresses import hosts, origins
from web.navigation import PLACES

COOKIE = "levelhead_session"

OPEN = frozenset({"/login", "/setup", "/join", "/healthz", "/readyz", "/favicon.png", "/manifest.json"})
OPEN_FOLDERS = ("/static/", "/assets/")
PAGES = frozenset({"/", *(f"/{place.path}" for place in PLACES)})
INSIDE = frozenset({"/logout", "/_stcore/stream", "/_stcore/health", "/_stcore/host-config"})
INSIDE_FOLDERS = ("/media/", "/component/", "/_stcore/bidi-components/", "/_stcore/upload_file")

_REDIRECT_TO_LOG_IN, _REDIRECT_TO_SET_UP = "/login", "/setup"


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


def token_of(headers: Headers) -> str:
    """The session's token from a request's cookies, or an empty string."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class Wall:
    """Denies by default: what is not named here is not there."""

    def __init__(self, app: ASGIApp, *, store: Callable[[], Store], settings: Settings) -> None:
        self._app = app
        self._store = store
        self._hosts = hosts(settings)
        self._origins = origins(settings)
        self._headers = security_headers(settings.url.startswith("https://"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        answer: Callable[..., Awaitable[None]] = self._app if refusal is None else refusal
        await answer(scope, receive, self._with_headers(send))

    async def _refusal(self, scope: Scope) -> Response | None:  # noqa: PLR0911 (one return a rule)
        headers, path = Headers(scope=scope), scope["path"]
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("Levelhead does not answer under this address.", 421)
        from_us = headers.get("origin", "").lower() in self._origins
        if (scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")) and not from_us:
            return PlainTextResponse("This request does not come from one of Levelhead's own pages.", 403)
        if path in OPEN or path.startswith(OPEN_FOLDERS):
            return None
        inside = path in INSIDE or path.startswith(INSIDE_FOLDERS)
        if path not in PAGES and not inside:
            return PlainTextResponse("There is nothing here.", 404)
        known, set_up = await to_thread.run_sync(self._known, token_of(headers))
        if known:
            return None
        if inside:
            return PlainTextResponse("Please log in.", 401)
        return RedirectResponse(_REDIRECT_TO_LOG_IN if set_up else _REDIRECT_TO_SET_UP, 303)

    def _known(self, token: str) -> tuple[bool, bool]:
        """Whether the token is of a session, and whether there is an organisation yet."""
        if sessions.visitor(self._store(), token):
            return True, True
        with self._store().read() as tx:
            return False, people.is_set_up(tx)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=_started(message))
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        return sending


def _started(message: Message) -> dict[str, Any]:
    message.setdefault("headers", [])
    return message  # type: ignore[return-value]
