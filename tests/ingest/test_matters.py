"""The organisation's matters: versions with their record, counted for what is read from then on, in every process."""

import json
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from analysis.stored import Damaged
from analysis.twice import Look
from channels.feed.parse import parse
from ingest import examples, second
from ingest.take import take
from model import clock
from model.errors import BadInput, Conflict, NotAllowed
from model.person import Person
from model.settings import settings
from model.words import Role, Severity
from response import matter_examples, matter_trial, matters, policies
from response.matters import OwnMatter, written
from response.policy_text import PolicyError
from store import example_vectors, people, rollups, second_looks
from store import matters as versions
from store.db import Store
from store.schema import audit, comments
from store.schema import example_vectors as kept_examples
from store.sources import Source
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.ingest import reads
from tests.ingest.looking import encoder, reads_by, take_all
from tests.installation import add, enter, set_up
from tests.jobs import hands
from web.ui import by_example
from web.ui import matters as matters_on_page

POND = {"name": "The pond", "definition": "The heron pond.", "phrases": "Heron pond\n\nnewts*"}


@pytest.fixture
def alice(store: Store) -> Person:
    return set_up(store)


def pond(**more: str) -> OwnMatter:
    return written("own-1", POND | more, Severity.HIGH, "level-2", False)


def brings(store: Store, blog: Source, *texts: str, first: int = 1) -> None:
    said = [Said(n, f"<p>{text}</p>", author=f"A{n}") for n, text in enumerate(texts, start=first)]
    take(store, blog, parse(blogs.rss(said)))


def test_what_is_saved_counts_for_what_is_read_afterwards_and_for_nothing_before(
    store: Store, blog: Source, alice: Person
) -> None:
    brings(store, blog, "The heron pond is dry.")
    assert reads.all_cases(store) == []
    other = Store(store.engine.url.render_as_string(hide_password=False))  # as another process has it
    with other.read() as tx:
        assert matters.in_force(tx).number == 0 and matters.new_key(tx) == "own-1"
    assert matters.save(store, alice, pond(), 0) == 1
    with other.read() as tx:
        assert matters.in_force(tx).number == 1 and matters.new_key(tx) == "own-2"
        assert matters.asked_about(tx, ("harm", "own-1")) == "level-2"
    brings(other, blog, "The heron pond is full.", first=2)
    (case,) = reads.all_cases(store)
    assert case.matters == ["own-1"] and case.severity == Severity.HIGH and "heron pond" in case.headline
    assert not reads.comment(store, blog, 1).flagged
    other.engine.dispose()


def test_each_version_is_kept_and_on_the_record_without_its_words(store: Store, alice: Person) -> None:
    matters.save(store, alice, pond(), 0)
    matters.save(store, alice, pond(near_misses="A heron pounced."), 1)
    with store.read() as tx:
        assert [(one.number, one.changed, one.by) for one in versions.newest_ones(tx, 5)] == [
            (2, "own-1", alice.id),
            (1, "own-1", alice.id),
        ]
        rows = tx.execute(select(audit.c.data).where(audit.c.action == "matters.saved").order_by(audit.c.seq)).scalars()
        said = [row if isinstance(row, dict) else json.loads(row) for row in rows]
    assert [(one["number"], one["matter"]) for one in said] == [(1, "own-1"), (2, "own-1")]
    assert "heron" not in str(said)
    with pytest.raises(Conflict, match="Version 2 was saved in the meantime"):
        matters.save(store, alice, pond(), 1)


def test_only_who_may_change_matters_does_and_what_cannot_be_is_refused(store: Store, alice: Person) -> None:
    bob = add(store, alice, "Bob", Role.MANAGER)
    with pytest.raises(NotAllowed):
        matters.save(store, bob, pond(), 0)
    with pytest.raises(NotAllowed):
        matter_trial.of_late(store, bob, pond())
    with pytest.raises(BadInput, match="Give the matter a name"):
        matters.save(store, alice, pond(name=" "), 0)
    with pytest.raises(BadInput, match="at least one word"):
        pond(phrases="")
    with pytest.raises(BadInput, match="not lowered or switched off"):
        matters.save(store, alice, OwnMatter(key="children", off=True), 0)
    with pytest.raises(BadInput, match="at most 20 examples"):
        pond(examples="One.\n" * 21)
    with pytest.raises(BadInput, match="at most 60 phrases"):
        pond(phrases="\n".join(f"heron {n}" for n in range(61)))
    with store.read() as tx:
        assert versions.newest(tx) is None


