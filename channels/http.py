"""The one door out: every address that a person typed or a site named is fetched through here.

The host's name is looked up once, every address it has is checked, and the connection goes to the address that was
checked. Redirects come back through the same door. Size, time and number are bounded; nothing is taken from the
environment's proxy settings.
"""

import ipaddress
import json
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from model.errors import LevelheadError

MAX_BYTES = 10_000_000
TIMEOUT_S = 20.0
MAX_REDIRECTS = 5
USER_AGENT = "Levelhead/0.1 (comment reader)"

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchError(LevelheadError):
    """Something could not be fetched. `sent` says whether the request may have reached the other side."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Refused(FetchError):
    """An address that is not followed; nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class TooLarge(FetchError):
    """More than the allowed bytes came; what came so far was thrown away."""


class TimedOut(FetchError):
    """No complete answer in time."""


class Unreachable(FetchError):
    """No connection, or it broke."""


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
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Account:
    """Name and password for Basic authentication."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Account(user={self.user!r})"


def private(address: str) -> bool:
    """Whether an IP address is not one of the public internet (also when wrapped in IPv6)."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return private(str(ip.ipv4_mapped))
        if ip.sixtofour:
            return private(str(ip.sixtofour))
        if ip in _NAT64:
            return private(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified


def loopback(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def checked(url: str, *, allow_private: bool) -> tuple[str, ...]:
    """The IP addresses of a URL's host, all of them checked. Raises Refused or Unreachable."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused("This is not a web address. It should look like https://blog.example.org") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Refused("Only addresses that begin with http:// or https:// can be read.")
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Unreachable(
            f"There is no site called {host[:100]}. Check the address for typing errors.", sent=False
        ) from None
    if not allow_private and any(private(address) for address in found):
        raise Refused(
            f"{host[:100]} is an address inside a private network. An administrator can allow that for this source."
        )
    # IPv4 first: on machines without IPv6 the other order costs a failed connection each time.
    return tuple(sorted(found, key=lambda address: (":" in address, address)))


class _Pinned(httpcore2.SyncBackend):
    """Connects to the addresses that were checked, whatever the name says by now; TLS still checks the name."""

    def __init__(self, addresses: Iterable[str], deadline: float) -> None:
        self._addresses = tuple(addresses)
        self._deadline = deadline

    def connect_tcp(self, _host: str, port: int, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        last: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses:
            try:
                return super().connect_tcp(address, port, *args, **kwargs)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last


def fetch(
    url: str,
    *,
    method: str = "GET",
    allow_private: bool = False,
    account: Account | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | int] | None = None,
    data: Mapping[str, Any] | None = None,
    max_bytes: int = MAX_BYTES,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """Fetches one address and returns the answer, whatever its status.

    `account` is only sent over https, or to this machine when private addresses are allowed, and never to another
    origin after a redirect. `data` is sent as JSON. What is not a GET is never redirected and never repeated.
    Raises a FetchError whose `sent` tells whether the other side may have acted on the request.
    """
    deadline = time.monotonic() + timeout_s
    present, home = url, urlsplit(url)[:2]
    for _ in range(MAX_REDIRECTS + 1):
        addresses = checked(present, allow_private=allow_private)
        credentials = account if urlsplit(present)[:2] == home else None
        here = allow_private and all(loopback(address) for address in addresses)
        if credentials and urlsplit(present).scheme != "https" and not here:
            raise Refused("A password is only sent over https. Use the https:// address of the site.")
        answer = _once(method, present, addresses, deadline, credentials, dict(headers or {}), params, data, max_bytes)
        target = answer.headers.get("location", "")
        if answer.status not in (301, 302, 303, 307, 308) or not target:
            return answer
        if method not in ("GET", "HEAD"):
            raise FetchError(
                f"{home[1]} sends this on to another address ({answer.status}). Use the site's final address.",
                sent=True,
            )
        present, params = urljoin(present, target), None
    raise FetchError(f"{home[1]} redirects more than {MAX_REDIRECTS} times.", sent=True)


def _once(
    method: str,
    url: str,
    addresses: tuple[str, ...],
    deadline: float,
    account: Account | None,
    headers: dict[str, str],
    params: Mapping[str, str | int] | None,
    data: Mapping[str, Any] | None,
    max_bytes: int,
) -> Answer:
    host = urlsplit(url).hostname or ""
    transport = httpx2.HTTPTransport(trust_env=False, retries=0)
    # The pool is the transport's own; only how it opens a connection is ours.
    transport._pool._network_backend = _Pinned(addresses, deadline)
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimedOut(f"{host} did not answer in time.", sent=False)
    timeout = httpx2.Timeout(left, connect=min(left, 10), pool=left)
    auth = httpx2.BasicAuth(account.user, account.password) if account else None
    sent = False
    try:
        with (
            httpx2.Client(transport=transport, trust_env=False, timeout=timeout, follow_redirects=False) as client,
            client.stream(
                method, url, params=params, json=data, auth=auth, headers={"User-Agent": USER_AGENT, **headers}
            ) as answer,
        ):
            sent = True
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > max_bytes:
                    raise TooLarge(f"{host} sent more than {max_bytes // 1_000_000} MB, which is refused.", sent=True)
                if time.monotonic() > deadline:
                    raise TimedOut(f"{host} sent its answer too slowly; reading was ended.", sent=True)
            return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(body), url)
    except httpx2.ConnectTimeout as error:
        raise TimedOut(f"{host} did not answer in time. It is tried again later.", sent=False) from error
    except httpx2.ConnectError as error:
        raise Unreachable(f"{host} cannot be reached. It is tried again later.", sent=False) from error
    except httpx2.TimeoutException as error:
        raise TimedOut(f"{host} did not answer in time. It is tried again later.", sent=True) from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError) as error:
        raise Refused("This is not a web address. It should look like https://blog.example.org") from error
    except httpx2.HTTPError as error:
        raise Unreachable(f"The connection to {host} broke off. It is tried again later.", sent=sent or True) from error
