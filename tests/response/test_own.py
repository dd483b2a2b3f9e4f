"""Responses of our own: routed by where they go, approved as one, posted once at each target."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from model import clock
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.route import EXPERT
from model.settings import ROOT
from model.words import Channel, PublicationState, ResponseState, Severity
from response import attempts, drafts, own, publish, routing
from response.notices import CHANGES, address
from store import policies as policy_rows
from store import responses, sources
from store.notices import Notice
from tests.jobs.hands import finish, take
from tests.response.desk import Desk, judged

C = Channel
P = PublicationState
TEXT = "The garden is open again from Saturday."


@pytest.fixture
def blog_needs_two(desk: Desk) -> Desk:
    """By the policy that asks two levels on the blog, and nobody on X."""
    source = (ROOT / "data" / "policies" / "two-levels-blog.yaml").read_text()
    with desk.store.write() as tx:
        policy_rows.add(tx, 2, source, desk.alice.id, clock.now())
    return desk


def written(desk: Desk, *channels: Channel) -> int:
    response_id = own.start(desk.store, desk.alice, frozenset(channels))
    drafts.save(desk.store, desk.alice, response_id, TEXT, 1)
    return response_id


def test_it_needs_what_any_of_its_channels_asks_for(blog_needs_two: Desk) -> None:
    desk = blog_needs_two
    assert desk.levels(desk.sent(written(desk, C.X))) == []
    assert desk.levels(desk.sent(written(desk, C.X, C.BLOG))) == [1, 2]


def test_each_target_is_handed_over_once_all_levels_have_approved_and_it_is_done_when_all_are(
    blog_needs_two: Desk,
) -> None:
    desk = blog_needs_two
    response_id = written(desk, C.X, C.BLOG)
    submission_id = desk.sent(response_id)
    with pytest.raises(NotAllowed):
        desk.decides(desk.alice, submission_id)
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.publications(response_id) == []
    desk.approved(desk.carla, submission_id=submission_id)
    first, second = desk.publications(response_id)
    assert {first.target.channel, second.target.channel} == {C.X, C.BLOG}
    assert desk.going_out(response_id) == [P.HAND_OFF, P.HAND_OFF]
    assert publish.may_hand_over(desk.store, first.id) == ()
    publish.posted_by_hand(desk.store, desk.alice, first.id, "https://x.example/1")
    assert desk.response(response_id).state is ResponseState.APPROVED
    with pytest.raises(Conflict):
        publish.posted_by_hand(desk.store, desk.alice, first.id, "https://x.example/2")
    publish.posted_by_hand(desk.store, desk.alice, second.id, "https://blog.example.org/new")
    assert desk.response(response_id).state is ResponseState.PUBLISHED
    assert desk.audit_holds()


def test_another_channel_is_another_content(blog_needs_two: Desk) -> None:
    desk = blog_needs_two
    response_id = written(desk, C.X)
    before = desk.submission(desk.sent(response_id)).content_hash
    with pytest.raises(Conflict, match="Take it back first"):
        own.aim(desk.store, desk.alice, response_id, frozenset({C.BLOG}))
    drafts.take_back(desk.store, desk.alice, response_id)
    own.aim(desk.store, desk.dave, response_id, frozenset({C.BLOG}))
    now = desk.submission(desk.sent(response_id))
    assert now.content_hash != before
    assert now.version_number == 2
    with desk.store.read() as tx:
        assert responses.editors(tx, response_id) == {desk.alice.id, desk.dave.id}


def test_it_goes_somewhere_and_only_those_who_may_write_begin_one(desk: Desk) -> None:
    with pytest.raises(BadInput, match="choose a channel"):
        own.start(desk.store, desk.alice, frozenset())
    with pytest.raises(NotAllowed):
        own.start(desk.store, desk.charlie, frozenset({C.X}))
    reply = desk.written(desk.opened())
    with pytest.raises(NotFound):
        own.aim(desk.store, desk.alice, reply, frozenset({C.X}))


# --- by its own words ------------------------------------------------------------------------------------------------


@contextmanager
def words_are(severity: Severity, *matters: str, degraded: tuple[str, ...] = ()) -> Iterator[None]:
    """The analysis says this of any text of ours."""
    routing._assessed.cache_clear()
    try:
        with patch("response.routing.assess", lambda subject, _by: judged(subject.text, severity, matters, degraded)):
            yield
    finally:
        routing._assessed.cache_clear()


def test_it_needs_what_its_own_words_ask_for(desk: Desk) -> None:
    with words_are(Severity.HIGH, "privacy"):
        assert desk.levels(desk.sent(written(desk, C.X))) == [1, 2]
    with words_are(Severity.LOW, "despair"):
        assert desk.levels(desk.sent(written(desk, C.X))) == [EXPERT]
    with words_are(Severity.NONE):
        assert desk.levels(desk.sent(written(desk, C.X))) == []


def test_what_could_not_be_assessed_takes_the_stricter_branch(desk: Desk) -> None:
    with words_are(Severity.NONE, degraded=("matters",)):
        assert desk.levels(desk.sent(written(desk, C.X))) == [EXPERT, 1, 2, 3]


def test_what_failed_once_is_assessed_anew(desk: Desk) -> None:
    with words_are(Severity.NONE, degraded=("matters",)):
        assert routing.facts_of_text(frozenset({C.X}), "Thank you.").severity is None
        with patch("response.routing.assess", lambda subject, _by: judged(subject.text, Severity.NONE, ())):
            assert routing.facts_of_text(frozenset({C.X}), "Thank you.").severity is Severity.NONE


def test_the_route_is_foreseen_from_what_was_saved_last(desk: Desk) -> None:
    response_id = written(desk, C.X)
    with words_are(Severity.HIGH, "privacy"), desk.store.read() as tx:
        found = own.outlook(tx, desk.response(response_id))
    assert [step.level for step in found.route.steps] == [1, 2]
    assert desk.alice.id not in {person for asked in found.asked for person in asked}


def test_the_shipped_analysis_tells_a_grave_text_from_a_harmless_one() -> None:
    harmless, grave = (
        routing.facts_of_text(frozenset({C.X}), text)
        for text in (TEXT, "We are sorry: a child was hurt at our camp, and a lawyer has written to us.")
    )
    assert (harmless.severity, harmless.concern) == (Severity.NONE, False)
    assert grave.severity is not None
    assert grave.severity >= Severity.HIGH
    assert grave.matters
    assert "children" in grave.matters


# --- as a post on a blog ---------------------------------------------------------------------------------------------


def takes_posts(desk: Desk, posts: bool | None = True) -> frozenset[int]:
    """What the blog says of our account; the blog as somewhere that a response goes to."""
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, account={} if posts is None else {"posts": posts})
    return frozenset({desk.source_id})


def works(desk: Desk) -> None:
    """Every attempt that is due is made."""
    while context := take(desk.store):
        if context.job.name == "publish":
            attempts.publish(context)
        finish(context)


def test_a_blog_takes_posts_where_our_account_may_publish_them(desk: Desk) -> None:
    for posts in (False, None):
        with pytest.raises(BadInput, match="may not publish posts"):
            own.start(desk.store, desk.alice, frozenset(), takes_posts(desk, posts))
    response_id = own.start(desk.store, desk.alice, frozenset({C.X}), takes_posts(desk))
    drafts.save(desk.store, desk.alice, response_id, TEXT, 1)
    sent_at = clock.now()
    desk.sent(response_id)
    ours, theirs = desk.publications(response_id)
    assert (ours.state, ours.source_id, theirs.state) == (P.SCHEDULED, desk.source_id, P.HAND_OFF)
    assert (ours.not_before - sent_at).total_seconds() == 10


def test_within_its_ten_seconds_it_is_not_sent_and_can_be_taken_back(desk: Desk) -> None:
    response_id = own.start(desk.store, desk.alice, frozenset(), takes_posts(desk))
    drafts.save(desk.store, desk.alice, response_id, TEXT, 1)
    desk.sent(response_id)
    works(desk)
    assert desk.going_out(response_id) == [P.SCHEDULED]
    drafts.take_back(desk.store, desk.alice, response_id)
    assert desk.going_out(response_id) == [P.DROPPED]


def test_what_an_account_may_no_more_post_is_handed_over_or_held(desk: Desk) -> None:
    blog = takes_posts(desk)
    early, late = (own.start(desk.store, desk.alice, frozenset(), blog) for _ in range(2))
    for one in (early, late):
        drafts.save(desk.store, desk.alice, one, TEXT, 1)
    desk.sent(early)
    takes_posts(desk, posts=False)
    desk.sent(late)
    assert desk.going_out(late) == [P.HAND_OFF]
    desk.clock.shift(11)
    works(desk)
    (held,) = desk.publications(early)
    assert held.state is P.HELD
    assert "no account that may publish posts" in held.problem


def test_what_is_told_of_one_leads_to_its_own_page() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    told = Notice(1, 2, CHANGES, "submission", 9, 1, 7, None, now, "", now, 0, "", None, "")
    assert address(told, "https://l.example") == "https://l.example/new?response=7"
    assert address(replace(told, case_id=3), "https://l.example") == "https://l.example/reply?case=3&version=1"
