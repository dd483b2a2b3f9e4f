"""What the first look flags and keeps to itself until the second has spoken: raised, left in peace, and never lost."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from analysis.stored import Damaged
from ingest import byhand, our_people, second, take
from ingest.second import HELD_FOR, Reader
from jobs import Context
from model.comment import Entry, Reading
from model.settings import settings
from model.words import CaseState, Channel, Severity
from response import cases, snooze
from store import audit, comments, erasure, people
from store import cases as case_rows
from store.erasure import Who
from store.keys import keys
from store.second_looks import FACT, JOB, May
from tests.ingest import reads
from tests.ingest.looking import Told, reads_by, rows, take_all
from tests.ingest.test_rollups import counted, kept, raw
from tests.jobs import hands
from tests.response.desk import THREAD, Desk, desk_at, judged

TEXT = "The fees have gone up like a startled pheasant."
OVER = HELD_FOR + timedelta(seconds=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Where a second look could be taken when last somebody tried."""
    with desk_at(tmp_path) as made:
        stands(made, "")
        yield made


def stands(desk: Desk, problem: str | None) -> None:
    with desk.store.write() as tx:
        if problem is None:
            people.drop_fact(tx, FACT)
        else:
            people.set_fact(tx, FACT, problem)


def says(monkeypatch: pytest.MonkeyPatch, severity: int, *matters: str, meanwhile: object = None) -> None:
    """Whoever looks twice finds that much in TEXT."""
    act = meanwhile if callable(meanwhile) else lambda: None
    monkeypatch.setattr(second, "READER", reads_by(Told({TEXT: (severity, matters)}, meanwhile=act)))


def held(desk: Desk, *matters: str, severity: int = 3) -> int:
    comment_id = desk.reads(1, TEXT, severity, *(matters or ("money",)))
    assert waiting(desk)[comment_id] == May.HELD
    assert stand(desk, comment_id) == (False, 0, None)
    return comment_id


def waiting(desk: Desk) -> dict[int, str]:
    return {one.comment_id: one.may for one in rows(desk.store, "waiting")}


def stand(desk: Desk, comment_id: int) -> tuple[bool, int, int | None]:
    """Whether it is flagged, how grave, and its case; what is counted is what the raw rows say."""
    assert kept(desk.store) == counted(raw(desk.store))
    here = desk.comment(comment_id)
    with desk.store.read() as tx:
        return here.flagged, here.severity, case_rows.cases_of_comments(tx, [comment_id]).get(comment_id)


def raised_by_the_first(desk: Desk, comment_id: int) -> bool:
    """It is a case as if it had never waited."""
    flagged, severity, case_id = stand(desk, comment_id)
    if case_id is None:
        return False
    case = desk.case(case_id)
    (event,) = [one for one in events(desk, case_id) if one.action == "case.opened"]
    assert (case.severity, case.matters, case.headline) == (severity, ["money"], "Money")
    assert (event.data["rules"], "second" in event.data) == (["matter:money"], False)
    assert desk.audit_holds()
    return flagged


def comes_to_an_end(desk: Desk, monkeypatch: pytest.MonkeyPatch, second_look: bool) -> None:
    """The wait: by the second look, which finds a matter, or because it was too long."""
    if second_look:
        says(monkeypatch, 3, "money")
        take_all(desk.store)
    else:
        desk.clock.shift(OVER)
        second.sweep(desk.store)


def events(desk: Desk, case_id: int) -> list[audit.Event]:
    with desk.store.read() as tx:
        return audit.history(tx, "case", [case_id])


def overruled(desk: Desk, comment_id: int) -> list[str]:
    with desk.store.read() as tx:
        found = comments.overruled(tx, [comment_id])
    return [reason.rule for said in found.values() for reason in said.reasons]


