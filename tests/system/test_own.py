"""A post of our own stands on a real blog once, exactly as it was approved; or it is said why not."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from model.errors import BadInput
from model.words import PublicationState, ResponseState
from response import blogs, doubts, drafts, looks, own, publish
from store import audit, publications, responses
from store.sources import Source
from tests.ingest import reads
from tests.system.answering import Team, team, work, worker
from tests.system.between import Between, Forward, cut, lost
from tests.system.processes import wait_until
from tests.system.wordpress import Account, WordPress

pytestmark = [
    pytest.mark.system,
    # What goes wrong within the proxy's threads must not pass for a lost connection.
    pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"),
]

LEASE_S = 2
WITHIN_S = 30
TITLE = 'The garden – "open" again'
# The blog draws other quotes, dashes and dots.
BELOW = "We open on Saturday -- at 10...\n\nBring tools;\ncome to https://example.org/garden?a=1&b=2 🙂"
S = PublicationState


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Team]:
    with team(tmp_path) as made:
        yield made
        with made.store.read() as tx:
            assert audit.verify(tx).holds


@pytest.fixture
def office(wordpress: WordPress) -> Account:
    """An editor's account; each test has one of its own, and so has what it finds there."""
    return wordpress.account("editor", "office")


@pytest.fixture
def between(wordpress: WordPress) -> Iterator[Between]:
    with Between(wordpress.url) as proxy:
        yield proxy


def sent(us: Team, source: Source, text: str = f"{TITLE}\n\n{BELOW}") -> int:
    """Alice sends a post of ours, which needs nobody's approval; returns its publication's id."""
    response_id = own.start(us.store, us.alice, frozenset(), frozenset({source.id}))
    version = drafts.save(us.store, us.alice, response_id, text, 1)
    submission_id = drafts.submit(us.store, us.alice, response_id, version)
    with us.store.read() as tx:
        (one,) = publications.of_submission(tx, submission_id)
    return one.id


def there(wordpress: WordPress, office: Account) -> list[dict[str, Any]]:
    """The account's posts on the blog, whatever their status."""
    asked = {"author": office.id, "context": "edit", "status": "any", "per_page": 100}
    found: list[dict[str, Any]] = wordpress.rest("GET", "/posts", params=asked)
    return found


def assert_published(us: Team, wordpress: WordPress, office: Account, publication_id: int, attempts: int = 1) -> None:
    """Exactly one post, exactly as approved; the response is done."""
    (post,) = there(wordpress, office)
    assert (post["title"]["raw"], post["content"]["raw"], post["status"]) == (TITLE, BELOW, "publish")
    found = us.publication(publication_id)
    assert (found.state, found.external_id, found.url) == (S.PUBLISHED, f"wp-post:{post['id']}", post["link"])
    assert (found.attempt, found.problem) == (attempts, "")
    with us.store.read() as tx:
        response = responses.get(tx, found.response_id)
        assert not publications.open_attempt(tx, publication_id)
    assert response is not None
    assert response.state is ResponseState.PUBLISHED


def look_through(us: Team, publication_id: int) -> None:
    """The worker looks for our post as often as it does, until it is found or a person has to decide."""

    def decided() -> bool:
        looks.sweep(us.store)
        work(us.store)
        return us.publication(publication_id).state is not S.PUBLISHING

    wait_until(decided, WITHIN_S, "the last look")


def test_it_is_published_with_its_title_byte_for_byte(us: Team, wordpress: WordPress, office: Account) -> None:
    publication_id = sent(us, us.add_source(wordpress, office))
    assert not there(wordpress, office)
    work(us.store)
    assert_published(us, wordpress, office, publication_id)
    url = us.publication(publication_id).url
    assert "/the-garden-open-again-" in url
    assert "Bring tools" in wordpress.html(url)


def test_an_account_that_may_not_publish_posts_is_told_before_and_after(us: Team, wordpress: WordPress) -> None:
    account = wordpress.account("contributor", "office")
    source = us.add_source(wordpress, account)
    assert blogs.posts(source) is False
    with pytest.raises(BadInput, match="may not publish posts"):
        own.start(us.store, us.alice, frozenset(), frozenset({source.id}))

    wordpress.rest("POST", f"/users/{account.id}", json={"roles": ["editor"]})
    own.ask(us.store, us.alice, source.id)
    assert blogs.posts(reads.row(us.store, source.id)) is True
    publication_id = sent(us, source)
    wordpress.rest("POST", f"/users/{account.id}", json={"roles": ["contributor"]})
    work(us.store)
    found = us.publication(publication_id)
    assert found.state is S.FAILED
    assert "may not publish posts" in found.problem
    assert not there(wordpress, account)

    wordpress.rest("POST", f"/users/{account.id}", json={"roles": ["editor"]})
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, wordpress, account, publication_id, attempts=2)


