"""Reading with an account that may moderate, and moderating, on the real blog."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
import pytest

from ingest import our_people
from model.errors import BadInput
from model.settings import settings
from model.words import Action, DecisionKind, ModerationState, PublicationState
from response import approvals, moderation
from store import audit, moderations, responses
from store import cases as case_rows
from store import our_people as rows
from store.moderations import Moderation
from store.sources import Source
from tests.ingest import reads
from tests.system.answering import COMMENT, Asked, Team, team, work, work_once
from tests.system.conftest import ALL_ON_BOTH
from tests.system.wordpress import Account, WordPress

pytestmark = [pytest.mark.system, *ALL_ON_BOTH]
NUMBER = "You published my phone number as well. Take it down."


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Team]:
    with team(tmp_path) as made:
        yield made


def stands(blog: WordPress, number: int) -> str:
    """The comment's status, as the blog's owner sees it."""
    answer: dict[str, Any] = blog.rest("GET", f"/comments/{number}", params={"context": "edit"})
    return str(answer["status"])


def set_status(blog: WordPress, number: int, status: str) -> None:
    """What the blog's owner does in its own dashboard."""
    blog.rest("POST", f"/comments/{number}", json={"status": status})


def reply_there(blog: WordPress, account: Account, post: int, parent: int, text: str) -> None:
    """One of us answers on the blog itself, logged in there."""
    made = httpx2.post(
        f"{blog.url}/wp-json/wp/v2/comments",
        auth=(account.user, account.password),
        json={"post": post, "parent": parent, "content": text},
        trust_env=False,
        timeout=30,
    )
    assert made.status_code == 201, made.text


def asked(here: Team, blog: WordPress) -> Asked:
    return here.asked(blog, blog.account("editor", "levelhead"))


def ask(here: Team, found: Asked, action: Action, reason: str = "It names a child.") -> int:
    comment = reads.comment(here.store, found.source, found.number)
    return moderation.ask(here.store, here.alice, comment.id, action, reason, comment.revision)


def approve(here: Team, response_id: int) -> None:
    """Everybody who is asked approves, level by level."""
    with here.store.read() as tx:
        sent = responses.submissions_of(tx, response_id)[-1]
    for person in here.approvers:
        with here.store.read() as tx:
            waits = {one.submission_id for one in responses.waiting_for(tx, person.id)}
        if sent.id in waits:
            approvals.decide(here.store, person, sent.id, DecisionKind.APPROVE, "", sent.content_hash)
            assert work_once(here.store) == "settle"


def row(here: Team, response_id: int) -> Moderation:
    with here.store.read() as tx:
        (found,) = moderations.of_responses(tx, [response_id])
    return found


def events(here: Team, comment_id: int) -> list[str]:
    with here.store.read() as tx:
        return [one.action for one in reversed(audit.history(tx, "comment", [comment_id]))]


# --- what the feed does not show -------------------------------------------------------------------------------------


def test_comments_on_hold_spam_and_the_bin_are_seen(wordpress: WordPress, here: Team) -> None:
    found = asked(here, wordpress)
    wordpress.options(comment_moderation=1)
    try:
        held = wordpress.comment(found.post, "Ada", "You published my address. Take it down.")
    finally:
        wordpress.options(comment_moderation=0)
    spam = wordpress.comment(found.post, "Pills", "Great article, thank you for sharing it with us.")
    binned = wordpress.comment(found.post, "Cem", NUMBER)
    set_status(wordpress, spam, "spam")
    set_status(wordpress, binned, "trash")
    here.read(found.source)
    first = reads.comment(here.store, found.source, held)
    assert first.status == "hold"
    with here.store.read() as tx:
        assert case_rows.cases_of_comments(tx, [first.id]) == {first.id: found.case_id}
    listed = reads.comment(here.store, found.source, spam)
    assert (listed.status, listed.spam, listed.flagged) == ("spam", True, False)
    thrown = reads.comment(here.store, found.source, binned)
    assert (thrown.status, thrown.deleted_at is not None, thrown.text) == ("trash", True, NUMBER)
    with here.store.read() as tx:
        assert case_rows.cases_of_comments(tx, [listed.id, thrown.id]) == {}
    set_status(wordpress, binned, "approved")
    here.read(found.source)
    with here.store.read() as tx:
        assert case_rows.cases_of_comments(tx, [thrown.id]) == {thrown.id: found.case_id}


def test_edits_states_and_deletions_on_the_blog_show_on_the_case_and_stop_what_is_in_flight(
    wordpress: WordPress, here: Team
) -> None:
    found = asked(here, wordpress)
    publication = here.approved(found)
    edited = f"{COMMENT} And my name is Ben Miller."
    wordpress.edit_comment(found.number, edited)
    set_status(wordpress, found.number, "hold")
    here.read(found.source)  # the feed does not show it any more
    comment = reads.comment(here.store, found.source, found.number)
    assert (comment.revision, comment.text, comment.status) == (2, edited, "hold")
    assert sorted(events(here, comment.id)) == ["comment.edited", "comment.status"]
    work(here.store)
    assert here.publication(publication).state is PublicationState.HELD
    wordpress.delete_comment(found.number)
    here.read(found.source)
    assert reads.comment(here.store, found.source, found.number).deleted_at is not None
    assert events(here, comment.id)[-1] == "comment.deleted"
    assert found.replies() == []


# --- our own people --------------------------------------------------------------------------------------------------