def test_a_policy_names_such_a_matter_once_it_is_there_and_stays_readable_when_it_is_switched_off(
    store: Store, alice: Person
) -> None:
    add(store, alice, "Bea", Role.APPROVER, levels=(1,))
    mine = """
name: Ours
levels: {1: {name: Lead, quorum: any, answers_within: 4h}}
expert: {quorum: any, answers_within: 4h}
due: {0: 72h, 1: 48h, 2: 24h, 3: 4h, 4: 1h}
approval_valid: 7d
sending_valid: 24h
rules:
  - {id: pond, says: The pond is for the lead, when: {matter: [own-1]}, levels: [1]}
"""
    with pytest.raises(PolicyError, match="Line 9: there is no matter called 'own-1'"):
        policies.save(store, alice, mine, 1)
    matters.save(store, alice, pond(), 0)
    assert policies.save(store, alice, mine, 1) == 2
    matters.save(store, alice, pond().model_copy(update={"off": True}), 1)
    with store.read() as tx:
        assert policies.in_force(tx).policy.rules[0].when.matter == {"own-1"}


def test_the_trial_says_what_would_be_raised_and_how_examples_fare_and_looks_at_so_many(
    store: Store, blog: Source, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matter_trial, "LOOKED_BACK", timedelta(days=4000))
    brings(store, blog, "The heron pond is dry.", "See you on Saturday.", "Newtsford is far.", "No heron pond here.")
    told = {"unless": "no heron pond", "examples": "The heron pond!\nThe pool.", "near_misses": "Newtsome is closed."}
    tried = matter_trial.of_late(store, alice, pond(**told))
    assert (tried.looked_at, tried.there, tried.more, tried.same, tried.fewer) == (4, 4, 2, 0, 0)
    assert {one.text[one.span.start : one.span.end] for one in tried.raised} == {"heron pond", "Newtsford"}
    assert tried.missed == ("The pool.",) and tried.caught == ("Newtsome is closed.",)
    matters.save(store, alice, pond(**told), 0)
    fewer = matter_trial.of_late(store, alice, pond(phrases="heron pond"))
    assert (fewer.more, fewer.same, fewer.fewer) == (1, 1, 1)
    monkeypatch.setattr(matter_trial, "MOST", 2)
    cut = matter_trial.of_late(store, alice, pond())
    assert (cut.looked_at, cut.there) == (2, 4)
    said = unescape(matters_on_page._counted(cut))
    assert "Looked at: the newest 2 of 4 comments of the last 4000 days." in said
    assert "Looked at: all 4 comments of the last 4000 days." in unescape(matters_on_page._counted(tried))
    with store.write() as tx:
        newest = tx.execute(select(comments.c.id).order_by(comments.c.at.desc(), comments.c.id.desc())).scalars().all()
        with rollups.recounted(tx, newest[:1]):
            tx.execute(update(comments).where(comments.c.id == newest[0]).values(ours=True))
    cut = matter_trial.of_late(store, alice, pond())
    assert (cut.looked_at, cut.there) == (2, 3), "what is ours is neither looked at nor counted"


PARKING = """There was nowhere to park again.
The car park was full by nine.
We drove round for an hour looking for a space.
Somebody had left a van across two bays.
Why are there no parking spaces for members?"""
LATE = "Lovely evening. Only that we could not find anywhere to leave the car, so we missed the start."
DRIVEN = "We could not find a space anywhere to leave the car, the whole evening."


def parking(texts: str = PARKING, near_misses: str = "The children love the park.", **more: str) -> OwnMatter:
    named = {"name": "Parking", "definition": "The car park.", "examples": texts, "near_misses": near_misses}
    return written("own-1", named | more, Severity.MEDIUM, "", False)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "READER", reads_by(Look(encoder())))
    monkeypatch.setattr(matter_trial, "LOOKED_BACK", timedelta(days=4000))


def examples_read(store: Store) -> int:
    """Every job that reads examples is done; how many there were."""
    count = 0
    while (context := hands.take(store)) is not None:
        if context.job.name == example_vectors.JOB:
            count += 1
            examples.read(context)
        hands.finish(context)
    return count


def test_a_comment_that_means_the_like_of_the_examples_opens_a_case_on_its_second_look(
    store: Store, blog: Source, alice: Person, looks: None
) -> None:
    matters.save(store, alice, parking(), 0)
    brings(store, blog, LATE, "See you on Saturday.")
    assert reads.all_cases(store) == []
    take_all(store)
    (case,) = reads.all_cases(store)
    assert (case.matters, case.severity) == (["own-1"], Severity.MEDIUM)
    assert case.headline == "Parking (like your example “We drove round for an hour looking for a space.”)"


