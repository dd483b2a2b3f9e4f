"""First set-up: what counts as done, what was skipped, where it goes on, and who may touch it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from access import people, set_up
from access.set_up import Passed, Progress, State, Step
from model import clock
from model.errors import BadInput, NotAllowed
from model.person import Person
from model.words import Role
from response import policies
from store import people as rows
from store import policies as versions
from store import sample
from store.db import Store
from tests.access.test_people import actions
from tests.ingest import reads
from tests.installation import add
from tests.installation import set_up as first_visit


@pytest.fixture
def alice(empty: Store) -> Person:
    policies.ensure(empty)
    return first_visit(empty)


def progress(store: Store) -> Progress:
    with store.read() as tx:
        found = set_up.progress(tx)
    assert found is not None
    return found


def test_it_begins_with_the_first_visit_and_what_is_there_counts_whoever_brought_it(
    empty: Store, alice: Person
) -> None:
    assert progress(empty) == Progress(State.OPEN, {Step.ORGANISATION: Passed.DONE})
    assert progress(empty).after() is Step.SOURCE
    set_up.go_past(empty, alice, Step.SOURCE, Passed.SKIPPED)
    set_up.go_past(empty, alice, Step.MAIL, Passed.SKIPPED)
    add(empty, alice, "Bob", Role.MANAGER)
    assert progress(empty).skipped == [Step.SOURCE, Step.MAIL]
    assert (progress(empty).done, progress(empty).after()) == (2, Step.POLICY)
    reads.source(empty)
    with empty.write() as tx:
        versions.add(tx, 2, policies.in_force(tx).source, alice.id, clock.now())
    assert progress(empty).skipped == [Step.MAIL], "a source that came by another page is one"
    assert (progress(empty).done, progress(empty).after()) == (4, None)


def test_it_is_left_and_found_again_with_each_step_on_the_record(empty: Store, alice: Person) -> None:
    set_up.go_past(empty, alice, Step.PEOPLE, Passed.SKIPPED)
    for state in (State.LEFT, State.FINISHED):
        set_up.put(empty, alice, state)
        with empty.read() as tx:
            assert set_up.open_one(tx) is None
        assert progress(empty).passed[Step.PEOPLE] is Passed.SKIPPED
    assert actions(empty)[-3:] == ["set_up.step", "set_up.stands", "set_up.stands"]


def test_only_who_administers_passes_a_step_or_names_the_organisation(empty: Store, alice: Person) -> None:
    bob = add(empty, alice, "Bob", Role.MANAGER, Role.LEADERSHIP)
    for act in (
        lambda: set_up.go_past(empty, bob, Step.MAIL, Passed.SKIPPED),
        lambda: set_up.put(empty, bob, State.LEFT),
        lambda: people.name_organisation(empty, bob, "Ours now", "UTC", "en"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert progress(empty).state is State.OPEN


def test_the_organisation_can_be_named_anew_and_what_cannot_be_is_refused_whole(empty: Store, alice: Person) -> None:
    people.name_organisation(empty, alice, " The  new  name ", "Europe/London", "de")
    for wrong in (("", "UTC", "en"), ("New", "Mars/Olympus", "en"), ("New", "UTC", "tlh")):
        with pytest.raises(BadInput):
            people.name_organisation(empty, alice, *wrong)
    with empty.read() as tx:
        assert set_up.organisation(tx) == set_up.Organisation("The new name", "Europe/London", "de")


def test_the_sample_and_what_was_there_before_have_none(empty: Store) -> None:
    with empty.write() as tx:
        sample.mark(tx)
    someone = first_visit(empty)
    with empty.read() as tx:
        assert set_up.progress(tx) is None
    with pytest.raises(BadInput):
        set_up.put(empty, someone, State.OPEN)
    with empty.read() as tx:
        assert rows.fact(tx, "first set-up") is None


@given(some.dictionaries(some.sampled_from(Step), some.sampled_from(Passed)), some.none() | some.sampled_from(Step))
def test_the_next_step_is_the_first_behind_which_nothing_was_said(
    passed: dict[Step, Passed], step: Step | None
) -> None:
    found = Progress(State.OPEN, passed).after(step)
    order = list(Step)
    begin = order.index(step) + 1 if step else 0
    rest = order[begin:]
    assert found == (None if all(one in passed for one in rest) else next(one for one in rest if one not in passed))
