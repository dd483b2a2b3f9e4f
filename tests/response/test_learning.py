"""From what people decide to labels, from labels to what is learnt, and back with one click."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from unittest.mock import patch

import pytest

from analysis import assess
from analysis import learning as rules
from analysis.judged import Answer
from analysis.learnt import NOTHING, Scale
from model import clock
from model.assessment import SIGNALS, Subject
from model.errors import BadInput, Conflict, NotAllowed
from model.label import Judged, Label
from model.person import Person
from response import cases, checking, confirming, labelling, last, learning, several, snooze
from store import cases as case_rows
from store import checks, comments, labels, loosenings, purge
from store import learnt as rows
from store.checks import Check
from store.erasure import Who, erase
from store.keys import keys
from store.schema import assessments
from tests.installation import enter
from tests.response.desk import THREAD, Desk


def told(desk: Desk) -> dict[int, Label]:
    """The labels by comment, once the record was followed."""
    labelling.catch_up(desk.store)
    with desk.store.read() as tx:
        return {one.comment_id: one for one in labels.newest(tx)}


def takes_back(desk: Desk, who: Person) -> None:
    with desk.store.read() as tx:
        offered = last.offer(tx, who, clock.now())
    assert offered is not None
    last.take_back(desk.store, who, offered)


def judgement(desk: Desk, comment_id: int) -> tuple[str, bool | None, bool | None] | None:
    one = told(desk).get(comment_id)
    return (one.judged.value, one.wanted, one.spam) if one else None


def test_the_labels_of_a_long_case_are_made_in_short_transactions(desk: Desk) -> None:
    case_id = desk.opened(1, "money")
    for number in range(2, 46):
        desk.reads(number, f"And so do I ({number}).", 1, "money")
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "It should not.", wrongly_raised=True)
    kept: list[object] = []
    keep = labels.keep
    with patch("response.labelling.labels.keep", lambda tx, *given: kept.append(tx) or keep(tx, *given)):
        assert len(told(desk)) == 45
    assert max(len(list(some)) for _, some in groupby(kept, key=id)) == labelling.AT_ONCE


# --- what is a label -------------------------------------------------------------------------------------------------


def test_a_dismissal_is_a_label_only_with_the_reason_that_it_should_not_have_been_raised(desk: Desk) -> None:
    case_id = desk.opened(1, "money")
    comment_id = desk.case(case_id).lead_comment_id
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "It was answered already.")
    assert told(desk) == {}
    cases.reopen(desk.store, desk.alice, case_id)
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "It should not.", wrongly_raised=True)
    assert judgement(desk, comment_id) == (Judged.WRONGLY_RAISED, False, None)
    one = told(desk)[comment_id]
    assert (one.by, one.case_id, one.channel, one.matters, one.raised) == (
        desk.alice.id,
        case_id,
        "blog",
        ("money",),
        ("concern",),
    )
    takes_back(desk, desk.alice)
    assert told(desk) == {}
    assert not desk.case(case_id).wrongly
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "It should not.", wrongly_raised=True)
    cases.reopen(desk.store, desk.dave, case_id)
    assert told(desk) == {}
    assert desk.audit_holds()


def test_several_dismissed_as_wrongly_raised_are_labels_each_and_come_back_together(desk: Desk) -> None:
    ids = [desk.opened(1, "money", number=n, thread=f"{THREAD}-{n}") for n in (1, 2)]
    chosen = [several.Seen(one, desk.case(one).version) for one in ids]
    several.dismiss(desk.store, desk.alice, chosen, "None of them.", wrongly_raised=True)
    assert [one.judged for one in told(desk).values()] == [Judged.WRONGLY_RAISED] * 2
    takes_back(desk, desk.alice)
    assert told(desk) == {}


def test_spam_and_its_contrary_an_escalation_a_decision_and_raising_are_labels(desk: Desk) -> None:
    spam = desk.opened(1, "money", number=1, thread=f"{THREAD}-1")
    cases.mark_spam(desk.store, desk.alice, spam, desk.case(spam).version)
    asked = desk.opened(2, "money", number=2, thread=f"{THREAD}-2")
    joined = desk.reads(22, "Me too.", 1, "money", thread=f"{THREAD}-2")
    cases.escalate(desk.store, desk.alice, asked, "Is it so?", to_person=desk.dora.id)
    calm, loose = (desk.reads(n, f"Nothing special ({n}).", thread=f"{THREAD}-{n}") for n in (3, 4))
    cases.raise_case(desk.store, desk.dave, calm)
    snooze.look_over(desk.store, desk.alice, loose, 1, "not spam")
    decided = desk.opened(3, number=5, thread=f"{THREAD}-5")
    desk.approved(desk.bob, submission_id=desk.sent(desk.written(decided)))
    found = told(desk)
    lead = {case_id: desk.case(case_id).lead_comment_id for case_id in (spam, asked, decided)}
    said = {number: (one.judged, one.wanted, one.spam) for number, one in found.items()}
    assert said == {
        lead[spam]: (Judged.SPAM, False, True),
        lead[asked]: (Judged.ESCALATED, True, None),
        lead[decided]: (Judged.DECIDED, True, None),
        calm: (Judged.RAISED, True, None),
        loose: (Judged.NOT_SPAM, None, False),
    }
    assert joined not in found
    assert (found[calm].flagged, found[calm].raised) == (False, ())


def test_a_label_goes_with_the_words_of_its_comment(desk: Desk) -> None:
    case_id = desk.opened(1, "money")
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "No.", wrongly_raised=True)
    assert len(told(desk)) == 1
    erase(desk.store, keys(), Who(author="A reader"), "They asked.", by=desk.alice.id, now=clock.now())
    with desk.store.read() as tx:
        assert labels.newest(tx) == []
    assert told(desk) == {}  # nor does it come back when the record is followed on


# --- the weekly check ------------------------------------------------------------------------------------------------


@pytest.fixture
def calm_week(desk: Desk) -> Iterator[Desk]:
    """Thirty comments that nothing raised, and one that something did; then it is Monday."""
    for number in range(30):
        desk.reads(number, f"Nothing special ({number}).", thread=f"{THREAD}-{number}")
    desk.opened(2, "money", number=99)
    desk.clock.shift(timedelta(days=8))
    yield desk


def drawn(desk: Desk) -> list[Check]:
    checking.look(desk.store)
    with desk.store.read() as tx:
        week = checks.newest_week(tx)
        return checks.of_week(tx, week.week) if week else []


def test_twenty_comments_that_nothing_raised_are_drawn_once_a_week_by_a_seed_on_record(calm_week: Desk) -> None:
    desk = calm_week
    found = drawn(desk)
    assert len(found) == 20
    assert all(one.text.startswith("Nothing special") and one.population == 30 for one in found)
    with desk.store.read() as tx:
        week = checks.newest_week(tx)
    assert week is not None
    assert (week.population, week.drawn, week.cut) == (30, 20, False)
    assert drawn(desk) == found
    assert desk.actions().count("check.drawn") == 1


def test_an_answer_is_given_once_can_be_undone_and_is_a_label(calm_week: Desk) -> None:
    desk = calm_week
    first, second = drawn(desk)[:2]
    checking.answer(desk.store, desk.alice, first.week, first.place, Answer.YES)
    with pytest.raises(Conflict, match="before you"):
        checking.answer(desk.store, desk.dave, first.week, first.place, Answer.NO)
    assert first.comment_id is not None
    assert second.comment_id is not None
    label = told(desk)[first.comment_id]
    assert (label.judged, label.wanted, label.weight) == (Judged.CHECK_YES, True, 1.5)
    takes_back(desk, desk.alice)
    assert told(desk) == {}
    checking.answer(desk.store, desk.dave, second.week, second.place, Answer.CANNOT_SAY)
    assert told(desk) == {}
    with desk.store.read() as tx:
        assert checks.left(tx) == 19
        assert [one.answer for one in checks.lately(tx) if one.answer] == [Answer.CANNOT_SAY]


def test_a_drawn_comment_that_is_purged_keeps_its_answer_and_nothing_else(calm_week: Desk) -> None:
    desk = calm_week
    first = drawn(desk)[0]
    checking.answer(desk.store, desk.alice, first.week, first.place, Answer.NO)
    assert len(told(desk)) == 1
    desk.clock.shift(timedelta(days=400))
    purge.Purge(desk.store).run(["comments"])
    with desk.store.read() as tx:
        left = checks.get(tx, first.week, first.place)
        assert left is not None
        assert (left.comment_id, left.answer) == (None, Answer.NO)
        assert labels.newest(tx) == []


# --- what is learnt --------------------------------------------------------------------------------------------------


def judged_often(desk: Desk, rounds: int = 30) -> None:
    """What is said of money has to be seen here; what is said of parking never has."""
    for number in range(rounds):
        for offset, (matter, wrongly) in enumerate((("money", False), ("parking", True))):
            which = 2 * number + offset
            case_id = desk.opened(1, matter, number=which, thread=f"{THREAD}-{which}")
            if wrongly:
                cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "No.", wrongly_raised=True)
            else:
                cases.escalate(desk.store, desk.alice, case_id, "Is it so?", to_person=desk.dora.id)
            desk.clock.shift(60)
    labelling.catch_up(desk.store)


def flagged(desk: Desk, number: int, matter: str, severity: int = 1) -> bool:
    text = f"Once more ({number})."
    return desk.comment(desk.reads(number, text, severity, matter, thread=f"{THREAD}-{number}")).flagged


def test_it_is_learnt_once_a_day_counts_from_then_on_and_goes_back_with_one_click(desk: Desk) -> None:
    judged_often(desk)
    learning.look(desk.store)
    with desk.store.read() as tx:
        now, version = learning.in_force(tx), rows.newest(tx)
    assert version is not None
    assert (now.number, version.kind, version.by) == (1, rows.LEARNT, None)
    (head,) = [one for one in version.reports if one["what"] == rules.HEAD]
    assert (head["adopted"], head["before"]["needless"], head["after"]["needless"]) == (True, 10, 0)
    assert (flagged(desk, 500, "parking"), flagged(desk, 501, "money")) == (False, True)
    assert flagged(desk, 502, "parking", severity=3)  # grave: whatever was learnt
    with desk.store.read() as tx:
        kept = tx.execute(assessments.select().where(assessments.c.before.is_not(None))).all()
    assert [(row.flagged, row.before, row.version) for row in kept] == [(False, True, "1~1")]
    with pytest.raises(Conflict, match="Another version"):
        learning.back(desk.store, desk.alice, 0)
    assert learning.back(desk.store, desk.alice, 1) == 2
    assert flagged(desk, 503, "parking")
    with pytest.raises(BadInput, match="Nothing is in force"):
        learning.back(desk.store, desk.alice, 2)
    desk.clock.shift(timedelta(days=2))
    learning.look(desk.store)  # not the same again at once: too little was decided since
    with desk.store.read() as tx:
        assert learning.in_force(tx).number == 2
    done = [one for one in desk.actions() if one.startswith("learning.")]
    assert done == ["learning.learnt", "learning.back"]
    assert desk.audit_holds()


def test_a_chance_that_was_learnt_stands_with_the_comments_that_are_read_then(desk: Desk) -> None:
    scale = Scale("concern", 0.5, -1.0)
    with desk.store.write() as tx:
        source = '{"scales": [["concern", 0.5, -1.0]]}'
        values = {"source": source, "reports": [], "labels": 50, "by": None, "at": clock.now()}
        assert rows.add(tx, 1, kind=rows.LEARNT, **values)
    text = "Somebody from your team took money from the box. Nobody answers me."
    comment_id = desk.takes(1, text, assess(Subject(text)))
    with desk.store.read() as tx:
        said = comments.assessment(tx, comment_id, 1)
        case_id = case_rows.cases_of_comments(tx, [comment_id])[comment_id]
    assert said is not None
    concern = said.signal("concern")
    assert (concern.chance, concern.by) == (round(scale.chance(concern.score), 4), "rules 2~1")
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "No.", wrongly_raised=True)
    one = told(desk)[comment_id]
    assert one.chances == {each.name: each.chance for each in said.signals if each.chance is not None}
    assert one.scores["concern"] == concern.score
    assert set(one.scores) == {*SIGNALS} - {*said.absent}


def test_learning_is_switched_off_for_good_and_on_again(desk: Desk) -> None:
    judged_often(desk, rounds=26)
    assert learning.switch(desk.store, desk.alice, 0, on=False) == 1
    learning.look(desk.store)
    with desk.store.read() as tx:
        assert (learning.in_force(tx).head, learning.learns(tx), learning.in_force(tx).number) == (None, False, 1)
    learning.switch(desk.store, desk.alice, 1, on=True)
    learning.look(desk.store)
    with desk.store.read() as tx:
        assert learning.in_force(tx).head is not None


@pytest.mark.parametrize("signal", ["self_harm", "threat", "crisis", "concern", "learnt", "anything"])
def test_what_protects_somebody_has_no_switch(desk: Desk, signal: str) -> None:
    with pytest.raises(BadInput, match="stays on"):
        learning.switch_signal(desk.store, desk.alice, signal, 0, on=False, why="It is always wrong.")


def test_a_signal_is_switched_off_by_a_second_person_whatever_was_learnt_meanwhile(desk: Desk) -> None:
    enter(desk.store, desk.charlie)
    why = "It is always wrong."
    assert learning.switch_signal(desk.store, desk.alice, "negative", 0, on=False, why=why) == 0
    learning.switch(desk.store, desk.alice, 0, on=False)
    with desk.store.read() as tx:
        assert learning.in_force(tx).off == frozenset()
        (waiting,) = loosenings.waiting(tx, clock.now())
    confirming.confirm(desk.store, desk.charlie, waiting.id)
    with desk.store.read() as tx:
        assert learning.in_force(tx).off == {"negative"}
        assert not learning.learns(tx)
    assert learning.switch_signal(desk.store, desk.alice, "negative", 2, on=True) == 3
    with desk.store.read() as tx:
        assert learning.in_force(tx).off == frozenset()


def test_where_nobody_second_is_there_a_signal_is_switched_off_at_once(desk: Desk) -> None:
    assert learning.switch_signal(desk.store, desk.alice, "negative", 0, on=False) == 1
    with pytest.raises(NotAllowed, match="change what was learnt"):
        learning.switch_signal(desk.store, desk.charlie, "negative", 1, on=True)
    assert "loosening.alone" in desk.actions()


def test_what_was_never_judged_enough_is_not_learnt_from(desk: Desk) -> None:
    judged_often(desk, rounds=2)
    learning.look(desk.store)
    with desk.store.read() as tx:
        assert (learning.in_force(tx), rows.newest(tx)) == (NOTHING, None)
