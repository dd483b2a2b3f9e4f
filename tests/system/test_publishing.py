"""What was approved stands on a real blog once, byte for byte; or it is said why not, and a person decides."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.wordpress import api as wordpress_api
from channels.wordpress.api import AccountProblem
from jobs import Context
from model.errors import Conflict
from model.words import CaseOutcome, CaseState, PublicationState, ResponseState
from response import attempts, drafts, looks, pausing, publish
from store import audit, publications, responses
from tests.ingest import reads
from tests.jobs.hands import take, take_over
from tests.system.answering import REPLY, Asked, Team, team, work, worker
from tests.system.between import Between, Forward, cut, lost
from tests.system.conftest import ALL_ON_BOTH
from tests.system.processes import wait_until
from tests.system.wordpress import Account, WordPress

pytestmark = [
    pytest.mark.system,
    *ALL_ON_BOTH,
    pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"),
]

LEASE_S, WITHIN_S = 2, 30
NOT_ASKED = "Before sending, the blog could not be asked: The connection to 127.0.0.1 broke off. Nothing was sent."
S = PublicationState


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Team]:
    with team(tmp_path) as made:
        yield made
        with made.store.read() as tx:
            assert audit.verify(tx).holds


@pytest.fixture(scope="module")
def office(wordpress: WordPress) -> Account:
    """An editor's account, which may write HTML and moderate."""
    return wordpress.account("editor", "office")


@pytest.fixture
def between(wordpress: WordPress) -> Iterator[Between]:
    with Between(wordpress.url) as proxy:
        yield proxy


def assert_published(us: Team, asked: Asked, publication_id: int, attempts: int = 1) -> None:
    """Exactly one reply, exactly as approved; response and case are done."""
    (reply,) = asked.replies()
    assert reply["content"]["raw"] == REPLY
    found = us.publication(publication_id)
    assert (found.state, found.external_id, found.url) == (S.PUBLISHED, f"wp:{reply['id']}", reply["link"])
    assert found.attempt == attempts
    with us.store.read() as tx:
        response = responses.get(tx, found.response_id)
        assert not publications.open_attempt(tx, publication_id)
    assert response is not None
    assert response.state is ResponseState.PUBLISHED
    (case,) = (case for case in reads.all_cases(us.store) if case.id == asked.case_id)
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.ANSWERED)


def assert_stopped(us: Team, asked: Asked, publication_id: int, state: PublicationState, words: str) -> None:
    """Nothing is on the blog; the case says why, and the response waits for a person."""
    assert not asked.replies()
    found = us.publication(publication_id)
    assert found.state is state
    assert words in found.problem
    with us.store.read() as tx:
        response = responses.get(tx, found.response_id)
    assert response is not None
    assert response.state is ResponseState.HELD


def look_through(us: Team, publication_id: int) -> None:
    """The worker looks for our answer as often as it does, until it is found or a person has to decide."""

    def decided() -> bool:
        looks.sweep(us.store)
        work(us.store)
        return us.publication(publication_id).state is not S.PUBLISHING

    wait_until(decided, WITHIN_S, "the last look")


def seen(us: Team, publication_id: int) -> list[str]:
    """What came of each look."""
    with us.store.read() as tx:
        return [one.found for one in publications.looks_of(tx, [publication_id])]


# --- the plain way ---------------------------------------------------------------------------------------------------


def test_the_stored_text_is_byte_for_byte_what_was_approved(us: Team, wordpress: WordPress, office: Account) -> None:
    asked = us.asked(wordpress, office)
    publication_id = us.approved(asked)
    assert not asked.replies()
    work(us.store)
    assert_published(us, asked, publication_id)
    assert us.publication(publication_id).problem == ""

    us.read(asked.source)
    (reply,) = asked.replies()
    ours = reads.comment(us.store, asked.source, reply["id"])
    assert (ours.ours, ours.flagged, ours.parent_identity) == (True, True, f"wp:{asked.number}")
    assert len(reads.all_cases(us.store)) == 1


