"""Peers on loopback that answer with exactly the bytes a test wants, and remember what they were asked."""

import json
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Self

Pieces = bytes | Iterable[bytes]


def answer(body: bytes | str = b"", status: str = "200 OK", *, length: int | None = None, **headers: str) -> bytes:
    """An HTTP answer. Underscores in header names stand for hyphens."""
    raw = body.encode() if isinstance(body, str) else body
    sent = {"content-length": str(len(raw) if length is None else length), "connection": "close"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + raw


def as_json(data: Any, status: str = "200 OK") -> bytes:
    return answer(json.dumps(data), status, content_type="application/json")


class Peer:
    """Answers each connection by `respond(request)`: bytes, or pieces that are sent one after the other."""

    def __init__(self, respond: Callable[[str], Pieces]) -> None:
        self.requests: list[str] = []
        self._respond = respond
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(65_536)
                if not piece or piece[0] == 0x16:  # the beginning of TLS, which this peer does not speak
                    return
                request += piece
            head, _, body = request.partition(b"\r\n\r\n")
            wanted = next((int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")), 0)
            while len(body) < wanted and (piece := connection.recv(65_536)):
                body += piece
            text = (head + b"\r\n\r\n" + body).decode("utf-8", "replace")
            self.requests.append(text)
            made = self._respond(text)
            for piece in [made] if isinstance(made, bytes) else made:
                if self._closing.wait(0):
                    return
                connection.sendall(piece)

    def drip(self, pieces: Iterable[bytes], pause_s: float) -> Iterable[bytes]:
        """The pieces, slowly; ends at once when the peer closes."""
        for piece in pieces:
            if self._closing.wait(pause_s):
                return
            yield piece


def path(request: str) -> str:
    return request.split(" ", 2)[1]


def header(request: str, name: str) -> str:
    for line in request.partition("\r\n\r\n")[0].split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return ""
