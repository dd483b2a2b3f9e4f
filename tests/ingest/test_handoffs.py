"""A text that a person posted is compared with what a feed shows: where our own person said that it stands, in exactly
the approved words, it is ours; a name in a feed proves nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, update

from ingest import take, undo
from model.comment import Entry, Reading
from model.person import Person
from model.words import Channel, PublicationState, Role, SourceKind
from response import publish
from response.handoffs import ELSEWHERE
from store import comments, erasure, handoffs, our_people, publications
from store.db import Store
from store.handoffs import HandOff
from store.keys import keys
from store.schema import publications as table
from store.schema import submissions
from store.sources import Source
from tests.ingest import reads
from tests.ingest.bringing import lines, uploaded
from tests.installation import add, person

REPLY = "We call you today."
POST = "https://blog.example.org/camp/"
THERE = f"{POST}#comment-9"


def entry(number: int, text: str, *, parent: int = 0, author: str = "Somebody", url: str = "") -> Entry:
    return Entry(
        f"guid-{number}",
        f"wp:{number}",
        author=author,
        url=url or f"{POST}#comment-{number}",
        published_at=datetime.now(UTC),
        text=text,
        parent_identity=f"wp:{parent}" if parent else "",
        thread_url=POST,
        thread_title="The camp",
    )


@pytest.fixture
def handed(store: Store, blog: Source) -> int:
    """A reply to comment 1, approved and handed to a person; the publication's id."""
    take.take(store, blog, Reading((entry(1, "My daughter was left alone at the lake."),)))
    publication_id = reads.published(store, blog, reads.comment(store, blog, 1), "")
    with store.write() as tx:
        tx.execute(update(table).values(state=PublicationState.HAND_OFF, url=""))
        tx.execute(update(submissions).values(send_until=datetime.now(UTC) + timedelta(days=1)))
    return publication_id


@pytest.fixture
def alice(store: Store, handed: int) -> Person:
    return person(store, "alice@example.org")


def posted(store: Store, publication_id: int) -> HandOff:
    with store.read() as tx:
        found = handoffs.get(tx, publication_id)
    assert found is not None
    return found


def is_ours(store: Store, blog: Source, number: int) -> bool:
    return reads.comment(store, blog, number).ours


