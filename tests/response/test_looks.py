"""Looking for our own answer: when, how often, by whichever worker, and what is said while nobody knows."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.shape import Posted
from jobs import Context
from model.errors import LevelheadError
from model.settings import settings
from model.words import ModerationState, PublicationState, ResponseState
from response import due, looks, moderation
from store import publications
from store.db import Tx
from store.jobs import Job
from store.publications import COULD_NOT_LOOK, NOT_THERE, Publication
from tests.jobs.hands import finish, take
from tests.response.desk import Desk

S = PublicationState
LEASE_S = 60
POSTED = Posted("wp:9", "https://blog.example.org/garden#comment-9", "approved", "", "")


@given(st.floats(1, 86_400))
def test_looks_grow_apart_and_cover_the_whole_time(whole_s: float) -> None:
    pauses = [looks.pause_after(look, whole_s) for look in range(1, len(looks.WHEN))]
    assert all(pause is not None and pause > 0 for pause in pauses)
    assert pauses == sorted(pauses, key=float)  # type: ignore[arg-type]
    assert sum(pauses) == pytest.approx(whole_s)  # type: ignore[arg-type]
    assert looks.pause_after(len(looks.WHEN), whole_s) is None


def being_sent(desk: Desk) -> Publication:
    """An attempt whose worker has not been heard of since its intent."""
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    (publication,) = desk.publications(desk.submission(submission_id).response_id)
    now = datetime.now(UTC)
    with desk.store.write() as tx:
        publications.begin_attempt(tx, publication.id, 1, 1, now)
        due = now + timedelta(seconds=LEASE_S)
        publications.move(tx, publication.id, S.SCHEDULED, S.PUBLISHING, now, attempt=1, fence=1, look_at=due)
    return publication


def context(desk: Desk, publication: Publication) -> Context:
    return Context(desk.store, Job(0, "look", publication.id, "", 1, 1), LEASE_S)


def here(desk: Desk, publication: Publication) -> Publication:
    (found,) = desk.publications(publication.response_id)
    return found


def waiting_looks(desk: Desk) -> int:
    """Takes every job that is due, without doing it; how many of them were looks."""
    taken = 0
    while True:
        begun = take(desk.store, LEASE_S)
        if begun is None:
            return taken
        taken += begun.job.name == "look"


def test_nobody_looks_before_the_lease_of_who_sends_is_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "search", lambda _: "nothing")
    publication = being_sent(desk)
    looks.sweep(desk.store)
    looks.look(context(desk, publication))
    assert waiting_looks(desk) == 0
    assert here(desk, publication).looking_since is None

    desk.clock.shift(LEASE_S)
    looks.sweep(desk.store)
    looks.sweep(desk.store)
    assert waiting_looks(desk) == 1
    looks.look(context(desk, publication))
    assert here(desk, publication).looking_since == datetime.now(UTC)
    assert "cut off" in here(desk, publication).problem


def test_our_answer_is_looked_for_over_ten_minutes_and_then_a_person_decides(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(_: object) -> str:
        times.append(datetime.now(UTC))
        if len(times) == 2:
            raise LevelheadError("It is down.")
        return "It is not there."

    times: list[datetime] = []
    monkeypatch.setattr(looks, "search", seen)
    publication = being_sent(desk)
    desk.clock.shift(LEASE_S)
    while (now := here(desk, publication)).state is S.PUBLISHING:
        assert now.look_at is not None
        desk.clock.move_to(max(now.look_at, datetime.now(UTC)))
        looks.look(context(desk, publication))
        looks.look(context(desk, publication))  # a second one at the same time finds that it is too early

    assert settings().look_seconds == 600
    assert [round((at - times[0]).total_seconds()) for at in times] == [0, 12, 48, 150, 360, 600]
    assert now.state is S.UNCONFIRMED
    assert now.problem.startswith("Our answer was looked for 6 times and was not found on the blog. 1 of these")
    assert (now.looking_since, now.look_at) == (None, None)
    assert desk.response(publication.response_id).state is ResponseState.HELD
    with desk.store.read() as tx:
        made = publications.looks_of(tx, [publication.id])
        (attempt,) = publications.attempts_of(tx, [publication.id])
    assert [one.found for one in made] == [NOT_THERE, COULD_NOT_LOOK, *[NOT_THERE] * 4]
    assert made[1].detail == "The blog could not be asked: It is down."
    assert attempt.outcome == "unconfirmed"
    assert desk.audit_holds()
    assert desk.actions()[-2:] == ["publication.looking", "publication.unconfirmed"]


def test_two_workers_that_look_at_once_make_one_look(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    publication = being_sent(desk)
    desk.clock.shift(LEASE_S)

    def another_is_faster(_: object) -> str:
        monkeypatch.setattr(looks, "search", lambda _: "It is not there.")
        looks.look(context(desk, publication))
        return "It is not there."

    monkeypatch.setattr(looks, "search", another_is_faster)
    looks.look(context(desk, publication))
    with desk.store.read() as tx:
        assert len(publications.looks_of(tx, [publication.id])) == 1


@pytest.mark.parametrize("decided", [S.UNCONFIRMED, S.DROPPED, S.SCHEDULED])
def test_what_is_found_is_published_whatever_was_thought_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, decided: PublicationState
) -> None:
    publication = being_sent(desk)
    desk.clock.shift(LEASE_S)

    def somebody_decides_meanwhile(_: object) -> Posted:
        with desk.store.write() as tx:
            publications.move(tx, publication.id, S.PUBLISHING, decided, datetime.now(UTC))
        return POSTED

    monkeypatch.setattr(looks, "search", somebody_decides_meanwhile)
    looks.look(context(desk, publication))
    assert here(desk, publication).state is S.PUBLISHED
    assert here(desk, publication).external_id == "wp:9"


def test_many_that_are_late_get_their_jobs_in_short_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def enqueue(tx: Tx, _name: str, ref: int, *_: object) -> None:
        steps.setdefault(id(tx), (tx, []))[1].append(ref)

    steps: dict[int, tuple[Tx, list[int]]] = {}
    monkeypatch.setattr(looks, "enqueue", enqueue)
    monkeypatch.setattr(due, "enqueue", enqueue)
    monkeypatch.setattr(moderation, "enqueue", enqueue)
    publication = being_sent(desk)
    many = [replace(publication, id=number, state=S.SCHEDULED) for number in range(50)]
    monkeypatch.setattr(looks.publications, "overdue", lambda *_: many)
    monkeypatch.setattr(due.responses, "not_passed_on", lambda *_: range(50))
    monkeypatch.setattr(moderation.moderations, "overdue", lambda *_: [Late(number) for number in range(50)])
    for sweep in (looks.sweep, due.look, moderation.sweep):
        steps.clear()
        sweep(desk.store)
        assert [len(refs) for _, refs in steps.values()] == [20, 20, 10]
        assert sorted(ref for _, refs in steps.values() for ref in refs) == list(range(50))


@dataclass
class Late:
    """What a sweep has to know of a moderation."""

    id: int
    attempts: int = 1
    state: ModerationState = ModerationState.SCHEDULED


def test_the_rows_are_the_truth_whatever_became_of_the_jobs(desk: Desk) -> None:
    """Something scheduled whose job is gone gets another one."""
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    while begun := take(desk.store, LEASE_S):
        assert finish(begun)
    looks.sweep(desk.store)
    looks.sweep(desk.store)
    begun = take(desk.store, LEASE_S)
    assert begun is not None
    assert begun.job.name == "publish"
    assert take(desk.store, LEASE_S) is None
