"""What is worth a second look before a text is sent; hints in the text's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from response.hints import hints, named, promised, questions, takes_up

pytestmark = pytest.mark.values

ASKED = "Were the paths sprayed? Why was there no sign? I wrote twice. Really? When do you open, and what does it cost?"


def test_the_questions_of_a_comment_are_those_that_can_be_answered() -> None:
    assert questions(ASKED) == (
        "Were the paths sprayed?",
        "Why was there no sign?",
        "When do you open, and what does it cost?",
    )
    assert questions("See https://x.example/?q=1 and tell us.") == ()


@pytest.mark.parametrize(
    ("question", "text", "answered"),
    [
        ("Were the paths sprayed?", "We sprayed nothing there.", True),
        ("Were the paths sprayed?", "No, that was on Monday.", True),
        ("Were the paths sprayed?", "We are sorry to hear that.", False),
        ("Why was there no sign?", "Yes.", False),
        ("Why was there no sign?", "The signs came late.", True),
        ("When do you open?", "From Saturday on.", True),
        ("When do you open?", "Soon, we hope.", False),
        ("How many were there?", "There were 30.", True),
        ("How many were there?", "Too many.", False),
        ("Wann öffnet ihr?", "Ab Montag.", True),
    ],
)
def test_a_question_is_taken_up_by_its_own_words_or_by_what_it_asks_for(
    question: str, text: str, answered: bool
) -> None:
    assert takes_up(text, question) is answered


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("We will tell you here by Wednesday noon.", ("Wednesday noon",)),
        ("We ring you today, or within two days.", ("today", "within two days")),
        ("On Saturday we will open.", ("Saturday",)),
        ("It was done on Thursday, and we will write by 3 June.", ("3 June",)),
        ("Your letters of 3 June did reach us.", ()),
        ("On Saturday your daughter was hurt.", ()),
        ("Wir antworten bis Freitag, spätestens in zwei Tagen.", ("Freitag", "in zwei Tagen")),
        ("We may be late.", ()),
        ("Wir antworten am 3. Mai.", ("3. Mai",)),
        ("Am 3. Mai war geschlossen; Ihr Brief kam am Montag an.", ()),
        ("Am 3. Mai haben wir geantwortet.", ()),
        ("Ab dem 14. Dezember ist offen, vielleicht schon nächste Woche.", ("14. Dezember", "nächste Woche")),
        (
            "Bis zum 12.5. ist es fertig, das Dach am Freitag, 31.12., und der Rest bis 1.2.2027.",
            ("12.5.", "Freitag", "31.12.", "1.2.2027"),
        ),
        (
            "Wir melden uns in den nächsten Tagen, also in wenigen Stunden oder kommenden Montag.",
            ("in den nächsten Tagen", "in wenigen Stunden", "kommenden Montag"),
        ),
        ("We meet next Monday morning, in a few days.", ("next Monday morning", "in a few days")),
    ],
)
def test_the_times_that_something_is_promised_for(text: str, times: tuple[str, ...]) -> None:
    assert promised(text) == times


@pytest.mark.parametrize(
    "text",
    [
        "It will cost 3.5. We will take 12.5 of them.",
        "Es werden 12,5 Prozent, ab 3.50 Euro und bis 12.50.",
        "We will take version 1.2.3, and 10.1.2.2026 will be its address.",
        "Wir werden am 45.3. und am 3.13. nicht da sein.",
    ],
)
def test_no_figure_is_taken_for_a_day(text: str) -> None:
    assert promised(text) == ()


@pytest.mark.parametrize(
    ("text", "known", "people"),
    [
        ("Our adviser, Dr. Sunniva Aske, rings you.", (), ("Dr. Sunniva Aske",)),
        ("Anna Meier rang Ben.", ("Ben", "", "Carla"), ("Anna Meier", "Ben")),
        ("Dear Ben, thank you. On Monday We Open.", (), ()),
        ("Write to Anna.Meier@example.org.", ("Anna",), ()),
    ],
)
def test_the_people_who_are_named(text: str, known: tuple[str, ...], people: tuple[str, ...]) -> None:
    assert named(text, known) == people


def test_links_and_mail_addresses_are_told_as_they_stand() -> None:
    found = hints("See https://x.example/a?b=1, or write to tom@example.org.")
    assert found.links == ("https://x.example/a?b=1", "tom@example.org")


@given(st.text(max_size=300), st.text(max_size=200), st.lists(st.text(max_size=8), max_size=3))
def test_hints_are_parts_of_what_was_written_whatever_that_is(text: str, comment: str, known: list[str]) -> None:
    found = hints(text, comment, known)
    assert set(found.open) <= set(found.asked)
    assert all(one in text for one in (*found.people, *found.links))
    assert hints("", comment).open == hints("", comment).asked


@given(st.text(alphabet="abc ?.1@:/A\n", max_size=4000))
def test_a_long_text_of_any_shape_is_read_in_no_time(text: str) -> None:
    hints(text * 5, text)