def test_our_answer_is_ours_even_when_the_feed_shows_it_first(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)

    def read_before_the_answer_is_here(forward: Forward) -> bytes:
        whole = forward()
        us.read(asked.source)
        return whole

    between.on_send = read_before_the_answer_is_here
    work(us.store)
    assert_published(us, asked, publication_id)
    (reply,) = asked.replies()
    assert reads.comment(us.store, asked.source, reply["id"]).ours
    assert len(reads.all_cases(us.store)) == 1


# --- what the blog refuses -------------------------------------------------------------------------------------------


def test_a_wrong_password_is_refused_before_anything_is_saved(us: Team, wordpress: WordPress, office: Account) -> None:
    wrong = Account(office.id, office.user, "abcd efgh ijkl mnop qrst uvwx")
    with pytest.raises(AccountProblem, match="does not accept our user and application password"):
        us.add_source(wordpress, wrong)
    assert not reads.everything(us.store)["sources"]

    source = us.add_source(wordpress, office)
    with pytest.raises(AccountProblem):
        us.set_account(source, wrong)
    assert reads.row(us.store, source.id).secret == source.secret


def test_a_revoked_password_stops_it_until_there_is_a_new_one(us: Team, wordpress: WordPress) -> None:
    account = wordpress.account("editor", "office")
    asked = us.asked(wordpress, account)
    publication_id = us.approved(asked)
    wordpress.revoke(account)
    work(us.store)
    assert_stopped(us, asked, publication_id, S.FAILED, "Make a new one in WordPress")

    us.set_account(asked.source, wordpress.account("editor", "office"))
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, asked, publication_id, attempts=2)


def test_closed_comments_are_said_and_it_goes_out_once_they_are_open(
    us: Team, wordpress: WordPress, office: Account
) -> None:
    asked = us.asked(wordpress, office)
    publication_id = us.approved(asked)
    wordpress.close_comments(asked.post)
    work(us.store)
    assert_stopped(us, asked, publication_id, S.FAILED, "Comments are closed")

    wordpress.rest("POST", f"/posts/{asked.post.id}", json={"comment_status": "open"})
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, asked, publication_id, attempts=2)


def test_a_comment_that_is_gone_is_not_answered(us: Team, wordpress: WordPress, office: Account) -> None:
    asked = us.asked(wordpress, office)
    publication_id = us.approved(asked)
    wordpress.delete_comment(asked.number)
    work(us.store)
    assert_stopped(us, asked, publication_id, S.FAILED, "gone from the blog")


def test_a_comment_edited_on_the_blog_is_not_answered_by_the_old_approval(
    us: Team, wordpress: WordPress, office: Account
) -> None:
    asked = us.asked(wordpress, office)
    publication_id = us.approved(asked)
    wordpress.edit_comment(asked.number, "My daughter was left alone at the lake. I have called a lawyer.")
    work(us.store)
    assert_stopped(us, asked, publication_id, S.FAILED, "was edited on the blog")

    us.read(asked.source)
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_stopped(us, asked, publication_id, S.HELD, "was edited after this answer was written")

    response_id = us.publication(publication_id).response_id
    drafts.take_back(us.store, us.alice, response_id)
    drafts.confirm_revision(us.store, us.alice, response_id, seen_revision=2)
    again = us.approve(us.submit(asked))
    work(us.store)
    assert_published(us, asked, again)


def test_a_duplicate_is_not_sent_twice(us: Team, wordpress: WordPress, office: Account) -> None:
    asked = us.asked(wordpress, office)
    publication_id = us.approved(asked)
    login = {"auth": (office.user, office.password)}
    by_hand = wordpress.rest(
        "POST", "/comments", **login, json={"post": asked.post.id, "parent": asked.number, "content": REPLY}
    )
    work(us.store)
    found = us.publication(publication_id)
    assert found.state is S.FAILED
    assert "already has exactly this text" in found.problem

    publish.posted_by_hand(us.store, us.alice, publication_id, by_hand["link"])
    assert us.publication(publication_id).state is S.PUBLISHED
    assert len(asked.replies()) == 1


