"""The one door out: every address that a person typed or a site named is fetched through here.

The host's name is looked up once, every address it has is checked, and the connection goes to an address that was
checked. Redirects come back through the same door. Size, time and number are bounded, and nothing is taken from the
environment's proxy settings.
"""

import base64
import json
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import httpcore2
import httpx2

from channels.addresses import lookup, loopback, private
from channels.bodies import BadCoding, Body, Overfull
from channels.faults import FetchError, Private, Refused, TimedOut, TooLarge, Unreachable
from channels.wire import Wire
from model.language import _, later, number

__all__ = ["Account", "Answer", "FetchError", "Key", "Refused", "TimedOut", "TooLarge", "Unreachable", "fetch"]

MAX_BYTES = 10_000_000
TIMEOUT_S = 20.0
MAX_REDIRECTS = 5
USER_AGENT = "Levelhead/0.1 (comment reader)"

_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_AN_ADDRESS = later("This is not a web address. It should look like https://blog.example.org")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `url` is the last address after redirects; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def data(self) -> Any:
        """The body as JSON, or None when it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Account:
    """Name and password for Basic authentication."""

    user: str
    password: str = field(repr=False)
    header = "Authorization"

    @property
    def sent(self) -> str:
        """What the header says."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is sent in a header: its name, and all that it says."""

    header: str
    sent: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Limits:
    """What one fetch may cost, redirects included: `deadline` is on the monotonic clock."""

    max_bytes: int
    deadline: float

    def left(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.deadline - time.monotonic())


def fetch(  # noqa: PLR0913 - by keyword, each a decision of the caller
    url: str,
    *,
    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE"] = "GET",
    allow_private: bool = False,
    account: Account | Key | None = None,
    confidential: bool = False,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | int] | None = None,
    data: Any = None,
    content: bytes | None = None,
    etag: str = "",
    last_modified: str = "",
    max_bytes: int = MAX_BYTES,
    timeout_s: float = TIMEOUT_S,
    max_redirects: int = MAX_REDIRECTS,
    before_write: Callable[[], str] | None = None,
) -> Answer:
    """Fetches one address and returns the answer, whatever its status.

    `allow_private` lets the address itself lie in a private network; a redirect from there to another private address
    is refused all the same. `account` is sent over https, or to this machine when private addresses are allowed, and
    never again once a redirect has left the origin; what is `confidential` goes in the clear to private addresses
    alone. `data` is sent as JSON, `content` as it stands. `etag` and `last_modified`, of an earlier answer, make the
    request conditional: status 304 then means unchanged. `max_bytes` counts the unpacked body, `timeout_s` everything
    together, looking up the name included. What is not a GET or HEAD is never redirected and never repeated.
    `before_write` is asked once the connection stands, immediately before anything is written to it; a reason that it
    gives stops the fetch.

    Raises a FetchError; its `sent` is False only when the request certainly did not leave.
    """
    limits = _Limits(max_bytes, time.monotonic() + timeout_s)
    wanted = {
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "gzip",
        **(headers or {}),
        **_conditions(etag, last_modified),
    }
    if data is not None:
        content = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
        wanted["Content-Type"] = "application/json"
    here = _parsed(url).copy_merge_params(params) if params else _parsed(url)
    allowed: frozenset[str] | None = None
    for _redirect in range(max_redirects + 1):
        found = lookup(here.host, here.port or (443 if here.scheme == "https" else 80), limits.left())
        if allowed is None:
            allowed = frozenset(found) if allow_private else frozenset()
        if any(private(address) and address not in allowed for address in found):
            raise Private(here.host[:100])
        if confidential and here.scheme != "https" and not all(map(private, found)):
            raise Refused(_("Comments are sent over https only. http:// is for an address in a private network."))
        if account:
            _may_carry_password(here, found, allow_private)
            wanted[account.header] = account.sent
        answer = _once(method, here, found, wanted, content, limits, before_write)
        target = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not target:
            return answer
        if method not in ("GET", "HEAD"):
            raise FetchError(
                _(
                    "{host} sends this on to another address, which is not followed. Enter the site's final address.",
                    host=here.host,
                ),
                sent=True,
            )
        there = _parsed(str(_joined(here, target)))
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            if account:
                wanted.pop(account.header, None)
            account = None
        here = there
    raise FetchError(
        _(
            "{host} redirects more than {most} times, which is refused. Enter the site's final address.",
            host=here.host,
            most=max_redirects,
        ),
        sent=True,
    )


