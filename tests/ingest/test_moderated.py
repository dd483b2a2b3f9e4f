"""What an account that may moderate sees besides the feed, and who of us wrote on the blog itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import pytest
from sqlalchemy import event

from access.permissions import Permission
from channels import http
from ingest import listed, moderated, our_people
from ingest.take import take
from jobs import Context
from model import clock
from model.comment import Entry, Reading
from model.errors import BadInput, NotAllowed, NotFound
from model.person import Person
from model.words import Role
from response.cases import dismiss
from store import audit, cases, comments
from store import our_people as rows
from store.db import Store
from store.jobs import Job
from store.sources import Source
from tests.channels.peers import answer, as_json
from tests.ingest import reads
from tests.ingest.interface import TEXT, Interface, source
from tests.installation import add, set_up

CALM = "We liked the garden."
FLUENT = "Buy cheap pills at https://pills.example and https://more.example now, best price."


@pytest.fixture
def blog() -> Iterator[Interface]:
    with Interface() as peer:
        yield peer


@pytest.fixture
def here(store: Store, blog: Interface) -> Source:
    return source(store, blog)


def look(store: Store, here: Source) -> None:
    moderated.look(store, reads.row(store, here.id))


def events(store: Store, subject: str, number: int) -> list[tuple[str, dict[str, Any]]]:
    with store.read() as tx:
        return [(one.action, one.data) for one in reversed(audit.history(tx, subject, [number]))]


def entry(number: int, text: str = TEXT, **told: Any) -> Entry:
    """The comment as a feed shows it: a name, and nothing that the blog has authenticated."""
    return Entry(
        external_id=f"https://blog.example.org/?c={number}",
        identity=f"wp:{number}",
        text=text,
        thread_url="https://blog.example.org/garden/",
        **{"author": "A reader"} | told,
    )


# --- on hold, spam, bin ----------------------------------------------------------------------------------------------


def test_a_comment_on_hold_is_assessed_and_becomes_a_case(store: Store, here: Source, blog: Interface) -> None:
    blog.has(1, "hold")
    look(store, here)
    (case,) = reads.all_cases(store)
    assert case.lead_comment_id == reads.comment(store, here, 1).id
    assert reads.comment(store, here, 1).status == "hold"
    assert not reads.everything(store)["gaps"]


def test_the_blogs_spam_is_listed_and_is_a_case_only_where_it_carries_a_matter(
    store: Store, here: Source, blog: Interface
) -> None:
    blog.has(1, "spam", "This is terrible, awful, the worst garden ever, I hate it. " + FLUENT)
    blog.has(2, "spam", TEXT)
    look(store, here)
    listed, grave = reads.comment(store, here, 1), reads.comment(store, here, 2)
    assert (listed.spam, listed.flagged) == (True, False)
    assert (grave.spam, grave.flagged) == (True, True)
    assert [case.lead_comment_id for case in reads.all_cases(store)] == [grave.id]


def test_what_the_blog_takes_for_no_spam_any_more_is_looked_at_like_any_other(
    store: Store, here: Source, blog: Interface
) -> None:
    blog.has(1, "spam", "This is terrible, awful, the worst garden ever, and I hate it.")
    look(store, here)
    assert not reads.all_cases(store)
    blog.comments[1]["status"] = "approved"
    look(store, here)
    assert [case.lead_comment_id for case in reads.all_cases(store)] == [reads.comment(store, here, 1).id]


def by_its_list(store: Store, here: Source, blog: Interface) -> None:
    blog.comments[1]["status"] = "approved"
    look(store, here)


def by_its_feed(store: Store, here: Source, blog: Interface) -> None:
    """As of a blog whose account may not moderate any more."""
    take(store, here, Reading((entry(1, TEXT + " And my name."),)))


@pytest.mark.parametrize("comes_out", [by_its_list, by_its_feed])
def test_what_lies_in_the_bin_is_listed_and_no_case_until_it_comes_out(
    store: Store, here: Source, blog: Interface, comes_out: Callable[[Store, Source, Interface], None]
) -> None:
    blog.has(1, "trash")
    look(store, here)
    first = reads.comment(store, here, 1)
    assert (first.status, first.deleted_at is not None, first.flagged) == ("trash", True, False)
    with store.read() as tx:
        assert [one.id for one in comments.page(tx)] == [first.id]
    blog.has(1, "trash", TEXT + " And my name.")
    look(store, here)
    edited = reads.comment(store, here, 1)
    assert (edited.revision, edited.text, edited.deleted_at) == (2, TEXT + " And my name.", first.deleted_at)
    assert reads.all_cases(store) == []
    comes_out(store, here, blog)
    out = reads.comment(store, here, 1)
    assert (out.status in ("", "approved"), out.deleted_at, out.flagged) == (True, None, True)
    assert [case.lead_comment_id for case in reads.all_cases(store)] == [out.id]
    assert [action for action, _ in events(store, "comment", out.id)] == ["comment.edited", "comment.back"]


def test_what_is_known_and_goes_to_the_bin_is_deleted_and_comes_back(
    store: Store, here: Source, blog: Interface
) -> None:
    blog.has(1)
    look(store, here)
    blog.comments[1]["status"] = "trash"
    look(store, here)
    gone = reads.comment(store, here, 1)
    assert (gone.deleted_at is not None, gone.status) == (True, "trash")
    blog.comments[1]["status"] = "approved"
    look(store, here)
    assert reads.comment(store, here, 1).deleted_at is None
    assert [action for action, _ in events(store, "comment", gone.id)] == ["comment.deleted", "comment.back"]


def test_an_edit_is_a_new_revision_and_a_state_is_recorded(store: Store, here: Source, blog: Interface) -> None:
    blog.has(1)
    look(store, here)
    known = reads.comment(store, here, 1)
    blog.has(1, "hold", TEXT + " And my name.")
    look(store, here)
    now = reads.comment(store, here, 1)
    assert (now.revision, now.status) == (2, "hold")
    assert ("comment.status", {"status": "hold"}) in events(store, "comment", known.id)


def test_a_row_of_a_list_that_cannot_be_read_is_kept_and_hides_no_other(
    store: Store, here: Source, blog: Interface
) -> None:
    blog.has(1, "hold")
    blog.has(2, "hold")
    blog.comments[1]["link"] = "no address"
    look(store, here)
    assert reads.comment(store, here, 2).status == "hold"
    (kept,) = reads.everything(store)["raw_items"]
    assert TEXT in kept["raw"]


def test_however_many_have_changed_the_audit_is_written_a_batch(store: Store, here: Source, blog: Interface) -> None:
    for number in range(1, 31):
        blog.has(number, text=f"{CALM} {number}")
    look(store, here)
    writes: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: writes.append(told[2]))
    for number in range(1, 11):
        blog.has(number, "hold", text=f"{CALM} {number}, and the pond.")
    for number in range(11, 31):
        blog.has(number, "trash", text=f"{CALM} {number}")
    look(store, here)
    back = Reading(tuple(entry(number, f"{CALM} {number}") for number in range(11, 31)))
    take(store, here, back)
    with store.read() as tx:
        assert audit.head(tx) >= 10 + 30 + 20
        assert audit.verify(tx).holds
    # What stands otherwise, what was edited and the read of it; what is back, and the read of that.
    assert sum(one.startswith("INSERT INTO audit ") for one in writes) == 5


def test_a_word_that_no_blog_has_by_itself_never_enters_the_record(store: Store, here: Source, blog: Interface) -> None:
    blog.has(1)
    look(store, here)
    blog.comments[1]["status"] = "Mrs Miller"
    look(store, here)
    assert events(store, "comment", reads.comment(store, here, 1).id)[-1] == ("comment.status", {"status": "other"})


# --- deleted for good ------------------------------------------------------------------------------------------------


def test_what_the_blog_has_no_more_is_deleted_and_what_it_hides_from_us_is_not(
    store: Store, here: Source, blog: Interface
) -> None:
    for number in (1, 2, 3):
        blog.has(number, text=CALM)
    look(store, here)
    del blog.comments[1]
    blog.hidden = {2}
    look(store, here)
    assert [reads.comment(store, here, number).deleted_at is not None for number in (1, 2, 3)] == [True, False, False]


def test_an_old_comment_of_an_open_case_is_still_watched(store: Store, here: Source, blog: Interface) -> None:
    blog.has(1)
    look(store, here)
    for number in range(2, 260):
        blog.has(number, text=f"{CALM} {number}")
    look(store, here)
    blog.comments[1]["content"] = {"rendered": "<p>You published my name.</p>"}
    look(store, here)
    assert reads.comment(store, here, 1).text == "You published my name."
    del blog.comments[1]
    look(store, here)
    assert reads.comment(store, here, 1).deleted_at is not None


def test_not_more_than_twenty_are_looked_for_in_one_read_and_none_is_forgotten(
    store: Store, here: Source, blog: Interface
) -> None:
    for number in range(1, 31):
        blog.has(number, text=f"{CALM} {number}")
    look(store, here)
    blog.comments.clear()
    blog.asked()
    look(store, here)
    assert len(blog.asked()) == 2 + listed.MAX_LOOKED_FOR
    look(store, here)
    assert all(reads.comment(store, here, number).deleted_at for number in range(1, 31))


def test_of_many_that_are_hidden_from_us_each_is_looked_for_in_its_turn(
    store: Store, here: Source, blog: Interface
) -> None:
    for number in range(1, 61):
        blog.has(number, text=f"{CALM} {number}")
    look(store, here)
    blog.hidden = set(range(1, 61))
    del blog.comments[55]
    for _ in range(3):
        look(store, here)
    assert reads.comment(store, here, 55).deleted_at is not None
    assert reads.comment(store, here, 54).deleted_at is None
    del blog.comments[54]  # that changes no list that we may see
    for _ in range(60):
        look(store, here)
    assert reads.comment(store, here, 54).deleted_at is not None


def test_one_that_cannot_be_looked_for_stands_before_no_other(store: Store, here: Source, blog: Interface) -> None:
    for number in range(1, 6):
        blog.has(number, text=f"{CALM} {number}")
    look(store, here)
    blog.comments.clear()
    answers = blog._respond
    blog._respond = lambda asked: answer("", "500 No") if "comments/1 " in asked[:200] else answers(asked)
    with patch.dict(http.fetch.__kwdefaults__, timeout_s=2):
        look(store, here)
        look(store, here)
    assert [reads.comment(store, here, n).deleted_at is not None for n in range(1, 6)] == [False] + [True] * 4


def test_comments_of_many_open_cases_and_on_hold_are_all_asked_about_in_turn(
    store: Store, here: Source, blog: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred newer ones stand before them all."""
    monkeypatch.setattr(listed, "MAX_WATCHED", 10)
    for number in range(1, 31):
        blog.has(number, text=f"{TEXT} {number}")
    for number in range(31, 41):
        blog.has(number, "hold", text=f"{CALM} {number}")
    look(store, here)
    for number in range(41, 300):
        blog.has(number, text=f"{CALM} {number}")
    for page in range(100, 300, 100):
        whole, blog.comments = blog.comments, {n: one for n, one in blog.comments.items() if n <= page}
        look(store, here)
        blog.comments = whole
    look(store, here)
    for number in range(1, 41):
        del blog.comments[number]
    for _ in range(10):
        look(store, here)
    assert [n for n in range(1, 41) if reads.comment(store, here, n).deleted_at is None] == []


