"""The second look: one job a reading, what it may raise and never lowers, and what comes in between."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile

import pytest

import analysis
from analysis import deep, models
from analysis.evidence import Material
from analysis.evidence import Told as Heard
from analysis.stored import Damaged
from analysis.twice import Look
from ingest import second, take
from ingest.second import Reader
from jobs.engine import queue
from model import clock
from model.comment import Entry, Reading
from model.errors import Conflict
from model.words import CaseState
from response import cases, drafts, policies
from response.routing import aim_of
from store import audit, comments, erasure, learnt, people, second_looks
from store import cases as case_rows
from store.db import Store
from store.erasure import Who
from store.keys import keys
from store.second_looks import FACT, JOB
from tests.ingest import reads
from tests.ingest.looking import Told, encoder, jobs_of, reads_by, rows, take_all
from tests.installation import installation
from tests.jobs import hands
from tests.response.desk import THREAD, Desk, desk_at
from tests.response.test_safety import danger
from web.ui import words

CALM = "I really appreciate your volunteers and the new garden."
GRAVE = (3, ("children",))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Whoever looks twice, and finds children in CALM."""
    made = Told({CALM: GRAVE})
    monkeypatch.setattr(second, "READER", reads_by(made))
    return made


def case_of(desk: Desk, comment_id: int) -> int | None:
    with desk.store.read() as tx:
        return case_rows.cases_of_comments(tx, [comment_id]).get(comment_id)


def events(desk: Desk, case_id: int) -> list[audit.Event]:
    with desk.store.read() as tx:
        return audit.history(tx, "case", [case_id])


def erased_by_request(desk: Desk, author: str) -> None:
    erasure.erase(desk.store, keys(), Who(author), "asked for", by=desk.alice.id, now=datetime.now(UTC))


def test_a_reading_brings_one_job_and_all_its_comments_are_looked_at_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "READER", reads_by(Look(encoder())))
    before = reads.source(store)
    entries = [
        Entry(external_id=f"{n}", identity=f"wp:{n}", text=f"{CALM} Number {n}.", author=f"A{n}", thread_url=THREAD)
        for n in range(5)
    ]
    assert take.take(store, before, Reading(tuple(entries))).new == 5
    assert (jobs_of(store), len(rows(store, "waiting"))) == (1, 5)
    assert queue(JOB) == "assessing" != queue("publish")
    assert take_all(store) == 1
    first, again = rows(store, "assessments")[:5], rows(store, "assessments")[5:]
    assert [(one.comment_id, one.revision, one.flagged) for one in again] == [
        (one.comment_id, one.revision, one.flagged) for one in first
    ]
    assert {one.version for one in again}.isdisjoint(one.version for one in first)
    assert [len(one.vector) for one in rows(store, "vectors")] == [512] * 5
    assert (rows(store, "waiting"), take_all(store)) == ([], 0)
    with store.read() as tx:
        noted = audit.last(tx, "source", before.id, ["comments.second_look"])
    assert noted is not None and noted.data["count"] == 5


def test_what_only_the_second_look_flags_is_a_case_with_its_reasons_and_its_event(desk: Desk, told: Told) -> None:
    comment_id = desk.reads(1, CALM)
    assert case_of(desk, comment_id) is None
    desk.clock.shift(60)
    take_all(desk.store)
    case_id = case_of(desk, comment_id)
    assert case_id is not None
    case = desk.case(case_id)
    assert (case.severity, case.matters, case.headline, case.opened_by) == (3, ["children"], "Children", None)
    assert case.opened_at == datetime(2026, 3, 2, 9, 1, tzinfo=UTC), "the time of the second look, not of the read"
    (event,) = events(desk, case_id)
    assert (event.action, event.data["second"], event.data["rules"]) == ("case.opened", True, ["matter:children"])
    assert words.happened(event, {}) == "Flagged on a second look"
    here = desk.comment(comment_id)
    assert (here.flagged, here.severity, desk.queue()) == (True, 3, [case_id])
    assert desk.audit_holds()


