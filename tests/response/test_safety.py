"""Somebody may be in danger: who is told, past every choice of theirs, and that no template answers it."""

from collections.abc import Iterator
from datetime import time

import pytest

from model.errors import BadInput, Conflict, NotAllowed
from model.settings import settings
from response import cases, helplines, notices, safety, templates
from response.notices_when import How
from tests.channels.mailbox import Mailbox, mailbox
from tests.response.desk import Desk
from tests.response.test_notices import connect, rows, to, told, wants
from tests.response.test_templates import approved, used
from web.ui import safety as screen


@pytest.fixture
def box(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mailbox() as here:
        connect(monkeypatch, here.port)
        yield here
    settings.cache_clear()


def danger(desk: Desk) -> list[tuple[str, str]]:
    """For whom there is a notice of danger, and what became of it."""
    return sorted((who, as_what) for who, kind, as_what in rows(desk) if kind == notices.DANGER)


def those(desk: Desk) -> set[str]:
    names = {who.id: who.name for who in desk.everybody()}
    with desk.store.read() as tx:
        return {names[one] for one in safety.told(tx)}


def test_named_people_are_told_past_quiet_hours_and_digests_and_once(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Dora", quiet_from=time(0), quiet_until=time(23, 59), kinds={notices.DANGER: How.NEVER})
    safety.save(desk.store, desk.alice, [desk.dora.id], "Ring Sister Ruth.", ["DE"], 0)
    case_id = desk.opened(4, "despair")
    told(desk, 1)
    assert danger(desk) == [("Dora", "sent")]
    assert [(name, subject.partition(": ")[2] or subject) for name, subject in to(box)] == [
        (f"Dora <{desk.dora.email}>", "possibly somebody in danger")
    ]
    assert str(case_id) in to(box)[0][1]
    desk.reads(1, "You published my address (1).", 4, "despair")
    desk.opened(3, "privacy", number=2, thread="https://blog.example.org/other")
    told(desk, 1)
    assert danger(desk) == [("Dora", "sent")]


def test_without_names_every_expert_and_administrator_is_told(desk: Desk, box: Mailbox) -> None:
    assert those(desk) == {desk.dora.name, desk.alice.name}
    desk.opened(4, "threats")
    told(desk, 1)
    assert {who for who, _ in danger(desk)} == those(desk)


def test_a_case_that_was_closed_meanwhile_tells_nobody(desk: Desk, box: Mailbox) -> None:
    case_id = desk.opened(4, "despair")
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "No. It is a line of a song.")
    told(desk, 11)
    assert {as_what for _, as_what in danger(desk)} == {"not needed"}


def test_who_is_told_is_kept_in_versions_and_for_administrators(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        safety.save(desk.store, desk.dave, [], "", [], 0)
    assert safety.save(desk.store, desk.alice, [desk.dora.id], " Call us. ", ["DE", "EU"], 0) == 1
    with pytest.raises(Conflict):
        safety.save(desk.store, desk.alice, [], "", [], 0)
    for people, text, countries in (([999], "", []), ([], "x" * 2001, []), ([], "", ["XX"])):
        with pytest.raises(BadInput):
            safety.save(desk.store, desk.alice, people, text, countries, 1)
    with desk.store.read() as tx:
        assert safety.in_force(tx) == safety.InForce(1, (desk.dora.id,), "Call us.", ("DE", "EU"))
    assert "safety.saved" in desk.actions()


def test_no_template_answers_such_a_case(desk: Desk) -> None:
    template_id = approved(desk)
    response_id = desk.written(desk.opened(2, "privacy"))
    used(desk, template_id, response_id)
    desk.reads(7, "I want it all to end.", 4, "despair")
    with desk.store.read() as tx:
        assert templates.ready(tx, desk.response(response_id)) == []
        made = templates.template_use.made_of(tx, desk.response(response_id))
    assert made is not None
    assert made.changed == ("somebody may be in danger, which no template answers",)
    with pytest.raises(BadInput, match="templates cannot be used here"):
        used(desk, template_id, response_id)


def test_what_a_case_may_be_about() -> None:
    assert safety.possible(["privacy"]) == ()
    assert safety.possible({"threats", "despair", "money"}) == ("self_harm", "threat")


def test_every_helpline_says_where_it_stands_and_as_of_when() -> None:
    for country in helplines.load():
        assert country.emergency
        assert country.code in screen.COUNTRIES
        for line in country.lines:
            assert line.source.startswith("https://")
            assert len(line.as_of) == len("2025-06")
            assert all(number.replace(" ", "").isdigit() for number in line.numbers)
    assert {"DE", "AT", "CH", "GB", "US", "FR", "EU"} <= {one.code for one in helplines.load()}
    chosen, others = helplines.first_those(["FR", "XX", "DE"])
    assert [one.code for one in chosen] == ["FR", "DE"]
    assert len(chosen) + len(others) == len(helplines.load())


def test_where_helplines_are_shown_it_says_that_they_are_to_be_checked_and_how_old_they_are() -> None:
    shown = screen.panel(["self_harm"], safety.InForce(), ["Dora"])
    assert "An administrator has to check them" in shown and f"as of {helplines.as_of(helplines.load())}" in shown
    assert "to check them" not in screen.panel(["threat"], safety.InForce(), ["Dora"])


def test_on_the_case_it_is_possible_and_typed_words_are_text() -> None:
    now = safety.InForce(1, (), "Ring <b>Ruth</b>.\n\nShe answers.", ("AT",))
    html = screen.panel(("self_harm", "threat"), now, ["Dora"])
    assert "Possibly somebody in despair" in html
    assert "Possible threat" in html
    assert "Ring &lt;b&gt;Ruth&lt;/b&gt;." in html
    assert html.index("Austria") < html.index("<details>") < html.index("Germany")
    assert "<b>142</b>" in html
    assert "Helplines" not in screen.panel(("threat",), now, [])