def test_examples_are_tried_on_what_comments_mean_once_a_worker_has_read_them(
    store: Store, blog: Source, alice: Person, looks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    brings(store, blog, DRIVEN, "See you on Saturday, it was a lovely evening.", "The children love the park, so big.")
    take_all(store)
    few = parking("\n".join(PARKING.splitlines()[:4]), phrases="bays")
    assert matter_examples.of_late(store, alice, few) is None
    for _again in range(2):
        waits = matter_examples.of_late(store, alice, parking())
        assert waits is not None and waits.waits and waits.looked_at == 0
    assert examples_read(store) == 1, "asked for once"
    with store.read() as tx:
        assert example_vectors.waiting(tx, 9) == {}
    tried = matter_examples.of_late(store, alice, parking())
    assert tried is not None and not tried.waits
    assert (tried.looked_at, tried.there, tried.more, tried.same, tried.fewer) == (3, 3, 1, 0, 0)
    assert [(one.text, one.example) for one in tried.raised] == [(DRIVEN, PARKING.splitlines()[2])]
    assert 0 <= tried.alone <= 5
    matters.save(store, alice, parking(), 0)
    same = matter_examples.of_late(store, alice, parking())
    assert same is not None and (same.more, same.same, same.fewer) == (0, 1, 0)
    excused = parking(near_misses=DRIVEN)
    matter_examples.of_late(store, alice, excused)
    assert examples_read(store) == 1
    fewer = matter_examples.of_late(store, alice, excused)
    assert fewer is not None and (fewer.more, fewer.same, fewer.fewer) == (0, 0, 1)
    monkeypatch.setattr(matter_examples, "MOST", 2)
    cut = matter_examples.of_late(store, alice, parking())
    assert cut is not None and (cut.looked_at, cut.there) == (2, 3)
    assert "Looked at: 2 of the 3 comments of the last" in by_example._counted(cut)
    with store.write() as tx:
        tx.execute(update(comments).values(at=clock.now() - matter_trial.LOOKED_BACK - timedelta(hours=1)))
    past = matter_examples.of_late(store, alice, parking())
    assert past is not None and past.looked_at == 0, "what is older than 90 days was not looked at"
    with pytest.raises(NotAllowed):
        matter_examples.of_late(store, add(store, alice, "Bob", Role.MANAGER), parking())


def test_where_the_encoder_cannot_be_loaded_examples_wait_and_it_is_said(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Look:
        raise Damaged("It is not installed.")

    monkeypatch.setattr(second, "READER", second.Reader(broken))
    assert matter_examples.of_late(store, alice, parking()) is not None
    assert examples_read(store) == 1
    said = matter_examples.of_late(store, alice, parking())
    assert said is not None and (said.problem, said.waits) == ("It is not installed.", False)
    monkeypatch.setattr(second, "READER", reads_by(Look(encoder())))
    with store.read() as tx:
        assert len(example_vectors.waiting(tx, 99)) == 6
    assert examples_read(store) == 0
    with store.sign() as tx:
        people.drop_fact(tx, second_looks.FACT)  # as soon as another second look could be taken
    matter_examples.of_late(store, alice, parking())
    assert examples_read(store) == 1, "what waits gets a job again"
    without = settings().model_copy(update={"second_look": False})
    monkeypatch.setattr(matter_examples, "settings", lambda: without)
    off = matter_examples.of_late(store, alice, parking())
    assert off is not None and off.off


def test_vectors_of_examples_hold_no_words_and_go_after_a_month(store: Store) -> None:
    now = clock.now()
    with store.sign() as tx:
        example_vectors.ask(tx, ["old"], now - timedelta(days=31))
        example_vectors.ask(tx, ["new", "old"], now)
        (first, second_one) = example_vectors.waiting(tx, 9)
        assert example_vectors.waiting(tx, 1) == {first: "old"}
        example_vectors.keep(tx, {second_one: b"v" * 512}, now)
        assert tx.execute(select(kept_examples.c.text)).scalars().all() == [""]
        assert example_vectors.known(tx, ["old", "new", "other"]) == {"new": b"v" * 512}
        assert example_vectors.waiting(tx, 9) == {}


def test_fewer_examples_of_a_grave_matter_wait_for_a_second_person(store: Store, alice: Person) -> None:
    enter(store, add(store, alice, "Ada", Role.ADMIN))
    grave = parking().model_copy(update={"severity": Severity.HIGH})
    assert matters.save(store, alice, grave, 0) == 1
    less = grave.model_copy(update={"examples": grave.examples[1:], "phrases": ("bays",)})
    with pytest.raises(BadInput, match="waits for a second person"):
        matters.save(store, alice, less, 1)
    assert matters.save(store, alice, less, 1, "too many") == 0
    with store.read() as tx:
        assert matters.in_force(tx).number == 1