def test_what_was_learnt_holds_for_the_second_look_too_and_never_for_what_is_grave(desk: Desk, told: Told) -> None:
    source = '{"weights": {"flagged": -9.0}, "offset": 0.0}'
    with desk.store.write() as tx:
        assert learnt.add(tx, 1, kind=learnt.LEARNT, source=source, reports=[], labels=50, by=None, at=clock.now())
    told._said["The bins again."] = (1, ("parking",))
    mild = desk.reads(2, "The bins again.", 1, "parking", thread=f"{THREAD}-2")
    grave = desk.reads(1, CALM)
    take_all(desk.store)
    assert (case_of(desk, mild), desk.comment(mild).flagged) == (None, False)
    assert case_of(desk, grave) is not None
    versions = [one.version for one in rows(desk.store, "assessments") if one.comment_id == mild]
    assert len(versions) == 2 and all(one.endswith("~1") for one in versions)


def test_a_case_rises_with_a_second_look_and_its_reply_takes_the_graver_route(desk: Desk) -> None:
    case_id = desk.opened(1, "staff")
    response_id, before = desk.written(case_id), desk.case(case_id)

    def route() -> set[int]:
        with desk.store.read() as tx:
            aim = aim_of(tx, desk.response(response_id))
            steps = drafts.outlook(tx, case_rows.get(tx, case_id), aim, frozenset()).route.steps
        return {step.level for step in steps}

    lower = route()
    said = Told({"You published my address (1).": GRAVE})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second, "READER", reads_by(said))
        take_all(desk.store)
    after = desk.case(case_id)
    assert (after.severity, after.matters) == (3, ["children", "staff"])
    assert after.due_at < before.due_at and after.version > before.version
    assert lower < route()
    graver = events(desk, case_id)[0]
    assert (graver.action, graver.data["severity"], graver.data["second"]) == ("case.graver", 3, True)
    with pytest.raises(Conflict, match="Something was added"):
        cases.dismiss(desk.store, desk.alice, case_id, before.version, "calm")


def test_despair_that_only_a_second_look_finds_is_told_at_once_also_on_a_case_that_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.opened(1, "staff")
    desk.reads(2, CALM, thread=f"{THREAD}/2")
    assert danger(desk) == []
    said = Told({"You published my address (1).": (4, ("despair",)), CALM: (4, ("threats",))})
    monkeypatch.setattr(second, "READER", reads_by(said))
    take_all(desk.store)
    assert [who for who, _ in danger(desk)] == [desk.alice.name] * 2 + [desk.dora.name] * 2


def test_a_second_look_joins_the_open_case_of_the_thread(desk: Desk, told: Told) -> None:
    case_id = desk.opened(4, "privacy")
    comment_id = desk.reads(2, CALM)
    take_all(desk.store)
    assert case_of(desk, comment_id) == case_id
    assert desk.case(case_id).severity == 4
    assert words.happened(events(desk, case_id)[0], {}) == "Another comment joined, on a second look"


def test_nothing_is_lowered_closed_or_opened_again_by_a_second_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    grave, text = desk.opened(4, "privacy"), "You published my address (1)."
    closed = desk.opened(1, "staff", number=2, thread=f"{THREAD}/2")
    cases.dismiss(desk.store, desk.alice, closed, desk.case(closed).version, "Nothing to answer.")
    before = desk.case(closed)
    said = Told({text: (0, ()), "You published my address (2).": GRAVE})
    monkeypatch.setattr(second, "READER", reads_by(said))
    take_all(desk.store)
    assert (desk.case(grave).severity, desk.case(grave).state) == (4, CaseState.OPEN)
    with desk.store.read() as tx:
        kept = comments.assessment(tx, desk.case(grave).lead_comment_id, 1)
    assert kept and (kept.flagged, kept.severity, kept.matters, len(kept.reasons)) == (True, 4, ("privacy",), 1)
    assert desk.case(closed) == before
    assert desk.comment(before.lead_comment_id).severity == 1, "a person has decided on this text"


