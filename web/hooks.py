"""The one route for other machines: POST /hook/<source>, signed, small, and not too often."""

import shlex
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from anyio import move_on_after, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ingest import hooks
from ingest.hooks import SIGNATURE, TIMESTAMP, NotSigned
from model.language import _
from store.db import Store

_MOST_A_MINUTE = 60
_MOST_CALLERS = 10_000
_PATIENCE_S = 10.0


class Pace:
    """How often a caller may call within a minute, right or wrong; of each process by itself."""

    def __init__(self, most: int = _MOST_A_MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._calls: dict[str, deque[float]] = {}

    def allows(self, who: str) -> bool:
        """Counts a call, unless there were too many."""
        now = self._clock()
        calls = self._calls.pop(who, deque())
        while calls and calls[0] <= now - 60:
            calls.popleft()
        allowed = len(calls) < self._most
        if allowed:
            calls.append(now)
        self._calls[who] = calls  # at the end: those who called longest ago are forgotten first
        if len(self._calls) > _MOST_CALLERS:
            del self._calls[next(iter(self._calls))]
        return allowed


class Hooks:
    """Takes the calls. Whoever calls learns nothing but whether the call was taken."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._pace = Pace()

    def route(self) -> Route:
        return Route("/hook/{source_id:int}", self.call, methods=["POST"])

    async def call(self, request: Request) -> Response:
        if not self._pace.allows(request.client.host if request.client else ""):
            return PlainTextResponse(_("Too many calls. Wait a minute."), 429, {"Retry-After": "60"})
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return PlainTextResponse(_("This call is larger than 64 KB, or took too long to send."), 413)
        headers = request.headers
        try:
            await to_thread.run_sync(
                hooks.called,
                self._store(),
                request.path_params["source_id"],
                headers.get(TIMESTAMP, ""),
                headers.get(SIGNATURE, ""),
                body,
                datetime.now(UTC),
            )
        except NotSigned as error:
            return PlainTextResponse(str(error), 401)
        return Response(status_code=202)


async def _body(request: Request) -> bytes | None:
    """The body; None when it is larger than may be, or does not come to its end."""
    body = b""
    with move_on_after(_PATIENCE_S):
        async for chunk in request.stream():
            body += chunk
            if len(body) > hooks.MAX_BODY:
                return None
        return body
    return None


def address(base: str, source_id: int) -> str:
    """Where a source calls."""
    return f"{base}/hook/{source_id}"


def with_curl(url: str, secret: str) -> str:
    """A line for a shell that makes one call."""
    return (
        f"T=$(date +%s); S=$(printf '%s.' \"$T\" | openssl dgst -sha256 -hmac {shlex.quote(secret)} | sed 's/^.* //');"
        f' curl -X POST -H "{TIMESTAMP}: $T" -H "{SIGNATURE}: sha256=$S" {shlex.quote(url)}'
    )


def with_wordpress(url: str, secret: str) -> str:
    """A must-use plugin that calls whenever a comment was left, approved, edited or removed."""
    return f"""<?php // wp-content/mu-plugins/levelhead.php
function levelhead_call() {{
    static $called = false;
    if ($called) {{ return; }}
    $called = true;
    $body = wp_generate_uuid4();
    $time = (string) time();
    wp_remote_post('{url}', ['blocking' => false, 'timeout' => 3, 'body' => $body, 'headers' => [
        '{TIMESTAMP}' => $time,
        '{SIGNATURE}' => 'sha256=' . hash_hmac('sha256', $time . '.' . $body, '{secret}'),
    ]]);
}}
foreach (['wp_insert_comment', 'edit_comment', 'transition_comment_status', 'deleted_comment'] as $levelhead) {{
    add_action($levelhead, function () {{ add_action('shutdown', 'levelhead_call'); }});
}}"""
