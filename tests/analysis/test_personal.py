"""What shows personal data, and that what spares the dear searches hides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import personal
from analysis.personal import find

SHOWS = (
    ("Write to ann.o@mail.example.org today", "email", "ann.o@mail.example.org"),
    ("My number is 0171 946 0123, call me", "phone", "0171 946 0123"),
    ("card 4111 1111 1111 1111 was charged twice", "card", "4111 1111 1111 1111"),
    ("IBAN DE89 3704 0044 0532 0130 00, my own", "iban", "DE89 3704 0044 0532 0130 00"),
    ("banned from 203.0.113.9 for no reason", "ip", "203.0.113.9"),
    ("and from 2001:db8::9 too", "ip", "2001:db8::9"),
    ("her SSN is 123-45-6789", "id number", "123-45-6789"),
    ("She stays at 12 Mill Lane with him", "address", "12 Mill Lane"),
    ("He is at 12 5th Place", "address", "12 5th Place"),
    ("near 4 Park Close in town", "address", "4 Park Close"),
    ("Kommt in die Lange Gasse 7", "address", "die Lange Gasse 7"),
    ("at Königsallee 3, top floor", "address", "at Königsallee 3"),
    ("12 rue de la Paix", "address", "12 rue de la Paix"),
    ("Place du Marché 4", "address", "Place du Marché 4"),
    ("flat 12, knock twice", "address", "flat 12"),
    ("send it to P.O. Box 77", "address", "P.O. Box 77"),
    ("she lives in Oldham, 12 Harrow", "address", "Oldham, 12 Harrow"),
)
SHOWS_NOT = (
    "We have 1,200 members in 14 groups.",
    "It was in 1971 and again from 2019 to 2021.",
    "See page 12, lines 4-9, and order 4711-0815-99.",
    "Open 10:30-12:00 and 14:00-16:00.",
    "The price rose from 1 000 000 to 1 200 000.",
    "Meet at the church :: by the door.",
)


@pytest.mark.parametrize(("text", "kind", "said"), SHOWS)
def test_shows(text: str, kind: str, said: str) -> None:
    assert [(one.kind, text[one.span.start : one.span.end]) for one in find(text)] == [(kind, said)]


@pytest.mark.parametrize("text", SHOWS_NOT)
def test_shows_nothing(text: str) -> None:
    assert find(text) == []


LATIN = st.characters(codec="latin-1")


@given(st.from_regex(personal._ADDRESS, alphabet=LATIN))
def test_a_street_is_searched_for_wherever_there_is_one(text: str) -> None:
    assert personal._has_a_street(text)


@given(st.from_regex(personal._LIVES, alphabet=LATIN))
def test_so_is_where_somebody_stays(text: str) -> None:
    assert any(part in text for part in personal._STAYS)
