"""A network for tests of the door: names mean what a test says, and one public address is this machine."""

import socket
from dataclasses import dataclass, field
from typing import Any

import httpcore2
import pytest

from tests.channels.hostile import PUBLIC


@dataclass
class Network:
    """The checks of the door are all real; only the cable behind them is plugged in elsewhere."""

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    _look: Any = socket.getaddrinfo
    _connect: Any = httpcore2.SyncBackend.connect_tcp

    def look(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        meanings = {"blog.example": (PUBLIC,), **self.names}.get(host.lower())
        if not meanings:
            return self._look(host, port, *args, **kwargs)
        self.asked.append(host)
        meant = meanings[min(self.asked.count(host), len(meanings)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (meant, port))]

    def connect(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        self.connected.append(host)
        assert host == PUBLIC, "The door went where it must not."
        return self._connect(httpcore2.SyncBackend(), "127.0.0.1", port, *args, **kwargs)

    def plug(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", self.look)
        monkeypatch.setattr(
            httpcore2.SyncBackend, "connect_tcp", lambda _, *args, **kwargs: self.connect(*args, **kwargs)
        )