def test_it_is_left_in_peace_where_the_second_look_finds_nothing_and_both_stay_on_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment_id = held(desk)
    assert (reads.all_cases(desk.store), desk.queue(), overruled(desk, comment_id)) == ([], [], [])
    says(monkeypatch, 0)
    take_all(desk.store)
    assert stand(desk, comment_id) == (False, 0, None)
    first, again = rows(desk.store, "assessments")
    assert (first.flagged, first.matters, again.flagged, again.matters) == (True, ["money"], False, [])
    assert overruled(desk, comment_id) == ["matter:money"]
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert (stand(desk, comment_id), waiting(desk)) == ((False, 0, None), {})
    with desk.store.read() as tx:
        assert comments.page(tx, matters=["money"]) == [], "it is about no matter any more"
    cases.raise_case(desk.store, desk.alice, comment_id)
    assert stand(desk, comment_id)[2] is not None, "who finds it all the same makes a case of it"


def test_it_is_raised_by_the_second_look_with_what_that_says(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comment_id = held(desk)
    says(monkeypatch, 2, "staff")
    take_all(desk.store)
    flagged, severity, case_id = stand(desk, comment_id)
    assert (flagged, severity) == (True, 2)
    assert case_id and desk.case(case_id).matters == ["staff"]
    assert events(desk, case_id)[0].data["second"] is True
    assert overruled(desk, comment_id) == []


def test_it_is_raised_by_the_first_look_when_the_second_does_not_come_and_that_lowers_nothing_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment_id = held(desk)
    desk.clock.shift(HELD_FOR - timedelta(seconds=1))
    second.sweep(desk.store)
    assert stand(desk, comment_id) == (False, 0, None)
    desk.clock.shift(2)
    for _two_workers in range(2):
        second.sweep(desk.store)
    assert raised_by_the_first(desk, comment_id)
    assert waiting(desk) == {comment_id: May.CASE}
    says(monkeypatch, 0)
    take_all(desk.store)
    assert raised_by_the_first(desk, comment_id), "what was raised stays raised"
    assert rows(desk.store, "assessments")[-1].flagged


def _no_encoder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> Told:
        raise Damaged("The sentence encoder is damaged.")

    monkeypatch.setattr(second, "READER", Reader(load))


def _job_without_an_encoder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_encoder(desk, monkeypatch)
    take_all(desk.store)


def _sweep_without_an_encoder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_encoder(desk, monkeypatch)
    while (context := hands.take(desk.store)) is not None:
        hands.finish(context)
    desk.clock.shift(second.LEFT + timedelta(seconds=1))
    second.sweep(desk.store)


def _no_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Large(Told):
        def read(self, subjects, by):  # type: ignore[no-untyped-def]
            raise MemoryError

    monkeypatch.setattr(second, "READER", reads_by(Large({})))
    take_all(desk.store)


def _unreadable(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stumbles(Told):
        def read(self, subjects, by):  # type: ignore[no-untyped-def]
            raise ValueError("stumble over it")

    monkeypatch.setattr(second, "READER", reads_by(Stumbles({})))
    take_all(desk.store)
    assert waiting(desk) == {}


def _switched_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVELHEAD_SECOND_LOOK", "off")
    settings.cache_clear()
    second.sweep(desk.store)
    assert waiting(desk) == {}
    with desk.store.read() as tx:
        assert people.fact(tx, FACT) is None


def _switched_off_before_the_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVELHEAD_SECOND_LOOK", "off")
    settings.cache_clear()
    take_all(desk.store)


@pytest.mark.parametrize(
    "fails",
    [
        _job_without_an_encoder,
        _sweep_without_an_encoder,
        _no_memory,
        _unreadable,
        _switched_off,
        _switched_off_before_the_job,
    ],
)
def test_it_is_raised_at_once_where_no_second_look_comes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fails: Callable[[Desk, pytest.MonkeyPatch], None]
) -> None:
    comment_id = held(desk)
    fails(desk, monkeypatch)
    assert raised_by_the_first(desk, comment_id)
    settings.cache_clear()


def test_many_are_raised_in_small_changes_and_none_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = reads.row(desk.store, desk.source_id)
    texts = [f"{TEXT} {number}" for number in range(second._WRITTEN_AT_ONCE + 3)]
    desk._judged |= {one: judged(one, Severity.HIGH, ("money",)) for one in texts}
    entries = [Entry(one, one, text=one, thread_url=f"{THREAD}/{one}") for one in texts]
    with patch("ingest.take.analysis.assess_all", desk._assess):
        take.take(desk.store, source, Reading(tuple(entries)))
    assert reads.all_cases(desk.store) == []
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert len(reads.all_cases(desk.store)) == len(texts)
    assert {*waiting(desk).values()} == {May.CASE}


@pytest.mark.parametrize("problem", [None, "The sentence encoder is missing."])
def test_nothing_waits_where_no_second_look_was_ever_taken_or_none_can_be(desk: Desk, problem: str | None) -> None:
    stands(desk, problem)
    assert raised_by_the_first(desk, desk.reads(1, TEXT, 3, "money"))


def test_what_is_grave_or_typed_in_does_not_wait_and_what_is_old_is_only_listed(desk: Desk) -> None:
    grave = desk.reads(1, "Nobody answers.", 4, "money", thread=f"{THREAD}/1")
    despair = desk.reads(2, "Nobody listens.", 2, "despair", thread=f"{THREAD}/2")
    assert stand(desk, grave)[2] and stand(desk, despair)[2]
    said = {"text": TEXT, "author": "", "channel": Channel.OTHER, "when": None, "where": ""}
    desk._judged[TEXT] = judged(TEXT, Severity.HIGH, ("money",))
    with patch("ingest.take.analysis.assess_all", desk._assess):
        typed = byhand.add(desk.store, desk.alice, **said)  # type: ignore[arg-type]
        lead = desk.case(typed).lead_comment_id
        assert stand(desk, lead) == (True, 3, typed)
        source = reads.row(desk.store, desk.source_id)
        old = Entry("9", "wp:9", text=TEXT, published_at=datetime(2026, 1, 1, tzinfo=UTC), thread_url=f"{THREAD}/9")
        take.take(desk.store, source, Reading((old,)), quiet_before=datetime(2026, 2, 1, tzinfo=UTC))
    with desk.store.read() as tx:
        quiet = comments.known(tx, desk.source_id, ["wp:9"])["wp:9"].id
    assert stand(desk, quiet) == (True, 3, None)
    assert May.HELD not in waiting(desk).values()


def test_an_edit_is_judged_in_its_new_words_and_waits_for_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comment_id = held(desk)
    assert desk.reads(1, f"{TEXT} Again.", 3, "money") == comment_id
    assert raised_by_the_first(desk, comment_id)
    assert waiting(desk) == {comment_id: May.CASE}


def test_an_edit_to_harmless_words_takes_the_former_ones_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comment_id = held(desk)
    desk.reads(1, "Lovely.")
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert stand(desk, comment_id) == (False, 0, None)


def test_what_lies_in_the_bin_of_the_blog_by_then_is_raised_when_it_comes_back(desk: Desk) -> None:
    comment_id = held(desk)
    with desk.store.write() as tx:
        comments.change(tx, comment_id, status="trash", deleted_at=datetime.now(UTC))
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert stand(desk, comment_id) == (False, 3, None), "it lies in the bin of the blog: somebody there has decided"
    with desk.store.write() as tx:
        comments.change(tx, comment_id, status="", deleted_at=None)
        our_people.judge_again(tx, comment_id, 1, datetime.now(UTC))
    assert raised_by_the_first(desk, comment_id)


def test_raised_by_something_else_meanwhile_it_waits_no_more_and_nothing_is_lowered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment_id = held(desk)
    with desk.store.write() as tx:  # as when it comes out of the bin of the blog again
        our_people.judge_again(tx, comment_id, 1, datetime.now(UTC))
    says(monkeypatch, 0)
    take_all(desk.store)
    assert raised_by_the_first(desk, comment_id)
    assert rows(desk.store, "assessments")[-1].flagged


def test_what_turns_out_to_be_ours_is_raised_when_it_turns_out_not_to_be(desk: Desk) -> None:
    comment_id = held(desk)
    with desk.store.write() as tx:
        comments.mark_ours(tx, desk.source_id, "wp:1")
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert stand(desk, comment_id)[::2] == (False, None)
    with desk.store.write() as tx:
        our_people.judge_again(tx, comment_id, 1, datetime.now(UTC), ours=False)
    assert raised_by_the_first(desk, comment_id)


def test_what_was_erased_meanwhile_is_gone(desk: Desk) -> None:
    held(desk)
    erasure.erase(desk.store, keys(), Who("A reader"), "asked for", by=desk.alice.id, now=datetime.now(UTC))
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert reads.all_cases(desk.store) == []


@pytest.mark.parametrize("second_look", [True, False])
def test_what_was_deleted_meanwhile_is_a_case_all_the_same_as_if_it_had_not_waited(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, second_look: bool
) -> None:
    comment_id = held(desk)
    with desk.store.write() as tx:
        comments.change(tx, comment_id, deleted_at=datetime.now(UTC))
    comes_to_an_end(desk, monkeypatch, second_look)
    assert stand(desk, comment_id)[2] is not None


@pytest.mark.parametrize("second_look", [True, False])
@pytest.mark.parametrize("by_a_case", [True, False])
def test_what_a_person_has_decided_meanwhile_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, by_a_case: bool, second_look: bool
) -> None:
    comment_id = held(desk)
    if by_a_case:
        made = cases.raise_case(desk.store, desk.alice, comment_id)
        cases.dismiss(desk.store, desk.alice, made, desk.case(made).version, "Nothing to answer.")
    else:
        snooze.look_over(desk.store, desk.alice, comment_id, 1, "calm")
    before = reads.all_cases(desk.store)
    comes_to_an_end(desk, monkeypatch, second_look)
    assert (reads.all_cases(desk.store), desk.queue()) == (before, [])
    assert not any(one.state == CaseState.OPEN for one in before)
    assert stand(desk, comment_id)[0] is False