def test_an_answer_by_a_colleague_on_the_blog_stops_ours_until_a_person_has_looked(
    us: Team, wordpress: WordPress, office: Account
) -> None:
    asked = us.asked(wordpress, office)
    publication_id = us.approved(asked)
    login = {"auth": (office.user, office.password)}
    by_hand = {"post": asked.post.id, "parent": asked.number, "content": "We have rung the family."}
    wordpress.rest("POST", "/comments", **login, json=by_hand)
    work(us.store)
    assert us.publication(publication_id).state is S.FAILED
    assert "has answered it since" in us.publication(publication_id).problem
    assert len(asked.replies()) == 1

    wait_until(lambda: datetime.now(UTC).second != started_in(us, publication_id), 3, "the next second")
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert us.publication(publication_id).state is S.PUBLISHED
    assert len(asked.replies()) == 2


def started_in(us: Team, publication_id: int) -> int:
    """The second in which a publication last changed: the blog's clock knows no smaller unit."""
    return us.publication(publication_id).changed_at.second


# --- what the blog does otherwise ------------------------------------------------------------------------------------


def test_what_an_account_cannot_write_is_said_before_and_after(us: Team, wordpress: WordPress) -> None:
    asked = us.asked(wordpress, wordpress.account("author", "office"))
    text = "Write to Tom & Ann <tom@example.org>, please."
    submission_id = us.submit(asked, text)
    with us.store.read() as tx:
        submission = responses.submission(tx, submission_id)
        assert submission is not None
        warned = publish.warnings(tx, submission.response_id, text)
    assert [sign for sign in ("'<'", "'>'", "'&'") if any(sign in one for one in warned)] == ["'<'", "'>'", "'&'"]

    publication_id = us.approve(submission_id)
    work(us.store)
    found = us.publication(publication_id)
    assert found.state is S.PUBLISHED
    assert "where" in found.problem
    assert "tom@example.org" in found.problem
    assert len(asked.replies()) == 1


def test_an_editor_is_not_warned_of_what_is_stored_as_written(us: Team, wordpress: WordPress, office: Account) -> None:
    asked = us.asked(wordpress, office)
    text = "5 < 6 & 7 > 6, says Tom & Ann."
    publication_id = us.approved(asked, text)
    with us.store.read() as tx:
        assert not publish.warnings(tx, us.publication(publication_id).response_id, text)
    work(us.store)
    (reply,) = asked.replies()
    assert reply["content"]["raw"] == text
    assert us.publication(publication_id).problem == ""


def test_held_for_moderation_is_said(us: Team, wordpress: WordPress) -> None:
    asked = us.asked(wordpress, wordpress.account("author", "office"))
    publication_id = us.approved(asked)
    wordpress.options(comment_moderation=1)
    try:
        work(us.store)
    finally:
        wordpress.options(comment_moderation=0)
    (reply,) = asked.replies()
    assert reply["status"] == "hold"
    found = us.publication(publication_id)
    assert found.state is S.PUBLISHED
    assert "holds our answer for moderation" in found.problem


# --- at most once ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "author"])
def test_an_answer_cut_off_on_its_way_back_is_found_and_not_sent_twice(
    us: Team, wordpress: WordPress, between: Between, role: str
) -> None:
    asked = us.asked(wordpress, wordpress.account(role, "office"), between.url)
    publication_id = us.approved(asked)
    between.on_send = cut
    work(us.store)
    assert_published(us, asked, publication_id)
    assert between.sent == 1
    assert seen(us, publication_id) == ["found"]


def test_what_never_reached_the_blog_waits_for_a_person(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    between.on_send = lost
    work(us.store)
    looking = us.publication(publication_id)
    assert (looking.state, looking.looking_since is None) == (S.PUBLISHING, False)
    assert "broke off" in looking.problem
    look_through(us, publication_id)
    assert_stopped(us, asked, publication_id, S.UNCONFIRMED, "not found on the blog")
    assert seen(us, publication_id) == ["not there"] * len(looks.WHEN)
    work(us.store)
    assert between.sent == 1

    between.on_send = lambda forward: forward()
    publish.send_again(us.store, us.alice, publication_id)
    with pytest.raises(Conflict):
        publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, asked, publication_id, attempts=2)
    assert between.sent == 2


def test_an_answer_that_came_late_is_found_when_it_is_sent_again(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    late: list[Forward] = []

    def hold_back(forward: Forward) -> bytes:
        late.append(forward)
        return b""

    between.on_send = hold_back
    work(us.store)
    look_through(us, publication_id)
    assert us.publication(publication_id).state is S.UNCONFIRMED
    late[0]()
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, asked, publication_id)
    assert between.sent == 1


