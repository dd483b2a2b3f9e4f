"""The organisation's matters: versions with their record, counted for what is read from then on, in every process."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.feed.parse import parse
from ingest.take import take
from model.errors import BadInput, Conflict, NotAllowed
from model.person import Person
from model.words import Role, Severity
from response import matter_trial, matters, policies
from response.matters import OwnMatter, written
from response.policy_text import PolicyError
from store import matters as versions
from store.db import Store
from store.schema import audit
from store.sources import Source
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.ingest import reads
from tests.installation import add, set_up

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
    with pytest.raises(BadInput, match="at most 10 examples"):
        pond(examples="One.\n" * 11)
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
    assert (tried.looked_at, tried.more, tried.same, tried.fewer, tried.cut) == (4, 2, 0, 0, False)
    assert {one.text[one.span.start : one.span.end] for one in tried.raised} == {"heron pond", "Newtsford"}
    assert tried.missed == ("The pool.",) and tried.caught == ("Newtsome is closed.",)
    matters.save(store, alice, pond(**told), 0)
    fewer = matter_trial.of_late(store, alice, pond(phrases="heron pond"))
    assert (fewer.more, fewer.same, fewer.fewer) == (1, 1, 1)
    monkeypatch.setattr(matter_trial, "MOST", 2)
    assert matter_trial.of_late(store, alice, pond()).cut
