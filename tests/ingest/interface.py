"""A blog's interface on loopback, as far as reading with an account that may moderate needs it."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from model.words import SourceKind
from store import sources
from store.db import Store
from store.keys import keys
from store.sources import Source
from tests.channels.peers import Peer, answer, as_json, path
from tests.ingest import reads

TEXT = "You published my address."


class Interface(Peer):
    """`comments` has what the blog holds, by number; `hidden` are those that our account may not see. A `stubborn` blog
    takes a new status and keeps the old one."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.comments: dict[int, dict[str, Any]] = {}
        self.hidden: set[int] = set()
        self.stubborn = False

    def has(self, number: int, status: str = "approved", text: str = TEXT, author: int = 0, parent: int = 0) -> None:
        """The blog holds this comment from now on."""
        self.comments[number] = {
            "id": number,
            "post": 1,
            "parent": parent,
            "author": author,
            "author_name": "A reader" if not author else "The office",
            "date_gmt": f"2026-03-01T{number // 60 % 24:02}:{number % 60:02}:00",
            "content": {"rendered": f"<p>{text}</p>"},
            "link": f"https://blog.example.org/garden/#comment-{number}",
            "status": status,
        }

    def asked(self) -> list[str]:
        """The addresses asked for since the last time."""
        found = [path(request) for request in self.requests]
        self.requests.clear()
        return found

    def _answer(self, request: str) -> bytes:
        parts = urlsplit(path(request))
        number = parts.path.rstrip("/").rsplit("/", 1)[-1]
        if request.startswith("POST "):
            return self._set(int(number), str(json.loads(request.partition("\r\n\r\n")[2])["status"]))
        if number.isdigit():
            return self._one(int(number))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status = {"approve": "approved"}.get(query.get("status", "approve"), query.get("status"))
        some = [one for one in self.comments.values() if status in ("any", one["status"])]
        some = [one for one in some if one["id"] not in self.hidden]
        if "include" in query:
            some = [one for one in some if str(one["id"]) in query["include"].split(",")]
        first = (int(query.get("page", "1")) - 1) * int(query["per_page"])
        if first and first >= len(some):
            return as_json({"code": "rest_comment_invalid_page_number"}, "400 Bad Request")
        page = sorted(some, key=lambda one: -one["id"])[first : first + int(query["per_page"])]
        return answer(json.dumps(page), X_WP_Total=str(len(some)))

    def _set(self, number: int, status: str) -> bytes:
        """As WordPress 6.1 does it: the status that the comment has already is an error."""
        becomes = {"approve": "approved"}.get(status, status)
        if number in self.comments and self.comments[number]["status"] == becomes:
            return as_json({"code": "rest_comment_failed_edit"}, "500 Internal Server Error")
        if number in self.comments and not self.stubborn:
            self.comments[number]["status"] = becomes
        return self._one(number)

    def _one(self, number: int) -> bytes:
        if number not in self.comments:
            return as_json({"code": "rest_comment_invalid_id"}, "404 Not Found")
        if number in self.hidden:
            return as_json({"code": "rest_cannot_read"}, "403 Forbidden")
        return as_json(self.comments[number])


def source(store: Store, peer: Peer, *, moderates: bool = True) -> Source:
    """A source with an account at the interface, which was read before: what comes is news."""
    here = reads.source(store, kind=SourceKind.WORDPRESS)
    with store.write() as tx:
        sources.change(
            tx,
            here.id,
            api_url=f"{peer.url}/wp-json/",
            user_name="levelhead",
            secret=keys().encrypt("application password"),
            account_id="5",
            read_at=here.created_at,
            account={"moderates": moderates},
        )
    return reads.row(store, here.id)
