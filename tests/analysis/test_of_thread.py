"""What the signals of a thread come to: by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.of_thread import of_thread
from model.assessment import SIGNALS, THRESHOLD

pytestmark = pytest.mark.values

SCORES = st.dictionaries(st.sampled_from(SIGNALS), st.floats(0, 1))
THREADS = st.lists(SCORES, max_size=8)


@given(THREADS, SCORES)
def test_no_comment_that_joins_makes_a_thread_quieter(thread: list[dict[str, float]], one: dict[str, float]) -> None:
    before = {said.name: said for said in of_thread(thread)}
    after = {said.name: said for said in of_thread([*thread, one])}
    assert before.keys() | one.keys() == after.keys()
    for name, said in before.items():
        assert after[name].score == max(said.score, one.get(name, 0))
        assert after[name].raised - said.raised == (one.get(name, 0) >= THRESHOLD)
        assert after[name].of - said.of == (name in one)


@given(THREADS)
def test_the_loudest_stands_first_and_each_once(thread: list[dict[str, float]]) -> None:
    said = of_thread(thread)
    assert [one.score for one in said] == sorted((one.score for one in said), reverse=True)
    assert len({one.name for one in said}) == len(said)
    assert all((one.score >= THRESHOLD) == (one.raised > 0) for one in said)
