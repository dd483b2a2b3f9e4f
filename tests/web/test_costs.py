"""What the overview says about approval: findings in words, tables, files, and what each role sees behind a figure."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from analysis.approval import Cost, First
from analysis.changes import Change
from analysis.waiting import Lengths, step
from model.cost import OWN_AUTHORITY, Cold
from model.language import using
from model.person import Person
from model.words import DecisionKind, Role
from response import costing, drafts
from store import cost
from tests.conftest import ROOT
from tests.installation import add, enter
from tests.response.desk import TEXT, Desk, desk_at
from web.ui.overview import cost as shown
from web.ui.overview import cost_charts
from web.ui.overview.cards import Behind
from web.ui.overview.cost_charts import Bars

HOUR = 3600
ASKED = {"kind": "replies", "days": "60"}
NINE = Lengths({step(9 * HOUR): 14}, {})
MANY_WAITS = Lengths({step(9 * HOUR): 14, step(20 * HOUR): 6}, {step(30 * HOUR): 3})


def expert(days: int) -> Cost:
    """One response that waited so long for an expert."""
    return Cost(0, "", 1, Lengths({step(days * 86400): 1}, {}))


BUSY = Cost(3, "", 23, MANY_WAITS, 21, 3600, 4, {Change.TYPO: 2, Change.POSITION: 1}, 2, {Cold.EDITED: 1})
LEVEL = Cost(2, "", 14, NINE, 10, 1800, 2, {Change.FACT: 1}, 1, {Cold.DELETED: 3})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([LEVEL], "Level 2 changed 1 of 14 responses; the longest waited 9 h"),
        (
            [LEVEL, Cost(0, "", 1, Lengths({step(2 * 86400): 1}, {}))],
            "Level 2 changed 1 of 14 responses; the longest waited 9 h",
        ),
        (
            [LEVEL, Cost(0, "", 1, Lengths({step(6 * 86400): 1}, {}))],
            "The expert changed 0 of 1 response, which waited 6 d",
        ),
        (
            [Cost(1, "", 3, Lengths({0: 1}, {step(3 * HOUR): 2}))],
            "Level 1 changed 0 of 3 responses; the longest waited 3 h",
        ),
        ([LEVEL, BUSY], "Level 3 changed 3 of 23 responses; half of them waited up to 9 h"),
        ([replace(BUSY, channel="blog")], "Level 3, Blog changed 3 of 23 responses; half of them waited up to 9 h"),
        ([Cost(OWN_AUTHORITY, "", 5, Lengths({}, {}))], "Nothing needed approval in this time"),
        ([], "Nothing needed approval in this time"),
    ],
)
def test_the_finding_names_the_level_that_costs_most(found: list[Cost], said: str) -> None:
    assert shown.finding(found) == said


def test_the_finding_in_german() -> None:
    with using("de"):
        assert shown.finding([LEVEL]) == "Stufe 2 änderte 1 von 14 Stellungnahmen; die längste wartete 9 Std."


def test_a_percentage_is_said_from_twenty_on() -> None:
    assert (shown.share(3, 19), shown.share(5, 20)) == ("3 of 19", "5 of 20 (25%)")


def test_each_figure_leads_to_what_is_behind_it() -> None:
    (cells,) = shown.cost_rows([LEVEL], ASKED)
    assert cells[1:3] == ["–", "all up to 9 h"], "no median of fourteen"
    assert cells[3] == "3.0 min"
    assert "level=2&amp;kind=replies&amp;days=60&amp;outcome=changed" in cells[4]
    assert "fact 1" in cells[4]
    (own,) = shown.cost_rows([Cost(OWN_AUTHORITY, "", 5, Lengths({}, {}))], ASKED)
    assert own[1:] == ["–"] * 6 + ["5"]


def test_the_first_answer_says_that_half_are_not_answered_yet() -> None:
    still = First(-1, "", Lengths({0: 1}, {step(3 * HOUR): 2}), 1, 0, 2)
    assert shown.first_finding(still) == "1 of 3 cases have an answer of ours"
    most = First(-1, "", Lengths({0: 8}, {step(3 * HOUR): 12}), 8, 0, 12)
    assert shown.first_finding(most) == "Half of the cases have no answer of ours after 3 h"
    assert shown.first_finding(None) == "No case waited for an answer in this time"


def test_a_file_has_the_same_numbers_by_channel() -> None:
    (row,) = csv.DictReader(StringIO(shown.cost_file([Cost(2, "blog", 14, NINE, changed={Change.FACT: 1})])[1:]))
    assert (row["level"], row["channel"], row["n"], row["changed: fact"]) == ("Level 2", "Blog", "14", "1")
    assert (row["median, hours"], 8.5 < float(row["longest, hours"]) < 9.5) == ("", True)
    (row,) = csv.DictReader(StringIO(shown.cost_file([BUSY])[1:]))
    assert (row["channel"], row["changed: typo"], row["said no"]) == ("all", "2", "2")
    assert (row["went cold: the comment was edited"], row["minutes"]) == ("1", "60.0")
    assert 8.5 < float(row["median, hours"]) < 9.5


# --- the charts ------------------------------------------------------------------------------------------------------


def test_of_many_a_chart_shows_median_and_ninth_tenth_and_of_few_each_wait() -> None:
    few = Lengths({step(HOUR): 2, step(4 * HOUR): 1}, {step(86400): 1})
    made = cost_charts.waits((cost_charts.of("Level 3", MANY_WAITS), cost_charts.of("Level 4", few)))
    bar, _line, half, nine, over, still = made.data
    assert [round(x / HOUR) for x in half.x] == [9]
    assert [round(x / HOUR) for x in nine.x] == [30], "nine in ten are not over"
    assert (half.marker.symbol, nine.marker.symbol) == (("circle",), ("triangle-right-open",))
    assert "over" in nine.text[0]
    assert [(round(x / HOUR), y) for x, y in zip(over.x, over.y, strict=True)] == [(1, 1), (4, 1)]
    assert over.marker.size[0] > over.marker.size[1], "two of one length"
    assert [(round(x / HOUR), y) for x, y in zip(still.x, still.y, strict=True)] == [(24, 1)]
    assert "◆" in bar.hovertext[0]
    assert "◆" not in bar.hovertext[1]
    assert made.layout.yaxis.ticktext == ("Level 3, n = 23", "Level 4, n = 4")


def test_the_parts_of_a_bar_are_told_apart_without_colour() -> None:
    made = cost_charts.bars((Bars("Level 1", (1, 0, 2), "3 of 9"),), ("typo", "wording", "fact"))
    shapes = [trace.marker.pattern.shape for trace in made.data[:3]]
    assert (len(set(shapes)), made.layout.showlegend) == (3, True)


def test_every_chart_draws_anything_that_there_can_be() -> None:
    for waits in (Lengths({}, {}), Lengths({0: 900}, {}), Lengths({}, {160: 30}), Lengths({0: 1}, {160: 30})):
        cost_charts.waits((cost_charts.of("W" * 300, waits),)).to_json()
    cost_charts.waits(())
    cost_charts.bars((), ("typo", "fact"))


def test_no_mean_is_said_of_few_decisions() -> None:
    assert shown.minutes(LEVEL) == "30 min, 10 decisions"
    assert shown.minutes(BUSY) == "60 min, 2.9 a decision"
    assert shown.lost(LEVEL) == "no 1, cold 3, of 14"
    assert shown.lost(BUSY) == "no 2 (9%), cold 1 (4%), of 23"


def test_a_click_leads_to_the_responses_and_cases_of_the_line_for_who_may_see_them(changed: Desk) -> None:
    lead = add(changed.store, changed.alice, "Lea", Role.LEADERSHIP)
    ways: dict[str, dict[str, Behind | None]] = {}
    for name, who in (("manager", changed.alice), ("lead", lead)):
        kept = ways[name] = {}

        def card(key: str, *of: Any, kept: dict[str, Behind | None] = kept, **_more: Any) -> None:
            kept[key] = of[4] if len(of) > 4 else None

        with patch("web.ui.overview.trust.card", card):
            app = opened(changed, who, "overview", by="channel")
        assert not app.exception
    assert ways["lead"]["first"] is None, "cases are for those who work on them"
    assert ways["manager"]["first"].of({"curve_number": 0, "y": 1})[1]["channel"] == "blog"
    for one in ways.values():
        page, asked = one["changed"].of({"curve_number": 3, "y": 0.0, "point_index": 0})
        assert (page, asked["level"], asked["outcome"], asked["channel"]) == ("pages/costs.py", "1", "changed", "blog")
        assert [one["lost"].of({"curve_number": part, "y": 0})[1]["outcome"] for part in (0, 1)] == ["refused", "cold"]
        assert one["lost"].of({"curve_number": 0, "y": 9}) is None
    found = opened(changed, lead, "costs", **asked)
    assert "Response 1" in body(found)
    assert "There is no such response" in body(opened(changed, lead, "costs", **{**asked, "channel": "facebook"}))


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


def opened(desk: Desk, who: Person, page: str, **address: str) -> AppTest:
    token = enter(desk.store, who)
    with patch("web.guard.session_token", lambda: token), patch("streamlit.page_link"):
        app = AppTest.from_file(ROOT / "pages" / f"{page}.py", default_timeout=60)
        app.query_params.update(address)
        return app.run()


def body(app: AppTest) -> str:
    return "\n".join(str(element.proto) for element in app.main)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.APPROVER, Role.LEADERSHIP, Role.ADMIN])
def test_what_was_changed_is_shown_to_those_who_write_and_those_who_decide(changed: Desk, role: Role) -> None:
    who = add(changed.store, changed.alice, "Zoe", role, levels=(3,) if role is Role.APPROVER else ())
    app = opened(changed, who, "costs", level="1", outcome="changed")
    assert not app.exception
    assert "changed: position" in body(app)
    assert ("14 times" in body(app)) == (role in (Role.MANAGER, Role.APPROVER))
    with changed.store.read() as tx:
        (begins,) = cost.beginnings(tx, [1]).values()
    listed = body(opened(changed, who, "costs", level="1"))
    assert len(begins) > 20
    assert (begins[:20] in listed) == (role in (Role.MANAGER, Role.APPROVER))
