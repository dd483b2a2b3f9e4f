"""One comment typed in by hand: a case of it is always made, and it routes like any other."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest import byhand
from ingest.take import take
from model.comment import Entry, Reading
from model.errors import BadInput, NotAllowed
from model.person import Person
from model.words import Action, Channel, PublicationState, ResponseState, Role, SourceKind
from response import drafts
from response.routing import Aim
from store import audit, comments, erasure, publications, responses, sources
from store.db import Store
from tests.ingest import reads
from tests.ingest.bringing import uploaded
from tests.installation import add, person, set_up

CALM = "See you on Saturday."
WHEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def dave(store: Store) -> Person:
    return add(store, set_up(store), "Dave", Role.MANAGER)


def typed(
    store: Store, by: Person, text: str = "See you on Saturday.", where: str = "Our group", **more: object
) -> int:
    told = {"author": "Ada", "channel": Channel.FACEBOOK, "when": WHEN, **more}
    return byhand.add(store, by, text=text, where=where, **told)  # type: ignore[arg-type]


def test_what_nothing_flags_is_a_case_all_the_same(store: Store, dave: Person) -> None:
    case_id = typed(store, dave)
    (case,) = reads.all_cases(store)
    assert (case.id, case.opened_by, case.headline) == (case_id, dave.id, "Raised by a person")
    with store.read() as tx:
        one = comments.get(tx, case.lead_comment_id)
        assert one is not None
        assert (one.author, one.published_at, one.thread_title, one.url) == ("Ada", WHEN, "Our group", "")
        assert [event.action for event in audit.history(tx, "comment", [one.id])] == ["comment.typed"]
        assert audit.verify(tx).holds


def test_what_is_flagged_makes_one_case_and_a_second_joins_its_thread(store: Store, dave: Person) -> None:
    first = typed(store, dave, "My daughter was left alone at the lake and she is six.")
    assert typed(store, dave, "Is that so?", author="Ben") == first
    (case,) = reads.all_cases(store)
    assert case.severity == 4
    assert typed(store, dave, where="Another group") != first


def test_the_same_typed_twice_is_one(store: Store, dave: Person) -> None:
    first = typed(store, dave)
    before = reads.everything(store)
    assert typed(store, dave) == first
    assert reads.everything(store) == before


def test_what_was_erased_is_not_typed_back_in_by_accident(store: Store, dave: Person) -> None:
    typed(store, dave)
    with store.write() as tx:
        erasure.blank(tx, [reads.all_cases(store)[0].lead_comment_id], datetime.now(UTC))
    before = reads.everything(store)
    with pytest.raises(BadInput, match="erased for good"):
        typed(store, dave)
    assert reads.everything(store) == before


def test_without_a_place_each_stands_for_itself(store: Store, dave: Person) -> None:
    assert typed(store, dave, where="") != typed(store, dave, "Something else.", where="")


def test_an_answer_to_it_is_a_hand_off(store: Store, dave: Person) -> None:
    case_id = typed(store, dave, where="https://f.example/group/7")
    response_id = drafts.start(store, dave, case_id)
    with store.read() as tx:
        (target,) = responses.targets(tx, response_id)
        version = responses.get(tx, response_id)
    assert target.channel == Channel.FACEBOOK
    assert version is not None
    drafts.save(store, dave, response_id, "See you there.", version.version)
    with store.read() as tx:
        version = responses.get(tx, response_id)
    assert version is not None
    drafts.submit(store, dave, response_id, version.version)
    with store.read() as tx:
        states = [one.state for one in publications.of_response(tx, response_id)]
        sent = responses.get(tx, response_id)
    assert sent is not None
    assert states in ([], [PublicationState.HAND_OFF]), "it waits for approval, or is handed over"
    assert (sent.state == ResponseState.WAITING) == (states == [])


def test_typed_uploaded_or_read_the_same_words_take_the_same_route_with_channel_thread_and_author(
    store: Store, dave: Person
) -> None:
    """On Facebook and on the blog, each by all three ways."""
    words, routes = "My daughter was left alone at the lake and she is six.", {}
    for channel in (Channel.FACEBOOK, Channel.BLOG):
        where = f"https://f.example/{channel}"
        typed(store, dave, words, f"{where}/typed", channel=channel)
        row = f'"{words}",Ada,{where}/uploaded,{channel.value}'
        assert uploaded(store, dave, f"text,author,thread,channel\n{row}\n").cases == 1
        feed = reads.source(store, f"{where}/feed/", SourceKind.FEED)
        with store.write() as tx:
            sources.change(tx, feed.id, channel=channel)
        entry = Entry("1", "1", author="Ada", text=words, thread_url=f"{where}/read")
        take(store, reads.row(store, feed.id), Reading((entry,)))
    for case in reads.all_cases(store):
        response_id = drafts.start(store, dave, case.id)
        with store.read() as tx:
            (target,) = responses.targets(tx, response_id)
            lead, thread = comments.get(tx, case.lead_comment_id), comments.thread(tx, case.thread_id)
            route = drafts.outlook(tx, case, Aim(Action.REPLY, frozenset({target.channel})), frozenset()).route
        assert lead is not None
        assert thread is not None
        assert (lead.author, target.comment_id, target.thread_id) == ("Ada", lead.id, thread.id)
        way = thread.url.removeprefix(f"https://f.example/{target.channel}/")
        routes[target.channel, way] = route
    assert set(routes) == {(c, w) for c in (Channel.FACEBOOK, Channel.BLOG) for w in ("typed", "uploaded", "read")}
    for channel in (Channel.FACEBOOK, Channel.BLOG):
        one, *others = (route for (there, _), route in routes.items() if there is channel)
        assert one.steps
        assert others == [one, one]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"text": "  "}, "Type what was said"),
        ({"text": "x" * 100_001}, "at most 100,000"),
        ({"when": datetime.now(UTC) + timedelta(hours=2)}, "between 1990 and now"),
        ({"where": "https://"}, "This address cannot be used"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_kept(
    store: Store, dave: Person, wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        typed(store, dave, **wrong)  # type: ignore[arg-type]
    assert reads.everything(store)["comments"] == []


def test_only_community_managers_type_in(store: Store, dave: Person) -> None:
    carla = add(store, person(store, "alice@example.org"), "Carla", Role.APPROVER, levels=(1,))
    with pytest.raises(NotAllowed, match="You may not work on cases"):
        typed(store, carla)
