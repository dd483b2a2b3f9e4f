"""A blog that cannot be reached when an answer is to go out: nothing was sent, so it is tried again by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from model.words import PublicationState, ResponseState
from response import attempts, drafts, outcomes, publish
from store import publications, responses, sources
from store.publications import Publication
from tests.response.desk import Desk
from tests.system.answering import work
from tests.system.processes import free_port
from web.ui import outgoing

S = PublicationState
SAID = "Before sending, the blog could not be asked: 127.0.0.1 cannot be reached. Nothing was sent."


@pytest.fixture
def waiting(desk: Desk) -> int:
    """An approved answer to a comment of a blog that nothing answers for; returns its response's id."""
    with desk.store.write() as tx:
        nobody = f"http://127.0.0.1:{free_port()}/wp-json/"
        sources.change(tx, desk.source_id, api_url=nobody, allow_private=True)
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    return desk.submission(submission_id).response_id


def now(desk: Desk, response_id: int) -> Publication:
    (found,) = desk.publications(response_id)
    return found


def go_on(desk: Desk, response_id: int) -> Publication:
    """The next attempt, at the moment it is to be made and not before."""
    before = now(desk, response_id)
    left = (before.not_before - datetime.now(UTC)).total_seconds()
    if left > 0:
        desk.clock.shift(left - 0.001)
        work(desk.store)
        assert now(desk, response_id).attempt == before.attempt
        desk.clock.shift(0.002)
    work(desk.store)
    return now(desk, response_id)


def test_it_is_tried_again_for_an_hour_and_then_waits_for_a_person(desk: Desk, waiting: int) -> None:
    began = datetime.now(UTC)
    first = go_on(desk, waiting)
    assert (first.state, first.attempt) == (S.SCHEDULED, 1)
    assert first.problem == f"{SAID} It is tried again by itself for about an hour."
    assert first.not_before - began < timedelta(seconds=10)
    assert desk.response(waiting).state is ResponseState.APPROVED
    while (last := go_on(desk, waiting)).state is S.SCHEDULED:
        assert last.not_before - began < timedelta(hours=1.1)
    assert (last.state, last.problem) == (S.FAILED, SAID)
    assert datetime.now(UTC) - began > timedelta(hours=0.9)
    assert desk.response(waiting).state is ResponseState.HELD
    with desk.store.read() as tx:
        made = publications.attempts_of(tx, [last.id])
    assert [one.outcome for one in made] == ["failed"] * (len(attempts.PAUSES_S) + 1)
    assert desk.actions().count("publication.waits") == len(attempts.PAUSES_S)

    publish.send_again(desk.store, desk.alice, last.id)
    again = go_on(desk, waiting)
    assert (again.state, again.attempt) == (S.SCHEDULED, len(made) + 1)
    assert desk.audit_holds()


def test_its_case_says_when_it_is_tried_again(desk: Desk, waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)
    assert outgoing.state(now(desk, waiting)) == "Goes out in a moment"
    assert outgoing.state(go_on(desk, waiting)) == "Not sent yet. Next try: Mon 2 Mar 2026, 09:00"


def test_while_it_waits_for_the_blog_it_can_be_taken_back(desk: Desk, waiting: int) -> None:
    go_on(desk, waiting)
    drafts.take_back(desk.store, desk.alice, waiting)
    desk.clock.shift(3600)
    work(desk.store)
    assert (now(desk, waiting).state, now(desk, waiting).attempt) == (S.DROPPED, 1)


def test_each_attempt_goes_through_the_gate(desk: Desk, waiting: int) -> None:
    first = go_on(desk, waiting)
    with desk.store.write() as tx:
        responses.set_send_until(tx, first.submission_id, datetime.now(UTC))
    stopped = go_on(desk, waiting)
    assert (stopped.state, stopped.attempt) == (S.HELD, 1)
    assert "has expired" in stopped.problem


def test_what_is_in_doubt_is_not_tried_again_by_itself(desk: Desk, waiting: int) -> None:
    one = now(desk, waiting)
    with desk.store.write() as tx:
        broken_off = publications.begin_attempt(tx, one.id, 1, 1, datetime.now(UTC))
        publications.end_attempt(tx, broken_off, "unconfirmed", "", datetime.now(UTC))
        publications.move(tx, one.id, one.state, S.PUBLISHING, datetime.now(UTC), attempt=1)
    with desk.store.write() as tx:
        outcomes.stopped(tx, now(desk, waiting), S.UNCONFIRMED, "Nobody knows.", datetime.now(UTC))
    publish.send_again(desk.store, desk.alice, one.id)
    stopped = go_on(desk, waiting)
    assert (stopped.state, stopped.attempt) == (S.UNCONFIRMED, 2)
    assert stopped.problem.startswith(SAID)
