"""The same person at two sources: said by a person, shown of both, taken back, and gone with either one's words."""

from datetime import UTC, datetime

import pytest

from ingest.take import take
from model.comment import Entry, Reading
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.words import Channel, SourceKind
from response import same_people
from store import cases as case_rows
from store import comments, erasure, search_index, sources
from store import same_people as rows
from store.erasure import Who
from store.keys import keys
from tests.response.desk import Desk


def elsewhere(desk: Desk, *authors: str, name: str = "The forum") -> list[int]:
    """A source of this name with a comment by each of these authors; returns their ids."""
    now = datetime.now(UTC)
    with desk.store.write() as tx:
        kind = {"channel": Channel.BLOG, "kind": SourceKind.FEED, "site_url": f"https://{name}", "feed_url": name}
        source_id = sources.add(tx, name=name, account={}, active=True, created_at=now, **kind)
        source = sources.get(tx, source_id)
    assert source is not None
    entries = tuple(
        Entry(
            external_id=f"{name}{number}",
            identity=f"feed:{number}",
            author=author,
            published_at=now,
            text="A calm word.",
            thread_url="https://forum.example.org/1",
            thread_title="Talk",
        )
        for number, author in enumerate(authors)
    )
    take(desk.store, source, Reading(entries))
    with desk.store.read() as tx:
        known = comments.known(tx, source_id, [one.identity for one in entries])
    return [known[one.identity].id for one in entries]


def lead(desk: Desk, case_id: int) -> int:
    with desk.store.read() as tx:
        case = case_rows.get(tx, case_id)
    assert case is not None
    return case.lead_comment_id


def others(desk: Desk, comment_id: int) -> list[tuple[str, str, str]]:
    with desk.store.read() as tx:
        one = comments.get(tx, comment_id)
        assert one is not None
        return [(same.author, same.source, same.by_name) for same in rows.of(tx, keys(), one)]


def test_nobody_is_somebody_else_by_an_equal_name_but_by_a_persons_word_and_until_it_is_taken_back(desk: Desk) -> None:
    case = desk.opened()
    mine = lead(desk, case)
    (theirs, again) = elsewhere(desk, "A reader", "A reader")
    assert others(desk, mine) == others(desk, theirs) == []
    same = same_people.say(desk.store, desk.alice, case, mine, theirs)
    assert others(desk, mine) == [("A reader", "The forum", "Alice")]
    assert others(desk, theirs) == others(desk, again) == [("A reader", "Our blog", "Alice")], "shown of both"
    with pytest.raises(Conflict, match="said already"):
        same_people.say(desk.store, desk.dave, case, theirs, mine)
    same_people.take_back(desk.store, desk.dave, case, same)
    assert others(desk, mine) == others(desk, theirs) == []
    with pytest.raises(Conflict, match="before you"):
        same_people.take_back(desk.store, desk.alice, case, same)
    assert desk.actions()[-2:] == ["case.same_person", "case.not_same_person"]
    assert desk.audit_holds()


def test_an_erasure_of_either_takes_it_away_with_the_name(desk: Desk) -> None:
    case = desk.opened()
    mine = lead(desk, case)
    theirs, _other = elsewhere(desk, "Cem K.", "Ben")
    same_people.say(desk.store, desk.alice, case, mine, theirs)
    erasure.erase(desk.store, keys(), Who("Cem K."), "asked for it", by=desk.alice.id, now=datetime.now(UTC))
    assert others(desk, mine) == []
    with desk.store.read() as tx:
        assert tx.exec_driver_sql("select count(*) from same_people").scalar() == 0


def test_others_are_looked_for_at_other_sources_only_and_an_equal_name_is_a_hint(desk: Desk) -> None:
    mine = lead(desk, desk.opened())
    elsewhere(desk, "A reader", "Cem Kaya", "Cem Kaya")
    elsewhere(desk, "Cem Kaya", name="The shop")
    search_index.follow(desk.store)
    with desk.store.read() as tx:
        one = comments.get(tx, mine)
        assert one is not None
        alike = [(other.author, other.source) for other in rows.named_alike(tx, one)]
        found = [(other.author, other.source) for other in same_people.looked_for(tx, one, "cem")]
        assert same_people.looked_for(tx, one, "reader") == rows.named_alike(tx, one)
        assert same_people.looked_for(tx, one, "  ") == []
    assert alike == [("A reader", "The forum")]
    assert found == [("Cem Kaya", "The shop"), ("Cem Kaya", "The forum")], "each author once"


def test_only_who_works_on_cases_says_so_and_of_two_sources(desk: Desk) -> None:
    case = desk.opened()
    mine = lead(desk, case)
    neighbour = lead(desk, desk.opened(number=2, thread="https://blog.example.org/kitchen"))
    theirs, nobody = elsewhere(desk, "A reader", "")
    with pytest.raises(NotAllowed):
        same_people.say(desk.store, desk.charlie, case, mine, theirs)
    with pytest.raises(BadInput, match="Both wrote at one source"):
        same_people.say(desk.store, desk.alice, case, mine, neighbour)
    with pytest.raises(NotFound, match="Nobody is named"):
        same_people.say(desk.store, desk.alice, case, mine, nobody)