def test_a_comment_of_a_case_closed_lately_is_still_watched_and_of_one_closed_long_ago_no_more(
    store: Store, here: Source, blog: Interface, alice: Person
) -> None:
    blog.has(1)
    look(store, here)
    for number in range(2, 260):
        blog.has(number, text=f"{CALM} {number}")
    look(store, here)
    (case,) = reads.all_cases(store)
    dismiss(store, alice, case.id, case.version, "We called.")
    blog.comments[1]["status"] = "trash"
    look(store, here)
    assert reads.comment(store, here, 1).status == "trash"
    blog.comments[1]["status"] = "approved"
    look(store, here)
    assert reads.comment(store, here, 1).deleted_at is None, "and what comes out of the bin is seen as well"
    with clock.at(clock.now() + listed.CLOSED_LATELY + timedelta(hours=1)):
        blog.asked()
        look(store, here)
        assert not [one for one in blog.asked() if "include=1&" in one or "include=1," in one]


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_where_nothing_is_new_nothing_is_parsed_or_written(
    store: Store, here: Source, blog: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.has(1, "hold")
    blog.has(2)
    look(store, here)
    look(store, here)
    before = reads.everything(store)
    blog.asked()

    def never(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(listed, "parsed", never)
    look(store, here)
    assert len(blog.asked()) == 1
    assert reads.everything(store) == before


def spam(blog: Interface, count: int) -> None:
    for number in range(1, count + 1):
        blog.has(number, "spam", f"{CALM} {number}")


def pages(blog: Interface) -> list[str]:
    """The pages of spam asked for since the last time."""
    asked = [one.partition("?")[2] for one in blog.asked() if "status=spam" in one]
    return [parse_qs(one)["page"][0] for one in asked]


def test_a_long_list_is_read_a_part_at_a_time_until_it_was_read_whole_and_that_is_said(
    store: Store, here: Source, blog: Interface
) -> None:
    spam(blog, 1000)
    look(store, here)
    assert pages(blog) == ["1", "2", "3", "4", "5"]
    assert "in spam is read a part at a time" in listed.unread(reads.row(store, here.id))
    look(store, here)
    assert pages(blog) == ["1", "6", "7", "8", "9"]
    look(store, here)
    assert pages(blog) == ["1", "10"]
    assert listed.unread(reads.row(store, here.id)) == ""
    assert all(reads.comment(store, here, number) for number in range(1, 1001))
    look(store, here)
    assert pages(blog) == ["1"]


def test_a_list_that_changes_while_it_is_read_is_read_once_more(store: Store, here: Source, blog: Interface) -> None:
    spam(blog, 700)
    look(store, here)
    for number in range(600, 701):  # what follows moves up by a page
        del blog.comments[number]
    look(store, here)
    pages(blog)
    look(store, here)
    assert pages(blog) == ["1", "2", "3", "4", "5"]
    for _ in range(2):
        look(store, here)
    assert all(reads.comment(store, here, number) for number in range(1, 600))


def test_how_far_back_a_list_is_read_is_bounded_and_said(
    store: Store, here: Source, blog: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "MOST_PAGES", 2)
    spam(blog, 301)
    look(store, here)
    look(store, here)
    assert pages(blog) == ["1", "2", "1"]
    assert "in spam, the newest 200 were read. Empty it" in listed.unread(reads.row(store, here.id))
    blog.comments = {n: one for n, one in blog.comments.items() if n > 200}
    look(store, here)
    look(store, here)
    assert listed.unread(reads.row(store, here.id)) == ""


@pytest.mark.parametrize("says", ["429 Too Many Requests", "500 Internal Server Error", "403 Forbidden"])
def test_a_page_that_is_not_given_is_no_end_of_the_list(store: Store, here: Source, blog: Interface, says: str) -> None:
    spam(blog, 350)
    answers = blog._respond
    blog._respond = lambda asked: answer("", says) if "page=3&" in asked.partition("\r\n")[0] else answers(asked)
    with patch.dict(http.fetch.__kwdefaults__, timeout_s=2):
        look(store, here)
    assert moderated.problem(reads.row(store, here.id))
    assert reads.comment(store, here, 200).spam, "what was read counts"
    blog._respond = answers
    look(store, here)
    assert moderated.problem(reads.row(store, here.id)) == ""
    assert all(reads.comment(store, here, number) for number in range(1, 351))


def test_a_list_that_is_refused_hides_no_other(store: Store, here: Source, blog: Interface) -> None:
    spam(blog, 101)
    blog.has(102, "hold")
    answers = blog._respond
    blog._respond = lambda asked: as_json({"code": "x"}, "403 Forbidden") if "=hold" in asked[:300] else answers(asked)
    look(store, here)
    assert moderated.problem(reads.row(store, here.id))
    assert reads.comment(store, here, 1).spam


def test_an_account_that_may_not_moderate_is_not_asked_for(store: Store, blog: Interface) -> None:
    blog.has(1, "hold")
    look(store, source(store, blog, moderates=False))
    assert blog.asked() == []


def test_what_goes_wrong_there_is_told_with_the_source_and_asked_again(store: Store, blog: Interface) -> None:
    here = source(store, blog)
    blog.has(1, "hold")
    answers, blog._respond = blog._respond, lambda _: b""
    look(store, here)
    assert "broke off" in moderated.problem(reads.row(store, here.id))
    blog._respond = answers
    look(store, here)
    assert moderated.problem(reads.row(store, here.id)) == ""
    assert reads.all_cases(store)


# --- our own people --------------------------------------------------------------------------------------------------


@pytest.fixture
def alice(store: Store) -> Person:
    return set_up(store)


def mark(store: Store, here: Source) -> None:
    our_people.mark_again(Context(store, Job(0, "ours", here.id, "", 1, 1), 60))


def test_a_reply_by_one_of_us_on_the_blog_marks_the_case_and_opens_none(
    store: Store, here: Source, blog: Interface, alice: Person
) -> None:
    blog.has(1)
    blog.has(2, text=CALM, author=9)
    look(store, here)
    our_people.set_ours(store, alice, here.id, "9", name="Mrs Office")
    mark(store, here)
    blog.has(3, text=TEXT, author=9, parent=1)
    take(store, here, moderated.identified(store, here, Reading((entry(3, parent_identity="wp:1"),))))
    (case,) = reads.all_cases(store)
    with store.read() as tx:
        (answer,) = rows.answers_of(tx, [case.id])[case.id]
        assert cases.comment_ids(tx, case.id) == [reads.comment(store, here, 1).id]
    assert (answer.name, answer.comment_id) == ("Mrs Office", reads.comment(store, here, 3).id)
    assert case.state == "open"
    assert reads.comment(store, here, 3).ours
    assert ("case.answered_there", {"comment": answer.comment_id}) in events(store, "case", case.id)


def test_a_name_in_a_feed_that_equals_one_of_ours_proves_nothing(
    store: Store, here: Source, blog: Interface, alice: Person
) -> None:
    blog.has(1, text=CALM, author=9)
    look(store, here)
    our_people.set_ours(store, alice, here.id, "9", name="The office")
    blog.has(2)
    said = entry(2, author="The office", parent_identity="wp:1")
    take(store, here, moderated.identified(store, here, Reading((said,))))
    stranger = reads.comment(store, here, 2)
    assert (stranger.author, stranger.ours, stranger.author_id) == ("The office", False, "")
    assert [case.lead_comment_id for case in reads.all_cases(store)] == [stranger.id]


def test_what_was_read_before_is_marked_afterwards_and_back_again(
    store: Store, here: Source, blog: Interface, alice: Person
) -> None:
    blog.has(1)
    for number in range(2, 252):
        blog.has(number, text=f"{TEXT} {number}" if number == 2 else f"{CALM} {number}", author=9, parent=1)
    look(store, here)
    for page in range(0, 252, 100):  # more than one look shows, as they would have been read one after the other
        some = {n: one for n, one in blog.comments.items() if page < n <= page + 100}
        whole, blog.comments = blog.comments, some
        with store.write() as tx:
            moderated.sources.change(tx, here.id, lists=None)
        look(store, here)
        blog.comments = whole
    bea = add(store, alice, "Bea", Role.MANAGER)
    our_people.set_ours(store, alice, here.id, "9", person_id=bea.id)
    mark(store, here)
    first, *_ = reads.all_cases(store)
    with store.read() as tx:
        assert [(one.author_id, one.comments, one.ours) for one in rows.authors(tx, here.id)] == [("9", 250, "Bea")]
        assert not rows.to_mark(tx, here.id, "9", ours=True, limit=1)
        assert {one.name for one in rows.answers_of(tx, [first.id])[first.id]} == {"Bea"}
    assert not reads.comment(store, here, 2).flagged
    our_people.set_stranger(store, alice, here.id, "9")
    mark(store, here)
    with store.read() as tx:
        assert not rows.to_mark(tx, here.id, "9", ours=False, limit=1)
        assert rows.answers_of(tx, [first.id]) == {}
        assert reads.comment(store, here, 2).id in cases.comment_ids(tx, first.id)
    assert reads.comment(store, here, 2).flagged


def test_only_an_administrator_says_who_is_one_of_us_and_only_of_whom_the_blog_knows(
    store: Store, here: Source, blog: Interface, alice: Person
) -> None:
    blog.has(1, text=CALM, author=9)
    look(store, here)
    bob = add(store, alice, "Bob", Role.MANAGER, Role.APPROVER, Role.EXPERT, Role.LEADERSHIP, levels=(1,))
    for act in (our_people.set_ours, our_people.set_stranger):
        with pytest.raises(NotAllowed, match=Permission.SOURCES.value):
            act(store, bob, here.id, "9")
    with pytest.raises(NotFound):
        our_people.set_ours(store, alice, here.id, "10", name="Nobody")
    with pytest.raises(BadInput):
        our_people.set_ours(store, alice, here.id, "9", name="  ")
    with pytest.raises(BadInput, match="already"):
        our_people.set_ours(store, alice, here.id, "5", name="Levelhead")
