"""Reading the record a page at a time: what is wanted, all of it and once, and never more than a bounded look."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import insert, select

from store import audit, trail
from store.audit import Event, New
from store.db import Store
from store.erasure import forget_words
from store.keys import keys
from store.schema import audit as audit_table
from store.schema import people
from store.schema import words as words_table
from store.trail import LEVELHEAD, Wanted

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTIONS = ("case.opened", "case.claimed", "response.written")
MANY = 120


@pytest.fixture
def filled(database: Store) -> Store:
    """A hundred and twenty events, one a minute, of three actions, three people and seven things."""
    for number in range(MANY):
        by = number % 3 or None
        new = New(ACTIONS[number % 3], ACTIONS[number % 3].partition(".")[0], number % 7, {})
        with database.write() as tx:
            audit.record_many(tx, [new], by=by, at=BEGAN + number * timedelta(minutes=1))
    return database


def fits(wanted: Wanted, one: Event) -> bool:
    """The same in plain Python."""
    return (
        (wanted.person is None or (one.person_id or LEVELHEAD) == wanted.person)
        and (not wanted.action or one.action == wanted.action)
        and (not wanted.subject or one.subject == wanted.subject)
        and (not wanted.subject or wanted.number is None or one.subject_id == wanted.number)
        and (wanted.begin is None or one.at >= wanted.begin)
        and (wanted.end is None or one.at < wanted.end)
    )


moments = st.none() | st.integers(-5, MANY + 5).map(lambda minute: BEGAN + minute * timedelta(minutes=1))


@given(
    wanted=st.builds(
        Wanted,
        person=st.none() | st.integers(0, 3),
        action=st.sampled_from(("", *ACTIONS)),
        subject=st.sampled_from(("", "case", "response")),
        number=st.none() | st.integers(0, 6),
        begin=moments,
        end=moments,
    ),
    limit=st.integers(1, 60),
    looked_at=st.integers(5, 200),
)
@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_page_by_page_comes_all_that_is_wanted_and_each_event_once(
    filled: Store, wanted: Wanted, limit: int, looked_at: int
) -> None:
    with filled.read() as tx:
        everything = [
            Event(**row._mapping) for row in tx.execute(select(audit_table).order_by(audit_table.c.seq.desc()))
        ]
        found: list[Event] = []
        before: int | None = None
        for _turn in range(MANY + 10):
            page = trail.page(tx, wanted, before, limit, looked_at)
            assert len(page.events) <= limit
            found += page.events
            before = page.next
            if before is None:
                break
        assert [one.seq for one in found] == [one.seq for one in everything if fits(wanted, one)]


def test_a_case_comes_with_its_responses_and_words_come_from_their_rows(database: Store, alice: int) -> None:
    with database.write() as tx:
        kept, digest = audit.say(tx, keys(), "reason", "Not ours to answer", by=alice, at=BEGAN)
        audit.record(tx, "case.dismissed", "case", 4, by=alice, at=BEGAN, reason=digest)
        (event,) = trail.page(tx, Wanted(subject="case", number=4)).events
        assert trail.beside(tx, [event]).words == {digest: "Not ours to answer"}
        forget_words(tx, [kept], BEGAN)
        assert trail.beside(tx, [event]).words == {digest: ""}


def test_a_page_looks_at_a_bounded_number_of_events(filled: Store) -> None:
    with filled.read() as tx:
        page = trail.page(tx, Wanted(person=2, action="case.opened"), None, 10, 15)
        assert (page.events, page.looked_until is not None) == ((), True)
        assert page.next is not None and page.next > 1


# --- by what was typed -----------------------------------------------------------------------------------------------

SAID = ("The refund is late", "She called: no refund!", "Größe zählt nicht", "Refunds are for others", "")


@pytest.fixture
def spoken(filled: Store) -> Store:
    """Each third of a hundred further events comes with something typed, the last of them twice."""
    with filled.write() as tx:
        by = tx.execute(
            insert(people).values(name="A", email="a", created_at=BEGAN).returning(people.c.id)
        ).scalar_one()
        for number in range(100):
            at, said = BEGAN + timedelta(days=1, minutes=number), SAID[number % 5]
            digest = audit.say(tx, keys(), "reason", said, by=by, at=at - timedelta(hours=1))[1] if said else ""
            data = {"reason": digest, "content": "0" * 64} if number % 3 == 0 else {"version": number}
            audit.record(tx, ACTIONS[number % 3], "case", number, by=None, at=at, **data)
    return filled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("refund", {0, 1}),
        ("REFUND*", {0, 1, 3}),
        ("refund -late", {1}),
        ('"is late"', {0}),
        ('"late is"', set()),
        ("größe", {2}),
        ("grosse", set()),
        ("-refund", set()),
        ("!!", set()),
        ("0000", set()),
    ],
)
@pytest.mark.parametrize("limit", [4, 100])
def test_events_are_found_by_the_words_that_were_typed_page_by_page(
    spoken: Store, text: str, said: set[int], limit: int
) -> None:
    expected = [number for number in range(99, -1, -1) if number % 3 == 0 and number % 5 in said]
    found: list[int | None] = []
    with spoken.read() as tx:
        before = None
        for _page in range(60):
            page = trail.page(tx, Wanted(text=text, subject="case"), before, limit, looked_at=30)
            found += [one.subject_id for one in page.events]
            before = page.next
            if before is None:
                break
    assert found == expected
    assert before is None


def test_what_was_erased_is_found_by_no_word(spoken: Store) -> None:
    with spoken.write() as tx:
        ids = tx.execute(select(words_table.c.id).where(words_table.c.text.contains("late"))).scalars().all()
        forget_words(tx, ids, BEGAN + timedelta(days=2))
    with spoken.read() as tx:
        found = trail.page(tx, Wanted(text="refund", action=ACTIONS[0]), None, 100)
    assert {one.subject_id % 5 for one in found.events if one.subject_id} == {1}
