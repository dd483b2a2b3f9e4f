"""Who wrote a comment: counted by the source's own id, else by name, and how what they wrote ended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from store import authors
from store import comments as rows
from store.authors import Author, Past
from store.db import Store
from store.schema import comments, revisions, sources, threads
from web.ui.author import author, ended

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def blog(empty: Store) -> Store:
    """Bea (by name) wrote 1, 2 and 6, a logged-in Bea 3 and 4, another source's Bea 5; we answered 1 with 7."""
    with empty.write() as tx:
        kept = {"channel": "blog", "kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}
        for source in (1, 2):
            tx.execute(insert(sources).values(id=source, name=f"Blog {source}", **kept))
            tx.execute(insert(threads).values(id=source, source_id=source, url=f"https://blog.example/{source}"))
        for number, source, account in (
            (1, 1, ""),
            (2, 1, ""),
            (3, 1, "9"),
            (4, 1, "9"),
            (5, 2, ""),
            (6, 1, ""),
            (7, 1, ""),
        ):
            ours = number == 7
            tx.execute(
                insert(comments).values(
                    id=number,
                    source_id=source,
                    thread_id=source,
                    identity=f"wp:{number}",
                    external_id=f"wp:{number}",
                    author="Us" if ours else "Bea",
                    author_id=account,
                    ours=ours,
                    parent_identity="wp:1" if ours else "",
                    status="hold" if number == 2 else "",
                    read_at=NOW,
                    at=NOW + timedelta(days=number),
                    text_hash="",
                )
            )
            tx.execute(insert(revisions).values(comment_id=number, number=1, text=f"Text {number}", read_at=NOW))
    return empty


def of(store: Store, number: int) -> Author:
    with store.read() as tx:
        one = rows.get(tx, number)
        assert one is not None
        return authors.of(tx, one)


def test_an_author_is_the_account_where_there_is_one_and_else_a_name_at_one_source(blog: Store) -> None:
    bea = of(blog, 6)
    assert (bea.known, bea.count, bea.since) == (False, 3, NOW + timedelta(days=1))
    assert [one.id for one in bea.past] == [2, 1]
    assert [one.text for one in bea.replies] == ["Text 7"]
    account = of(blog, 4)
    assert (account.known, account.count, [one.id for one in account.past]) == (True, 2, [3])
    assert of(blog, 5).past == ()


def test_how_it_ended_is_said_in_words_and_whatever_they_are_called_is_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)
    past = [
        Past(n, f"wp:{n}", NOW, NASTY, NASTY, "hold" if n == 1 else "", None, None, outcome)
        for n, outcome in enumerate(["", "answered", "answered", "dismissed"])
    ]
    assert ended(past) == "1 without a case, 1 on hold on the blog, 1 answered, 1 dismissed"
    shown = author(Author(NASTY, False, 5, NOW, tuple(past), ()), NASTY, 5)
    assert "<script" not in shown
    assert "which anybody can use" in shown
