"""What the overview says about approval: findings in words, tables, files, and what each role sees behind a figure."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from analysis.approval import Cost, First
from analysis.changes import Change
from analysis.waiting import Lengths, step
from model.cost import OWN_AUTHORITY, Cold
from model.language import using
from model.words import DecisionKind, Role
from response import costing, drafts
from tests.conftest import ROOT
from tests.installation import add, enter
from tests.response.desk import TEXT, Desk, desk_at
from web.ui.overview import cost as shown

HOUR = 3600
NINE = Lengths({step(9 * HOUR): 14}, {})


def expert(days: int) -> Cost:
    """One response that waited so long for an expert."""
    return Cost(0, "", 1, Lengths({step(days * 86400): 1}, {}))


LEVEL = Cost(2, "", 14, NINE, 10, 1800, 2, {Change.FACT: 1}, 1, {Cold.DELETED: 3})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([LEVEL], "Level 2 changed 1 of 14 responses and cost 9 h each"),
        (
            [LEVEL, Cost(0, "", 1, Lengths({step(2 * 86400): 1}, {}))],
            "Level 2 changed 1 of 14 responses and cost 9 h each",
        ),
        ([LEVEL, Cost(0, "", 1, Lengths({step(6 * 86400): 1}, {}))], "The expert changed 0 of 1 response and cost 6 d"),
        (
            [Cost(1, "", 3, Lengths({0: 1}, {step(3 * HOUR): 2}))],
            "Level 1 changed 0 of 3 responses and cost over 3 h each",
        ),
        ([Cost(OWN_AUTHORITY, "", 5, Lengths({}, {}))], "Nothing needed approval in this time"),
        ([], "Nothing needed approval in this time"),
    ],
)
def test_the_finding_names_the_level_that_costs_most(found: list[Cost], said: str) -> None:
    assert shown.finding(found) == said


def test_the_finding_in_german() -> None:
    with using("de"):
        assert shown.finding([LEVEL]) == "Stufe 2 änderte 1 von 14 Stellungnahmen und kostete je 9 Std."


def test_a_percentage_is_said_from_twenty_on() -> None:
    assert (shown.share(3, 19), shown.share(5, 20)) == ("3 of 19", "5 of 20 (25%)")


def test_each_figure_leads_to_what_is_behind_it() -> None:
    (cells,) = shown.cost_rows([LEVEL], "replies", 60)
    assert "9 h" in cells[1]
    assert cells[3] == "3.0 min"
    assert "level=2&amp;kind=replies&amp;days=60&amp;outcome=changed" in cells[4]
    assert "fact 1" in cells[4]
    (own,) = shown.cost_rows([Cost(OWN_AUTHORITY, "", 5, Lengths({}, {}))], "replies", 60)
    assert own[1:] == ["–"] * 6 + ["5"]


def test_the_first_answer_says_that_half_are_not_answered_yet() -> None:
    still = First(-1, "", Lengths({0: 1}, {step(3 * HOUR): 2}), 1, 0, 2)
    assert shown.first_finding(still) == "Half of the cases have no answer of ours after 3 h"
    assert shown.first_finding(None) == "No case waited for an answer in this time"


def test_a_file_has_the_same_numbers_by_channel() -> None:
    (row,) = csv.DictReader(StringIO(shown.cost_file([Cost(2, "blog", 14, NINE, changed={Change.FACT: 1})])[1:]))
    assert (row["level"], row["channel"], row["n"], row["changed: fact"]) == ("Level 2", "Blog", "14", "1")
    assert 8.5 < float(row["median, hours"]) < 9.5


@pytest.fixture
def changed(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, tick=True) as made:
        yield with_a_change(made)


def with_a_change(desk: Desk) -> Desk:
    submission_id = desk.waiting(2)
    desk.decides(desk.bob, submission_id, DecisionKind.REQUEST_CHANGES, "Name the number.")
    desk.passes_on()
    response_id = desk.submission(submission_id).response_id
    drafts.save(
        desk.store, desk.alice, response_id, TEXT + " It was seen 14 times.", desk.response(response_id).version
    )
    desk.approved(desk.bob, submission_id=desk.sent(response_id))
    costing.follow(desk.store)
    return desk


@pytest.mark.parametrize("role", [Role.MANAGER, Role.APPROVER, Role.LEADERSHIP, Role.ADMIN])
def test_what_was_changed_is_shown_to_those_who_write_and_those_who_decide(changed: Desk, role: Role) -> None:
    who = add(changed.store, changed.alice, "Zoe", role, levels=(3,) if role is Role.APPROVER else ())
    token = enter(changed.store, who)
    with patch("web.guard.session_token", lambda: token):
        app = AppTest.from_file(ROOT / "pages" / "costs.py", default_timeout=60)
        app.query_params.update({"level": "1", "outcome": "changed"})
        app.run()
    body = "\n".join(str(element.proto) for element in app.main)
    assert not app.exception
    assert "changed: position" in body
    assert ("14 times" in body) == (role in (Role.MANAGER, Role.APPROVER))
