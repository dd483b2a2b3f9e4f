"""python -m ingest parse: one JSON object a line, for files and addresses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from channels.feed.parse import CUT
from ingest.__main__ import app
from ingest.parse import KEYS, lines, parse
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.channels.peers import Peer, answer

SAID = (Said(1, "<p>Hello — 你好</p>"), Said(2, "<p>You</p>", author="Ben", parent=1))


def run(place: object, *options: str) -> tuple[Result, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, ["parse", *options, "--", str(place)])
    objects = [json.loads(one) for one in result.stdout_bytes.decode().splitlines()]
    assert all(tuple(one) == KEYS for one in objects)
    return result, objects


@pytest.mark.parametrize(
    "body", [blogs.rss(SAID), blogs.atom(SAID), blogs.interface(SAID)], ids=["rss", "atom", "json"]
)
def test_a_line_an_entry(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "feed"
    file.write_bytes(body)
    result, (first, second) = run(file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert (first["author"], first["text"], first["problems"]) == ("Ada", "Hello — 你好", [])
    assert first["published_at"] == "2026-03-01T08:01:00+00:00"
    assert first["external_id"].endswith("#comment-1")
    assert (second["text"], second["in_reply_to"]) == ("You", first["external_id"])
    assert second["thread_url"] == f"{blogs.HOME}/2026/03/post-7/"


def test_what_cannot_be_read_is_a_line_as_well(tmp_path: Path) -> None:
    file = tmp_path / "cut.xml"
    whole = blogs.rss(SAID)
    file.write_bytes(whole[: whole.rindex(b"You")])
    result, (first, cut) = run(file)
    assert (result.exit_code, first["text"]) == (0, "Hello — 你好")
    assert (cut["external_id"], cut["text"], cut["published_at"]) == ("", "", None)
    assert cut["problems"] == ["This entry was cut off. It is read again later."]
    assert cut["html"].startswith("<item>")
    assert CUT in result.stderr


def test_a_file_over_10_mb_is_read_to_there_and_says_so(tmp_path: Path) -> None:
    whole = blogs.rss(tuple(Said(n, f"<p>{'many words ' * 10_000}</p>") for n in range(1, 101)))
    assert len(whole) > 10_000_000
    file = tmp_path / "large.xml"
    file.write_bytes(whole)
    result, objects = run(file)
    assert result.exit_code == 0
    assert len([one for one in objects if one["text"]]) == 90
    assert any("larger than 10 MB" in problem for problem in objects[-1]["problems"])
    assert "larger than 10 MB" in result.stderr


@pytest.mark.parametrize("body", [b"", b"hello", b"<html></html>", b"[1", b'{"code": "rest_no_route"}', b"[" * 100_000])
def test_what_is_no_feed_is_one_line_that_says_why(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(body)
    result, (only,) = run(file)
    assert result.exit_code == 1
    assert only["problems"]
    assert only["problems"][0] in result.stderr


@pytest.mark.parametrize("place", ["/nowhere/at/all", "/tmp", "a\x00b", "ftp://x.example/feed"])
def test_a_file_that_is_not_there(place: str) -> None:
    result, (only,) = run(place)
    assert result.exit_code == 1
    assert "cannot be read" in only["problems"][0]


def test_an_address_is_read_through_the_door() -> None:
    with Peer(lambda _: answer(blogs.rss(SAID), content_type="application/rss+xml")) as peer:
        result, objects = run(peer.url + "/feed")
        assert (result.exit_code, peer.requests) == (1, [])
        assert "private network" in objects[0]["problems"][0]
        result, objects = run(peer.url + "/feed", "--allow-private")
    assert (result.exit_code, len(objects)) == (0, 2)
    with Peer(lambda _: answer("", "404 Not Found")) as peer:
        result, objects = run(peer.url, "--allow-private")
    assert result.exit_code == 1
    assert "nothing at this address" in objects[0]["problems"][0]


def test_halves_of_characters_are_printed_by_nobody() -> None:
    body = blogs.interface(SAID).replace(b"Hello", rb"Hel\ud83dlo\u0000")
    (first, _) = lines(parse(body))
    assert json.loads(first)["text"] == "Hello — 你好"
    assert first.encode()


def test_help_tells_the_form() -> None:
    said = CliRunner().invoke(app, ["parse", "--help"]).stdout
    assert all(key in said for key in ("external_id", "problems", "published_at", "10 MB"))
