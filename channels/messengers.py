"""Telling somebody by a messenger or a webhook of their own, through apprise and through our one door out.

A person types the address, so it passes the checks of every address (`channels.http`): apprise forms the message, and
what it would send with `requests` goes out by our door instead, which looks the host up, refuses private addresses,
follows nothing, and bounds time and size.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import apprise
import requests
import requests.sessions
from apprise.plugins import NotifyBase
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from channels.addresses import lookup, private
from channels.faults import FetchError, Private, Refused, without_promise
from channels.http import fetch
from model.errors import BadInput
from model.language import _, later

TIMEOUT_S = 20.0
_MOST_BYTES = 200_000
_LONGEST = 1000
# Each of these speaks HTTP by `requests` alone, to a host that stands in the address or is the service's own.
_OWN_HOST = ("custom_json", "custom_form", "custom_xml", "mattermost", "rocketchat", "ntfy", "gotify")
_SERVICES = ("slack", "discord", "google_chat", "zulip", "telegram", "workflows")
_SAYS = later(
    "This address cannot be used for notices. It should begin with https:// (a webhook of Slack, Discord"
    " or Google Chat), or with slack://, discord://, gchat://, zulip://, tgram://, workflows://,"
    " mmosts://, rockets://, ntfys://, gotifys://, jsons://, forms:// or xmls://, as apprise writes them."
)
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
_OURS = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding"})

_wrong: ContextVar[list[str] | None] = ContextVar("wrong", default=None)


class _Door(BaseAdapter):
    """What `requests` would send goes out by `channels.http.fetch`."""

    def send(self, request: Any, *_more: Any, **_named: Any) -> Any:
        wrong = _wrong.get()
        if wrong is None or request.method not in _METHODS:
            raise requests.ConnectionError("only notices are sent by this library")
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: _text(value) for name, value in request.headers.items() if name.lower() not in _OURS}
        try:
            answer = fetch(
                request.url,
                method=request.method,
                headers=headers,
                content=body,
                max_bytes=_MOST_BYTES,
                timeout_s=TIMEOUT_S,
                max_redirects=0,
            )
        except FetchError as error:
            wrong.append(error.why if isinstance(error, Private) else without_promise(error))
            raise requests.ConnectionError("refused at the door") from None
        if answer.status >= 300:
            wrong.append(_("The service answered with the status {status}.", status=answer.status))
        return _response(request, answer.status, answer.headers, answer.body)

    def close(self) -> None:
        """Nothing stays open."""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(request: Any, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    made = requests.Response()
    made.status_code = status
    made.headers = CaseInsensitiveDict(headers)
    made.url = request.url
    made.request = request
    made._content = body
    made.encoding = "utf-8"
    return made


# Each session of the library makes its adapters by this name. Nothing else here uses the library.
requests.sessions.HTTPAdapter = _Door  # type: ignore[attr-defined,assignment]


def _plugin(address: str) -> NotifyBase:
    """What apprise makes of an address. Raises BadInput where it is of no kind that we let through."""
    clean = address.strip()
    asset = apprise.AppriseAsset(async_mode=False, secure_logging=True, app_id="Levelhead", app_desc="Levelhead")
    found = None
    if clean and len(clean) <= _LONGEST and clean.isprintable():
        found = apprise.Apprise.instantiate(clean, asset=asset, suppress_exceptions=True)
    kind = type(found).__module__.rpartition(".")[2] if found else ""
    if not isinstance(found, NotifyBase) or kind not in (*_OWN_HOST, *_SERVICES):
        raise BadInput(_(_SAYS))
    if not found.verify_certificate:
        raise BadInput(_("Leave 'verify=no' out of the address: a certificate that nobody checks protects nobody."))
    return found


def check(address: str) -> str:
    """The address as it is kept. Raises BadInput or a FetchError in plain words where it is not one we send to."""
    found = _plugin(address)
    if type(found).__module__.rpartition(".")[2] in _OWN_HOST and found.host:
        port = int(found.port) if found.port else 443 if found.secure else 80
        if any(private(one) for one in lookup(str(found.host), port, TIMEOUT_S)):
            raise Refused(Private(str(found.host)[:100]).why)
    return address.strip()


def named(address: str) -> str:
    """What may be shown of an address: its service, and the host where it has one. Tokens stay hidden."""
    try:
        found = _plugin(address)
    except BadInput:
        return _("an address that cannot be used any more")
    service = str(found.service_name or "Webhook")
    own = type(found).__module__.rpartition(".")[2] in _OWN_HOST
    return _("{service} at {host}", service=service, host=found.host) if own and found.host else service


def send(address: str, title: str, text: str) -> None:
    """Sends one message. Raises BadInput, or FetchError with what the service said."""
    found = _plugin(address)
    found.request_rate_per_sec = 0  # a worker must not sleep between two people
    faults: list[str] = []
    token = _wrong.set(faults)
    try:
        sent = found.notify(body=text, title=title, notify_type=apprise.NotifyType.INFO)
    finally:
        _wrong.reset(token)
    if not sent:
        raise FetchError(faults[-1] if faults else _("The service did not take the message."), sent=True)