def test_an_edit_in_between_wins_and_is_looked_at_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comment_id = desk.reads(1, CALM)
    edited = "The garden opens at nine, as the board outside says."
    # It reads outside of any transaction, or this change could not be made.
    told = Told({CALM: GRAVE}, meanwhile=lambda: desk.reads(1, edited))
    monkeypatch.setattr(second, "READER", reads_by(told))
    take_all(desk.store)
    assert told.asked == [CALM, edited]
    assert case_of(desk, comment_id) is None
    assert [(one.revision, "+" in one.version) for one in rows(desk.store, "assessments")] == [
        (1, False),
        (2, False),
        (2, True),
    ]
    (vector,) = rows(desk.store, "vectors")
    (fresh,) = second.packed(encoder().vectors([edited]))
    assert vector.vector == fresh


def test_who_lost_the_job_while_reading_writes_nothing_and_the_next_writes_it_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment_id = desk.reads(1, CALM)
    context = hands.take(desk.store)
    assert context and context.job.name == JOB
    taken_over = []
    told = Told({CALM: GRAVE}, meanwhile=lambda: taken_over.append(hands.take_over(context)))
    monkeypatch.setattr(second, "READER", reads_by(told))
    second.look(context)
    assert (len(rows(desk.store, "assessments")), context.refused.is_set()) == (1, True)
    for _twice in range(2):
        second.look(taken_over[0])
    assert len(rows(desk.store, "assessments")) == 2
    assert [one.action for one in events(desk, case_of(desk, comment_id) or 0)] == ["case.opened"]


def test_one_comment_that_cannot_be_read_keeps_its_first_look_and_takes_no_other_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Stumbles(Told):
        def read(self, subjects, by):  # type: ignore[no-untyped-def]
            if any("stumble" in one.text for one in subjects):
                raise ValueError("stumble over it")
            return super().read(subjects, by)

    source = reads.row(desk.store, desk.source_id)
    texts = [*(f"{CALM} Number {n}." for n in range(5)), "This makes it stumble, and nobody knows why."]
    entries = [
        Entry(external_id=f"{n}", identity=f"wp:{n}", text=one, thread_url=THREAD) for n, one in enumerate(texts)
    ]
    take.take(desk.store, source, Reading(tuple(entries)))
    monkeypatch.setattr(second, "READER", reads_by(Stumbles({})))
    take_all(desk.store)
    assert len(rows(desk.store, "assessments")) == 6 + 5
    assert rows(desk.store, "waiting") == []
    assert "ValueError" in caplog.text and "stumble over it" not in caplog.text


def test_what_is_ours_or_erased_is_not_looked_at_and_what_is_old_or_binned_is_only_listed(
    desk: Desk, told: Told
) -> None:
    source = reads.row(desk.store, desk.source_id)
    old = datetime(2026, 1, 1, tzinfo=UTC)
    ours, erased, quiet, binned = (f"wp:{n}" for n in (1, 2, 3, 4))
    entries = (
        Entry(external_id="1", identity=ours, text=CALM, author_id="1", thread_url=f"{THREAD}/1"),
        Entry(external_id="2", identity=erased, text=CALM, author="Erased", thread_url=f"{THREAD}/2"),
        Entry(external_id="3", identity=quiet, text=CALM, published_at=old, thread_url=f"{THREAD}/3"),
        Entry(external_id="4", identity=binned, text=CALM, status="trash", thread_url=f"{THREAD}/4"),
    )
    take.take(desk.store, source, Reading(entries), quiet_before=datetime(2026, 2, 1, tzinfo=UTC), quiet_undated=False)
    erased_by_request(desk, "Erased")
    take_all(desk.store)
    with desk.store.read() as tx:
        found = comments.known(tx, desk.source_id, [ours, erased, quiet, binned])
    assert {one: desk.comment(found[one].id).flagged for one in found} == {
        ours: False,
        erased: False,
        quiet: True,
        binned: False,
    }
    assert reads.all_cases(desk.store) == [] and rows(desk.store, "waiting") == []
    assert {one.comment_id for one in rows(desk.store, "vectors")} == {found[quiet].id, found[binned].id}


def test_words_that_are_erased_take_their_vector_along(desk: Desk, told: Told) -> None:
    desk.reads(1, CALM)
    take_all(desk.store)
    assert len(rows(desk.store, "vectors")) == 1
    erased_by_request(desk, "A reader")
    assert rows(desk.store, "vectors") == []


