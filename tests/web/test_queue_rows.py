"""What a row of the queue says, in words, without a screen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.language import using
from model.queue import BY_KEY
from store.queue import Row
from web.ui.queue import rows
from web.ui.queue.case import moments
from web.ui.queue.rows import excerpt, parts, question, shown, who

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "We liked it. My daughter came home with a rash on both hands. See you."
SENTENCE = (13, 61)
ROW = Row(
    id=7,
    version=1,
    severity=3,
    headline="Health of a child",
    matters=["harm"],
    at=NOW - timedelta(hours=2),
    text=TEXT,
    focus_start=SENTENCE[0],
    focus_end=SENTENCE[1],
    author="<b>Paula</b>",
    status="",
    deleted_at=None,
    channel="blog",
    thread_title="Summer camp",
    degraded=[],
    reasons=[
        {"rule": "spam:links", "start": 13, "end": 20, "share": 1.0},
        {"rule": "negative", "start": 13, "end": 61, "share": 0.3},
        {"rule": "matter:harm", "start": 38, "end": 44, "share": 0.7},
    ],
    sentiment=-0.5,
    opened_at=NOW - timedelta(hours=5),
    due_at=NOW - timedelta(hours=1),
    state="open",
)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)
    monkeypatch.setattr("web.ui.words.clock.now", lambda: NOW)


def drawn(row: Row, view: str = "todo", approvals: int = 2) -> dict[str, object]:
    (one,) = shown(BY_KEY[view], [row], me=1, now=NOW, approvals={row.id: approvals}, answers={})
    return one


def test_the_row_shows_the_sentence_that_matters_with_the_strongest_reason_marked() -> None:
    one = drawn(ROW)
    assert f"{one['before']}{one['marked']}{one['after']}" == TEXT[13:61]
    assert one["marked"] == TEXT[38:44]


@given(st.text(max_size=900), st.data())
def test_an_excerpt_is_short_and_its_mark_stands_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first = data.draw(st.integers(0, len(text)))
    span = (first, data.draw(st.integers(first, len(text))))
    before, marked, after = excerpt(text, (start, end), span)
    assert len(before + marked + after) <= 2 * 220
    assert "\n" not in before + marked + after
    if len(marked) < 200:
        assert marked.strip() in " ".join(text.split())


def test_severity_reason_and_waiting_are_said_in_words_and_to_screen_readers() -> None:
    one = drawn(replace(ROW, same=3))
    assert (one["title"], one["severity_word"], one["same"]) == ("Health of a child", "high", "+3 say the same")
    assert (one["parts"], one["late"]) == ("severity 3 · waits 5 h of 4 h, late", True)
    assert (one["age"], one["exact"]) == ("2 h", "Mon 2 Mar 2026, 10:00")
    for said in (
        "Health of a child, high",
        TEXT[13:61],
        "3 other comments in this thread say the same",
        "2 approvals",
        "late",
    ):
        assert said in str(one["spoken"])


def test_the_row_is_said_in_the_language_of_its_reader() -> None:
    with using("de"):
        one = drawn(replace(ROW, same=3, author="", state="open"))
        closed = who(replace(ROW, state="closed", outcome="dismissed"), 1, 2, ())
    assert one["parts"] == "Schwere 3 · wartet 5 Std., Frist 4 Std., überfällig"
    assert (one["severity_word"], one["same"], one["who"]) == ("hoch", "+3 sagen dasselbe", "2 Freigaben")
    assert str(one["where"]).startswith("Ohne Namen · Blog")
    assert "3 weitere Kommentare in diesem Gespräch" in str(one["spoken"]) and str(one["spoken"]).endswith("überfällig")
    assert closed == "verworfen"


def test_the_row_says_who_is_on_it_before_it_says_what_it_needs() -> None:
    assert who(ROW, 1, 2, ()) == "2 approvals"
    assert who(ROW, 1, 0, ()) == "you may answer"
    assert who(replace(ROW, claimed_by=1, claimed_name="Me"), 1, 2, ()) == "Yours"
    assert who(replace(ROW, claimed_by=2, claimed_name="Tobias"), 1, 2, ()) == "Tobias"
    assert who(replace(ROW, state="closed", outcome="dismissed"), 1, 2, ()) == "dismissed"
    assert parts(replace(ROW, state="closed"), NOW) == ("", False)


def test_a_question_is_shown_with_what_it_asks() -> None:
    text = "Lovely news. What time can we set up tables? See https://a.example/?q=1 for more."
    assert question("See https://a.example/?q=1 for more.") is None
    one = drawn(replace(ROW, text=text, focus_start=0, focus_end=0, reasons=[]), "questions")
    assert one["marked"] == "What time can we set up tables?"
    assert (one["key"], one["title"]) == ("comment-7", "Question, no answer yet")
    long = f"{'Somebody recorded it all. ' * 6}Who has it now? {'It was there. ' * 20}"
    one = drawn(replace(ROW, text=long, reasons=[]), "questions")
    assert one["before"].startswith("… ") and f" {one['before'].removeprefix('… ')}" in long, "no word is cut"
    assert one["after"].endswith("…")


def test_of_a_case_that_a_person_raised_the_question_is_shown() -> None:
    text = "We missed it by a day. Is there a list for next year yet?"
    one = drawn(replace(ROW, text=text, headline="Raised by a person", reasons=[], focus_start=0, focus_end=22))
    assert one["marked"] == "Is there a list for next year yet?"


def test_the_rows_have_keys_that_tell_cases_from_comments() -> None:
    assert rows.key(BY_KEY["todo"], 7) == "case-7"
    assert rows.key(BY_KEY["spam"], 7) == "comment-7"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_whatever_day_it_is_a_case_is_put_off_to_a_later_moment(now: datetime) -> None:
    found = moments(now)
    assert all(now < moment <= now + timedelta(days=8) for moment in found.values())
    assert found["Until Monday, 08:00"].weekday() == 0
