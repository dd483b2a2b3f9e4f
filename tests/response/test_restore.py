"""After a restore nobody here knows what became of what was on its way out: it waits until a person releases it."""

from datetime import UTC, datetime

import pytest

from channels.shape import Posted
from jobs import Context
from model.errors import Conflict, LevelheadError
from model.words import PublicationState, ResponseState
from response import attempts, drafts, outcomes, publish
from response.outgoing import outgoing
from store import audit, people, publications
from tests.jobs.hands import finish, take
from tests.response.desk import Desk

S = PublicationState


def on_its_way(desk: Desk, state: PublicationState) -> int:
    """A response with every approval; its publication is `state`, with an open attempt when it is being sent."""
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    response_id = desk.submission(submission_id).response_id
    (publication,) = desk.publications(response_id)
    assert publication.state is S.SCHEDULED
    if state is S.PUBLISHING:
        now = datetime.now(UTC)
        with desk.store.write() as tx:
            publications.begin_attempt(tx, publication.id, 1, 1, now)
            values = {"attempt": 1, "fence": 1, "looking_since": now, "look_at": now}
            publications.move(tx, publication.id, S.SCHEDULED, state, now, **values)
    return response_id


@pytest.mark.parametrize("state", [S.SCHEDULED, S.PUBLISHING])
def test_what_was_on_its_way_is_held_after_a_restore_until_a_person_releases_it(
    desk: Desk, state: PublicationState
) -> None:
    response_id = on_its_way(desk, state)
    with desk.store.write() as tx:
        assert publications.hold_after_restore(tx, datetime.now(UTC)) == 1
    (held,) = desk.publications(response_id)
    assert (held.state, held.problem) == (S.HELD, publications.AFTER_A_RESTORE)
    assert (held.looking_since, held.look_at) == (None, None)
    assert desk.response(response_id).state is ResponseState.HELD
    assert desk.actions()[-1] == "publication.held"
    with desk.store.read() as tx:
        assert audit.verify(tx).holds
        attempts = publications.attempts_of(tx, [held.id])
        assert publications.open_attempt(tx, held.id) is None
        assert not publications.overdue(tx, datetime.now(UTC))
    assert [(one.outcome, one.detail) for one in attempts] == (
        [("unknown", "Unknown after a restore.")] if state is S.PUBLISHING else []
    )

    publish.send_again(desk.store, desk.alice, held.id)
    (released,) = desk.publications(response_id)
    assert released.state is S.SCHEDULED
    assert released.released_at
    assert desk.response(response_id).state is ResponseState.APPROVED


def test_nothing_else_is_touched_by_a_restore(desk: Desk) -> None:
    response_id = on_its_way(desk, S.SCHEDULED)
    (publication,) = desk.publications(response_id)
    with desk.store.write() as tx:
        publications.move(tx, publication.id, S.SCHEDULED, S.PUBLISHED, datetime.now(UTC))
    before = desk.actions()
    with desk.store.write() as tx:
        assert publications.hold_after_restore(tx, datetime.now(UTC)) == 0
    assert desk.going_out(response_id) == [S.PUBLISHED]
    assert desk.actions() == before


@pytest.mark.parametrize("state", [S.SCHEDULED, S.PUBLISHING])
def test_what_a_restore_holds_is_not_taken_back_before_a_person_looked(desk: Desk, state: PublicationState) -> None:
    response_id = on_its_way(desk, state)
    with desk.store.write() as tx:
        publications.hold_after_restore(tx, datetime.now(UTC))
    with pytest.raises(Conflict, match="Look there first"):
        drafts.take_back(desk.store, desk.alice, response_id)
    assert desk.going_out(response_id) == [S.HELD]


@pytest.mark.parametrize("state", [S.SCHEDULED, S.PUBLISHING])
def test_a_person_who_found_it_after_a_restore_says_so(desk: Desk, state: PublicationState) -> None:
    response_id = on_its_way(desk, state)
    with desk.store.write() as tx:
        publications.hold_after_restore(tx, datetime.now(UTC))
    (held,) = desk.publications(response_id)
    publish.posted_by_hand(desk.store, desk.alice, held.id, "https://blog.example.org/garden#comment-9")
    assert desk.going_out(response_id) == [S.PUBLISHED]


@pytest.mark.parametrize("state", [S.HELD, S.FAILED, S.HAND_OFF])
def test_what_waited_for_a_person_then_may_have_gone_out_since_the_backup(desk: Desk, state: PublicationState) -> None:
    """It was sent again, or posted by hand, after the backup: nobody here knows."""
    response_id = on_its_way(desk, S.SCHEDULED)
    (one,) = desk.publications(response_id)
    with desk.store.write() as tx:
        if state is S.HAND_OFF:
            publications.move(tx, one.id, one.state, state, datetime.now(UTC))
        else:
            outcomes.stopped(tx, one, state, "It is paused.", datetime.now(UTC))
        assert publications.hold_after_restore(tx, datetime.now(UTC)) == 1
    (one,) = desk.publications(response_id)
    assert one.state is state
    assert one.problem == f"{'It is paused. ' * (state is not S.HAND_OFF)}{publications.SINCE_THE_BACKUP}"
    assert desk.actions()[-1] == "publication.in_doubt"
    with pytest.raises(Conflict, match="Look there first"):
        drafts.take_back(desk.store, desk.alice, response_id)
    publish.drop(desk.store, desk.alice, one.id)
    assert desk.going_out(response_id) == [S.DROPPED]


