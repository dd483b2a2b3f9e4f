"""What is done to a comment on its blog: who has to approve it, what stops it, and that it is done once and for all."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from unittest.mock import patch

import pytest
from sqlalchemy import select

from model import clock
from model.errors import BadInput, Conflict, LevelheadError, NotAllowed
from model.words import HIDES, Action, DecisionKind, ResponseState
from response import cases, drafts, moderation
from store import audit, comments, erasure, moderations, responses, sources
from store.schema import jobs
from tests.ingest.interface import Interface
from tests.response.desk import Desk
from tests.response.moderating import (
    CRITIC,
    A,
    M,
    approved,
    ask,
    calm,
    critic,
    five_times,
    row,
    submission,
    switched_off,
    work,
)

# --- who has to approve it -------------------------------------------------------------------------------------------


def test_hiding_a_critic_takes_the_route_with_its_reason_and_then_the_blog_has_changed(
    desk: Desk, blog: Interface
) -> None:
    response_id = ask(desk, critic(desk, blog), A.TRASH)
    sent = submission(desk, response_id)
    assert desk.levels(sent) == [1, 2]
    (waiting,) = desk.list_of(desk.bob)
    assert (waiting.action, waiting.text, waiting.about) == (A.TRASH, "It names a child.", CRITIC)
    desk.approved(desk.bob, submission_id=sent)
    assert blog.comments[1]["status"] == "approved"
    desk.approved(desk.carla, submission_id=sent)
    assert work(desk, response_id).state is M.DONE
    assert blog.comments[1]["status"] == "trash"
    comment = desk.comment(row(desk, response_id).comment_id)
    assert (comment.status, comment.deleted_at is not None) == ("trash", True)
    assert desk.response(response_id).state is ResponseState.PUBLISHED
    assert {"moderation.asked", "moderation.scheduled", "moderation.attempt", "moderation.done"} <= {*desk.actions()}
    assert desk.audit_holds()


def test_hiding_a_critic_without_a_reason_is_refused(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    for action in HIDES:
        with pytest.raises(BadInput, match="reason"):
            ask(desk, comment_id, action, "  ")


def test_who_asked_for_it_cannot_approve_it(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, critic(desk, blog), A.SPAM)
    with pytest.raises(NotAllowed):
        desk.decides(desk.alice, submission(desk, response_id))


def test_a_rejection_leaves_the_comment_where_it_is(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    response_id = ask(desk, comment_id, A.HOLD)
    desk.decides(desk.bob, submission(desk, response_id), DecisionKind.REJECT, "The reader is right.")
    desk.passes_on()
    assert desk.response(response_id).state is ResponseState.REJECTED
    with desk.store.read() as tx:
        assert moderations.of_responses(tx, [response_id]) == []
    ask(desk, comment_id, A.HOLD)


@pytest.mark.parametrize("action", [A.HOLD, A.SPAM, A.TRASH])
def test_what_raises_no_concern_is_hidden_by_own_authority(desk: Desk, blog: Interface, action: Action) -> None:
    response_id = ask(desk, calm(desk, blog), action, "")
    assert desk.levels(submission(desk, response_id)) == []
    assert work(desk, response_id).state is M.SCHEDULED
    desk.clock.shift(11)
    assert work(desk, response_id).state is M.DONE
    assert blog.comments[2]["status"] == moderation.BECOMES[action]


def test_what_a_person_made_a_case_of_is_flagged_too_and_so_is_what_could_not_be_assessed(
    desk: Desk, blog: Interface
) -> None:
    comment_id = calm(desk, blog)
    cases.raise_case(desk.store, desk.alice, comment_id)
    assert desk.levels(submission(desk, ask(desk, comment_id, A.TRASH))) == [1, 2]
    blog.has(3, text="Unread.")
    unread = desk.reads(3, "Unread.", 0, degraded=("matters",), thread="https://blog.example.org/other")
    assert desk.levels(submission(desk, ask(desk, unread, A.TRASH)))


def test_a_case_closed_as_spam_is_no_way_around_the_route(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    cases.mark_spam(desk.store, desk.alice, 1, desk.case(1).version)
    assert desk.levels(submission(desk, ask(desk, comment_id, A.TRASH))) == [1, 2]


def test_whoever_edits_a_comment_does_not_take_it_out_of_its_case(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    blog.has(1, text="All is well.")
    assert desk.reads(1, "All is well.") == comment_id
    assert desk.levels(submission(desk, ask(desk, comment_id, A.TRASH))) == [1, 2]


def test_showing_a_comment_on_hold_is_own_authority(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    blog.comments[1]["status"] = "hold"
    with desk.store.write() as tx:
        comments.change(tx, comment_id, status="hold")
    response_id = ask(desk, comment_id, A.APPROVE, "")
    desk.clock.shift(11)
    assert work(desk, response_id).state is M.DONE
    assert (blog.comments[1]["status"], desk.comment(comment_id).status) == ("approved", "approved")


def test_a_level_that_somebody_escalated_to_is_asked_too(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    response_id = ask(desk, comment_id, A.TRASH)
    cases.escalate(desk.store, desk.alice, 1, "The board must know.", to_level=5)
    assert desk.levels(submission(desk, response_id)) == [1, 2, 5]
    drafts.withdraw(desk.store, desk.alice, response_id)
    assert desk.levels(submission(desk, ask(desk, comment_id, A.HOLD))) == [1, 2, 5]


# --- undo, giving up, putting back -----------------------------------------------------------------------------------


def test_undo_within_the_seconds_leaves_the_blog_as_it_was(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, calm(desk, blog), A.TRASH, "")
    desk.clock.shift(9)
    with pytest.raises(Conflict):
        moderation.undo(desk.store, desk.dave, row(desk, response_id).id)
    moderation.undo(desk.store, desk.alice, row(desk, response_id).id)
    desk.clock.shift(60)
    assert work(desk, response_id).state is M.UNDONE
    assert (blog.comments[2]["status"], blog.asked()) == ("approved", [])
    assert desk.response(response_id).state is ResponseState.WITHDRAWN


def test_afterwards_it_can_be_put_back_the_same_way(desk: Desk, blog: Interface) -> None:
    comment_id = calm(desk, blog)
    response_id = ask(desk, comment_id, A.TRASH, "")
    desk.clock.shift(11)
    with pytest.raises(Conflict, match="over"):
        moderation.undo(desk.store, desk.alice, row(desk, response_id).id)
    work(desk, response_id)
    back = ask(desk, comment_id, A.APPROVE, "")
    desk.clock.shift(11)
    assert work(desk, back).state is M.DONE
    assert (blog.comments[2]["status"], desk.comment(comment_id).deleted_at) == ("approved", None)


@pytest.mark.parametrize("before", ["hold", "spam"])
def test_what_lay_elsewhere_before_it_was_binned_goes_back_there(desk: Desk, blog: Interface, before: str) -> None:
    comment_id = calm(desk, blog)
    blog.comments[2]["status"] = before
    with desk.store.write() as tx:
        comments.change(tx, comment_id, status=before)
    binned = ask(desk, comment_id, A.TRASH, "")
    desk.clock.shift(11)
    back = moderation.way_back(work(desk, binned).status_before)
    assert back is not None
    again = ask(desk, comment_id, back, "")
    desk.clock.shift(11)
    assert work(desk, again).state is M.DONE
    assert (blog.comments[2]["status"], desk.comment(comment_id).deleted_at) == (before, None)


def test_what_was_shown_is_shown_again_and_of_an_unknown_word_nobody_knows_the_way_back() -> None:
    assert [moderation.way_back(word) for word in ("", "approved", "post-trashed")] == [A.APPROVE, A.APPROVE, None]


def test_it_can_be_given_up_while_it_waits_and_one_thing_is_done_at_a_time(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    response_id = ask(desk, comment_id, A.TRASH)
    with pytest.raises(Conflict, match="under way"):
        ask(desk, comment_id, A.SPAM)
    drafts.withdraw(desk.store, desk.alice, response_id)
    assert desk.list_of(desk.bob) == []
    ask(desk, comment_id, A.SPAM)


def test_a_reply_and_something_done_to_the_comment_go_their_own_ways(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    reply = desk.written(1)
    ask(desk, comment_id, A.TRASH)
    assert desk.written(1, "Another text.") == reply
    with desk.store.read() as tx:
        live = responses.live_of_case(tx, 1)
    assert live is not None and live.action is A.REPLY


# --- what stops it ---------------------------------------------------------------------------------------------------


def edited_here(desk: Desk, blog: Interface) -> None:
    desk.reads(1, "You published my address, and I am sorry for my words.", 3, "privacy")


def edited_there(desk: Desk, blog: Interface) -> None:
    blog.comments[1]["content"] = {"rendered": "<p>I was wrong.</p>"}


def deleted_there(desk: Desk, blog: Interface) -> None:
    del blog.comments[1]


def not_any_more(desk: Desk, blog: Interface) -> None:
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, account={"moderates": False})


def answered(desk: Desk, blog: Interface) -> None:
    desk.clock.shift(60)
    comment_id = desk.reads(9, "We are sorry.")
    with desk.store.write() as tx:
        comments.change(tx, comment_id, ours=True, parent_identity="wp:1", published_at=datetime.now(UTC))


def too_late(desk: Desk, blog: Interface) -> None:
    desk.clock.shift(30 * 24 * 3600)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (edited_here, "The comment was edited after this was asked for."),
        (edited_there, "edited on the blog"),
        (deleted_there, "gone from the blog"),
        (switched_off, "switched off or has no account that may moderate"),
        (not_any_more, "no account that may moderate"),
        (answered, "answered in the meantime"),
        (too_late, "permission to do it has expired"),
    ],
)
def test_what_has_changed_since_it_was_approved_holds_it_until_a_person_looks(
    desk: Desk, blog: Interface, happens: Callable[[Desk, Interface], None], said: str
) -> None:
    response_id = approved(desk, blog, A.HOLD)
    happens(desk, blog)
    held = work(desk, response_id)
    assert held.state is M.HELD
    assert said in held.problem
    assert desk.response(response_id).state is ResponseState.HELD
    assert not any(request.startswith("POST") for request in blog.requests)
    moderation.drop(desk.store, desk.alice, held.id)
    assert desk.response(response_id).state is ResponseState.WITHDRAWN


def test_what_was_edited_since_it_was_seen_or_stands_otherwise_is_not_asked_for(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    edited_here(desk, blog)
    with pytest.raises(Conflict, match="edited since you saw it"):
        moderation.ask(desk.store, desk.alice, comment_id, A.TRASH, "A reason.", 1)
    with pytest.raises(Conflict, match="does not stand"):
        ask(desk, comment_id, A.APPROVE)


def test_a_worker_that_lost_its_lease_writes_nothing(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    assert work(desk, response_id, mine=False).state is M.SCHEDULED
    assert blog.comments[1]["status"] == "approved"


# --- doing it --------------------------------------------------------------------------------------------------------


def test_what_stands_so_already_is_done_without_a_word_to_the_blog(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    blog.comments[1]["status"] = "trash"
    assert work(desk, response_id).state is M.DONE
    assert not any(request.startswith("POST") for request in blog.requests)


def test_an_attempt_that_nobody_saw_end_is_made_again_and_done(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    answers, blog._respond = blog._respond, lambda request: answers(request)[:40] if "POST" in request else b""
    assert work(desk, response_id).state is M.SCHEDULED  # the blog could not be asked at all
    blog._respond = lambda request: answers(request) if request.startswith("GET") else answers(request) and b""
    desk.clock.shift(16)
    assert work(desk, response_id).state is M.DONE  # the answer was lost; the second look finds it done
    assert blog.comments[1]["status"] == "trash"


def test_after_five_looks_that_failed_it_is_not_done_and_nothing_was_sent(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    answers, blog._respond = blog._respond, lambda _: b""
    failed = five_times(desk, response_id)
    assert (failed.state, failed.written_at) == (M.FAILED, None)
    assert failed.problem.endswith(
        "Nothing was sent, so the comment stands as it did. Try again once the blog can be reached, or drop it."
    )
    assert "tried again" not in failed.problem
    blog._respond = answers
    moderation.again(desk.store, desk.alice, row(desk, response_id).id)
    assert work(desk, response_id).state is M.DONE


def test_after_five_times_a_person_decides_where_a_request_may_have_arrived(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    answers = blog._respond
    # The first look is answered; then a request leaves, and nothing is heard any more.
    blog._respond = lambda request: answers(request) if not blog.requests[1:] else b""
    unsure = five_times(desk, response_id)
    assert sum(request.startswith("POST") for request in blog.requests) == 1
    assert (unsure.state, unsure.written_at is not None) == (M.UNCONFIRMED, True)
    assert "may have reached the blog" in unsure.problem
    assert "tried again" not in unsure.problem
    # What a person tries once more is in doubt as before, until somebody sees how the comment stands.
    blog._respond = lambda _: b""
    moderation.again(desk.store, desk.alice, unsure.id)
    assert five_times(desk, response_id).state is M.UNCONFIRMED
    blog._respond = answers
    moderation.again(desk.store, desk.alice, unsure.id)
    assert work(desk, response_id).state is M.DONE


def test_many_that_are_late_get_their_jobs_in_short_transactions(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    late = row(desk, response_id)
    desk.clock.shift(1)
    began: list[object] = []
    with (
        patch("response.moderation.moderations.overdue", lambda *_: [late] * 45),
        patch("response.moderation.enqueue", lambda tx, *_: began.append(tx)),
    ):
        moderation.sweep(desk.store)
    assert [len(list(some)) for _, some in groupby(began, key=id)] == [20, 20, 5]


def test_what_has_its_job_gets_no_other_beside_it(desk: Desk, blog: Interface) -> None:
    def count_jobs() -> int:
        with desk.store.read() as tx:
            return sum(name == "moderate" for name in tx.execute(select(jobs.c.name)).scalars())

    response_id = approved(desk, blog)
    desk.clock.shift(11)
    moderation.sweep(desk.store)
    assert count_jobs() == 1
    with desk.store.write() as tx:
        moderations.move(tx, row(desk, response_id).id, M.SCHEDULED, M.DOING, clock.now(), attempts=1)
    desk.clock.shift(121)
    moderation.sweep(desk.store)
    assert count_jobs() == 1


def test_a_blog_that_says_yes_and_does_it_not_is_not_believed(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    blog.stubborn = True
    failed = work(desk, response_id)
    assert (failed.state, "did not do it" in failed.problem) == (M.FAILED, True)


def test_a_row_that_is_due_and_has_no_job_gets_one(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    with desk.store.write() as tx:
        moderations.move(tx, row(desk, response_id).id, M.SCHEDULED, M.DOING, datetime.now(UTC), attempts=1)
    moderation.sweep(desk.store)
    with desk.store.read() as tx:
        assert moderations.overdue(tx, datetime.now(UTC), datetime.now(UTC)) == []
    desk.clock.shift(121)
    moderation.sweep(desk.store)
    assert work(desk, response_id).state is M.DONE


def test_after_a_restore_nothing_is_done_until_a_person_releases_it(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    with desk.store.write() as tx:
        assert moderations.hold_after_restore(tx, datetime.now(UTC)) == 1
    assert work(desk, response_id).state is M.HELD
    assert blog.comments[1]["status"] == "approved"
    moderation.again(desk.store, desk.alice, row(desk, response_id).id)
    assert work(desk, response_id).state is M.DONE
    assert desk.audit_holds()


def test_the_reason_goes_with_the_words_of_the_comment(desk: Desk, blog: Interface) -> None:
    comment_id = critic(desk, blog)
    response_id = ask(desk, comment_id, A.TRASH)
    with desk.store.write() as tx:
        erasure.blank(tx, [comment_id], datetime.now(UTC))
    with desk.store.read() as tx:
        texts = {one.content.text for one in responses.versions(tx, response_id)}
    assert (desk.response(response_id).draft, texts) == ("", {""})
    desk.approved(desk.bob, desk.carla, submission_id=submission(desk, response_id))
    assert work(desk, response_id).state is M.HELD
    assert desk.audit_holds()


# --- where it cannot be done -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"account": {"moderates": False}}, "may not moderate"),
        ({"account_id": ""}, "no account there"),
        ({"api_url": ""}, "only be moderated there"),
        ({"active": False}, "switched off"),
    ],
)
def test_what_the_account_may_not_do_is_not_offered_and_says_why(
    desk: Desk, blog: Interface, values: dict[str, object], said: str
) -> None:
    comment_id = critic(desk, blog)
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, **values)
        source = sources.get(tx, desk.source_id)
    assert source is not None
    offer = moderation.offered(source, desk.comment(comment_id))
    assert (offer.actions, said in offer.why) == ((), True)
    with pytest.raises(LevelheadError, match=said):
        ask(desk, comment_id, A.TRASH)


def test_the_record_holds_no_reason(desk: Desk, blog: Interface) -> None:
    response_id = approved(desk, blog)
    work(desk, response_id)
    with desk.store.read() as tx:
        told = str([event.data for event in audit.history(tx, "response", [response_id])])
    assert "names a child" not in told