def test_a_reply_on_the_blog_by_one_of_us_marks_the_case_and_a_stranger_of_that_name_does_not(
    wordpress: WordPress, here: Team
) -> None:
    found = asked(here, wordpress)
    office = wordpress.account("author", "office")
    reply_there(wordpress, office, found.post.id, 0, "Thank you all for coming.")
    here.read(found.source)
    our_people.set_ours(here.store, here.alice, found.source.id, str(office.id), person_id=here.alice.id)
    work(here.store)
    number = wordpress.comment(found.post, "office", "You published my address.", parent=found.number)
    reply_there(wordpress, office, found.post.id, found.number, "My daughter was left alone too, at the lake.")
    here.read(found.source)
    with here.store.read() as tx:
        answers = rows.answers_of(tx, [found.case_id])[found.case_id]
    assert [one.name for one in answers] == ["Alice"]
    assert not reads.comment(here.store, found.source, number).ours
    (case,) = (one for one in reads.all_cases(here.store) if one.id == found.case_id)
    assert case.state == "open"


# --- moderation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.HOLD, Action.SPAM, Action.TRASH])
def test_hiding_a_critic_takes_the_route_then_the_blog_has_changed_and_it_can_be_put_back(
    wordpress: WordPress, here: Team, action: Action
) -> None:
    found = asked(here, wordpress)
    response_id = ask(here, found, action)
    work(here.store)
    assert stands(wordpress, found.number) == "approved"
    approve(here, response_id)
    assert stands(wordpress, found.number) == "approved"
    work(here.store)
    assert row(here, response_id).state is ModerationState.DONE
    assert stands(wordpress, found.number) == moderation.BECOMES[action]
    assert "left alone at the lake" not in wordpress.html(found.post.url)
    here.read(found.source)
    back = ask(here, found, Action.APPROVE, "")
    work(here.store)
    assert row(here, back).state is ModerationState.DONE
    assert stands(wordpress, found.number) == "approved"
    assert "left alone at the lake" in wordpress.html(found.post.url)


@pytest.mark.parametrize("before", ["hold", "spam"])
def test_what_lay_elsewhere_before_it_was_binned_goes_back_there(wordpress: WordPress, here: Team, before: str) -> None:
    found = asked(here, wordpress)
    set_status(wordpress, found.number, before)
    here.read(found.source)
    binned = ask(here, found, Action.TRASH)
    approve(here, binned)
    work(here.store)
    assert stands(wordpress, found.number) == "trash"
    back = moderation.way_back(row(here, binned).status_before)
    assert back is not None
    again = ask(here, found, back)
    approve(here, again)
    work(here.store)
    assert (row(here, again).state, stands(wordpress, found.number)) == (ModerationState.DONE, before)


@pytest.fixture
def slowly(here: Team) -> Iterator[None]:
    """A minute to undo. It is over before `here` is: whoever is set up last is put back first."""
    with patch.dict(os.environ, {"LEVELHEAD_UNDO_SECONDS": "60"}):
        settings.cache_clear()
        yield


@pytest.mark.usefixtures("slowly")
def test_undo_within_the_seconds_leaves_the_blog_as_it_was(wordpress: WordPress, here: Team) -> None:
    found = asked(here, wordpress)
    number = wordpress.comment(found.post, "Ada", "Thank you for the pictures.")
    here.read(found.source)
    other = Asked(wordpress, found.post, number, found.source, found.case_id)
    response_id = ask(here, other, Action.TRASH, "")
    work(here.store)
    moderation.undo(here.store, here.alice, row(here, response_id).id)
    work(here.store)
    assert row(here, response_id).state is ModerationState.UNDONE
    assert stands(wordpress, number) == "approved"


def test_what_was_edited_on_the_blog_after_it_was_approved_is_not_hidden(wordpress: WordPress, here: Team) -> None:
    found = asked(here, wordpress)
    response_id = ask(here, found, Action.TRASH)
    approve(here, response_id)
    wordpress.edit_comment(found.number, "I take that back.")
    work(here.store)
    held = row(here, response_id)
    assert (held.state, "edited on the blog" in held.problem) == (ModerationState.HELD, True)
    assert stands(wordpress, found.number) == "approved"


@pytest.mark.parametrize("role", ["author", "subscriber"])
def test_an_account_that_may_not_moderate_is_offered_nothing_and_reads_what_everybody_sees(
    wordpress: WordPress, here: Team, role: str
) -> None:
    found = here.asked(wordpress, wordpress.account(role, "levelhead"))
    offer = moderation.offered(_again(here, found.source), reads.comment(here.store, found.source, found.number))
    assert (offer.actions, "may not moderate" in offer.why) == ((), True)
    with pytest.raises(BadInput, match="may not moderate"):
        ask(here, found, Action.TRASH)


def test_an_account_that_lost_the_right_is_told_by_the_blog_and_a_person_looks(
    wordpress: WordPress, here: Team
) -> None:
    account = wordpress.account("editor", "levelhead")
    found = here.asked(wordpress, account)
    response_id = ask(here, found, Action.TRASH)
    approve(here, response_id)
    wordpress.rest("POST", f"/users/{account.id}", json={"roles": ["author"]})
    work(here.store)
    failed = row(here, response_id)
    assert (failed.state, "may not moderate" in failed.problem) == (ModerationState.FAILED, True)
    assert stands(wordpress, found.number) == "approved"


def _again(here: Team, source: Source) -> Source:
    return reads.row(here.store, source.id)