def _conditions(etag: str, last_modified: str) -> dict[str, str]:
    """The headers of a conditional request. Marks that a header cannot carry are left out."""
    marks = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: mark for name, mark in marks.items() if mark and mark.isascii() and mark.isprintable()}


def _parsed(url: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(url)
        host = parsed.host
    except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError):
        raise Refused(_(_NOT_AN_ADDRESS)) from None
    if parsed.scheme not in ("http", "https"):
        raise Refused(_("Only addresses that begin with http:// or https:// can be read. Enter one of these."))
    if not host:
        raise Refused(_(_NOT_AN_ADDRESS))
    if parsed.userinfo:
        raise Refused(_("The address holds a user name or password. Leave them out; there are fields for them."))
    return parsed


def _joined(base: httpx2.URL, target: str) -> httpx2.URL:
    try:
        return base.join(target)
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        raise Refused(
            _(
                "{host} sends this on to something that is not a web address. Whoever runs the site can mend that.",
                host=base.host,
            )
        ) from None


def _may_carry_password(url: httpx2.URL, addresses: Iterable[str], allow_private: bool) -> None:
    here = allow_private and all(loopback(address) for address in addresses)
    if url.scheme != "https" and not here:
        raise Refused(_("A password is only sent over https. Use the https:// address of the site."))


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Reading the system's certificates costs more than a small request, so they are read once in a process.
    return httpx2.create_ssl_context(trust_env=False)


def _once(
    method: str,
    url: httpx2.URL,
    addresses: tuple[str, ...],
    headers: Mapping[str, str],
    content: bytes | None,
    limits: _Limits,
    before_write: Callable[[], str] | None,
) -> Answer:
    """One request to one of the addresses, without redirects."""
    host = url.host[:100]
    wire = Wire(addresses, limits.deadline, before_write)
    target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    sent_headers = [(b"Host", url.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
    body = Body(limits.max_bytes)
    try:
        with (
            httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=wire) as pool,
            pool.stream(method, target, headers=sent_headers, content=content) as answer,
        ):
            got = _headers(answer.headers)
            body.expect(got.get("content-length", ""), got.get("content-encoding", ""))
            for chunk in answer.iter_stream():
                body.add(chunk)
            bare = method == "HEAD" or answer.status in (204, 304)
            return Answer(answer.status, got, b"" if bare else body.whole(), str(url))
    except Overfull as error:
        raise TooLarge(_too_large(host, error), sent=True) from None
    except BadCoding:
        raise Unreachable(
            _("{host} sent an answer that cannot be unpacked.", host=host), sent=True, again=True
        ) from None
    except httpcore2.LocalProtocolError as error:
        raise Refused(_(_NOT_AN_ADDRESS)) from error
    except httpcore2.TimeoutException as error:
        raise TimedOut(_("{host} did not answer in time.", host=host), sent=wire.wrote, again=True) from error
    except httpcore2.ConnectError as error:
        raise _no_connection(host, error, sent=wire.wrote) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise Unreachable(_("The connection to {host} broke off.", host=host), sent=wire.wrote, again=True) from error


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header names in lower case; what was sent several times is joined by commas."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("utf-8", "replace")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _too_large(host: str, error: Overfull) -> str:
    if not error.size:
        return _(
            "{host} sent more than {most} MB, which is refused. Choose a feed with fewer entries.",
            host=host,
            most=_megabytes(error.most),
        )
    return _(
        "{host} sent {size} MB ({most} MB are allowed), which is refused. Choose a feed with fewer entries.",
        host=host,
        size=number(error.size / 1e6, 1),
        most=_megabytes(error.most),
    )


def _megabytes(most: int) -> str:
    """A limit in MB, with as many places after the point as it has."""
    return number(most / 1e6, len(f"{most / 1e6:g}".partition(".")[2]))


def _no_connection(host: str, error: Exception, *, sent: bool) -> Unreachable:
    if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return Unreachable(
            _(
                "{host} has no valid certificate, so it cannot be trusted. Whoever runs the site can mend that.",
                host=host,
            ),
            sent=sent,
        )
    return Unreachable(_("{host} cannot be reached.", host=host), sent=sent, again=True)
