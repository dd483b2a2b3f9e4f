"""Asking a language model at the door: what is sent, what is believed of what comes back, and what is said of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from channels import models
from channels.models import Kind, Model, NoAnswer, Said
from tests.channels.network import Network
from tests.channels.peers import Peer, Pieces, answer, as_json, header, path
from tests.channels.speaking import anthropic, asked, dripping, endless, openai

KEY = "sk-very-secret-1234567890"


def model(peer: Peer, kind: Kind = Kind.OPENAI, **changed: Any) -> Model:
    given = {"kind": kind, "address": f"{peer.url}/v1/", "name": "small", "key": KEY, "private": True, "seconds": 5}
    return Model(**{**given, **changed})


def test_openais_way() -> None:
    with Peer(lambda _: as_json(openai("Hello.", 12, 3))) as peer:
        assert models.ask(model(peer), "Be kind.", "A comment.", 100) == Said("Hello.", 12, 3)
    (request,) = peer.requests
    assert path(request) == "/v1/chat/completions"
    assert header(request, "authorization") == f"Bearer {KEY}"
    assert asked(request) == {
        "model": "small",
        "max_tokens": 100,
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "A comment."}],
    }


def test_anthropics_way() -> None:
    with Peer(lambda _: as_json(anthropic("Hello.", 12, 3))) as peer:
        here = model(peer, Kind.ANTHROPIC, address=peer.url)
        assert models.ask(here, "Be kind.", "A comment.", 100) == Said("Hello.", 19, 3)
    (request,) = peer.requests
    assert path(request) == "/v1/messages"
    assert (header(request, "x-api-key"), header(request, "anthropic-version")) == (KEY, "2023-06-01")
    assert not header(request, "authorization")
    assert asked(request) == {
        "model": "small",
        "max_tokens": 100,
        "system": "Be kind.",
        "messages": [{"role": "user", "content": "A comment."}],
    }


def test_a_model_of_ones_own_needs_no_key() -> None:
    with Peer(lambda _: as_json(openai("Hello."))) as peer:
        models.ask(model(peer, key=""), "", "", 100)
    assert not header(peer.requests[0], "authorization")


REFUSED: dict[str, tuple[Callable[[str], Pieces], str, bool]] = {
    "no such key": (lambda _: answer(f"bad key {KEY}", "401 Unauthorized"), r"refused the key \(status 401\)", True),
    "no such model": (lambda _: answer("", "404 Not Found"), r"refused the question \(status 404\)", True),
    "too often": (lambda _: answer("", "429 Too Many Requests", retry_after="30"), "again in 30 seconds", True),
    "too often, for ever": (
        lambda _: answer("", "429 Too Many Requests", retry_after="999999999999"),
        "often. Ask again later",
        True,
    ),
    "too often, in words": (lambda _: answer("", "429 Too", retry_after="Wed, 21 Oct"), "Ask again later", True),
    "broken": (lambda _: answer(f"Traceback {KEY}", "500 Oops"), r"refused the question \(status 500\)", False),
    "part of it": (lambda _: answer("{}", "206 Partial Content"), r"\(status 206\)", False),
    "not JSON": (lambda _: answer("<html>"), "not one that can be used", False),
    "another form": (lambda _: as_json({"choices": "x", "usage": []}), "not one that can be used", False),
    "nothing chosen": (lambda _: as_json({"choices": []}), "not one that can be used", False),
    "a text that is none": (lambda _: as_json(openai(None)), "not one that can be used", False),  # type: ignore[arg-type]
    "deep": (lambda _: answer("[" * 100_000), "not one that can be used", False),
    "huge": (endless(answer("", length=10**9), b"x" * 65_536), "too long", False),
    "huge, without saying so": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536), "too long", False),
    "cut off": (lambda _: answer("{", length=500), "broke off", False),
    "closed at once": (lambda _: b"", "broke off", False),
    "sent on": (lambda _: answer("", "307 Away", location="http://10.0.0.1/"), "not followed", False),
    "sent on within": (lambda _: answer("", "302 Away", location="/v2"), "not followed", False),
}


@pytest.mark.parametrize("name", REFUSED)
def test_whatever_goes_wrong_is_told_in_our_words_asked_once_and_never_with_the_key(name: str) -> None:
    respond, says, free = REFUSED[name]
    with Peer(respond) as peer, pytest.raises(NoAnswer, match=says) as stopped:
        models.ask(model(peer), "Be kind.", "The comment.", 100)
    assert len(peer.requests) == 1
    assert (stopped.value.sent, stopped.value.free) == (True, free)
    assert KEY not in f"{stopped.value!r} {stopped.value} {model(peer)!r}"
    assert stopped.value.__cause__ is None
    assert stopped.value.__suppress_context__ or stopped.value.__context__ is None


@pytest.mark.parametrize("how", ["never", "one byte at a time"])
def test_who_is_slow_gets_no_more_than_the_seconds_that_were_given(how: str) -> None:
    peers: list[Peer] = []

    def never(_request: str) -> Pieces:
        return peers[0].drip([b"too late"], 3600)

    with Peer(never if how == "never" else dripping(lambda: peers[0])) as peer:
        peers.append(peer)
        with pytest.raises(NoAnswer, match="No answer came within 1 second") as stopped:
            models.ask(model(peer, seconds=1), "", "", 100)
    assert not stopped.value.free


@pytest.mark.parametrize(
    "used", [{}, {"prompt_tokens": -1, "completion_tokens": "7"}, {"prompt_tokens": True}, 7, None]
)
def test_tokens_that_cannot_be_are_no_tokens(used: Any) -> None:
    with Peer(lambda _: as_json({**openai("Hello."), "usage": used})) as peer:
        assert models.ask(model(peer), "", "", 100) == Said("Hello.", None, None)


def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    with Peer(lambda _: as_json(openai("Hello."))) as peer, pytest.raises(NoAnswer, match="private network") as stopped:
        models.ask(model(peer, private=False), "", "", 100)
    assert (stopped.value.sent, stopped.value.free, peer.requests) == (False, True, [])


@pytest.mark.parametrize("key", [KEY, ""])
def test_comments_and_keys_go_by_https_or_to_our_own_network_alone(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    network = Network()
    network.plug(monkeypatch)
    here = Model(Kind.OPENAI, "http://blog.example/v1", "small", key, private=True, seconds=5)
    with pytest.raises(NoAnswer, match="over https only"):
        models.ask(here, "", "", 100)
    assert network.connected == []


def test_it_can_be_withheld_at_the_last_moment() -> None:
    with Peer(lambda _: as_json(openai("Hello."))) as peer, pytest.raises(NoAnswer, match="not now") as stopped:
        models.ask(model(peer), "", "", 100, lambda: "not now")
    assert (stopped.value.free, peer.requests) == (True, [])


def test_openais_own_address_gets_the_name_that_it_takes() -> None:
    here = Model(Kind.OPENAI, "https://api.openai.com/v1", "small", KEY, private=False, seconds=5)
    data = models._asked(here, "", "", 100)[2]
    assert (data.get("max_completion_tokens"), "max_tokens" in data) == (100, False)
    assert json.dumps(data)
