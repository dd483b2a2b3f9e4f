"""At most once, where the database fails between the blog's answer and our commit: answers of which each has come to
another step when the server is killed, the connections are cut, what it says to a commit is lost, the disk is full, or
somebody else holds the file.

What reached the blog is found there afterwards, and of nothing else it is said that it did.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random

import psycopg
import pytest
from sqlalchemy import select

from model.words import PublicationState
from store.schema import audit
from tests import postgres
from tests.soak.faults import Fault, Hand
from tests.soak.halting import AFTER_THE_CALL, AFTER_THE_INTENT, BEFORE_THE_COMMIT, BEFORE_THE_INTENT, CONNECTED
from tests.soak.publishing import scene
from tests.soak.rounds import Scene, Story, approve, count, decide, submit
from tests.system.deaf import Deaf, deaf
from tests.system.processes import wait_until
from tests.system.soundness import faults
from tests.system.test_faults import fill, held_database, small_disk
from tests.system.wordpress import WordPress

pytestmark = pytest.mark.system

Strike = Callable[[Scene], AbstractContextManager[object]]
LEASE_S, LOOK_S = 8, 3
AWAY_S = 4.0
WITHIN_S = 90
SEED = 7
BEFORE = (BEFORE_THE_INTENT, AFTER_THE_INTENT, CONNECTED)
"""The blog has nothing yet, and may get it before the database is back."""


@contextmanager
def killed(here: Scene) -> Iterator[None]:
    """The server is killed, and comes back after some seconds."""
    with postgres.killed():
        yield
        gone_since = time.monotonic()
        wait_until(lambda: time.monotonic() - gone_since > AWAY_S, 2 * AWAY_S, "some seconds")


@contextmanager
def cut(here: Scene) -> Iterator[None]:
    """Every connection is cut, also that of whoever is in the middle of a change."""
    url = here.us.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"select pg_terminate_backend(pid) {others}".encode())
    yield


@contextmanager
def full(here: Scene) -> Iterator[None]:
    """There is no room left on the disk of the database."""
    assert here.us.store.file is not None
    ballast = fill(here.us.store.file.parent)
    yield
    ballast.unlink()


@contextmanager
def held(here: Scene) -> Iterator[None]:
    """Another process holds the database for longer than anybody waits for it."""
    with held_database():
        yield


def with_nothing_to_spare(here: Scene) -> None:
    """SQLite's log is emptied: what it took once, it could write over on a full disk."""
    if here.us.store.file is not None:
        with sqlite3.connect(here.us.store.file, timeout=30) as connection:
            busy, *_ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
            assert not busy
        connection.close()


def arrived(here: Scene, story: Story) -> None:
    hit = here.folder / f"hit-{story.fault.step}-{story.asked}"
    wait_until(hit.exists, WITHIN_S, f"a worker to be {story.fault.step}")


def play(here: Scene, steps: Sequence[str], strike: Strike, fail: Sequence[str]) -> dict[str, Story]:
    """An answer comes to each of the steps before it strikes, all go on, and it is over once the attempts at the steps
    `fail` have failed; then a person decides what is left to people. Returns the stories by step."""
    stories = [
        Story(number, Fault(step, step, Hand.FREEZE), f"We call you today – round {number}.")
        for number, step in enumerate(steps, 1)
    ]
    with ThreadPoolExecutor(len(stories)) as pool:
        sent = list(pool.map(lambda story: submit(here, story), stories))
    for story, submission_id in zip(stories, sent, strict=True):
        if story is stories[-1]:  # once it is before its commit nobody else can write
            for other in stories[:-1]:
                arrived(here, other)
            with_nothing_to_spare(here)
        approve(here, story, submission_id)
    arrived(here, stories[-1])
    with strike(here):
        for story in stories:
            (here.folder / f"go-{story.fault.step}-{story.asked}").touch()
        for story in stories:
            if story.fault.step in fail:
                said = f"job publish {story.publication_id} failed"
                wait_until(lambda said=said: said in here.crew.said(), WITHIN_S, f"{story.fault.step}: {said}")  # type: ignore[misc]
    for story in stories:
        decide(here, story, Random(SEED))
        count(here, story)
    return {story.fault.step: story for story in stories}


