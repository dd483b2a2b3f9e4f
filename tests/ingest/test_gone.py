"""What was purged or erased is not taken anew, as long as the source may show it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from ingest.take import Taken, take
from model.comment import Entry, Reading
from store import erasure
from store.db import Store
from store.erasure import Who
from store.keys import keys
from store.purge import Purge
from store.schema import cases, comments, revisions
from store.sources import Source
from tests.installation import set_up

NOW = datetime.now(UTC)
CALM, GRAVE = "The garden is lovely, thank you.", "I will kill the director, I know where she lives."


def entry(number: int, text: str, author: str = "Ann") -> Entry:
    address = f"https://blog.example.org/?p=1#comment-{number}"
    return Entry(
        identity=f"wp:{number}",
        external_id=address,
        parent_identity="",
        thread_url="https://blog.example.org/?p=1",
        thread_title="A post",
        thread_text="",
        author=author,
        author_id="",
        url=address,
        text=text,
        html=f"<p>{text}</p>",
        published_at=NOW - timedelta(days=2),
        status="",
    )


def reading(*entries: Entry) -> Reading:
    return Reading(entries, ())


def count(store: Store) -> tuple[int, int]:
    with store.read() as tx:
        return tuple(tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (comments, cases))  # type: ignore[return-value]


def test_a_purged_comment_stays_away_edited_or_not_and_makes_no_gap(store: Store, blog: Source) -> None:
    shown = [entry(number, CALM) for number in (1, 2, 3)]
    assert take(store, blog, reading(*shown)).new == 3
    with store.write() as tx:
        tx.execute(update(comments).values(read_at=NOW - timedelta(days=400)))
    Purge(store).run()
    assert count(store) == (1, 0), "the newest stays, so that its number is not given again"
    assert take(store, blog, reading(*shown)) == Taken()
    edited = [entry(number, CALM + " Really.") for number in (1, 2)]
    assert take(store, blog, reading(*edited)) == Taken()
    assert take(store, blog, reading(*shown, entry(4, CALM))).new == 1


def test_an_erased_comment_stays_away_although_the_feed_shows_it_and_its_edits(store: Store, blog: Source) -> None:
    alice = set_up(store)
    shown = [entry(1, GRAVE, "Kim"), entry(2, CALM)]
    assert take(store, blog, reading(*shown)).cases == 1
    erasure.erase(store, keys(), Who(author="Kim"), "asked for it", by=alice.id, now=NOW)
    for again in (shown, [entry(1, GRAVE + " Still no answer.", "Kim"), shown[1]]):
        assert take(store, blog, reading(*again)) == Taken()
    with store.read() as tx:
        row = tx.execute(
            select(comments.c.author, comments.c.deleted_at, comments.c.revision).order_by(comments.c.id)
        ).first()
        texts = tx.execute(select(revisions.c.text).order_by(revisions.c.id)).scalars().all()
    assert row is not None
    assert (row.author, row.deleted_at is not None, row.revision) == ("", True, 1)
    assert texts == ["", CALM]
    assert count(store) == (2, 1)
