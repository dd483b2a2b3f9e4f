"""What was changed in a text: by a table of what people change in replies, and what holds for any two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.changes import Change, kind

T, W, F, P = Change
BASE = "Thank you for telling us. We took the photo off the page on 3 May. Priya Raman looks into it."
DE = "Danke für den Hinweis. Wir haben das Foto am 3. Mai von der Seite genommen. Frau Raman geht dem nach."


def swap(old: str, new: str, text: str = BASE) -> tuple[str, str]:
    assert old in text
    return text, text.replace(old, new)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        # spelling, punctuation, capitals, blanks
        (swap("telling us.", "telling us!"), T),
        (swap("Thank you", "thank  you"), T),
        (swap("photo", "foto", "We took the photo down."), W),
        (swap("looks", "lokos"), T),
        (swap("telling", "teling"), T),
        (swap("Hinweis", "Hinweiss", DE), T),
        (swap("für", "fur", DE), T),
        (swap("website", "web site", "It is on our website by now."), T),
        (swap("don't", "do not", "We don't know the man."), W),
        # other words for the same
        (swap("Thank you for telling", "Thanks for telling"), W),
        (swap("took the photo off", "removed the photo from"), W),
        (swap("haben das Foto", "haben das Bild", DE), W),
        (("We took it off, and we told the school.", "We took it off. We told the school."), W),
        (("We told him. We took it off the page.", "We took it off the page. We told him."), W),
        (swap(" he ", " we ", "Then he took it off the page."), W),
        # numbers, dates, names, links
        (swap("3 May", "4 May"), F),
        (swap("3. Mai", "13. Mai", DE), F),
        (swap("Priya Raman", "Priya Ramen"), F),
        (swap("Frau Raman", "Frau Linde", DE), F),
        (swap("example.org/a", "example.org/b", "More is at https://example.org/a for all of you."), F),
        (swap("two", "three", "There were two children in the photo."), F),
        (swap("Monday", "Tuesday", "It was there until Monday evening."), F),
        (swap("9:30", "10:30", "We open at 9:30."), F),
        (swap("help@a.example", "office@a.example", "Write to help@a.example when you like."), F),
        # what it says
        (swap(" Priya Raman looks into it.", ""), P),
        ((BASE, BASE + " We are checking all other pages."), P),
        (swap("We took", "We did not take"), P),
        (swap("Wir haben das Foto", "Wir haben kein Foto", DE), P),
        (("We know the man.", "We don't know the man."), P),
        ((BASE, "Sorry, and " + BASE), P),
        (swap("Danke für", "Es tut uns leid. Danke für", DE), P),
        (swap("looks into it", "will look into it"), P),
        (swap("We took the photo off the page on 3 May.", "Our lawyers handle this matter from here onwards."), P),
        (("Das prüfen wir.", "Das prüfen wir, wir werden Ihnen schreiben."), P),
    ],
)
def test_each_kind_of_change(texts: tuple[str, str], found: Change) -> None:
    before, after = texts
    assert kind(before, after) is found
    assert kind(after, before) is found, "taking it back is a change of the same kind"


TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from([*BASE.split(" "), *DE.split(" "), "not", "kein", "4", "https://a.example/x"])).map(
        " ".join
    ),
)


@given(TEXTS)
def test_the_same_text_is_no_change(text: str) -> None:
    assert kind(text, text) is None


@given(TEXTS, TEXTS)
def test_two_texts_differ_in_one_kind_whichever_came_first(one: str, other: str) -> None:
    found = kind(one, other)
    assert found is kind(other, one)
    assert (found is None) == (one == other)


@given(TEXTS, st.integers(0, 9))
def test_a_number_that_came_is_never_only_spelling(text: str, number: int) -> None:
    assert kind(text, f"{text} {number}") in (Change.FACT, Change.POSITION)


@given(TEXTS)
def test_a_new_sentence_is_what_it_says(text: str) -> None:
    assert kind(text, text + "\nUnheard wombats applaud.") is Change.POSITION