def test_the_approved_words_at_the_address_are_verified_and_ours(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    assert posted(store, handed).state == "waiting"
    # The blog's typography is no difference.
    take.take(store, blog, Reading((entry(9, "We  call you today.", parent=1), entry(8, "Thank you!"))))
    found = posted(store, handed)
    assert (found.state, found.difference) == ("verified", "")
    assert (is_ours(store, blog, 9), is_ours(store, blog, 8)) == (True, False)
    with store.read() as tx:
        publication = publications.get(tx, handed)
    assert publication is not None
    assert (publication.state, publication.external_id) == (PublicationState.PUBLISHED, "wp:9")


def test_other_words_at_the_address_are_shown_and_are_not_ours(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    take.take(store, blog, Reading((entry(9, "We call you never.", parent=1),)))
    found = posted(store, handed)
    assert found.state == "differs"
    assert "The channel shows '…We call you never.…' where '…We call you today.…' was sent." in found.difference
    assert not is_ours(store, blog, 9)

    take.take(store, blog, Reading((entry(9, REPLY, parent=1),)))  # mended there
    assert posted(store, handed).state == "verified"
    assert is_ours(store, blog, 9)


def test_an_erasure_takes_what_was_quoted_of_other_words_at_the_address(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    take.take(store, blog, Reading((entry(9, "Katharina calls you never.", parent=1, author="Cem"),)))
    assert "Katharina" in posted(store, handed).difference
    erasure.erase(store, keys(), erasure.Who(author="Cem"), "asked", by=alice.id, now=datetime.now(UTC))
    found = posted(store, handed)
    assert (found.state, found.difference) == ("differs", handoffs.FORGOTTEN)


def test_the_address_of_a_critics_comment_does_not_make_it_ours(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    critic = entry(5, "My daughter was left alone at the lake and she is six.", author="The association")
    take.take(store, blog, Reading((critic,)))
    publish.posted_by_hand(store, alice, handed, critic.url)
    assert posted(store, handed).state == "differs"
    one = reads.comment(store, blog, 5)
    assert (one.ours, one.flagged) == (False, True)


def test_what_was_read_before_the_address_was_given_is_compared_at_once(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    take.take(store, blog, Reading((entry(9, REPLY, parent=1),)))
    assert not is_ours(store, blog, 9)
    publish.posted_by_hand(store, alice, handed, THERE)
    assert posted(store, handed).state == "verified"
    assert is_ours(store, blog, 9)


def test_the_same_words_elsewhere_in_the_thread_verify_but_are_not_ours(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, POST)
    take.take(store, blog, Reading((entry(12, REPLY, parent=1, author="The association"),)))
    found = posted(store, handed)
    assert (found.state, found.difference) == ("verified", ELSEWHERE)
    assert not is_ours(store, blog, 12)


def test_the_comment_that_was_answered_is_never_the_answer(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, f"{POST}#comment-1")
    assert posted(store, handed).state == "waiting"
    take.take(store, blog, Reading((entry(1, REPLY),)))
    assert posted(store, handed).state == "waiting"
    assert not is_ours(store, blog, 1)


def test_words_of_another_place_say_nothing(store: Store, blog: Source, handed: int, alice: Person) -> None:
    publish.posted_by_hand(store, alice, handed, "https://f.example/group/1?comment=7")
    other = reads.source(store, "https://other.example/feed/", SourceKind.FEED)
    take.take(store, other, Reading((entry(9, REPLY),)))
    assert posted(store, handed).state == "waiting"
    # An export of the group, uploaded later, shows it at its address.
    text = f'text,url\n"{REPLY}",https://www.f.example/group/1/?comment=7\n'
    uploaded(store, alice, text)
    assert posted(store, handed).state == "verified"


def test_it_costs_a_read_one_query_and_an_idle_read_none(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    asked: list[str] = []

    def seen(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(store.engine, "before_cursor_execute", seen)
    calm = Reading((entry(20, "See you on Saturday."),))
    take.take(store, blog, calm)
    assert sum("FROM hand_offs" in statement for statement in asked) == 1
    asked.clear()
    take.take(store, blog, calm)
    assert not [statement for statement in asked if "hand_offs" in statement]


def test_after_a_month_nobody_looks_any_more(store: Store, blog: Source, handed: int, alice: Person) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    with store.read() as tx:
        assert len(handoffs.not_verified(tx, datetime.now(UTC) - timedelta(days=30))) == 1
        assert handoffs.not_verified(tx, datetime.now(UTC) + timedelta(seconds=1)) == []


def test_our_replies_stop_a_second_answer_as_before(store: Store, blog: Source, handed: int, alice: Person) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    take.take(store, blog, Reading((entry(9, REPLY, parent=1),)))
    with store.read() as tx:
        assert [one.identity for one in comments.our_answers(tx, blog.id, ["wp:1"])] == ["wp:9"]
    assert blog.channel == Channel.BLOG


def test_an_upload_that_holds_our_own_reply_can_be_undone(
    store: Store, blog: Source, handed: int, alice: Person
) -> None:
    publish.posted_by_hand(store, alice, handed, THERE)
    dave = add(store, alice, "Dave", Role.MANAGER)
    done = uploaded(store, dave, "id,text,parent\n1,Hello there.,\n2,We call you.,1\n3,Goodbye then.,\n")
    reply = lines(store, done.id)[1].comment_id
    with store.write() as tx:  # as the recognition of a hand-off does
        (case,) = reads.all_cases(store)
        assert reply is not None
        our_people.add_answer(tx, case.id, reply, datetime.now(UTC))
    assert undo.undo(store, dave, done.id).taken_away == 3
