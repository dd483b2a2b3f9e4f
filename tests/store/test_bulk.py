"""Many rows at once are the rows that a plain insertion makes."""

from sqlalchemy import delete, insert, select

from store.bulk import add_rows
from store.db import Store
from store.schema import sources, threads
from tests.store.conftest import NOW

SOURCE = {"id": 7, "name": "A", "channel": "blog", "kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}


def test_rows_are_what_a_plain_insertion_makes_of_them(database: Store) -> None:
    rows = [
        {**SOURCE, "id": number, "account": {"may": ["é", None, number]}, "read_at": at, "active": bool(number % 2)}
        for number, at in ((1, None), (2, NOW), (3, NOW))
    ]
    everything = select(sources).order_by(sources.c.id)
    with database.write() as tx:
        tx.execute(insert(sources), rows)
        expected = [row._asdict() for row in tx.execute(everything)]
        tx.execute(delete(sources))
        add_rows(tx, sources, expected)
        assert [row._asdict() for row in tx.execute(everything)] == expected


def test_the_order_of_the_names_does_not_matter_and_none_are_no_rows(database: Store) -> None:
    with database.write() as tx:
        add_rows(tx, threads, [])
        tx.execute(insert(sources), [SOURCE])
        add_rows(tx, threads, [{"text": "t", "url": "u", "title": "n", "source_id": 7}])
        add_rows(tx, threads, [{"source_id": 7, "url": "v", "title": "m", "text": "s"}])
        found = tx.execute(select(threads.c.url, threads.c.title, threads.c.text).order_by(threads.c.url)).all()
    assert [tuple(row) for row in found] == [("u", "n", "t"), ("v", "m", "s")]


def test_what_is_not_named_gets_its_default(database: Store) -> None:
    with database.write() as tx:
        tx.execute(insert(sources), [SOURCE])
        add_rows(tx, threads, [{"source_id": 7, "url": "u"}, {"source_id": 7, "url": "v"}])
        found = tx.execute(select(threads.c.url, threads.c.title).order_by(threads.c.url)).all()
    assert [tuple(row) for row in found] == [("u", ""), ("v", "")]