def test_what_the_blog_stores_otherwise_is_said(us: Team, wordpress: WordPress) -> None:
    source = us.add_source(wordpress, wordpress.account("author", "office"))
    text = "Tom & Ann\n\nWrite to <tom@example.org>."
    publication_id = sent(us, source, text)
    with us.store.read() as tx:
        warned = publish.warnings(tx, us.publication(publication_id).response_id, text)
    assert [sign for sign in ("'<'", "'>'", "'&'") if any(sign in one for one in warned)] == ["'<'", "'>'", "'&'"]
    work(us.store)
    found = us.publication(publication_id)
    assert found.state is S.PUBLISHED
    assert "stored another text" in found.problem
    assert "tom@example.org" in found.problem


def test_the_same_words_by_a_colleague_are_not_sent_twice(us: Team, wordpress: WordPress, office: Account) -> None:
    source = us.add_source(wordpress, office)
    publication_id = sent(us, source)
    login = {"auth": (office.user, office.password)}
    by_hand = {"title": TITLE, "content": BELOW, "status": "publish"}
    link = wordpress.rest("POST", "/posts", **login, json=by_hand)["link"]
    work(us.store)
    found = us.publication(publication_id)
    assert found.state is S.FAILED
    assert "already has exactly this text" in found.problem
    publish.posted_by_hand(us.store, us.alice, publication_id, link)
    assert us.publication(publication_id).state is S.PUBLISHED
    assert len(there(wordpress, office)) == 1


def test_a_post_cut_off_on_its_way_back_is_found_and_not_sent_twice(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    publication_id = sent(us, us.add_source(wordpress, office, between.url))
    between.on_send = cut
    work(us.store)
    assert_published(us, wordpress, office, publication_id)
    assert between.sent == 1


def test_it_is_found_by_its_mark_when_somebody_has_changed_its_words(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    publication_id = sent(us, us.add_source(wordpress, office, between.url))

    def changed_at_once(forward: Forward) -> bytes:
        forward()
        (post,) = there(wordpress, office)
        wordpress.rest("POST", f"/posts/{post['id']}", json={"content": "We open on Sunday."})
        return b""

    between.on_send = changed_at_once
    work(us.store)
    look_through(us, publication_id)
    found = us.publication(publication_id)
    assert found.state is S.PUBLISHED
    assert "stored another text" in found.problem
    assert len(there(wordpress, office)) == 1


def test_what_never_reached_the_blog_waits_for_a_person(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    publication_id = sent(us, us.add_source(wordpress, office, between.url))
    between.on_send = lost
    work(us.store)
    look_through(us, publication_id)
    (doubt,) = doubts.doubts(us.store, us.alice).unconfirmed
    assert "not found on the blog" in doubt.publication.problem
    assert (doubt.comment, doubt.case_id, doubt.place) == (None, None, wordpress.url)
    assert [one.found for one in doubt.looks] == ["not there"] * len(looks.WHEN)
    assert "no post of ours with this text" in doubt.looks[0].detail
    assert between.sent == 1

    between.on_send = lambda forward: forward()
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    assert_published(us, wordpress, office, publication_id, attempts=2)
    assert between.sent == 2


def test_after_a_restore_another_post_of_ours_stops_it_and_its_own_is_found(
    us: Team, wordpress: WordPress, office: Account, between: Between
) -> None:
    source = us.add_source(wordpress, office, between.url)
    publication_id = sent(us, source)
    with us.store.write() as tx:
        assert publications.hold_after_restore(tx, datetime.now(UTC)) == 1
    login = {"auth": (office.user, office.password)}
    other = {"title": "Since then", "content": "Another text.", "status": "publish"}
    link = wordpress.rest("POST", "/posts", **login, json=other)["link"]
    publish.send_again(us.store, us.alice, publication_id)
    work(us.store)
    found = us.publication(publication_id)
    assert found.state is S.HELD
    assert link in found.problem
    assert between.sent == 0


def test_a_worker_killed_after_the_blog_stored_it_is_followed_by_one_that_looks(
    tmp_path: Path, wordpress: WordPress, office: Account, between: Between
) -> None:
    reached, over = threading.Event(), threading.Event()

    def hang(forward: Forward) -> bytes:
        forward()
        reached.set()
        over.wait(WITHIN_S)
        return b""

    with team(tmp_path, LEASE_S) as us:
        source = us.add_source(wordpress, office, between.url)
        work(us.store)
        publication_id = sent(us, source)
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
        assert_published(us, wordpress, office, publication_id)
