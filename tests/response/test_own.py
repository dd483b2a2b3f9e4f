"""Responses of our own: routed by where they go, approved as one, posted once at each target."""

import pytest

from model import clock
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.settings import ROOT
from model.words import Channel, PublicationState, ResponseState
from response import drafts, own, publish
from store import policies as policy_rows
from store import responses
from tests.response.desk import Desk

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
