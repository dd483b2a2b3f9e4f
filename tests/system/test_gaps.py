"""A real WordPress whose feed forgets, and one that calls: nothing is missing, and nothing waits."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from ingest import hooks
from ingest.sources import add, discover
from model.person import Person
from model.words import Channel
from response import policies
from store.db import Store
from store.schema import gaps, revisions
from tests.ingest import reads
from tests.installation import installation, set_up
from tests.system.conftest import ON_BOTH
from tests.system.processes import wait_until
from tests.system.running import Levelhead
from tests.system.wordpress import WordPress
from tests.system.working import Worker
from web.hooks import address, with_wordpress

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("database")]
MANY = 300
FEW = 24
"""More than the blog's feed of comments shows, and for each of three posts fewer than its own feed does."""
CLOSED = """<?php
add_filter('rest_authentication_errors', function ($error) {
    return is_user_logged_in() ? $error : new WP_Error('rest_closed', 'Not for strangers.', ['status' => 401]);
});
"""
"""What many blogs are told to do for their safety: the interface answers nobody who is not logged in."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as made:
        policies.ensure(made)
        yield made


@pytest.fixture
def alice(store: Store) -> Person:
    return set_up(store)


def source(store: Store, alice: Person, blog: WordPress) -> int:
    found = discover(alice, blog.url, allow_private=True)
    return add(store, alice, found, name="The blog", channel=Channel.BLOG, allow_private=True)


def flood_of(store: Store, name: str) -> str:
    """What the comments of a flood begin with. Both databases have one blog, which keeps those of the other."""
    return f"We will be there, says {name} to {store.engine.dialect.name}"


def numbers(store: Store, text: str) -> list[int]:
    """The numbers of the flood's comments that were read, each as often as it was."""
    with store.read() as tx:
        texts = tx.execute(select(revisions.c.text).where(revisions.c.text.startswith(text))).scalars().all()
    return sorted(int(one.removeprefix(text)) for one in texts if re.fullmatch(r" \d+", one.removeprefix(text)))


def found(store: Store) -> Sequence[Row[Any]]:
    with store.read() as tx:
        return tx.execute(select(gaps).order_by(gaps.c.id)).all()


def filled(store: Store, but: int = 0) -> bool:
    """Whether there are more gaps than so many, and all are filled."""
    rows = found(store)
    return len(rows) > but and all(row.filled_at for row in rows)


# Each case on one of the two databases, so that each of them has a flood and a closed blog.
@pytest.mark.parametrize(
    ("database", "zone"), [("sqlite", "America/St_Johns"), ("postgresql", "UTC")], indirect=["database"]
)
def test_of_three_hundred_comments_between_two_reads_none_is_missing(
    store: Store, alice: Person, wordpress: WordPress, tmp_path: Path, zone: str
) -> None:
    wordpress.options(timezone_string=zone)
    try:
        posts = [wordpress.post(f"Post {number} of {zone}", "What do you think?") for number in range(3)]
        wordpress.comment(posts[0], "Ada", f"The first of {zone}.")
        text = flood_of(store, zone)
        source_id = source(store, alice, wordpress)
        log = tmp_path / "worker.log"
        with Worker(log, LEVELHEAD_POLL_SECONDS="2"):
            # At its first read the blog may hold the other zone's comments, as news.
            known = lambda: reads.row(store, source_id).read_at and all(row.filled_at for row in found(store))  # noqa: E731
            wait_until(known, 120, f"the first read: {log.read_text()}")
        before = len(found(store))
        wordpress.flood(posts, text, MANY)
        with Worker(log, LEVELHEAD_POLL_SECONDS="2") as worker:
            wait_until(lambda: filled(store, before), 120, f"the gap to be filled: {worker.said()}")
    finally:
        wordpress.options(timezone_string="UTC")
    assert numbers(store, text) == list(range(1, MANY + 1))
    gap = found(store)[-1]
    assert (gap.how, gap.brought >= MANY - 10) == ("interface", True)
    assert reads.row(store, source_id).problem == ""


@pytest.mark.parametrize(
    ("database", "closed"), [("sqlite", "from the start"), ("postgresql", "later on")], indirect=["database"]
)
def test_where_the_interface_is_closed_the_feeds_of_its_posts_bring_what_the_feed_forgot(
    store: Store, alice: Person, wordpress: WordPress, tmp_path: Path, closed: str
) -> None:
    posts = [wordpress.post(f"Post {number}, closed {closed}", "What do you think?") for number in range(3)]
    wordpress.comment(posts[0], "Ada", f"The first, closed {closed}.")
    text = flood_of(store, f"closed {closed}")
    try:
        if closed == "from the start":
            wordpress.plugin("closed", CLOSED)
        source_id = source(store, alice, wordpress)
        log = tmp_path / "worker.log"
        with Worker(log, LEVELHEAD_POLL_SECONDS="2") as worker:
            known = lambda: reads.row(store, source_id).read_at and all(row.filled_at for row in found(store))  # noqa: E731
            wait_until(known, 120, f"the first read: {worker.said()}")
            before = len(found(store))
            wordpress.plugin("closed", CLOSED)
        wordpress.flood(posts, text, FEW)
        with Worker(log, LEVELHEAD_POLL_SECONDS="2") as worker:
            ended = lambda: [row.way for row in found(store)[before:]] == [""]  # noqa: E731
            wait_until(ended, 120, f"the gap to be filled as far as it can be: {worker.said()}")
    finally:
        wordpress.plugin("closed", "")
    assert numbers(store, text) == list(range(1, FEW + 1))
    gap = found(store)[-1]
    # These feeds bring what they hold, and nobody can know of a post that none of them names: a person looks.
    assert (gap.brought >= FEW - 10, gap.filled_at, "under other posts" in gap.problem) == (True, None, True)
    assert reads.row(store, source_id).problem == ""


@ON_BOTH
def test_the_blog_says_that_there_is_a_comment_and_it_is_read_at_once(
    store: Store, alice: Person, wordpress: WordPress, tmp_path: Path
) -> None:
    """The plugin as it is shown, on the real blog; by its rhythm the source would be read in an hour."""
    post = wordpress.post("We open again", "On Monday.")
    source_id = source(store, alice, wordpress)
    secret = hooks.make(store, alice, source_id)
    rarely = {"LEVELHEAD_POLL_SECONDS": "3600", "LEVELHEAD_POLL_LONGEST_SECONDS": "3600"}
    with Levelhead(tmp_path, **rarely) as running:
        wordpress.plugin("levelhead", with_wordpress(address(running.url, source_id), secret))
        try:
            wait_until(lambda: reads.row(store, source_id).read_at, 60, f"the first read: {running.said()}")
            left = datetime.now(UTC)
            number = wordpress.comment(post, "Ada", "What about Tuesday?")
            there = lambda: f"wp:{number}" in {one["identity"] for one in reads.everything(store)["comments"]}  # noqa: E731
            wait_until(there, 30, f"the comment: {running.said()}")
        finally:
            wordpress.plugin("levelhead", "")
    row = reads.row(store, source_id)
    assert row.read_at is not None and (row.read_at - left).total_seconds() < 30
    assert row.asked_at is not None and row.asked_at >= left