def test_a_case_that_a_person_made_meanwhile_stays_the_only_one(desk: Desk) -> None:
    comment_id = held(desk)
    made = cases.raise_case(desk.store, desk.alice, comment_id)
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert stand(desk, comment_id) == (True, 3, made)
    assert len(reads.all_cases(desk.store)) == 1


def test_it_joins_the_open_case_of_its_thread_when_it_is_raised(desk: Desk) -> None:
    stands(desk, None)
    first = desk.opened(2, "money", number=2)
    stands(desk, "")
    comment_id = held(desk)
    desk.clock.shift(OVER)
    second.sweep(desk.store)
    assert stand(desk, comment_id) == (True, 3, first)
    assert desk.case(first).severity == 3


def test_raised_while_the_second_look_is_read_it_stays_raised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comment_id = held(desk)
    # Reading holds no transaction, or this could not be done meanwhile.
    says(monkeypatch, 0, meanwhile=lambda: second.raise_held(desk.store, datetime.now(UTC)))
    take_all(desk.store)
    assert raised_by_the_first(desk, comment_id)
    assert rows(desk.store, "assessments")[-1].flagged


def test_a_job_that_was_taken_over_leaves_what_waits_to_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comment_id = held(desk)
    context = hands.take(desk.store)
    assert context and context.job.name == JOB
    taken: list[Context] = []
    says(monkeypatch, 0, meanwhile=lambda: taken.append(hands.take_over(context)))
    second.look(context)
    assert waiting(desk) == {comment_id: May.HELD}
    second.look(taken[0])
    assert (waiting(desk), stand(desk, comment_id)) == ({}, (False, 0, None))


def test_once_it_could_be_taken_the_first_look_waits_for_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stands(desk, None)
    desk.reads(2, "Lovely.")
    says(monkeypatch, 0)
    take_all(desk.store)
    held(desk)
