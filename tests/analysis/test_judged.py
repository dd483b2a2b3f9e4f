"""How good it is: exact figures with their intervals, and what must hold for any answers; and how a sample is drawn."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import judged
from analysis.intervals import wilson
from analysis.judged import Answer, Asked, Line
from analysis.learnt import PROTECTED, SWITCHABLE
from analysis.sampling import A_WEEK, Stratum, allocate, draw
from tests.analysis.labelled import label

STRATA = st.dictionaries(
    st.tuples(st.sampled_from(("blog", "forum", "x")), st.sampled_from(("en", "de", "und", "fr"))),
    st.integers(0, 400),
    max_size=12,
)


def asked(answer: str, n: int = 1, week: str = "2026-W10", channel: str = "blog", of: int = 100) -> list[Asked]:
    return [Asked(week, channel, "en", of, 20, answer)] * n


def test_the_interval_is_wilsons() -> None:
    assert [round(one, 4) for one in wilson(7, 20)] == [0.1812, 0.5671]
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 300), st.integers(1, 300))
def test_an_interval_holds_its_share_and_narrows_with_more(part: int, whole: int) -> None:
    part = min(part, whole)
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole + 1e-12
    assert part / whole - 1e-12 <= high <= 1
    wide = wilson(2 * part, 2 * whole)
    assert wide[1] - wide[0] < high - low


def test_precision_is_of_what_was_raised_and_judged() -> None:
    told = [label(n, n % 4 == 0) for n in range(40)]
    told += [label(50, True, raised=("concern", "negative"), matters=("money",), channel="forum")]
    told += [label(60, None), label(61, True, flagged=False, raised=())]
    told += [label(62, False, spam=True, scores={"spam": 0.9}), label(63, None, spam=False, scores={"spam": 0.6})]
    found = judged.precision(told)
    assert found.everything == Line("", 42, 11)
    assert found.signals == (Line("negative", 42, 11), Line("spam", 2, 1), Line("concern", 1, 1))
    assert found.matters == (Line("money", 1, 1),)
    assert found.channels == (Line("blog", 41, 10), Line("forum", 1, 1))
    assert found.everything.share == pytest.approx(11 / 42)
    assert found.matters[0].share is None


def test_what_is_more_often_wrong_than_right_is_proposed_and_what_is_protected_never() -> None:
    lines = [
        Line("negative", 50, 24),
        Line("abuse", 50, 25),
        Line("hate", 49, 0),
        *(Line(name, 500, 0) for name in ("self_harm", "threat", "crisis", "concern", "learnt", "children")),
    ]
    assert judged.to_switch_off(lines, SWITCHABLE) == [Line("negative", 50, 24)]
    assert not SWITCHABLE & {*PROTECTED, "concern", "learnt"}


def test_what_was_missed_stands_for_the_comments_that_were_not_looked_at() -> None:
    """Two strata of one week: 1 of 10 of the 900, 5 of 10 of the 100: (0.1 · 900 + 0.5 · 100) / 1,000."""
    some = asked(Answer.YES, 1, of=900) + asked(Answer.NO, 9, of=900)
    some += asked(Answer.YES, 5, channel="forum") + asked(Answer.NO, 5, channel="forum")
    some += asked(Answer.CANNOT_SAY, 3, channel="forum") + asked("", 2)[:0]
    found = judged.missed(some)
    assert (found.population, found.answered, found.yes) == (1000, 20, 6)
    assert found.share == pytest.approx(0.14)
    low, high = found.interval
    assert low < 0.14 < high
    assert high - low > wilson(2.8, 20)[1] - wilson(2.8, 20)[0]  # unequal weights make it less sure
    assert found.about == (140, round(1000 * low), round(1000 * high))


def test_of_few_answers_nothing_is_told() -> None:
    found = judged.missed(asked(Answer.NO, 19) + asked(Answer.CANNOT_SAY, 30))
    assert (found.share, found.about, found.answered) == (None, None, 19)
    assert judged.missed([]).population == 0


@given(STRATA, st.integers(1, 40))
def test_a_sample_is_of_all_strata_and_no_more_than_there_is(sizes: dict[Stratum, int], most: int) -> None:
    found = allocate(sizes, most)
    there = {one: n for one, n in sizes.items() if n}
    assert sum(found.values()) == min(most, sum(there.values()))
    assert all(0 < n <= sizes[one] for one, n in found.items())
    assert set(found) == set(there) or (len(there) > most and len(found) == most)


@given(STRATA, st.integers(0, 2**62))
def test_a_sample_can_be_drawn_again_by_its_seed(sizes: dict[Stratum, int], seed: int) -> None:
    strata = {one: list(range(1000 * place, 1000 * place + n)) for place, (one, n) in enumerate(sizes.items())}
    found = draw(seed, strata)
    turned = {one: list(reversed(strata[one])) for one in reversed(list(strata))}
    assert draw(seed, turned) == found
    assert len({one.comment_id for one in found}) == len(found) <= A_WEEK
    for one in found:
        assert one.comment_id in strata[one.channel, one.language]
        assert one.population == len(strata[one.channel, one.language])
    assert Counter((one.channel, one.language) for one in found) == {
        (one.channel, one.language): one.drawn for one in found
    }
