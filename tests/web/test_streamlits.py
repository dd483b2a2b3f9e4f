"""Streamlit's own words: what the page's component is told to put in their place."""

import re

from model import language
from web.ui import streamlits


def test_readers_of_english_have_streamlits_words_as_they_are() -> None:
    assert streamlits.words() == []


def test_what_a_name_stands_for_has_its_place_in_every_language() -> None:
    with language.using("de"):
        told = streamlits.words()
    assert [one["within"] for one in told] == list(streamlits.WORDS)
    for one in told:
        for english, said in one["says"].items():  # type: ignore[attr-defined]
            assert said and said != english
            assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", said))
