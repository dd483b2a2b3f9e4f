"""Two attempts that both arrive: the second is told, is ours, and waits for a person until one is left."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.shape import Outcome, Posted, Rejected, Unknown
from jobs import Context
from model.errors import Conflict, NotAllowed
from model.language import using
from model.words import PublicationState
from response import attempts, publish
from response.attempts import Intent
from response.doubts import doubts
from response.outgoing import outgoing
from store import publications
from store.jobs import Job
from store.publications import Publication
from tests.response.desk import TEXT, Desk

S = PublicationState


def told(number: int) -> Posted:
    return Posted(f"wp:{number}", f"https://blog.example.org/garden#comment-{number}", "approved", TEXT, "")


class Twice:
    """An answer sent by a worker that then froze, looked for in vain, and sent again by a person."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        submission_id = desk.waiting(3)
        desk.approved(desk.bob, desk.carla, submission_id=submission_id)
        (made,) = desk.publications(desk.submission(submission_id).response_id)
        self.id, self.response_id = made.id, made.response_id
        self.frozen = self._intent(1, S.SCHEDULED)
        with desk.store.write() as tx:
            publications.end_attempt(tx, self.frozen.attempt_id, "unconfirmed", "", datetime.now(UTC))
        self.successor = self._intent(2, S.PUBLISHING)

    def _intent(self, number: int, seen: PublicationState) -> Intent:
        now = datetime.now(UTC)
        with self.desk.store.write() as tx:
            attempt_id = publications.begin_attempt(tx, self.id, number, number, now)
            due = now + timedelta(seconds=60)
            publications.move(tx, self.id, seen, S.PUBLISHING, now, attempt=number, fence=number, look_at=due)
            what = outgoing(tx, self.id)
        assert what is not None
        context = Context(self.desk.store, Job(0, "publish", self.id, "", 1, number), 60)
        return Intent(context, what, number, attempt_id, now, 0.0)

    def ends(self, intent: Intent, outcome: Outcome) -> Publication:
        attempts._finish(self.desk.store, intent, outcome)
        (now,) = self.desk.publications(self.response_id)
        return now

    def outcomes(self) -> list[str]:
        with self.desk.store.read() as tx:
            return [one.outcome for one in publications.attempts_of(tx, [self.id])]


@pytest.mark.parametrize("late_first", [False, True])
def test_a_second_answer_is_told_with_both_addresses_and_opens_no_case(desk: Desk, late_first: bool) -> None:
    both = Twice(desk)
    ends = [(both.successor, told(9)), (both.frozen, told(8))]
    (one, first), (other, second) = ends[::-1] if late_first else ends
    cases = desk.queue()
    read = desk.reads(int(second.identity.removeprefix("wp:")), TEXT)
    assert both.ends(one, first).problem == ""
    now = both.ends(other, second)
    assert (now.state, now.external_id, now.second_id) == (S.PUBLISHED, first.identity, second.identity)
    assert first.url in now.problem
    assert second.url in now.problem
    assert "Delete one" in now.problem
    assert desk.actions()[-1] == "publication.twice"
    assert both.outcomes() == ["posted", "posted"]
    assert desk.comment(read).ours
    assert set(desk.queue()) <= set(cases)
    (shown,) = doubts(desk.store, desk.alice).twice
    assert shown[0] == now


def test_a_second_answer_that_is_read_later_is_ours_too(desk: Desk) -> None:
    both = Twice(desk)
    both.ends(both.successor, told(9))
    both.ends(both.frozen, told(8))
    read = desk.reads(8, "You published my address once more.", 3, "privacy")
    assert desk.comment(read).ours
    assert desk.queue() == []


def test_it_is_said_once_however_often_it_is_told(desk: Desk) -> None:
    both = Twice(desk)
    both.ends(both.successor, told(9))
    first = both.ends(both.frozen, told(8))
    for again in (told(8), told(9)):
        assert both.ends(both.frozen, again).problem == first.problem
    assert desk.actions().count("publication.twice") == 1


def test_a_person_says_that_one_is_left(desk: Desk) -> None:
    both = Twice(desk)
    both.ends(both.successor, Posted("wp:9", told(9).url, "hold", TEXT, ""))
    both.ends(both.frozen, told(8))
    with pytest.raises(NotAllowed):
        publish.one_is_left(desk.store, desk.charlie, both.id)
    publish.one_is_left(desk.store, desk.alice, both.id)
    (now,) = desk.publications(both.response_id)
    assert now.doubled_at is None
    assert now.problem.startswith("The blog holds our answer for moderation")
    assert "twice" not in now.problem
    assert desk.actions()[-1] == "publication.once"
    assert doubts(desk.store, desk.alice).twice == []
    with pytest.raises(Conflict):
        publish.one_is_left(desk.store, desk.alice, both.id)
    assert desk.audit_holds()


@pytest.mark.parametrize("second", [told(9), Unknown("Die Verbindung brach ab.")])
def test_what_was_written_in_german_is_taken_back_by_whoever_reads_english(
    desk: Desk, second: Posted | Unknown
) -> None:
    both = Twice(desk)
    with using("de"):
        both.ends(both.frozen, Posted("wp:8", told(8).url, "hold", TEXT, ""))
        now = both.ends(both.successor, second)
    assert "zweimal" in now.problem
    publish.one_is_left(desk.store, desk.alice, both.id)
    (now,) = desk.publications(both.response_id)
    assert now.problem == (
        "Der Blog hält unsere Antwort zur Moderation zurück: "
        "Leserinnen und Leser sehen sie erst, wenn sie dort jemand freischaltet."
    )


def test_what_broke_off_beside_one_that_arrived_may_be_there_too(desk: Desk) -> None:
    both = Twice(desk)
    both.ends(both.frozen, told(8))
    now = both.ends(both.successor, Unknown("The connection broke off."))
    assert (now.state, now.external_id, now.second_id) == (S.PUBLISHED, "wp:8", None)
    assert "may stand on the blog twice" in now.problem
    assert both.outcomes() == ["posted", "unconfirmed"]


def test_what_was_stopped_beside_one_that_arrived_is_no_second(desk: Desk) -> None:
    both = Twice(desk)
    both.ends(both.frozen, told(8))
    now = both.ends(both.successor, Rejected("Somebody else has gone on with it. Nothing was sent."))
    assert (now.problem, now.doubled_at) == ("", None)
    assert both.outcomes() == ["posted", "failed"]


@pytest.mark.parametrize(
    ("given", "doubled"), [("garden", False), ("garden#comment-8", False), ("garden#comment-9", True)]
)
def test_what_a_person_found_is_compared_with_what_a_worker_tells_later(desk: Desk, given: str, doubled: bool) -> None:
    both = Twice(desk)
    with desk.store.write() as tx:
        publications.move(tx, both.id, S.PUBLISHING, S.UNCONFIRMED, datetime.now(UTC))
    publish.posted_by_hand(desk.store, desk.alice, both.id, f"https://blog.example.org/{given}")
    now = both.ends(both.frozen, told(8))
    assert (now.doubled_at is not None, "may stand on the blog twice" in now.problem) == (doubled, doubled)
    assert "wp:8" in (now.external_id, now.second_id)
