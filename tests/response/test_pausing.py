"""A pause of all publishing: who may, what it stops, what goes out all the same, and what becomes of the rest."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from jobs import Context
from model import clock
from model.errors import BadInput, Conflict, LevelheadError, NotAllowed, NotFound
from model.words import Channel, ResponseState
from model.words import ModerationState as M
from model.words import PublicationState as P
from response import attempts, moderation, notices, pausing, publish
from response.pausing import Exceptions
from store import audit, erasure, pauses, publications
from store.db import Tx
from store.jobs import Job
from store.notices import Notice
from store.pauses import Pause
from store.publications import Publication
from store.schema import notices as notice_rows
from tests.ingest.interface import Interface
from tests.response.desk import Desk
from tests.response.moderating import ask, calm, row, work

HOUR = timedelta(hours=1)
NONE = Exceptions()
WHY = "A storm has damaged the hall"


class Mine(Context):
    """A job that is nobody else's."""

    def still_mine(self) -> bool:
        return True

    def holds(self, tx: Tx) -> bool:
        return True


def attempt(desk: Desk, publication: Publication) -> Publication:
    """The worker comes to it."""
    attempts.publish(Mine(desk.store, Job(1, "publish", publication.id, "publish", 1, 1), 60))
    return desk.publications(publication.response_id)[0]


def paused(desk: Desk, but: Exceptions = NONE) -> Pause:
    pause_id = pausing.begin(desk.store, desk.charlie, WHY, clock.now() + 4 * HOUR, but)
    with desk.store.read() as tx:
        found = pauses.get(tx, pause_id)
    assert found is not None
    return found


def approved(desk: Desk) -> Publication:
    """A reply that is approved and waits for the worker."""
    submission_id = desk.waiting()
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    (publication,) = desk.publications(desk.submission(submission_id).response_id)
    return publication


def told(desk: Desk) -> list[tuple[int, str]]:
    with desk.store.read() as tx:
        query = select(notice_rows.c.person_id, notice_rows.c.thing).where(notice_rows.c.kind == notices.PAUSED)
        return [tuple(one) for one in tx.execute(query)]


def test_administrators_and_leadership_pause_with_a_reason_and_an_end(desk: Desk) -> None:
    soon = clock.now() + HOUR
    for who in (desk.dave, desk.bob, desk.dora):
        with pytest.raises(NotAllowed, match="pause publishing"):
            pausing.begin(desk.store, who, WHY, soon)
    wrong: tuple[tuple[str, datetime, Exceptions, type[LevelheadError]], ...] = (
        (" ", soon, Exceptions(), BadInput),
        (WHY, soon - HOUR, Exceptions(), BadInput),
        (WHY, soon + pausing.LONGEST, Exceptions(), BadInput),
        (WHY, soon, Exceptions(responses=(99,)), NotFound),
    )
    for reason, until, but, error in wrong:
        with pytest.raises(error):
            pausing.begin(desk.store, desk.alice, reason, until, but)
    pause = paused(desk)
    with pytest.raises(Conflict, match="Charlie has paused publishing until 2026-03-02 13:00 UTC already"):
        pausing.begin(desk.store, desk.alice, WHY, soon)
    with pytest.raises(NotAllowed):
        pausing.end(desk.store, desk.dave, pause.id)
    pausing.end(desk.store, desk.alice, pause.id)
    with pytest.raises(Conflict, match="over already"):
        pausing.end(desk.store, desk.alice, pause.id)
    assert desk.actions()[-2:] == ["publishing.paused", "publishing.resumed"]
    assert desk.audit_holds()


