"""A draft of a language model: an ordinary one from then on, and never in the place of what somebody wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import BadInput, Conflict
from model.words import ResponseState
from response import drafts, opinions
from response.opinion_rules import Kind
from store import audit
from tests.channels.peers import Peer
from tests.channels.speaking import OPINION, says
from tests.ingest.opining import asks, events, switched_on
from tests.response.desk import THREAD, Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


DRAFT = "We are sorry to read this, and we want to talk with you."


def test_a_draft_is_an_ordinary_one_that_takes_its_route_and_the_record_says_where_it_came_from(desk: Desk) -> None:
    case_id = desk.opened(3)
    lead = desk.case(case_id).lead_comment_id
    with Peer(says({"draft": DRAFT})) as peer:
        switched_on(desk, peer.url, drafts=True)
        one = asks(desk, lead, Kind.DRAFT)
    assert one.said == {"draft": DRAFT}
    response_id = opinions.use_draft(desk.store, desk.dave, case_id, one.id)
    response = desk.response(response_id)
    assert (response.draft, response.state, response.saved_by) == (DRAFT, ResponseState.DRAFT, desk.dave.id)
    with desk.store.read() as tx:
        (event, *_) = audit.history(tx, "response", [response_id])
    assert (event.action, event.data) == ("opinion.draft_used", {"opinion": one.id, "model": "small"})
    submission_id = desk.sent(response_id, desk.dave)
    assert desk.levels(submission_id) == [1, 2]
    assert desk.response(response_id).state is ResponseState.WAITING
    assert DRAFT not in events(desk)


def test_drafts_are_sent_for_only_where_they_were_chosen(desk: Desk) -> None:
    comment_id = desk.reads(1, "Your trainer shouted at my son.", 3, "children")
    with Peer(says({"draft": DRAFT})) as peer:
        switched_on(desk, peer.url)
        with pytest.raises(BadInput, match="Drafts of a model are switched off"):
            opinions.ask(desk.store, desk.dave, comment_id, Kind.DRAFT, 1)
    assert peer.requests == []


def test_a_draft_never_takes_the_place_of_what_somebody_wrote(desk: Desk) -> None:
    case_id = desk.opened(3)
    lead = desk.case(case_id).lead_comment_id
    with Peer(says({"draft": DRAFT})) as peer:
        switched_on(desk, peer.url, drafts=True)
        one = asks(desk, lead, Kind.DRAFT)
    response_id = desk.written(case_id, "My own words.", desk.dave)
    with pytest.raises(Conflict, match="begun in this case already"):
        opinions.use_draft(desk.store, desk.dave, case_id, one.id)
    assert desk.response(response_id).draft == "My own words."
    drafts.withdraw(desk.store, desk.dave, response_id)
    desk.reads(1, "You published my address, again.", 3, "privacy")
    with pytest.raises(Conflict, match="edited since"):
        opinions.use_draft(desk.store, desk.dave, case_id, one.id)


def test_a_draft_of_another_case_or_no_draft_is_none(desk: Desk) -> None:
    first, second = desk.opened(3), desk.opened(3, number=2, thread=f"{THREAD}/2")
    with Peer(says(OPINION)) as peer:
        switched_on(desk, peer.url, drafts=True)
        one = asks(desk, desk.case(first).lead_comment_id)
    for case_id in (first, second):
        with pytest.raises(Exception, match="no longer here"):
            opinions.use_draft(desk.store, desk.dave, case_id, one.id)
