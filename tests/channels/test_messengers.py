"""Messengers: apprise forms the message, and it goes out by our door or not at all."""

import json
from functools import partial

import pytest
import requests

from channels import http, messengers
from channels.faults import FetchError
from model.errors import BadInput
from tests.channels.peers import Peer, answer


def test_what_apprise_would_send_by_itself_is_stopped_at_the_door() -> None:
    with pytest.raises(FetchError, match="private network") as refused:
        messengers.send("json://127.0.0.1:9/hook", "Title", "Text")
    assert "source" not in str(refused.value)
    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/", timeout=1)


def test_a_webhook_gets_title_and_text_and_no_redirect_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messengers, "fetch", partial(http.fetch, allow_private=True))
    asked: list[str] = []

    def respond(request: str) -> bytes:
        asked.append(request)
        moved = len(asked) > 1
        return answer(status="302 Found", location="http://127.0.0.1:9/") if moved else answer("ok")

    with Peer(respond) as peer:
        address = peer.url.replace("http://", "json://") + "/hook"
        messengers.send(address, "One waits", "Version 1 of response 1\nhttps://levelhead.example.org")
        with pytest.raises(FetchError):
            messengers.send(address, "One waits", "Text")
    said = json.loads(asked[0].partition("\r\n\r\n")[2])
    assert (said["title"], said["message"]) == ("One waits", "Version 1 of response 1\nhttps://levelhead.example.org")
    assert asked[0].startswith("POST /hook")
    assert len(asked) == 2


@pytest.mark.parametrize(
    "address", ["", "mailto://a:b@example.org", "exec://ls", "syslog://", "file:///etc/passwd", "https://example.org/x"]
)
def test_only_what_speaks_http_to_a_host_that_can_be_checked_is_let_through(address: str) -> None:
    with pytest.raises(BadInput, match="cannot be used for notices"):
        messengers.check(address)
