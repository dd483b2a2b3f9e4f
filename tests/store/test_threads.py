"""Parts of a thread: around a comment, and page by page, in a bounded number of rows however long it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, insert, update

from analysis import assess
from model.assessment import Subject
from store import authors, threads
from store import comments as rows
from store.comments import Comment
from store.db import Store
from store.schema import comments, revisions, sources
from store.schema import threads as threads_table
from store.threads import NEAR, PAGE, Place

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MANY, LEAD = 2_000, 1_200


@pytest.fixture
def lead(database: Store) -> Comment:
    """One of 2,000 comments in one thread. It answers the second; the last but one answers it."""
    with database.write() as tx:
        kept = {"channel": "blog", "kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}
        tx.execute(insert(sources).values(id=1, name="Blog", **kept))
        tx.execute(insert(threads_table).values(id=1, source_id=1, url="https://blog.example/1"))
        parents = {LEAD: "wp:2", MANY - 1: f"wp:{LEAD}"}
        each = {"source_id": 1, "thread_id": 1, "read_at": NOW, "text_hash": ""}
        tx.execute(
            insert(comments),
            [
                {
                    **each,
                    "id": n,
                    "identity": f"wp:{n}",
                    "external_id": f"wp:{n}",
                    "author": f"Reader {n % 50}",
                    "parent_identity": parents.get(n, ""),
                    "at": NOW + timedelta(minutes=n),
                }
                for n in range(1, MANY + 1)
            ],
        )
        html = {LEAD: "<p><a href='https://x.example'>x</a></p>"}
        tx.execute(
            insert(revisions),
            [
                {"comment_id": n, "number": 1, "text": f"Text {n}", "html": html.get(n, ""), "read_at": NOW}
                for n in range(1, MANY + 1)
            ],
        )
    with database.read() as tx:
        found = rows.get(tx, LEAD)
    assert found is not None
    return found


def ids(part: threads.Part) -> list[int]:
    return [one.id for one in part.comments]


def test_a_long_thread_opens_at_the_comment_with_what_it_answers_and_what_answers_it(
    database: Store, lead: Comment
) -> None:
    with database.read() as tx:
        part = threads.part(tx, lead, also=[7, LEAD])
    near = list(range(LEAD - NEAR, LEAD + NEAR + 1))
    assert ids(part) == [2, 7, *near, MANY - 1]
    assert part.apart == {2, 7, MANY - 1}
    assert (part.first, part.last, part.around) == (near[0], near[-1], True)
    assert (part.earlier, part.later) == (threads.COUNTED, MANY - near[-1])
    assert list(part.html) == [LEAD]


def test_every_comment_is_reached_page_by_page_each_once(database: Store, lead: Comment) -> None:
    with database.read() as tx:
        around = threads.part(tx, lead)
        seen = list(range(around.first, around.last + 1))
        page = around
        while page.earlier:
            page = threads.part(tx, lead, Place("before", page.first))
            assert 0 < len(page.comments) <= PAGE
            seen = [*ids(page), *seen]
        page = around
        while page.later:
            page = threads.part(tx, lead, Place("after", page.last))
            seen += ids(page)
    assert seen == list(range(1, MANY + 1))


def test_a_place_that_is_gone_leads_back_to_the_comment(database: Store, lead: Comment) -> None:
    with database.read() as tx:
        assert threads.part(tx, lead, Place("before", 10**6)).around


def plans(store: Store, act: Callable[[Connection], object]) -> list[list[str]]:
    """How SQLite finds what each query asks for that this does."""
    said: list[tuple[str, object]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *a: said.append((a[2], a[3])))
    with store.read() as tx:
        act(tx)
        asked = [(text, values) for text, values in said if text.startswith("SELECT")]
        return [
            [str(line) for line in tx.exec_driver_sql(f"explain query plan {text}", values)]  # type: ignore[arg-type]
            for text, values in asked
        ]


@pytest.mark.sqlite
def test_a_long_thread_costs_a_bounded_number_of_rows_and_no_walk_through_the_table(
    database: Store, lead: Comment
) -> None:
    found = plans(database, lambda tx: threads.part(tx, lead, also=range(1, 400)))
    assert 5 < len(found) < 15
    assert not [line for plan in found for line in plan if "SCAN comments" in line or "SCAN revisions" in line]
    assert len(ids(threads_part(database, lead))) <= 2 * NEAR + 1 + 1 + 10 + 20


@pytest.mark.sqlite
def test_our_answers_to_somebody_cost_no_walk_through_what_a_source_holds(database: Store, lead: Comment) -> None:
    with database.write() as tx:
        tx.execute(update(comments).where(comments.c.id.in_((7, MANY - 1))).values(ours=True))
    for act in (
        lambda tx: rows.our_answers(tx, 1, ["wp:2", lead.identity]),
        lambda tx: authors.of(tx, lead),
    ):
        found = plans(database, act)
        assert found
        assert not [
            line for plan in found for line in plan if "ix_comments_source_at" in line or "SCAN comments" in line
        ]
    with database.read() as tx:
        assert [one.id for one in rows.our_answers(tx, 1, ["wp:2", lead.identity])] == [MANY - 1]
        assert rows.our_answers(tx, 1, []) == []


def threads_part(database: Store, lead: Comment) -> threads.Part:
    with database.read() as tx:
        return threads.part(tx, lead, also=range(1, 400))


def test_the_signals_of_a_thread_are_those_of_its_newest_comments_as_they_were_last_assessed(
    database: Store, lead: Comment
) -> None:
    last = MANY
    with database.write() as tx:
        judged = assess(Subject("You are all idiots."))
        louder = replace(
            judged, version="another", signals=tuple(one._replace(score=0.97, by="x") for one in judged.signals)
        )
        first = [rows.assessment_row(n, 1, judged, NOW) for n in range(1, MANY + 1)]
        rows.add_assessments(tx, [*first, rows.assessment_row(last, 1, louder, NOW)])
        rows.set_columns(tx, last - 1, ours=True)
        rows.set_columns(tx, last - 2, deleted_at=NOW)
    with database.read() as tx:
        said = threads.signals(tx, lead.thread_id)
    assert len(said) == threads.TOLD_OF
    assert sum(one["abuse"] == 0.97 for one in said) == 1, "each once, by its last assessment"
