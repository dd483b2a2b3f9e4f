"""The page 'Add comments', run alone: a file with its preview, saved and undone; one comment typed in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import policies
from store import cases, comments, erasure
from store.db import Store
from store.keys import keys
from tests.ingest import reads
from tests.ingest.bringing import listed, saved
from tests.installation import add, enter, person, set_up

RECENT = datetime.now(UTC) - timedelta(days=5)
FILE = (
    f"text,author,date\nSee <b>you</b> on *Saturday*.,Ada,{RECENT:%Y-%m-%d}\n"
    "My daughter was left alone at the lake.,Ben,1/2/26\n"
).encode()


@pytest.fixture
def dave(empty: Store) -> Person:
    policies.ensure(empty)
    return add(empty, set_up(empty), "Dave", Role.MANAGER)


@pytest.fixture
def page(empty: Store, dave: Person) -> Iterator[AppTest]:
    token = enter(empty, dave)
    with patch("web.guard.session_token", lambda: token):
        yield AppTest.from_file(ROOT / "pages" / "upload.py", default_timeout=60).run()


def text(page: AppTest) -> str:
    return "\n".join(str(element.proto) for element in page.main)


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def test_a_file_is_shown_before_it_is_saved_and_the_upload_can_be_undone(empty: Store, page: AppTest) -> None:
    before = reads.everything(empty)
    page.file_uploader[0].set_value(("comments.csv", FILE, "text/csv")).run()
    assert not page.exception
    assert "2 rows: 1 new, 1 cannot be read" in text(page)
    assert "See &lt;b&gt;you&lt;/b&gt; on *Saturday*." in text(page)
    assert "The date “1/2/26” cannot be read." in text(page)
    assert {name: rows for name, rows in reads.everything(empty).items() if name != "sessions"} == {
        name: rows for name, rows in before.items() if name != "sessions"
    }

    press(page, "Save 1 comment")
    assert "Being saved" in text(page)
    saved(empty, 1)
    page.run()
    assert "1 new, 1 not readable" in text(page)
    press(page, "Undo the whole upload")
    assert "1 comment taken away, 0 cases closed." in text(page)
    assert listed(empty) == []


def test_what_was_erased_on_request_is_left_out_unless_somebody_chooses(empty: Store, page: AppTest) -> None:
    alice = person(empty, "alice@example.org")
    erasure.erase(empty, keys(), erasure.Who(author="Ada"), "asked", by=alice.id, now=datetime.now(UTC))
    page.file_uploader[0].set_value(("comments.csv", FILE, "text/csv")).run()
    assert "1 under names erased on request" in text(page)
    assert not [button for button in page.button if button.label.startswith("Save")]
    page.checkbox[0].check().run()
    press(page, "Save 1 comment")
    saved(empty, 1)
    assert [one.author for one in listed(empty)] == ["Ada"]


def test_one_comment_is_typed_in_and_what_is_missing_is_said(empty: Store, page: AppTest) -> None:
    press(page, "Make a case of it")
    assert "Type what was said, in the words that were used." in text(page)
    page.text_area[0].set_value("She called because nobody answers.")
    fields = {field.label: field for field in page.text_input}
    fields["Who said it"].set_value("A mother")
    fields["Address of the thread, or what it is called"].set_value("Call about the summer camp")
    with patch("streamlit.switch_page") as moved:
        next(button for button in page.button if button.label == "Make a case of it").click().run()
    assert moved.call_args.kwargs == {"query_params": {"case": "1"}}
    with empty.read() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        one = comments.get(tx, case.lead_comment_id)
    assert one is not None
    assert (one.author, one.thread_title) == ("A mother", "Call about the summer camp")


def test_an_administrator_uploads_and_does_not_type_in(empty: Store, dave: Person) -> None:
    ada = add(empty, person(empty, "alice@example.org"), "Ada", Role.ADMIN)
    token = enter(empty, ada)
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_file(ROOT / "pages" / "upload.py", default_timeout=60).run()
    assert not page.exception
    assert len(page.file_uploader) == 1
    assert not page.text_area
