"""Earlier answers to comments like this one: the likest first, only what was published, and only ever a start."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import Conflict
from model.words import PublicationState
from response import drafts, publish, similar
from response.similar import Earlier, ranked
from store import cases as rows
from store import erasure, publications
from tests.response.desk import Desk

texts = st.lists(
    st.sampled_from(["pool", "open", "sunday", "ticket", "price", "address", "garden", "hall", "child"]), max_size=8
).map(" ".join)


@given(texts, st.lists(texts, max_size=8))
@settings(deadline=None)
def test_likeness_is_from_0_to_1_sorted_and_needs_a_shared_word(text: str, others: list[str]) -> None:
    found = ranked(text, others)
    assert all(one >= other - 1e-9 for (one, _), (other, _) in pairwise(found))
    assert all(0 < likeness <= 1 + 1e-9 for likeness, _ in found)
    mine = similar.words_of(text)
    assert {place for _, place in found} == {i for i, one in enumerate(others) if mine & similar.words_of(one)}


@given(texts.filter(bool), st.lists(texts, max_size=8))
@settings(deadline=None)
def test_the_same_words_are_the_likest_of_all(text: str, others: list[str]) -> None:
    likeness, _ = ranked(text, [*others, text])[0]
    assert abs(likeness - 1) < 1e-9


def test_rare_words_count_for_more_than_those_that_everybody_uses() -> None:
    others = ["the pool is closed for the week", "the ticket for the garden", "the hall for the choir"]
    assert ranked("is the ticket for the week on sale", others)[0][1] in (0, 1)
    assert ranked("where is the ticket", others)[0][1] == 1


# --- in a database ---------------------------------------------------------------------------------------------------


def answered(desk: Desk, number: int, asked: str, answer: str, *, out: bool = True) -> int:
    """A comment of a thread of its own that is answered, and (`out`) the answer posted; returns the response's id."""
    comment_id = desk.reads(number, asked, 2, "privacy", thread=f"https://blog.example.org/{number}")
    case_id = case_of(desk, comment_id)
    response_id = desk.written(case_id, answer)
    desk.approved(desk.bob, submission_id=desk.sent(response_id))
    if out:
        (publication,) = desk.publications(response_id)
        with desk.store.write() as tx:
            publications.move(tx, publication.id, publication.state, PublicationState.FAILED, publication.changed_at)
        publish.posted_by_hand(
            desk.store, desk.alice, publication.id, f"https://blog.example.org/{number}#comment-9{number}"
        )
    return response_id


def case_of(desk: Desk, comment_id: int) -> int:
    with desk.store.read() as tx:
        return rows.cases_of_comments(tx, [comment_id])[comment_id]


def earlier(desk: Desk, comment_id: int) -> list[Earlier]:
    with desk.store.read() as tx:
        return similar.earlier(tx, comment_id)


def test_published_answers_to_comments_like_this_one_are_found_with_who_approved_them(desk: Desk) -> None:
    keys = answered(desk, 1, "Where can I collect the key to the allotment shed?", "At the desk, from nine.")
    answered(desk, 2, "The choir is too loud on Sundays.", "We spoke with the choir.")
    answered(desk, 3, "My key to the allotment shed is lost", "Not out yet.", out=False)
    comment_id = desk.reads(
        9, "Who has the key to the allotment shed?", 2, "privacy", thread="https://blog.example.org/9"
    )
    (found,) = earlier(desk, comment_id)
    assert (found.of.response_id, found.of.answer) == (keys, "At the desk, from nine.")
    assert found.of.asked == "Where can I collect the key to the allotment shed?"
    assert found.approved_by == ("Bob",)


def test_what_was_erased_is_not_shown_again(desk: Desk) -> None:
    response_id = answered(desk, 1, "Where is the key to the allotment shed?", "At the desk.")
    comment_id = desk.reads(
        9, "Who has the key to the allotment shed?", 2, "privacy", thread="https://blog.example.org/9"
    )
    assert [one.of.response_id for one in earlier(desk, comment_id)] == [response_id]
    with desk.store.write() as tx:
        (publication,) = publications.of_response(tx, response_id)
        assert publication.comment_id is not None
        erasure.blank(tx, [publication.comment_id], publication.changed_at)
    assert earlier(desk, comment_id) == []


def test_an_earlier_answer_is_only_a_start_and_routes_like_any_other_text(desk: Desk) -> None:
    before = answered(desk, 1, "Where is the key to the allotment shed?", "At the desk.")
    case_id = desk.opened(2, number=9, thread="https://blog.example.org/9")
    response_id = drafts.start(desk.store, desk.alice, case_id)
    text, saved = similar.start_from(desk.store, desk.alice, response_id, before, "tab-1", 0)
    assert (text, saved.told) == ("At the desk.", "")
    assert desk.response(response_id).draft == text
    assert desk.levels(desk.sent(response_id)) == [1]
    assert "response.from_answer" in desk.actions()


def test_that_a_text_was_begun_from_an_earlier_answer_is_told_with_its_source(desk: Desk) -> None:
    before = answered(desk, 1, "Where is the key to the allotment shed?", "At the desk.")
    response_id = drafts.start(desk.store, desk.alice, desk.opened(2, number=9, thread="https://blog.example.org/9"))
    with desk.store.read() as tx:
        assert similar.begun_from(tx, response_id) is None
        (out,) = publications.of_response(tx, before)
    similar.start_from(desk.store, desk.alice, response_id, before, "tab-1", 0)
    desk.sent(response_id)
    with desk.store.read() as tx:
        begun = similar.begun_from(tx, response_id)
        assert begun is not None
        assert begun.at == out.published_at
        assert begun.author
    with desk.store.write() as tx:
        assert out.comment_id is not None
        erasure.blank(tx, [out.comment_id], out.changed_at)
        begun = similar.begun_from(tx, response_id)
        assert begun is not None
        assert begun.author == ""


def test_somebody_else_has_the_case(desk: Desk) -> None:
    before = answered(desk, 1, "Where is the key to the allotment shed?", "At the desk.")
    case_id = desk.opened(2, number=9, thread="https://blog.example.org/9")
    response_id = drafts.start(desk.store, desk.alice, case_id)
    with pytest.raises(Conflict, match="Alice"):
        similar.start_from(desk.store, desk.dave, response_id, before, "tab-2", 0)