def released(desk: Desk) -> tuple[int, Context]:
    """What was only scheduled at the backup, held by its restore, and released; and the worker that has the job."""
    response_id = on_its_way(desk, S.SCHEDULED)
    while begun := take(desk.store, 60):
        assert finish(begun)
    with desk.store.write() as tx:
        publications.hold_after_restore(tx, datetime.now(UTC))
    (one,) = desk.publications(response_id)
    publish.send_again(desk.store, desk.alice, one.id)
    begun = take(desk.store, 60)
    assert begun is not None
    return response_id, Context(desk.store, begun.job, 60)


def test_what_a_restore_held_stays_in_doubt_when_it_is_released_and_nobody_could_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.looks, "search", down)
    monkeypatch.setattr(attempts, "stops", lambda _: ("Paused.",))
    response_id, context = released(desk)
    with pytest.raises(Conflict, match="Look there first"):
        drafts.take_back(desk.store, desk.alice, response_id)
    attempts.publish(context)
    assert desk.going_out(response_id) == [S.UNCONFIRMED]
    with pytest.raises(Conflict, match="already on its way out"):
        drafts.take_back(desk.store, desk.alice, response_id)


def test_what_a_restore_held_can_be_taken_back_once_it_was_looked_for_in_vain(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.looks, "search", lambda _: "It is not there.")
    monkeypatch.setattr(attempts.looks, "unknown_answer", lambda _: None)
    monkeypatch.setattr(attempts, "stops", lambda _: ("Paused.",))
    response_id, context = released(desk)
    attempts.publish(context)
    (one,) = desk.publications(response_id)
    assert (one.state, one.problem, one.restored_at) == (S.HELD, "Paused.", None)
    assert "publication.looked" in desk.actions()
    drafts.take_back(desk.store, desk.alice, response_id)
    assert desk.going_out(response_id) == [S.DROPPED]


def test_another_answer_of_ours_since_the_backup_is_told_before_anything_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken back, written anew and sent after the backup; what is held here is the former text."""
    other = Posted("wp:8", "https://blog.example.org/garden#comment-8", "approved", "Another text.", "")
    monkeypatch.setattr(attempts.looks, "search", lambda _: "It is not there.")
    monkeypatch.setattr(attempts.looks, "unknown_answer", lambda _: other)
    response_id, context = released(desk)
    attempts.publish(context)
    (one,) = desk.publications(response_id)
    assert (one.state, one.attempt) == (S.HELD, 0)
    assert other.url in one.problem
    assert desk.response(response_id).state is ResponseState.HELD
    assert desk.audit_holds()


def test_answers_between_the_backup_and_the_restore_are_new_to_whoever_writes_after_it(desk: Desk) -> None:
    """A draft of the backup was finished and sent after it: who writes it once more learns of that."""
    known = Posted("wp:7", "https://blog.example.org/garden#comment-7", "approved", "", "")
    first = on_its_way(desk, S.SCHEDULED)
    (one,) = desk.publications(first)
    with desk.store.write() as tx:
        outcomes.posted(tx, one, known, "", datetime.now(UTC))
    backup = datetime.now(UTC)
    with desk.store.write() as tx:
        people.set_fact(tx, publications.RESTORED, backup.isoformat())
    desk.clock.shift(86_400)
    desk.reads(1, "You published my address again.", 3, "privacy")
    submission_id = desk.sent(desk.written(desk.queue()[0]))
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    (again,) = desk.publications(desk.submission(submission_id).response_id)
    with desk.store.read() as tx:
        what = outgoing(tx, again.id)
    assert what is not None
    assert what.known_until == backup
    assert what.known == {"wp:7"}

    with desk.store.write() as tx:
        outcomes.stopped(tx, again, S.FAILED, "Our account has answered it since.", datetime.now(UTC))
    publish.send_again(desk.store, desk.alice, again.id)
    with desk.store.read() as tx:
        what = outgoing(tx, again.id)
    assert what is not None
    assert (what.known_until, what.known) == (datetime.now(UTC), frozenset())


def down(*_: object) -> None:
    raise LevelheadError("It is down.")


def sent_again(desk: Desk) -> tuple[int, Context]:
    """An answer in doubt that a person sends again, and the worker that has the job."""
    response_id = on_its_way(desk, S.PUBLISHING)
    (one,) = desk.publications(response_id)
    while begun := take(desk.store, 60):
        assert finish(begun)
    now = datetime.now(UTC)
    with desk.store.write() as tx:
        left = publications.open_attempt(tx, one.id)
        assert left is not None
        publications.end_attempt(tx, left.id, "unconfirmed", "", now)
        outcomes.stopped(tx, one, S.UNCONFIRMED, "Nobody knows.", now)
    publish.send_again(desk.store, desk.alice, one.id)
    begun = take(desk.store, 60)
    assert begun is not None
    assert begun.job.name == "publish"
    return response_id, Context(desk.store, begun.job, 60)


@pytest.mark.parametrize("gate_stops", [False, True])
def test_what_was_in_doubt_stays_in_doubt_when_sending_it_again_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, gate_stops: bool
) -> None:
    monkeypatch.setattr(attempts.looks, "search", down)
    monkeypatch.setattr(attempts.wordpress, "present", down)
    response_id, context = sent_again(desk)
    if gate_stops:
        monkeypatch.setattr(attempts, "stops", lambda _: ("Paused.",))
    attempts.publish(context)
    (one,) = desk.publications(response_id)
    assert one.state is S.UNCONFIRMED
    assert "earlier attempt" in one.problem


def test_a_worker_that_slept_through_its_lease_writes_no_intent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts.looks, "search", lambda _: "It is not there.")
    response_id, context = sent_again(desk)
    desk.clock.shift(61)
    attempts.publish(context)
    (one,) = desk.publications(response_id)
    assert (one.state, one.attempt) == (S.SCHEDULED, 1)
    assert context.refused.is_set()
