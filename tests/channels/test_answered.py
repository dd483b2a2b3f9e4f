"""Other answers of ours under a comment: those that whoever wrote this one did not know."""

from datetime import UTC, datetime
from typing import Any

from channels.wordpress import api
from tests.channels.peers import Peer, as_json
from tests.channels.test_reply import STORED, blog

SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def listed(*numbers: int, day: int = 2, author: int = 5) -> list[dict[str, Any]]:
    return [STORED | {"id": number, "author": author, "date_gmt": f"2026-03-{day:02}T00:00:00"} for number in numbers]


def found(items: list[dict[str, Any]], known: frozenset[str] = frozenset()) -> str:
    with Peer(lambda _: as_json(items)) as peer:
        other = api.answered_since(blog(peer), 7, 3, 5, SINCE, known)
    return other.identity if other else ""


def test_an_answer_of_ours_after_the_moment_is_told() -> None:
    assert found(listed(14)) == "wp:14"
    assert found(listed(14, day=1)) == ""
    assert found(listed(14, author=6)) == ""


def test_one_that_was_known_does_not_count_and_does_not_hide_another() -> None:
    assert found(listed(14), frozenset({"wp:14"})) == ""
    assert found(listed(14, 13), frozenset({"wp:14"})) == "wp:13"
