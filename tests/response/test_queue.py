"""The views of the queue on a real database: what each holds, what is put off, what came since."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.permissions import Permission, may
from model import clock
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.queue import BY_KEY, Filters, priority
from model.words import PublicationState
from response import board, cases, outcomes, saved_views, snooze
from response.board import Board, News, arranged, remembered
from store import cases as rows
from store import comments, queue, snoozes, sources
from store.schema import audit
from tests.response.desk import Desk

OTHER = "https://blog.example.org/pool"


def shown(desk: Desk, view: str = "todo", **filters: object) -> list[int]:
    return [row.id for row in drawn(desk, view, **filters).rows]


def drawn(desk: Desk, view: str = "todo", before: list[int] | None = None, **filters: object) -> Board:
    narrow = Filters(**filters)  # type: ignore[arg-type]
    return board.board(desk.store, desk.alice, BY_KEY[view], narrow, datetime.now(UTC), before)


def version(desk: Desk, case_id: int) -> int:
    return desk.case(case_id).version


def test_a_case_is_in_the_views_that_are_about_it_and_in_no_other(desk: Desk) -> None:
    case_id = desk.opened(3)
    assert shown(desk) == shown(desk, "unclaimed") == [case_id]
    desk.claims(desk.alice, case_id)
    assert shown(desk, "mine") == [case_id]
    assert shown(desk, "unclaimed") == []
    cases.escalate(desk.store, desk.alice, case_id, "Is this so?", to_person=desk.dora.id)
    assert (shown(desk), shown(desk, "asked")) == ([], [case_id])
    with desk.store.read() as tx:
        (question,) = rows.asked_of(tx, desk.dora.id)
    cases.answer(desk.store, desk.dora, question.id, "It is.")
    assert (shown(desk), shown(desk, "asked")) == ([case_id], [])
    desk.sent(desk.written(case_id))
    assert (shown(desk), shown(desk, "approval")) == ([], [case_id])
    assert drawn(desk).news.counts["approval"] == 1


def test_a_case_whose_reply_goes_out_is_nothing_to_do_until_that_needs_a_person(desk: Desk) -> None:
    case_id = desk.opened(0)
    response_id = desk.written(case_id)
    desk.sent(response_id)
    assert desk.going_out(response_id) == [PublicationState.SCHEDULED]
    assert (shown(desk), shown(desk, "unclaimed"), shown(desk, "leaving")) == ([], [], [case_id])
    (publication,) = desk.publications(response_id)
    with desk.store.write() as tx:
        outcomes.stopped(tx, publication, PublicationState.FAILED, "The blog said no.", clock.now())
    assert (shown(desk), shown(desk, "leaving")) == ([case_id], [])


def test_a_reply_to_post_by_hand_has_a_view_of_its_own(desk: Desk) -> None:
    case_id = desk.opened(0)
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, account_id="")
    response_id = desk.written(case_id)
    desk.sent(response_id)
    assert desk.going_out(response_id) == [PublicationState.HAND_OFF]
    assert (shown(desk), shown(desk, "leaving"), shown(desk, "handoffs")) == ([], [], [case_id])


def test_what_was_closed_this_week_is_in_a_view_of_its_own_for_seven_days(desk: Desk) -> None:
    case_id = desk.opened(3)
    cases.dismiss(desk.store, desk.alice, case_id, version(desk, case_id), "All is well.")
    assert (shown(desk), shown(desk, "closed")) == ([], [case_id])
    desk.clock.shift(timedelta(days=7, minutes=1))
    assert shown(desk, "closed") == []


def test_the_order_is_that_of_the_priority(desk: Desk) -> None:
    made = []
    for number, severity in enumerate((2, 4, 1, 3, 2), start=1):
        made.append(desk.opened(severity, number=number, thread=f"{OTHER}/{number}"))
        desk.clock.shift(timedelta(hours=7))
    found = [desk.case(one) for one in made]
    expected = [one.id for one in sorted(found, key=lambda one: priority(one.severity, one.due_at, one.id))]
    assert shown(desk) == expected


def test_filters_narrow_a_view_to_what_is_like_them(desk: Desk) -> None:
    low = desk.opened(1, "money", number=1)
    high = desk.opened(4, "harm", number=2, thread=OTHER)
    assert shown(desk, severity=3) == shown(desk, matter="harm") == [high]
    assert shown(desk, matter="money") == [low]
    assert shown(desk, channel="blog", source=desk.source_id, author="A reader") == [high, low]
    assert shown(desk, channel="facebook") == shown(desk, author="Another") == shown(desk, matter="mone") == []
    assert shown(desk, source=desk.source_id + 1) == []


def test_a_row_counts_who_says_the_same_and_not_all_that_is_in_the_case(desk: Desk) -> None:
    text = "You published my address on your page, and I want it gone."
    desk.reads(1, text, 3, "privacy")
    desk.reads(2, "Mine stands there as well, take it off.", 3, "privacy")
    desk.reads(3, f"{text}!!", thread=OTHER)
    desk.reads(4, f"{text}!!")
    desk.reads(5, "And who pays for it?", 1, "money")
    (row,) = drawn(desk).rows
    assert row.same == 2, "one for the same reason, one in the same words; neither what is elsewhere nor another matter"
    desk.reads(2, "Mine stands there as well, take it off!!", 3, "privacy")
    desk.reads(6, f"{text}?", 3, "privacy")
    (row,) = drawn(desk).rows
    assert row.same == 3, "each once"


def test_a_language_narrows_cases_and_comments_without_one(desk: Desk) -> None:
    english = desk.opened(3, number=1)
    german = desk.reads(2, "Ihr habt meine Adresse veröffentlicht, und das ist nicht gut.", 3, "privacy", thread=OTHER)
    asked = desk.reads(3, "Wann ist das Fest und was kostet es?", thread=f"{OTHER}/3")
    assert shown(desk, language="en") == [english]
    assert [desk.case(one).lead_comment_id for one in shown(desk, language="de")] == [german]
    assert (shown(desk, language="und"), shown(desk, "questions", language="en")) == ([], [])
    assert shown(desk, "questions", language="de") == [asked]
    desk.reads(2, "You published my address, and that is not good.", 3, "privacy", thread=OTHER)
    assert shown(desk, language="de") == [], "what it is edited to"


def test_what_is_like_one_comment_are_its_copies_anywhere_and_its_authors_others(desk: Desk) -> None:
    text = "Cheap watches at my house, come and see them now"
    one = desk.reads(1, text, 2, "money", thread=f"{OTHER}/1")
    copy = desk.reads(2, f"{text}!!!", 2, "money", thread=f"{OTHER}/2")
    desk.reads(3, "Quite another matter it is, and by the same author.", 2, "money", thread=f"{OTHER}/3")
    stranger = desk.reads(4, "Nothing like it at all, by nobody known.", 2, "money")
    other = desk.case(3).lead_comment_id
    with desk.store.write() as tx:
        comments.change(tx, copy, author="Somebody else")
        comments.change(tx, stranger, author="A third")
    assert shown(desk, like=one) == [1, 2, 3]
    assert shown(desk, like=copy) == [1, 2], "not what its copy's author wrote"
    with desk.store.write() as tx:
        comments.change(tx, other, author_id="77")
    assert shown(desk, like=one) == [1, 2], "whom the source vouches for is not who has but the name"
    assert shown(desk, like=other) == [3]
    assert shown(desk, like=999) == []


def test_the_row_says_how_many_approvals_a_reply_would_need(desk: Desk) -> None:
    case_id = desk.opened(3)
    before = drawn(desk).approvals[case_id]
    cases.escalate(desk.store, desk.alice, case_id, "Look at this.", to_level=5)
    after = drawn(desk).approvals[case_id]
    assert after == before + 1
    assert after == len(desk.levels(desk.sent(desk.written(case_id))))


# --- snooze ----------------------------------------------------------------------------------------------------------


def test_a_case_that_is_put_off_comes_back_when_its_moment_has_come(desk: Desk) -> None:
    case_id = desk.opened(3)
    until = datetime.now(UTC) + timedelta(hours=3)
    snooze.snooze(desk.store, desk.alice, case_id, version(desk, case_id), until)
    assert (shown(desk), shown(desk, "snoozed")) == ([], [case_id])
    assert desk.claimed_by(case_id) == ""
    desk.clock.move_to(until - timedelta(seconds=1))
    assert shown(desk) == []
    desk.clock.move_to(until + timedelta(seconds=1))
    assert (shown(desk), shown(desk, "snoozed")) == ([case_id], [])
    assert "case.snoozed" in desk.actions()
    assert desk.audit_holds()


def test_it_comes_back_earlier_when_a_further_comment_joins(desk: Desk) -> None:
    case_id = desk.opened(3)
    snooze.snooze(desk.store, desk.alice, case_id, version(desk, case_id), datetime.now(UTC) + timedelta(days=1))
    desk.clock.shift(60)
    assert shown(desk) == []
    assert desk.opened(2, number=2) == case_id
    assert shown(desk) == [case_id]
    with desk.store.read() as tx:
        assert snoozes.until(tx, case_id, datetime.now(UTC)) is None


def test_who_wants_it_earlier_brings_it_back(desk: Desk) -> None:
    case_id = desk.opened(3)
    snooze.snooze(desk.store, desk.alice, case_id, version(desk, case_id), datetime.now(UTC) + timedelta(days=1))
    snooze.wake(desk.store, desk.dave, case_id)
    snooze.wake(desk.store, desk.dave, case_id)
    assert shown(desk) == [case_id]
    assert desk.actions().count("case.woken") == 1


def test_nobody_puts_off_what_another_has_or_what_they_have_not_seen(desk: Desk) -> None:
    case_id = desk.opened(3)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    desk.claims(desk.dave, case_id)
    with pytest.raises(Conflict, match="Dave is on it"):
        snooze.snooze(desk.store, desk.alice, case_id, version(desk, case_id), tomorrow)
    with pytest.raises(Conflict, match="Something was added"):
        snooze.snooze(desk.store, desk.dave, case_id, version(desk, case_id) - 1, tomorrow)
    for moment in (datetime.now(UTC), datetime.now(UTC) + timedelta(days=91)):
        with pytest.raises(BadInput):
            snooze.snooze(desk.store, desk.dave, case_id, version(desk, case_id), moment)
    assert shown(desk) == [case_id]


def test_nothing_of_it_is_for_who_may_not_work_on_cases(desk: Desk) -> None:
    assert not may(desk.charlie, Permission.TRIAGE)
    case_id = desk.opened(3)
    before = desk.actions()
    for act in (
        lambda: snooze.snooze(desk.store, desk.charlie, case_id, 1, datetime.now(UTC) + timedelta(days=1)),
        lambda: snooze.wake(desk.store, desk.charlie, case_id),
        lambda: snooze.look_over(desk.store, desk.charlie, 1, 1, "calm"),
        lambda: saved_views.save(desk.store, desk.charlie, "Mine", "todo", Filters(), for_all=True),
        lambda: saved_views.forget(desk.store, desk.charlie, 1),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert desk.actions() == before


# --- comments without a case ------------------------------------------------------------------------------------------


def test_a_friendly_question_waits_in_its_view_until_somebody_looked_at_it(desk: Desk) -> None:
    asked = desk.reads(1, "Lovely. When does it open?")
    desk.reads(2, "Lovely. See https://a.example/?page=2")
    desk.reads(3, "You hurt my son. Why?", 3, "harm", thread=OTHER)
    assert shown(desk, "questions") == [asked]
    with pytest.raises(Conflict, match="edited"):
        snooze.look_over(desk.store, desk.alice, asked, 2, "calm")
    snooze.look_over(desk.store, desk.alice, asked, 1, "calm")
    assert shown(desk, "questions") == []
    with pytest.raises(Conflict, match="before you"):
        snooze.look_over(desk.store, desk.dave, asked, 1, "calm")
    desk.reads(1, "Lovely. When does it open, and where?")
    assert shown(desk, "questions") == [asked], "another question now"
    cases.raise_case(desk.store, desk.alice, asked)
    assert shown(desk, "questions") == []


def test_an_answer_that_lies_in_the_bin_answers_no_question(desk: Desk) -> None:
    asked = desk.reads(1, "Lovely. When does it open?")
    answer = desk.reads(2, "It opens on Monday.")
    with desk.store.write() as tx:
        comments.change(tx, answer, ours=True, parent_identity="wp:1")
    assert shown(desk, "questions") == []
    with desk.store.write() as tx:
        comments.change(tx, answer, status="trash", deleted_at=datetime.now(UTC))
    assert shown(desk, "questions") == [asked]


def test_what_is_no_spam_is_spam_no_more(desk: Desk) -> None:
    made = desk.reads(1, "Cheap watches. Want one?")
    assert shown(desk, "spam") == []
    snooze.look_over(desk.store, desk.alice, made, 1, "spam")
    assert desk.comment(made).spam
    assert shown(desk, "questions") == []
    with pytest.raises(BadInput):
        snooze.look_over(desk.store, desk.alice, made, 1, "lovely")
    with pytest.raises(NotFound):
        snooze.look_over(desk.store, desk.alice, made + 9, 1, "calm")


# --- what came since --------------------------------------------------------------------------------------------------


def test_what_comes_moves_no_row_and_is_counted_until_somebody_asks_for_it(desk: Desk) -> None:
    first = desk.opened(2, number=1)
    second = desk.opened(2, number=2, thread=OTHER)
    on_screen = [first, second]
    graver = desk.opened(4, number=3, thread=f"{OTHER}/3")
    seen = drawn(desk, before=on_screen)
    assert ([row.id for row in seen.rows], seen.news.new) == (on_screen, 1)
    cases.dismiss(desk.store, desk.alice, first, version(desk, first), "Fine.")
    seen = drawn(desk, before=on_screen)
    assert ([row.id for row in seen.rows], seen.news.new) == ([second], 1)
    assert shown(desk) == [graver, second]


def test_a_look_at_what_is_new_counts_only_when_something_happened(desk: Desk) -> None:
    first = desk.opened(2)
    seen = drawn(desk)

    def look(known: News) -> News:
        now = datetime.now(UTC)
        return board.arrived(desk.store, desk.alice, BY_KEY["todo"], Filters(), now, [first], known)

    assert look(seen.news) is seen.news
    desk.opened(3, number=2, thread=OTHER)
    known = look(seen.news)
    assert (known.new, known.counts["todo"]) == (1, 2)
    assert look(known) is known


@given(st.lists(st.integers(1, 20), unique=True), st.lists(st.integers(1, 20), unique=True))
def test_rows_keep_their_order_and_none_is_lost(found: list[int], before: list[int]) -> None:
    kept, new = arranged(found, set(found), before)
    assert sorted(kept + new) == sorted(found)
    if set(before) & set(found):
        assert kept == [one for one in before if one in found]
        assert new == [one for one in found if one not in before]
    else:
        assert (kept, new) == (found, [])


@given(
    st.lists(st.integers(1, 20), unique=True), st.sets(st.integers(1, 20)), st.lists(st.integers(21, 30), unique=True)
)
def test_what_is_undone_stands_again_where_it_stood(first: list[int], gone: set[int], came: set[int]) -> None:
    order = remembered([], first)
    left = [one for one in first if one not in gone]
    order = remembered(order, left or sorted(came))
    shown = [one for one in order if one in left or one in gone]
    assert shown == first
    assert remembered(order, first) == order


# --- saved views -----------------------------------------------------------------------------------------------------


def test_a_view_is_kept_for_oneself_or_for_everybody(desk: Desk) -> None:
    saved_views.save(desk.store, desk.alice, "  My   threats ", "todo", Filters(matter="threats"), for_all=False)
    shared = saved_views.save(desk.store, desk.alice, "Grave", "unclaimed", Filters(severity=4), for_all=True)
    with desk.store.read() as tx:
        mine, daves = snoozes.saved(tx, desk.alice.id), snoozes.saved(tx, desk.dave.id)
        data = [row.data for row in tx.execute(audit.select().where(audit.c.action == "view.saved"))]
    assert [(one.name, one.view, one.filters) for one in mine] == [
        ("Grave", "unclaimed", {"severity": "4"}),
        ("My threats", "todo", {"matter": "threats"}),
    ]
    assert [one.name for one in daves] == ["Grave"]
    assert "Grave" not in str(data)
    with pytest.raises(NotFound):
        saved_views.forget(desk.store, desk.dave, shared)
    saved_views.forget(desk.store, desk.alice, shared)
    with desk.store.read() as tx:
        assert snoozes.saved(tx, desk.dave.id) == []


def test_a_view_needs_a_name_a_view_and_room(desk: Desk) -> None:
    for name, view in (("", "todo"), ("x" * 61, "todo"), ("Mine", "nothing")):
        with pytest.raises(BadInput):
            saved_views.save(desk.store, desk.alice, name, view, Filters(), for_all=False)
    for number in range(snoozes.SAVED_MOST):
        saved_views.save(desk.store, desk.alice, f"View {number}", "todo", Filters(), for_all=False)
    with pytest.raises(BadInput, match="50 views"):
        saved_views.save(desk.store, desk.alice, "One more", "todo", Filters(), for_all=False)


def test_what_was_read_since_a_moment_is_counted_with_what_was_flagged(desk: Desk) -> None:
    before = datetime.now(UTC)
    desk.clock.shift(60)
    desk.reads(1, "Lovely.")
    desk.opened(3, number=2)
    with desk.store.read() as tx:
        assert queue.read_since(tx, before) == (2, 1)
        assert queue.read_since(tx, datetime.now(UTC) + timedelta(minutes=1)) == (0, 0)