def test_what_is_approved_waits_for_the_end_and_its_author_is_told_once(desk: Desk) -> None:
    before = approved(desk)
    pause = paused(desk)
    assert told(desk) == [(desk.alice.id, "pause")]
    waiting = attempt(desk, before)
    assert (waiting.state, waiting.pause_id, waiting.not_before) == (P.SCHEDULED, pause.id, pause.until)
    assert desk.response(before.response_id).state is ResponseState.APPROVED
    assert "publication.paused" in desk.actions()
    assert told(desk) == [(desk.alice.id, "pause")]
    with desk.store.read() as tx:
        assert (pauses.waiting(tx, pause.id), publications.overdue(tx, clock.now())) == (1, [])
        (one,) = tx.execute(select(notice_rows).where(notice_rows.c.kind == notices.PAUSED))
        notice = Notice(**{name: getattr(one, name) for name in Notice.__dataclass_fields__})
        assert notices.KINDS[notices.PAUSED].still(tx, notice)
    assert attempt(desk, before).attempt == 0, "nothing is tried before it is over"
    desk.clock.shift(4 * HOUR)
    with desk.store.read() as tx:
        assert [one.id for one in publications.overdue(tx, clock.now())] == [before.id], "it ends by itself"
        assert not notices.KINDS[notices.PAUSED].still(tx, notice)


def test_after_the_end_what_does_not_hold_any_more_waits_for_a_person(desk: Desk) -> None:
    before = approved(desk)
    pause = paused(desk)
    attempt(desk, before)
    desk.reads(1, "I have changed my mind.")
    assert pausing.end(desk.store, desk.charlie, pause.id) == 1
    after = attempt(desk, before)
    assert (after.state, after.pause_id) == (P.HELD, None)
    assert "was edited" in after.problem and "paused" not in after.problem


def test_what_something_else_stops_as_well_waits_for_a_person_at_once(desk: Desk) -> None:
    before = approved(desk)
    paused(desk)
    desk.reads(1, "I have changed my mind.")
    after = attempt(desk, before)
    assert after.state is P.HELD
    assert "was edited" in after.problem and f"Publishing is paused: {WHY}" in after.problem


def test_nothing_is_handed_over_to_be_posted_by_hand(desk: Desk) -> None:
    before = approved(desk)
    pause = paused(desk)
    assert publish.may_hand_over(desk.store, before.id) == (f"Publishing is paused: {WHY}",)
    with desk.store.write() as tx:
        found = audit.last(tx, "pause", pause.id, ("publishing.paused",))
        assert found is not None and WHY not in str(found.data)
        erasure.forget_words(tx, [1, 2, 3, 4, 5], clock.now())
    assert publish.may_hand_over(desk.store, before.id) == ("Publishing is paused: its reason was erased.",)
    pausing.end(desk.store, desk.alice, pause.id)
    assert publish.may_hand_over(desk.store, before.id) == ()


@pytest.mark.parametrize(
    ("but", "goes"),
    [
        (lambda one: Exceptions(responses=(one,)), True),
        (lambda one: Exceptions(responses=(one - 1,)) if one > 1 else Exceptions(), False),
        (lambda one: Exceptions(channels=(Channel.BLOG,)), True),
        (lambda one: Exceptions(channels=(Channel.FACEBOOK,)), False),
        (lambda one: Exceptions(moderates=True), False),
    ],
    ids=["this response", "another response", "its channel", "another channel", "moderation"],
)
def test_what_is_named_goes_out_all_the_same(desk: Desk, but: object, goes: bool) -> None:
    before = approved(desk)
    paused(desk, but=but(before.response_id))  # type: ignore[operator]
    assert (publish.may_hand_over(desk.store, before.id) == ()) is goes
    assert bool(told(desk)) is not goes


def test_what_is_done_to_a_comment_waits_too_unless_that_is_named(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, calm(desk, blog), moderation.Action.HOLD, "")
    desk.clock.shift(11)
    pause = paused(desk)
    waiting = work(desk, response_id)
    assert (waiting.state, waiting.pause_id, waiting.not_before) == (M.SCHEDULED, pause.id, pause.until)
    assert blog.comments[2]["status"] == "approved"
    assert desk.response(response_id).state is ResponseState.APPROVED
    pausing.end(desk.store, desk.alice, pause.id)
    assert row(desk, response_id).pause_id is None
    assert work(desk, response_id).state is M.DONE
    assert blog.comments[2]["status"] == "hold"


def test_comments_are_moderated_all_the_same_where_that_is_named(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, calm(desk, blog), moderation.Action.HOLD, "")
    desk.clock.shift(11)
    paused(desk, but=Exceptions(moderates=True))
    assert work(desk, response_id).state is M.DONE
