"""The connection below a request: to an address that was checked, and within one deadline."""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from channels.faults import Withheld

_CONNECT_S = 10.0


class Wire(httpcore2.NetworkBackend):
    """Connects to the given addresses, whatever the host's name says by now. TLS still checks the name.

    `deadline` is on the monotonic clock and holds for everything on the wire together, so that a peer that sends one
    byte a second gains nothing. `wrote` says whether any byte of a request was handed to the network. `before_write` is
    asked once the connection stands, immediately before each piece of a request is written, why it may not be; the head
    and the body are two pieces, and a request without its end does nothing.
    """

    def __init__(
        self, addresses: Iterable[str], deadline: float, before_write: Callable[[], str] | None = None
    ) -> None:
        self._addresses = tuple(addresses)
        self._deadline = deadline
        self._before_write = before_write
        self._plain = httpcore2.SyncBackend()
        self.wrote = False

    def left(self) -> float:
        """Seconds to the deadline. Raises ReadTimeout when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("deadline")
        return left

    def ask(self) -> None:
        """Raises Withheld when nothing may be written (any more)."""
        if self._before_write and (reason := self._before_write()):
            raise Withheld(reason, sent=self.wrote)

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - looked up and checked before
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline holds instead
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        last: httpcore2.ConnectError | httpcore2.ConnectTimeout = httpcore2.ConnectError("no address")
        for address in self._addresses:
            try:
                patience = min(self.left(), _CONNECT_S)
                return _Stream(self._plain.connect_tcp(address, port, patience, local_address, socket_options), self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last


class _Stream(httpcore2.NetworkStream):
    """A connection whose every read and write ends at the wire's deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, wire: Wire) -> None:
        self._stream = stream
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._wire.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._wire.ask()
        left = self._wire.left()
        self._wire.wrote = self._wire.wrote or bool(buffer)
        self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._wire.left()), self._wire)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