def test_an_answer_that_arrives_while_it_is_looked_for_is_published(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    late: list[Forward] = []
    between.on_send = lambda forward: late.append(forward) or b""
    work(us.store)
    assert us.publication(publication_id).state is S.PUBLISHING
    late[0]()
    look_through(us, publication_id)
    assert_published(us, asked, publication_id)
    assert seen(us, publication_id)[-1] == "found"


def test_a_look_at_a_blog_that_is_down_says_so_and_counts(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)

    def fall_over(forward: Forward) -> bytes:
        between.down = True
        return b""

    between.on_send = fall_over
    work(us.store)
    look_through(us, publication_id)
    assert_stopped(us, asked, publication_id, S.UNCONFIRMED, "could not be asked 6 times")
    assert seen(us, publication_id) == ["could not look"] * len(looks.WHEN)


def test_a_blog_that_is_away_when_the_last_approval_comes_gets_it_once_it_is_back(
    tmp_path: Path, wordpress: WordPress, office: Account, between: Between
) -> None:
    with team(tmp_path) as us:
        asked = us.asked(wordpress, office, between.url)
        submission_id = us.submit(asked)
        between.down = True
        with worker(tmp_path):
            publication_id = us.approve_beside_a_worker(submission_id)
            wait_until(lambda: NOT_ASKED in us.publication(publication_id).problem, WITHIN_S, "an attempt in vain")
            waiting = us.publication(publication_id)
            assert waiting.state is S.SCHEDULED
            assert not asked.replies()
            between.down = False
            wait_until(lambda: us.publication(publication_id).state is S.PUBLISHED, WITHIN_S, "the next attempt")
        assert_published(us, asked, publication_id, attempts=waiting.attempt + 1)
        assert between.sent == 1


def test_a_blog_that_stays_away_gets_it_when_a_person_sends_it_again(
    us: Team, wordpress: WordPress, office: Account, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PAUSES_S", ())
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    between.down = True
    work(us.store)
    assert_stopped(us, asked, publication_id, S.FAILED, NOT_ASKED)

    between.down = False
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, asked, publication_id, attempts=2)
    assert between.sent == 1


def test_what_a_person_releases_after_a_restore_is_looked_for_before_it_is_sent(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    login = {"auth": (office.user, office.password)}
    after_the_backup = {"post": asked.post.id, "parent": asked.number, "content": REPLY}
    wordpress.rest("POST", "/comments", **login, json=after_the_backup)
    with us.store.write() as tx:
        assert publications.hold_after_restore(tx, datetime.now(UTC)) == 1
    work(us.store)
    assert us.publication(publication_id).state is S.HELD

    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, asked, publication_id, attempts=0)
    assert between.sent == 0


def test_what_is_sent_again_after_its_permission_expired_waits_for_a_person(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    between.on_send = lost
    work(us.store)
    look_through(us, publication_id)
    with us.store.write() as tx:
        responses.set_send_until(tx, us.publication(publication_id).submission_id, datetime.now(UTC))
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    # The first attempt may still reach the blog, so it stays among those in doubt.
    assert_stopped(us, asked, publication_id, S.UNCONFIRMED, "The permission to send it has expired")
    assert between.sent == 1


def test_an_attempt_that_takes_longer_than_the_lease_is_not_made(
    tmp_path: Path, wordpress: WordPress, office: Account, between: Between
) -> None:
    with team(tmp_path, lease_s=0.5) as us:
        asked = us.asked(wordpress, office, between.url)
        publication_id = us.approved(asked)
        began = time.monotonic()
        between.on_ask = lambda: wait_until(lambda: time.monotonic() > began + 1, WITHIN_S, "a slow blog")
        work(us.store)
        assert_stopped(us, asked, publication_id, S.FAILED, "It took too long to get to the blog. Nothing was sent.")
        assert between.sent == 0


def test_the_gate_is_asked_again_when_the_connection_stands(
    us: Team, wordpress: WordPress, office: Account, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    reply = wordpress_api.reply

    def the_permission_ends_in_this_moment(*given: Any, **named: Any) -> Any:
        with us.store.write() as tx:
            responses.set_send_until(tx, us.publication(publication_id).submission_id, datetime.now(UTC))
        return reply(*given, **named)

    monkeypatch.setattr(wordpress_api, "reply", the_permission_ends_in_this_moment)
    work(us.store)
    assert_stopped(us, asked, publication_id, S.FAILED, "The permission to send it has expired. Nothing was sent.")
    assert between.sent == 0


def test_a_worker_that_lost_its_fence_does_not_call(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    context = take(us.store)
    assert context is not None
    assert (context.job.name, context.job.ref) == ("publish", publication_id)
    successor: list[Context] = []

    def another_worker_takes_over() -> None:
        between.on_ask = lambda: None
        successor.append(take_over(context))

    between.on_ask = another_worker_takes_over
    attempts.publish(context)
    assert not context.still_mine()
    attempts.publish(successor[0])
    assert between.sent == 0
    assert_stopped(us, asked, publication_id, S.FAILED, "Another worker has taken over. Nothing was sent.")


@pytest.mark.parametrize("stored", [True, False], ids=["after the blog stored it", "before it reached the blog"])
def test_a_worker_killed_in_the_middle_is_followed_by_one_that_looks(
    tmp_path: Path, wordpress: WordPress, office: Account, between: Between, stored: bool
) -> None:
    reached, over = threading.Event(), threading.Event()

    def hang(forward: Forward) -> bytes:
        if stored:
            forward()
        reached.set()
        over.wait(WITHIN_S)
        return b""

    with team(tmp_path, LEASE_S) as us:
        asked = us.asked(wordpress, office, between.url)
        publication_id = us.approved(asked)
        between.on_send = hang
        with worker(tmp_path) as process:
            assert reached.wait(WITHIN_S), (tmp_path / "worker.log").read_text()
            os.kill(process.pid, signal.SIGKILL)
            process.wait(WITHIN_S)
        over.set()
        between.on_send = lambda forward: forward()
        with us.store.read() as tx:
            assert publications.open_attempt(tx, publication_id), "the intent was written before the call"

        look_through(us, publication_id)
        assert between.sent == 1
        if not stored:
            assert_stopped(us, asked, publication_id, S.UNCONFIRMED, "not found on the blog")
            publish.send_again(us.store, us.alice, publication_id)
            work(us.store)
        assert_published(us, asked, publication_id, attempts=1 if stored else 2)


# --- while publishing is paused --------------------------------------------------------------------------------------


def test_what_was_approved_during_a_pause_is_sent_by_the_worker_once_it_is_over(
    tmp_path: Path, wordpress: WordPress, office: Account, between: Between
) -> None:
    with team(tmp_path) as us:
        asked = us.asked(wordpress, office, between.url)
        pause_id = pausing.begin(us.store, us.alice, "A storm", datetime.now(UTC) + timedelta(hours=1))
        publication_id = us.approved(asked)
        with worker(tmp_path):
            wait_until(lambda: us.publication(publication_id).pause_id == pause_id, WITHIN_S, "it to wait")
            assert (us.publication(publication_id).state, between.sent) == (S.SCHEDULED, 0)
            pausing.end(us.store, us.alice, pause_id)
            wait_until(lambda: us.publication(publication_id).state is S.PUBLISHED, WITHIN_S, "it to go out")
        assert_published(us, asked, publication_id)


def test_a_pause_that_begins_just_before_the_call_lets_it_wait(
    us: Team, wordpress: WordPress, office: Account, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = us.asked(wordpress, office, between.url)
    publication_id = us.approved(asked)
    reply = wordpress_api.reply
    begun: list[int] = []

    def publishing_is_paused_in_this_moment(*given: Any, **named: Any) -> Any:
        if not begun:
            begun.append(pausing.begin(us.store, us.alice, "A storm", datetime.now(UTC) + timedelta(hours=1)))
        return reply(*given, **named)

    monkeypatch.setattr(wordpress_api, "reply", publishing_is_paused_in_this_moment)
    work(us.store)
    found = us.publication(publication_id)
    assert (found.state, found.pause_id, between.sent) == (S.SCHEDULED, begun[0], 0)
    pausing.end(us.store, us.alice, begun[0])
    looks.sweep(us.store)
    work(us.store)
    assert_published(us, asked, publication_id, attempts=2)
