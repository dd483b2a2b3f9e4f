"""What is like a comment: the pure rule of campaigns by property, and cases and campaigns on rows by real vectors."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.twice import Look
from ingest import second, take
from model.comment import Entry, Reading
from response import alike, campaigns, cases
from response.alike import Beside
from response.campaigns import AT_LEAST, WITHIN, authors, campaign, threads
from store import cases as case_rows
from store import erasure, vectors
from store.erasure import Who
from store.keys import keys
from store.vectors import Placed
from tests.ingest import reads
from tests.ingest.looking import encoder, reads_by, take_all
from tests.response.desk import THREAD, Desk
from web.ui import likeness

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAME = "Shame on the association: sign the petition against the new garden today!"


@st.composite
def placed(draw: st.DrawFn) -> list[Placed]:
    one = st.builds(
        Placed,
        id=st.integers(1, 40),
        source_id=st.integers(1, 2),
        thread_id=st.integers(1, 4),
        author=st.sampled_from(["", "Ann", "Ben", "Cem", "Dea"]),
        author_id=st.just(""),
        at=st.integers(0, 240).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    )
    return draw(st.lists(one, min_size=1, max_size=12, unique_by=lambda each: each.id))


@pytest.mark.values
@given(placed(), st.randoms())
def test_a_campaign_is_of_one_hour_and_of_three_authors_or_threads(every: list[Placed], order) -> None:  # type: ignore[no-untyped-def]
    mine, others = every[0], every[1:]
    found = campaign(mine, others)
    again = others.copy()
    order.shuffle(again)
    assert campaign(mine, again) == found == campaign(mine, [*others, mine])
    if found:
        assert mine in found and set(found) <= set(every)
        assert found[-1].at - found[0].at <= WITHIN
        assert max(authors(found), threads(found)) >= AT_LEAST
        assert set(campaign(found[0], found)) == set(found), "whoever of it is asked about"
    # None of any hour around it would do, or none is larger.
    for first in every:
        hour = [one for one in every if first.at <= one.at <= first.at + WITHIN]
        if mine in hour and max(authors(hour), threads(hour)) >= AT_LEAST:
            assert len(found) >= len(hour)


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "READER", reads_by(Look(encoder())))


def brings(desk: Desk, *said: tuple[str, str, str, int]) -> list[int]:
    """Comments by author, thread, text and minutes after noon; their ids."""
    entries = tuple(
        Entry(
            external_id=f"{author}{at}",
            identity=f"wp:{author}{at}{thread}",
            text=text,
            author=author,
            thread_url=f"{THREAD}/{thread}",
            published_at=NOON + timedelta(minutes=at),
        )
        for author, thread, text, at in said
    )
    taken = take.take(desk.store, reads.row(desk.store, desk.source_id), Reading(entries))
    take_all(desk.store)
    return [one.comment_id for one in sorted(taken.stored, key=lambda one: entries.index(one.entry))]


def beside(desk: Desk, comment_id: int, case_id: int = 0) -> Beside:
    with desk.store.read() as tx:
        return alike.beside(tx, comment_id, case_id)


def test_comments_that_say_nearly_the_same_within_an_hour_are_a_campaign(desk: Desk) -> None:
    calm = "The new benches beside the pond are lovely, thank you for them."
    one, two, three, late, other = brings(
        desk,
        ("Ann", "1", SAME, 0),
        ("Ben", "1", SAME.replace("today!", "today!!"), 20),
        ("Cem", "1", f"{SAME} 😡", 59),
        ("Dea", "1", SAME, 150),
        ("Eda", "1", calm, 10),
    )
    found = beside(desk, two)
    assert [each.id for each in found.campaign] == [one, two, three]
    assert (campaigns.authors(found.campaign), campaigns.threads(found.campaign)) == (3, 1)
    assert likeness.told(found) == (
        "3 comments said nearly the same within an hour (3 authors, 1 thread). It may be a campaign."
    )
    assert beside(desk, late).campaign == beside(desk, other).campaign == ()
    with desk.store.read() as tx:
        assert other not in [which for near, which in alike.alike(tx, one, 9) if near >= alike.LIKE]
    erasure.erase(desk.store, keys(), Who("Ben"), "asked for", by=desk.alice.id, now=datetime.now(UTC))
    assert beside(desk, one).campaign == (), "two are left, whatever is remembered"


def test_a_case_has_others_like_it_beside_it_with_how_they_ended(desk: Desk) -> None:
    texts = {
        1: "You published my home address on your page without asking me.",
        2: "Why is my home address on your page? Nobody asked me before publishing it.",
        3: "The coach shouted at the children again on Saturday.",
    }
    made = {n: desk.reads(n, text, 3, "privacy", thread=f"{THREAD}/{n}") for n, text in texts.items()}
    take_all(desk.store)
    with desk.store.read() as tx:
        of = case_rows.cases_of_comments(tx, list(made.values()))
    first, like, other = (of[made[n]] for n in (1, 2, 3))
    cases.dismiss(desk.store, desk.alice, like, desk.case(like).version, "Taken off the page.")
    (one,) = beside(desk, made[1], first).cases
    assert (one.case.id, one.comment.id) == (like, made[2]) and one.likeness >= alike.LIKE
    assert likeness.ended(one, {desk.alice.id: "Alice"}).startswith("closed as dismissed by Alice, ")
    assert beside(desk, made[3], other).cases == ()


def test_only_the_newest_vectors_are_looked_through(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = brings(desk, ("Ann", "1", SAME, 0), ("Ben", "1", SAME, 1))
    with desk.store.read() as tx:
        assert [which for _, which in alike.alike(tx, two, 5)] == [one]
        assert alike.alike(tx, 999, 5) == ()
    alike._known.clear()
    monkeypatch.setattr(vectors, "NEWEST", 1)
    with desk.store.read() as tx:
        assert alike.alike(tx, two, 5) == []
