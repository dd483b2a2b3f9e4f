"""Working on one case with others, on the pages: who has it, notes, tasks, a question and its answer."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from channels.feed.parse import parse
from ingest.take import take
from model import clock
from model.person import Person
from model.settings import ROOT, settings
from model.words import Role, SourceKind
from response import cases, drafts, last, notes, policies, presence, tasks, wellness
from store import cases as case_rows
from store import notes as note_rows
from store.db import Store
from store.notes import Mention, Note
from tests.channels.blogs import Said, rss
from tests.ingest import reads
from tests.installation import add, enter, set_up
from web.ui.together.panel import shown

TIMEOUT_S = 120
GRAVE = "<p>A lovely camp. My daughter was left alone at the lake, and she is six.</p>\n"


class Team:
    def __init__(self, store: Store) -> None:
        policies.ensure(store)
        self.store = store
        self.alice = set_up(store)
        self.dave = add(store, self.alice, "Dave", Role.MANAGER)
        self.dora = add(store, self.alice, "Dora", Role.EXPERT)
        take(store, reads.source(store, kind=SourceKind.FEED), parse(rss([Said(1, GRAVE)])))
        (case,) = reads.all_cases(store)
        self.case_id = case.id

    def page(self, who: Person, file: str, **query: Any) -> AppTest:
        token = enter(self.store, who)
        page = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
        self.token = token
        with patch("web.guard.session_token", lambda: token):
            page.run().switch_page(f"pages/{file}.py")
            for name, value in query.items():
                page.query_params[name] = str(value)
            page.run()
        assert not page.exception, page.exception
        return page

    def run(self, what: Any) -> None:
        with patch("web.guard.session_token", lambda: self.token):
            what.run()


def text(page: AppTest) -> str:
    return "\n".join(str(element.proto) for element in page.main)


@pytest.fixture
def team(empty: Store) -> Iterator[Team]:
    yield Team(empty)


def test_both_see_who_has_the_case_and_who_is_looking(team: Team) -> None:
    cases.claim(team.store, team.alice, team.case_id)
    mine = text(team.page(team.alice, "queue", case=team.case_id))
    assert "Yours</b> since" in mine
    theirs = team.page(team.dave, "queue", case=team.case_id)
    assert "Alice</b> has it since" in text(theirs)
    (ask,) = [one for one in theirs.button if one.proto.shortcut == "a"]
    assert ask.label == "Ask to take over"
    team.run(ask.click())
    assert "You asked to take it over" in text(theirs)
    asked = text(team.page(team.alice, "queue", case=team.case_id))
    assert "Dave asks to take it over" in asked and "Hand over" in asked and "Keep it" in asked


def test_whoever_has_a_case_hands_it_to_anybody_who_works_on_cases(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVELHEAD_UNDO_SECONDS", "600")  # a slow machine takes longer than ten to draw a page
    settings.cache_clear()
    ben = add(team.store, team.alice, "Ben", Role.MANAGER)
    cases.claim(team.store, team.alice, team.case_id)
    page = team.page(team.alice, "queue", case=team.case_id)
    (to,) = [one for one in page.selectbox if one.label == "To whom?"]
    assert to.options == ["Ben", "Dave"]
    to.select_index(0)
    (give,) = [one for one in page.button if one.label == "Hand the case over"]
    team.run(give.click())
    with team.store.read() as tx:
        claim = case_rows.claim_of(tx, team.case_id, clock.now())
    assert claim is not None and claim.person_id == ben.id
    # A page of its own is run without the frame around it, in which the line with Undo stands.
    frame = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
    frame.query_params["case"] = str(team.case_id)
    frame.session_state["levelhead_said"] = ("done", "Ben has it now, and is told.")
    team.run(frame)
    assert "Handed over: case" in text(frame) and "Ben has it now, and is told" not in text(frame), "it is said once"
    (back,) = [one for one in frame.button if one.label == "Undo"]
    team.run(back.click())
    with team.store.read() as tx:
        claim = case_rows.claim_of(tx, team.case_id, clock.now())
    assert claim is not None and claim.person_id == team.alice.id


def test_whoever_lost_a_case_reads_who_took_it_and_why(team: Team) -> None:
    with team.store.write() as tx:
        case = case_rows.get(tx, team.case_id)
        assert case is not None
        case_rows.change(tx, case.id, case.version, severity=4)
    drafts.start(team.store, team.alice, team.case_id)
    presence.take_over(team.store, team.dave, team.case_id, "She is on the <phone>")
    for page in ("queue", "reply"):
        lost = text(team.page(team.alice, page, case=team.case_id))
        assert "Dave took it over from you: “She is on the &lt;phone&gt;” What you typed is kept." in lost


def test_notes_and_tasks_stand_beside_the_case_and_ones_own_tasks_on_ones_own_page(team: Team) -> None:
    notes.add(team.store, team.alice, team.case_id, "@Dave, <i>she</i> rang")
    tasks.add(team.store, team.alice, team.case_id, "Ring [her] back", team.dave.id)
    page = team.page(team.dave, "queue", case=team.case_id)
    assert "lh-named" in text(page) and "&lt;i&gt;she&lt;/i&gt; rang" in text(page)
    own = team.page(team.dave, "me")
    (box,) = [one for one in own.checkbox if "Ring" in one.label]
    assert not box.value
    team.run(box.check())
    assert "Ring" not in "".join(one.label for one in own.checkbox)


def test_what_was_added_closes_its_fields_and_what_a_colleague_adds_takes_no_word_from_them(team: Team) -> None:
    page = team.page(team.alice, "queue", case=team.case_id)
    noting = f"noting-{team.case_id}"
    page.session_state[noting] = True
    team.run(page)

    def add_a_note() -> None:
        (button,) = [one for one in page.button if one.label == "Add the note"]
        team.run(button.click())

    add_a_note()
    assert page.session_state[noting], "a note without words is refused, and its field stays"
    (field,) = [one for one in page.text_area if one.label == "Your note"]
    field.set_value("She rang.")
    notes.add(team.store, team.dave, team.case_id, "I ring her.")
    add_a_note()
    assert not page.session_state[noting]
    with team.store.read() as tx:
        assert [one.text for one in note_rows.of_case(tx, team.case_id)] == ["I ring her.", "She rang."]
    page.session_state[noting] = True
    team.run(page)
    assert [one.value for one in page.text_area if one.label == "Your note"] == [""]


def test_an_expert_sees_one_question_one_field_and_one_button_and_the_answer_can_be_quoted(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEVELHEAD_UNDO_SECONDS", "600")
    settings.cache_clear()
    cases.escalate(team.store, team.alice, team.case_id, "Was somebody with her?", to_person=team.dora.id)
    eva = add(team.store, team.alice, "Eva", Role.EXPERT)
    with team.store.read() as tx:
        (question,) = case_rows.asked_of(tx, team.dora.id)
    page = team.page(team.dora, "question", question=question.id)
    assert "Was somebody with her?" in text(page) and "left alone at the lake" in text(page)
    (field,), (button,) = page.text_area, [one for one in page.button if one.label == "Send the answer"]
    field.set_value("Yes, two of us were.")
    team.run(button.click())
    assert "Yes, two of us were." in text(page) and not page.text_area
    # A page of its own is run without the frame around it, in which the line with Undo stands.
    with team.store.read() as tx:
        offered = last.offer(tx, team.dora, clock.now())
    assert offered is not None
    last.take_back(team.store, team.dora, offered)
    team.run(page)
    (field,), (button,) = page.text_area, [one for one in page.button if one.label == "Send the answer"]
    assert field.value == "Yes, two of us were.", "what was written is there again"
    team.run(button.click())
    assert "was not put to you" in text(team.page(eva, "question", question=question.id))

    drafts.start(team.store, team.alice, team.case_id)
    assert not [one for one in team.page(team.alice, "reply", case=team.case_id).button if "Insert" in one.label]
    monkeypatch.setenv("LEVELHEAD_UNDO_SECONDS", "0")
    settings.cache_clear()
    reply = team.page(team.alice, "reply", case=team.case_id)
    (insert,) = [one for one in reply.button if one.label == "Insert into the draft"]
    team.run(insert.click())
    assert not reply.exception
    (told,) = [json.loads(one.proto.json) for one in reply.main if one.type == "bidi_component"]
    assert told["take"]["text"] == "“Yes, two of us were.” (Dora)"


def test_a_name_in_a_note_is_the_present_one_and_places_that_do_not_fit_are_left_out(team: Team) -> None:
    with team.store.read() as tx:
        now = case_rows.get(tx, team.case_id)
    assert now is not None
    note = Note(1, 1, 1, "Alice", 1, "@Dave look", now.opened_at, None, None, None)
    said = shown(note, [Mention(1, 0, 5, 2, "David <b>"), Mention(1, 30, 5, 2, "Nobody")])
    assert "@David &lt;b&gt;</b> look" in said and "Nobody" not in said


def test_a_grave_text_is_hidden_until_asked_for_in_the_thread_and_in_the_list(team: Team) -> None:
    page = team.page(team.alice, "queue", case=team.case_id)
    assert "<summary>Hidden: severity 4" in text(page) and "You opened 1 case today" in text(page)
    (rows,) = [one for one in page.main if one.type == "bidi_component" and "severity_word" in one.proto.json]
    assert "alone at the lake" not in rows.proto.json
    wellness.choose(team.store, team.alice, wellness.NEVER, 20)
    page = team.page(team.alice, "queue", case=team.case_id)
    assert "<summary>Hidden" not in text(page) and "alone at the lake" in text(page)
