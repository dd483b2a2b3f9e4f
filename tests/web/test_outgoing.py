"""What a person posted by hand, on the case: compared with what a feed shows of it, and what came of that in words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import take
from model.comment import Entry, Reading
from model.words import PublicationState
from response import publish
from response.handoffs import ELSEWHERE, PATIENCE
from store import handoffs, publications, sources
from tests.response.desk import TEXT, THREAD, Desk, desk_at
from tests.web.test_moderating import Tab
from web.ui import outgoing

THERE = f"{THREAD}#comment-9"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


def handed_over(desk: Desk) -> int:
    """A reply with every approval, where there is no account to send it with; the publication's id."""
    submission_id = desk.waiting()
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    (one,) = desk.publications(desk.submission(submission_id).response_id)
    with desk.store.write() as tx:
        publications.move(tx, one.id, one.state, PublicationState.HAND_OFF, datetime.now(UTC))
    return one.id


def feed_shows(desk: Desk, text: str) -> None:
    """At the address that was given stands this."""
    with desk.store.read() as tx:
        source = sources.get(tx, desk.source_id)
    assert source is not None
    one = Entry("c=9", "wp:9", author="Us", url=THERE, text=text, parent_identity="wp:1", thread_url=THREAD)
    take.take(desk.store, source, Reading((one,)))


def test_how_what_was_posted_by_hand_compares_is_said_on_the_case(desk: Desk) -> None:
    handed = handed_over(desk)
    assert "ompared" not in Tab(desk).shown(), "it is not posted yet"
    publish.posted_by_hand(desk.store, desk.alice, handed, THERE)
    assert "Not compared yet: no feed has shown it so far." in Tab(desk).shown()
    desk.clock.shift(PATIENCE - timedelta(seconds=1))
    assert "Not compared yet" in Tab(desk).shown()
    desk.clock.shift(timedelta(seconds=1))
    assert "Not verified yet: in 3 d no feed has shown it. Open its address and look." in Tab(desk).shown()

    feed_shows(desk, "We are sorry. <b>Or not.</b>")
    shown = Tab(desk).shown()
    assert "Not verified. The channel shows" in shown
    assert "&lt;b&gt;Or not.&lt;/b&gt;" in shown
    assert " was sent. Read Thu 5 Mar 2026, " in shown

    feed_shows(desk, TEXT)
    shown = Tab(desk).shown()
    assert "Verified Thu 5 Mar 2026, " in shown
    assert ": exactly the approved words were read there." in shown
    assert "Not verified" not in shown

    with desk.store.read() as tx:
        posted = handoffs.get(tx, handed)
    assert posted is not None
    said = outgoing._compared(replace(posted, difference=ELSEWHERE))
    assert said.startswith("<small>Verified Thu 5 Mar 2026, ")
    assert said.endswith(f". {ELSEWHERE}</small>")
