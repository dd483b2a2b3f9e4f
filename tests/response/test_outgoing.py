"""What is looked at before an answer goes out, and what a case shows of its many answers."""

from datetime import UTC, datetime

import pytest

from channels.shape import Rejected
from jobs import Context
from model.words import Channel, PublicationState, ResponseState
from response import attempts, views
from store import publications, responses
from tests.jobs.hands import take
from tests.response.desk import Desk

S = PublicationState


def test_a_comment_that_is_gone_when_it_is_to_be_answered_is_so_on_the_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.wordpress, "present", lambda *_: None)
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    response_id = desk.submission(submission_id).response_id
    while (begun := take(desk.store, 60)) and begun.job.name != "publish":
        pass
    assert begun is not None
    attempts.publish(Context(desk.store, begun.job, 60))
    assert desk.going_out(response_id) == [S.FAILED]
    (one,) = desk.publications(response_id)
    assert one.comment_id is not None
    assert desk.comment(one.comment_id).deleted_at == datetime.now(UTC)
    assert desk.actions().count("comment.deleted") == 1


def test_an_answer_to_a_comment_without_a_number_on_the_blog_is_not_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.blogs, "number", lambda _: None)
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    while (begun := take(desk.store, 60)) and begun.job.name != "publish":
        pass
    assert begun is not None
    intent = attempts._intent(Context(desk.store, begun.job, 60))
    assert intent is not None
    outcome = attempts._send(desk.store, intent)
    assert isinstance(outcome, Rejected)
    assert "not known any more" in outcome.message


def test_the_newest_fifty_answers_of_a_case_are_shown_and_how_many_came_before(desk: Desk) -> None:
    case_id = desk.opened(3)
    lead = desk.case(case_id).lead_comment_id
    with desk.store.write() as tx:
        (target,) = (publications.Target(Channel.BLOG, desk.source_id, 1, lead, 1),)
        made = [responses.add(tx, case_id, desk.alice.id, (target,), datetime.now(UTC)) for _ in range(53)]
        for one in made[:-1]:
            responses.change(tx, one, 1, state=ResponseState.WITHDRAWN)
    with desk.store.read() as tx:
        assert [one.id for one in responses.of_case(tx, case_id)] == made[3:]
    view = views.case_view(desk.store, case_id)
    assert view.response is not None
    assert (view.response.id, view.older_responses) == (made[-1], 3)
