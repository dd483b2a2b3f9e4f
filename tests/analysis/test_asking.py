"""What asks something and waits for an answer, and what only has a question mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import asking
from analysis.asking import RHETORICAL, asks, score, strength

ASKS = """
    What time do you open on Sunday?
    Hi all, how do I get to the back entrance with a pram
    when does the summer camp registration close
    Can you tell me whether dogs are allowed.
    Does anybody know who runs the Tuesday group
    I was wondering if the choir still takes basses.
    Anyone know if the bus stops there
    Is there parking near the hall
    Lovely pictures. Who do I write to about a stall?
    My question is about the fees for students.
    Please let me know when the minutes will be out.
    Why is the gate locked since Easter
    Any news on the new roof
    Could you please explain the second item
    Wann macht ihr am Samstag auf
    Liebes Team, gibt es noch Karten für Freitag
    Weiß jemand, wo man die Schlüssel abholen kann
    Wie viele Plätze sind noch frei?
    Ich wollte mal fragen, ob ihr auch Kuchenspenden nehmt.
    Kann man auch mit Karte zahlen
    Um wie viel Uhr beginnt die Führung
    Pourquoi est-ce fermé ?
    ¿Cuándo abre la piscina?
    営業時間は何時からですか？
"""
ASKS_NOT = """
    Who cares?
    Are you serious?!
    Really?
    How hard can it be?
    What is wrong with you people?
    Is that too much to ask?
    What did you expect?
    Lovely weather, isn't it?
    So much for the promised ramp, right?
    Who do they think they are?
    Do you even read these comments?
    When I was young we walked there.
    What a lovely afternoon!
    How kind of you.
    Is what it is.
    Where there is a will there is a way.
    The page is at https://example.org/?page=2 and works.
    Do not forget the cake.
    Have a nice day.
    Wen interessiert das?
    Ist das euer Ernst?
    Was soll das?
    Wie schön das war!
    Wenn ich das gewusst hätte.
    Was für ein Fest.
    Als ich kam, war schon zu.
"""


def lines(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]


@pytest.mark.parametrize("text", lines(ASKS))
def test_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", lines(ASKS_NOT))
def test_asks_nothing(text: str) -> None:
    assert not asks(text)


def test_what_is_rhetorical_is_less_but_not_nothing() -> None:
    assert 0 < strength("who cares?") == RHETORICAL < strength("who has the key?")


@given(st.lists(st.floats(0, 1), max_size=6), st.floats(0, 1))
def test_a_further_sentence_never_makes_it_less_of_a_question(some: list[float], other: float) -> None:
    assert 0 <= score(some) <= score([*some, other]) <= 1


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    assert asks(text) in (True, False)


@given(st.from_regex(asking._LEADS, alphabet=st.characters(codec="latin-1")))
def test_what_spares_the_search_for_words_that_ask_hides_none(text: str) -> None:
    assert any(part in text for part in asking._ASKING)