def test_switched_off_nothing_waits_and_what_waited_does_so_no_more(tmp_path: Path) -> None:
    with installation(tmp_path, LEVELHEAD_SECOND_LOOK="off") as store:
        policies.ensure(store)
        source = reads.source(store)
        take.take(store, source, Reading((Entry(external_id="1", identity="wp:1", text=CALM, thread_url=THREAD),)))
        assert (jobs_of(store), rows(store, "waiting")) == (0, [])
        with store.write() as tx:
            second_looks.add(tx, [(1, 1, second_looks.May.CASE)], 1, datetime.now(UTC))
        second.sweep(store)
        assert rows(store, "waiting") == []


class _Despairing:
    """A model of tier 1 that hears despair where a text means the same as one it knows."""

    def __init__(self) -> None:
        self._known = encoder().vectors(["I do not see a reason to go on living."])

    def read(self, materials: Sequence[Material]) -> list[list[Heard]]:
        near = encoder().vectors([one.cleaned.text for one in materials]) @ self._known[0]
        return [[Heard("self_harm", float(one), "despairing 1")] for one in near]


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Plugs models of tier 1 in."""

    def plug(load: Callable[[], object]) -> None:
        monkeypatch.setattr(models, "LOADERS", (models.Loader("despairing", 1, ("self_harm",), load),))  # type: ignore[arg-type]
        models.at.cache_clear()

    monkeypatch.setattr(second, "READER", Reader())
    yield plug
    models.at.cache_clear()


def test_what_a_model_of_tier_1_says_is_kept_and_opens_a_case(desk: Desk, plugged: Callable[..., None]) -> None:
    plugged(_Despairing)
    comment_id = desk.reads(1, "There is no reason for me to go on living any more.")
    calm = desk.reads(2, CALM, thread=f"{THREAD}/2")
    take_all(desk.store)
    with desk.store.read() as tx:
        said = comments.assessments_of(tx, [comment_id, calm])
    raised = said[comment_id].signal("self_harm")
    assert (raised.raised, raised.by) == (True, "despairing 1")
    assert (said[comment_id].matters, said[comment_id].severity) == (("despair",), 4)
    assert said[comment_id].version.split("+") == [analysis.VERSION, deep.VERSION]
    assert (said[calm].flagged, said[calm].signal("self_harm").raised) == (False, False)
    case_id = case_of(desk, comment_id)
    assert case_id is not None and desk.queue() == [case_id]
    assert [who for who, _ in danger(desk)] == [desk.alice.name, desk.dora.name]


def test_where_a_model_of_tier_1_is_damaged_they_wait_and_health_says_which(
    desk: Desk, plugged: Callable[..., None]
) -> None:
    plugged(lambda: 1 / 0)
    desk.reads(1, "There is no reason for me to go on living any more.")
    take_all(desk.store)
    with desk.store.read() as tx:
        assert people.fact(tx, FACT) == "despairing: division by zero"
    assert len(rows(desk.store, "waiting")) == 1


def test_where_nothing_can_be_loaded_they_wait_quietly_until_it_can(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    steady, broken = [0.0], [True]

    def load() -> Told:
        if broken[0]:
            raise Damaged("The sentence encoder is damaged.") from BadZipFile()
        return Told({CALM: GRAVE})

    monkeypatch.setattr(second, "READER", Reader(load, lambda: steady[0]))
    comment_id = desk.reads(1, CALM)
    with caplog.at_level(logging.INFO, "levelhead"):
        for _ in range(3):
            take_all(desk.store)
            desk.clock.shift(61)
            second.sweep(desk.store)
    assert (jobs_of(desk.store), len(rows(desk.store, "waiting"))) == (0, 1)
    assert [one.message for one in caplog.records if one.name == "levelhead.second"] == [
        "no second look: The sentence encoder is damaged. (BadZipFile)"
    ]
    with desk.store.read() as tx:
        assert people.fact(tx, FACT) == "The sentence encoder is damaged."
    broken[0] = False
    second.sweep(desk.store)
    assert jobs_of(desk.store) == 0, "it is tried again after an hour"
    steady[0] = second.AGAIN_S
    second.sweep(desk.store)
    assert take_all(desk.store) == 1
    assert case_of(desk, comment_id) is not None
    with desk.store.read() as tx:
        assert people.fact(tx, FACT) == ""
