"""A proxy on loopback between Levelhead and the blog, which can lose what passes through it."""

from collections.abc import Callable

import httpx2

from tests.channels.peers import Peer, answer

Forward = Callable[[], bytes]
_PASSED = ("authorization", "content-type", "accept")


class Between(Peer):
    """Passes every request on to the blog at `blog` and its answer back.

    `on_send` is given what happens to a request that sends something (POST): it may call `forward()` or not, and
    returns the bytes of the answer; no bytes: the connection just ends. `on_ask` is called before any other request.
    While it is `down`, nothing gets through.
    """

    def __init__(self, blog: str) -> None:
        super().__init__(self._pass)
        self._blog = blog
        self.on_send: Callable[[Forward], bytes] = lambda forward: forward()
        self.on_ask: Callable[[], None] = lambda: None
        self.down = False

    @property
    def sent(self) -> int:
        """How many times something was sent through here, wherever it ended."""
        return sum(request.startswith("POST ") for request in self.requests)

    def _pass(self, request: str) -> bytes:
        if self.down:
            return b""
        if request.startswith("POST "):
            return self.on_send(lambda: self._forward(request))
        self.on_ask()
        return self._forward(request)

    def _forward(self, request: str) -> bytes:
        head, _, body = request.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        method, path, _ = first.split(" ", 2)
        named = dict(line.split(": ", 1) for line in lines)
        headers = {name: value for name, value in named.items() if name.lower() in _PASSED}
        got = httpx2.request(
            method, f"{self._blog}{path}", content=body.encode(), headers=headers, trust_env=False, timeout=30
        )
        kept = {"content_type": got.headers.get("content-type", "")}
        return answer(got.content, f"{got.status_code} {got.reason_phrase}", **kept)


def lost(forward: Forward) -> bytes:
    """The request never reaches the blog, and the connection ends."""
    return b""


def cut(forward: Forward) -> bytes:
    """The blog does what it was asked for, but its answer breaks off in the middle."""
    whole = forward()
    return whole[: len(whole) // 2]
