"""The encoder of our own gives what the package gives, and what it gives of a text hangs on no other text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.deep import LOOKED_AT
from analysis.encoder import Encoder
from tests.ingest.looking import encoder

pytestmark = pytest.mark.values

ODD = "e\u0301 \u00a8 \u200b \u2581x \u2581 \x85 \xa0 \x00 \ufffd \ufb01 \u65e5\u672c \u0e01\u0e32 \U0001f44d \u202e"
SPOKEN = "The|garden|opens|at|nine.|nine|Stra\u00dfe|1,000|don't|http://a.example/x?y=1|"
WORDS = st.sampled_from([*ODD.split(" "), *SPOKEN.split("|"), "\t", "\n\n", "\u3000"])
TEXTS = st.lists(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=60).map(" ".join)), min_size=1, max_size=12)


def own() -> Encoder:
    return encoder()._encoder


@given(TEXTS)
@settings(deadline=None, max_examples=25)
def test_tokens_and_vectors_are_those_of_the_package(texts: list[str]) -> None:
    readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    assert [own()._ids(text) for text in readable] == own()._tokens.encode(readable)
    assert np.abs(own().encode(readable) - own()._w.encode(readable)).max() < 1e-4


def test_a_long_text_is_read_whole_and_changes_no_other() -> None:
    texts = ["Nobody answered.", "a b " * (LOOKED_AT // 4), "word " * 5_000, "Nobody answered, twice."]
    found = own().encode(texts)
    assert np.abs(found - own()._w.encode(texts)).max() < 1e-4
    assert np.abs(found - np.vstack([own().encode([text]) for text in texts])).max() < 1e-4
    assert own().encode([]).shape == (0, 512)
