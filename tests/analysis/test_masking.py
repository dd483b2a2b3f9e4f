"""What is masked before a text leaves the house: whatever is put into it, none of it comes out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.masking import Names, masked
from analysis.personal import is_card, is_iban
from tests.analysis.personal_data import CARDS, EMAILS, IBANS, NAMES, PHONES, STREETS, said

NOBODY = Names(())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Write to jane.doe@example.org.", "Write to [email]"),
        ("jane (at) example (dot) org, jane at example dot org", "[email], [email]"),
        ("Jan\u200be@exam\u00adple.org or ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ", "[email] or [email]"),
        ("See https://example.org/jane?id=7 and www.example.org, jane-doe.com.", "See [link] and [link] [link]"),
        ("@jane_doe and @jane@mastodon.social", "[mention] and [email]"),
        ("Ring 0171 555 1234, or +49 171 5551234!", "Ring [phone], or [phone]!"),
        ("٠١٧١٥٥٥١٢٣٤ is in other digits", "[number] is in other digits"),
        ("Order 7-77-77-7 of 2025-11-03", "Order [number] of [number]"),
        ("I live in 12 garden close, at Baker 221b", "I live in [number] garden close, at Baker [number]"),
        ("I called 3 times in 2 weeks, 5 levels of approval.", "I called 3 times in 2 weeks, 5 levels of approval."),
    ],
)
def test_each_kind_has_its_mark_and_what_is_harmless_stays(text: str, told: str) -> None:
    assert masked(text, NOBODY, 500).startswith(told)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Jane Doe", "Jane  DOE's friend Jane, and doe.", "Person 1's friend Person 1, and Person 1."),
        ("Jane Doe", "janeway is no doer", "janeway is no doer"),
        ("Jörg Weiß", "JÖRG WEISS, Weiß", "Person 1, Person 1"),
        ("李明", "我是李明说", "我是Person 1说"),
        ("Jo", "Jo, jolly", "Person 1, jolly"),
        ("maria19875", "maria19875 again", "Person 1 again"),
        ("The friends of Ann", "the end and friends of Ann", "the end and Person 1 of Person 1"),
        ("ann.lee@example.org", "Ann Lee and ann.lee@example.org", "Person 1 Person 1 and [email]"),
    ],
)
def test_a_known_name_goes_by_its_mark(name: str, text: str, told: str) -> None:
    assert masked(text, Names([name]), 500) == told


def test_authors_and_our_own_people_go_by_marks_of_their_own() -> None:
    names = Names(["Ben", "Ann", "ben", "", "Alice Smith"], ["Alice Smith", "Bob Brown"])
    assert [names.of(name) for name in ("Ben", "BEN", "Ann", "Alice Smith", "Bob Brown", "Zoe")] == [
        *("Person 1", "Person 1", "Person 2", "Colleague 1", "Colleague 2", "Somebody"),
    ]
    assert masked("Bob told Ann that Alice lies.", names, 500) == "Colleague 2 told Person 2 that Colleague 1 lies."


def test_a_mark_that_somebody_writes_is_no_mark_of_ours() -> None:
    assert "Person 1" not in masked("\ue000\ue001 Jane", NOBODY, 500)
    assert masked("\ue000 Jane", Names(["Jane"]), 500) == "Person 1"


def test_a_long_text_is_cut_and_never_in_the_middle_of_an_address() -> None:
    told = masked("word " * 3998 + "x jane.doe@example.org and more" * 100, NOBODY, 100_000)
    assert "jane" not in told
    assert len(masked("word " * 3000, NOBODY, 100)) == 100


SECRETS = st.one_of(EMAILS, PHONES, CARDS, IBANS, STREETS)


@given(text=said(SECRETS))
def test_no_address_number_or_account_comes_out(text: tuple[str, list[str]]) -> None:
    whole, secrets = text
    told = masked(whole, NOBODY, 100_000)
    for secret in secrets:
        assert secret not in told
    assert "@" not in told
    assert not re.search(r"\d(?:[\s().,:/\-–]{0,2}\d){4,}", told)
    assert not any(map(is_card, re.findall(r"[0-9]{12,}", told)))
    assert not any(map(is_iban, re.findall(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,}", told)))


@given(text=said(NAMES))
def test_no_name_that_is_known_comes_out(text: tuple[str, list[str]]) -> None:
    whole, names = text
    told = masked(whole, Names(names), 100_000).casefold()
    for mark in ("person", *map(str, range(10))):
        told = told.replace(mark, "")
    for name in names:
        assert " ".join(name.casefold().split()) not in told


@given(st.text(max_size=400), st.lists(st.text(max_size=20), max_size=4))
def test_whatever_is_written_it_is_masked_and_a_second_time_changes_nothing_of_use(text: str, names: list[str]) -> None:
    told = masked(text, Names(names), 300)
    assert len(told) <= 300
    assert not any(0xE000 <= ord(c) <= 0xF8FF for c in told)