def assert_once(here: Scene, stories: dict[str, Story], fail: Sequence[str]) -> None:
    """No answer is there twice, and each that the blog had is found there, with no person asked and nothing resent."""
    said = "\n".join([*(f"{step}: {one}" for step, one in stories.items()), *sorted(set(here.crew.errors()))])
    assert not [wrong for one in stories.values() for wrong in one.wrong], said
    for step in {AFTER_THE_CALL, BEFORE_THE_COMMIT} & set(stories):
        one = stories[step]
        assert (one.ended, one.replies, one.sent_again) == (PublicationState.PUBLISHED, 1, 0), said
        assert one.found_by_a_look or step not in fail, said
    for one in stories.values():
        assert one.replies == (one.ended is PublicationState.PUBLISHED), said
        assert here.proxy.arrived[one.asked] == one.replies, said
    with here.us.store.read() as tx:
        told = list(tx.execute(select(audit.c.action)).scalars())
    assert told.count("publication.published") == sum(one.replies for one in stories.values())
    assert faults(here.us.store) == []
    assert here.crew.ended_by_themselves == 0


@pytest.mark.parametrize(
    ("strike", "fail"),
    [(killed, (AFTER_THE_CALL, BEFORE_THE_COMMIT)), (cut, (BEFORE_THE_COMMIT,))],
    ids=["the server is killed", "the connections are cut"],
)
def test_a_server_that_fails_while_answers_go_out(
    tmp_path: Path, wordpress: WordPress, strike: Strike, fail: Sequence[str]
) -> None:
    with scene(tmp_path, wordpress, "postgresql", LEASE_S, LOOK_S) as here:
        stories = play(here, (*BEFORE, AFTER_THE_CALL, BEFORE_THE_COMMIT), strike, fail)
        assert_once(here, stories, fail)


def test_commits_whose_acknowledgement_is_lost_while_answers_go_out(tmp_path: Path, wordpress: WordPress) -> None:
    """What was done is done, though whoever did it heard that it failed, and so did what they tried after it."""
    betweens: list[Deaf] = []

    @contextmanager
    def through(url: str) -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder, deaf(url, Path(folder)) as between:
            betweens.append(between)
            yield between.url

    @contextmanager
    def unheard(here: Scene) -> Iterator[None]:
        betweens[0].loses = True
        yield
        betweens[0].loses = False

    fail = (AFTER_THE_CALL, BEFORE_THE_COMMIT)
    with scene(tmp_path, wordpress, "postgresql", LEASE_S, LOOK_S, through=through) as here:
        stories = play(here, (*BEFORE, *fail), unheard, fail)
        assert betweens[0].lost >= len(fail)
        assert_once(here, stories, ())
        assert not stories[BEFORE_THE_COMMIT].found_by_a_look, "it was on record already that this one went out"


def test_a_disk_that_is_full_while_answers_go_out(tmp_path: Path, wordpress: WordPress) -> None:
    fail = (AFTER_THE_CALL, BEFORE_THE_COMMIT)
    with (
        small_disk(tmp_path / "disk", 60) as disk,
        scene(disk, wordpress, "sqlite", LEASE_S, LOOK_S, beside=tmp_path / "beside") as here,
    ):
        assert_once(here, play(here, (*BEFORE, *fail), full, fail), fail)


def test_a_file_that_somebody_holds_while_answers_go_out(tmp_path: Path, wordpress: WordPress) -> None:
    fail = (AFTER_THE_CALL,)
    with scene(tmp_path, wordpress, "sqlite", LEASE_S, LOOK_S) as here:
        assert_once(here, play(here, (*BEFORE, *fail), held, fail), fail)
