"""The last moment: what is asked once the connection stands, immediately before anything is written to it."""

from collections.abc import Callable
from itertools import chain, repeat

import pytest

from channels import http
from channels.faults import Withheld
from channels.shape import Outcome, Rejected, Unknown
from channels.wordpress import api
from channels.wordpress.api import Site
from tests.channels.peers import Peer, answer


def says(*reasons: str) -> Callable[[], str]:
    """Gives these reasons, one each time it is asked, and then the last one again."""
    left = chain(reasons, repeat(reasons[-1]))
    return lambda: next(left)


def test_it_is_asked_when_the_connection_stands_and_nothing_is_written() -> None:
    with Peer(lambda _: answer()) as peer, pytest.raises(Withheld, match="not now") as stopped:
        http.fetch(peer.url, method="POST", data={}, allow_private=True, before_write=says("not now"))
    assert not stopped.value.sent
    assert not peer.requests


def test_nothing_is_asked_where_there_is_no_connection() -> None:
    asked: list[int] = []
    with Peer(lambda _: answer()) as peer:
        url = peer.url
    with pytest.raises(http.Unreachable):
        http.fetch(url, allow_private=True, before_write=lambda: asked.append(1) or "")
    assert not asked


def test_it_is_asked_before_each_piece() -> None:
    asked: list[int] = []
    with Peer(lambda _: answer("{}")) as peer:
        done = http.fetch(
            peer.url, method="POST", data={}, allow_private=True, before_write=lambda: asked.append(1) or ""
        )
    assert done.status == 200
    assert len(asked) >= 2
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    ("reasons", "outcome", "words"),
    [
        (("Paused.",), Rejected, "Paused. Nothing was sent."),
        (("", "Paused."), Unknown, "Paused. The request was broken off in the middle."),
    ],
    ids=["before the head", "between head and body"],
)
def test_what_a_reply_knows_when_it_was_withheld(reasons: tuple[str, ...], outcome: type[Outcome], words: str) -> None:
    with Peer(lambda _: answer("{}")) as peer:
        site = Site(f"{peer.url}/wp-json/", http.Account("bob", "abcd"), allow_private=True)
        came = api.reply(site, 7, 3, "Thank you.", before_write=says(*reasons))
    assert isinstance(came, outcome)
    assert came.message == words
