"""The page Audit log: what is on the record in plain words, by filters in its address; and handing it out."""

import io
import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from access.permissions import Permission
from model.errors import NotAllowed
from model.settings import ROOT
from response import record
from store import audit
from store.audit import Event
from store.erasure import forget_words
from store.keys import keys
from store.trail import Beside, Wanted
from tests.installation import Team, enter
from tests.web.test_pages import TIMEOUT_S, text
from web.navigation import place
from web.ui import recorded

PAGE = ROOT / "pages" / "audit.py"
WHY = '=HYPERLINK("http://evil.example") <b>not ours</b>'


def opened(here: Team, **query: str) -> AppTest:
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_file(PAGE, default_timeout=TIMEOUT_S)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
    assert not page.exception
    return page


@pytest.fixture
def dismissed(here: Team) -> int:
    """A case was dismissed with words that would be a formula in a spreadsheet; returns the id of the words."""
    with here.store.write() as tx:
        kept, digest = audit.say(tx, keys(), "reason", WHY, by=here.bob.id, at=datetime.now(UTC))
        audit.record(tx, "case.dismissed", "case", 41, by=here.bob.id, reason=digest)
        audit.record(tx, "case.opened", "case", 42, by=None, rules=["matter:privacy"])
    return kept


def test_it_is_for_administrators(here: Team) -> None:
    assert place("audit.py").permission is Permission.RECORD
    with pytest.raises(NotAllowed, match="read the audit log"):
        record.read(here.store, here.bob, Wanted())
    with pytest.raises(NotAllowed):
        record.export(here.store, here.bob, Wanted(), io.StringIO(), lines=True, told=recorded.action)


def test_what_somebody_did_is_said_in_plain_words_with_the_reason_until_that_is_erased(
    here: Team, dismissed: int
) -> None:
    shown = text(opened(here, about="case", number="41"))
    assert "Dismissed</strong> <em>Bob" in shown
    assert "&lt;b&gt;not ours&lt;/b&gt;" in shown and "<b>not ours" not in shown
    assert "Flagged</strong>" not in shown, "that is another case"
    assert "?about=case&amp;number=41" in shown and "/queue?case=41" in shown
    assert "Its" in shown and "events were not verified yet" in shown
    with here.store.write() as tx:
        forget_words(tx, [dismissed], datetime.now(UTC))
    shown = text(opened(here, about="case", number="41"))
    assert "not ours" not in shown and "These words were erased." in shown


def test_the_filters_stand_in_the_address_and_what_is_wrong_there_does_not_count(here: Team, dismissed: int) -> None:
    today = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    assert "Dismissed</strong>" in text(opened(here, person=str(here.bob.id), action="case.dismissed"))
    assert "Nothing on the record fits." in text(opened(here, person="0", action="case.dismissed"))
    assert "Nothing on the record fits." in text(opened(here, to="2020-01-01"))
    assert "Flagged</strong> <em>Levelhead itself" in text(opened(here, person="0", **{"from": today}))
    assert "Dismissed</strong>" in text(opened(here, person="x", action="; drop", number="-1", **{"from": "then"}))


@pytest.mark.parametrize("lines", [True, False])
def test_what_is_handed_out_is_what_was_chosen_is_no_formula_and_stands_on_the_record(
    here: Team, dismissed: int, lines: bool
) -> None:
    out = io.StringIO()
    wanted = Wanted(subject="case", number=41)
    assert record.export(here.store, here.alice, wanted, out, lines=lines, told=recorded.action) == 1
    if lines:
        (row,) = map(json.loads, out.getvalue().splitlines())
        assert (row["person"], row["what"], row["why"]) == ("Bob", "Dismissed", WHY)
    else:
        head, row = out.getvalue().splitlines()
        assert head.startswith("\ufeffevent,at,person,action,what,about,number,why")
        assert "\"'=HYPERLINK(" in row
    with here.store.read() as tx:
        event = audit.last(tx, "store", None, ("store.record_exported",))
        assert event is not None
        assert (event.person_id, event.data["count"]) == (here.alice.id, 1)
        assert event.data["wanted"] == {"subject": "case", "number": 41}
        assert audit.verify(tx).holds


def test_a_version_a_level_and_people_are_named(here: Team) -> None:
    event = Event(9, datetime.now(UTC), 1, "decision.handed_on", "response", 7, {}, "", "")
    full = {"submission": 3, "level": 2, "to": 5, "content": "ab" * 32}
    shown = recorded.rows(
        [Event(**{**{name: getattr(event, name) for name in Event.__dataclass_fields__}, "data": full})],
        Beside({}, {3: 4}, {7: 12}),
        {1: "Ann", 5: "Ben"},
        opens_cases=True,
    )
    assert "version 4 · level 2 · Ben · text abababababab" in shown
    assert "/queue?case=12" in shown


def test_what_was_typed_is_looked_for_by_the_address_and_stands_nowhere_on_the_record(
    here: Team, dismissed: int
) -> None:
    assert "Nothing on the record fits." in text(opened(here, q="nowhere"))
    shown = opened(here, q='"not ours"')
    assert "not ours" in text(shown) and "Nothing on the record fits." not in text(shown)
    assert next(one.value for one in shown.text_input if one.label == "Words") == '"not ours"'
    out = io.StringIO()
    asked = Wanted(text="evil", person=here.bob.id)
    assert record.export(here.store, here.alice, asked, out, lines=True, told=recorded.action) == 1
    with here.store.read() as tx:
        event = audit.last(tx, "store", None, ("store.record_exported",))
    assert event is not None and event.data["wanted"] == {"person": here.bob.id, "text": True}
