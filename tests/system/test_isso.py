"""A real Isso, found from the page that embeds it and read by its Atom feed, through the paths that people use."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import sources
from model.person import Person
from model.words import Channel, SourceKind
from response import policies
from store import comments
from store.comments import Comment
from store.db import Store
from store.sources import Source
from tests.ingest import reads
from tests.installation import installation, set_up
from tests.system.isso import Isso, missing

pytestmark = pytest.mark.system
GRAVE = "My daughter was left alone at the lake and she is six."


@pytest.fixture(scope="module")
def isso() -> Iterator[Isso]:
    if lacking := missing():
        pytest.fail(f"Isso cannot run here; missing: {', '.join(lacking)}. .ci/run installs it.")
    with Isso() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as made:
        policies.ensure(made)
        yield made


@pytest.fixture
def alice(store: Store) -> Person:
    return set_up(store)


def added(store: Store, alice: Person, address: str) -> Source:
    found = sources.discover(alice, address, allow_private=True)
    source_id = sources.add(store, alice, found, name="The camp", channel=Channel.BLOG, allow_private=True)
    return reads.row(store, source_id)


def read(store: Store, source: Source) -> list[Comment]:
    """What is there after one more read, by the order of writing."""
    after = reads.read(store, source)
    assert after.problem == ""
    with store.read() as tx:
        return sorted(comments.page(tx), key=lambda one: int(one.identity.rpartition("/")[2]))


def test_comments_are_found_from_the_page_and_read_with_parents_authors_dates_and_thread(
    store: Store, alice: Person, isso: Isso
) -> None:
    first = isso.comment("/camp/", "First *line* & <b>bold</b>", "Ada")
    second = isso.comment("/camp/", "Second, below the first.", "Ben", parent=first)
    isso.comment("/camp/", GRAVE, parent=second)  # Isso nests one level deep

    source = added(store, alice, f"{isso.page}/camp/")
    assert (source.kind, source.feed_url) == (SourceKind.FEED, isso.feed("/camp/"))
    one, two, three = read(store, source)

    assert [c.author for c in (one, two, three)] == ["Ada", "Ben", ""]
    assert one.text == "First line & <b>bold</b>"
    assert (one.parent_identity, two.parent_identity, three.parent_identity) == ("", one.identity, one.identity)
    assert {c.thread_id for c in (one, two, three)} == {one.thread_id}
    with store.read() as tx:
        thread = comments.thread(tx, one.thread_id)
    assert thread is not None
    assert thread.url == f"{isso.page}/camp/"
    assert one.url == f"{isso.page}/camp/#isso-{first}"
    assert one.published_at is not None
    assert abs(datetime.now(UTC) - one.published_at) < timedelta(minutes=2)
    (case,) = reads.all_cases(store)
    assert case.lead_comment_id == three.id


def test_what_comes_later_is_seen_though_isso_says_that_nothing_changed(
    store: Store, alice: Person, isso: Isso
) -> None:
    first = isso.comment("/later/", "The first.", "Ada")
    source = added(store, alice, isso.feed("/later/"))
    assert len(read(store, source)) == 1
    isso.comment("/later/", "The second.", "Ben")
    assert [one.text for one in read(store, source)] == ["The first.", "The second."]
    isso.edit(first, "The first, mended.")
    one, _two = read(store, source)
    assert (one.text, one.revision) == ("The first, mended.", 2)


def test_a_deleted_comment_loses_nothing_that_was_read(store: Store, alice: Person, isso: Isso) -> None:
    first = isso.comment("/deleted/", "The first.", "Ada")
    isso.comment("/deleted/", "An answer.", "Ben", parent=first)
    source = added(store, alice, isso.feed("/deleted/"))
    before = [(one.text, one.revision) for one in read(store, source)]
    isso.delete(first)  # it has an answer, so Isso keeps its place
    isso.comment("/deleted/", "The third.", "Cem")
    after = read(store, source)
    assert [(one.text, one.revision) for one in after] == [*before, ("The third.", 1)]
    assert [one.deleted_at is not None for one in after] == [True, False, False]
    again = read(store, source)
    assert [one.deleted_at for one in again] == [one.deleted_at for one in after]


def test_what_waits_in_issos_queue_is_read_once_it_is_approved(store: Store, alice: Person) -> None:
    if lacking := missing():
        pytest.fail(f"Isso cannot run here; missing: {', '.join(lacking)}.")
    with Isso(moderated=True) as server:
        shown = server.comment("/queue/", "Shown at last.", "Ada")
        server.approve(shown)
        held = server.comment("/queue/", GRAVE, "Ben")
        source = added(store, alice, server.feed("/queue/"))
        assert [one.text for one in read(store, source)] == ["Shown at last."]
        server.approve(held)
        assert [one.author for one in read(store, source)] == ["Ada", "Ben"]
    assert len(reads.all_cases(store)) == 1
