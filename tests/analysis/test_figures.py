"""The figures of the overview: exact values, and what must hold for any counts."""

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import figures
from analysis.figures import BOUNDS, Calm, Rising, Series, Sign, Usual, What
from model.tally import Tally

TODAY = date(2026, 11, 29)
BEGUN = TODAY - timedelta(days=200)
some = st.integers(0, 400)


def tally(comments: int, flagged: int = 0, sentiment: float = 0.0) -> Tally:
    return Tally(comments=comments, flagged=flagged, sentiment=sentiment)


# --- what is usual ---------------------------------------------------------------------------------------------------


def test_usual_are_the_quartiles_of_the_weeks_before() -> None:
    assert figures.usual([4, 1, 3, 2, 5]) == Usual(2, 3, 4, 5)
    assert figures.usual([10, 20, 30, 40]) == Usual(17.5, 25, 32.5, 4)
    assert figures.usual([1, 2, 3]) is None


@given(st.lists(some, min_size=4, max_size=8))
def test_a_quarter_of_the_weeks_at_most_lies_on_either_side_of_the_usual_range(values: list[int]) -> None:
    was = figures.usual(values)
    assert was is not None
    assert min(values) <= was.low <= was.middle <= was.high <= max(values)
    quarter = math.ceil((len(values) - 1) / 4)
    assert sum(value < was.low for value in values) <= quarter
    assert sum(value > was.high for value in values) <= quarter


def test_a_share_of_few_is_none() -> None:
    assert figures.percent(1, 19) is None
    assert figures.percent(1, 20) == 5
    assert figures.mean_sentiment(tally(0)) is None
    assert figures.mean_sentiment(tally(4, sentiment=-2)) == -0.5


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 100), st.integers(0, 80))
def test_what_is_usual_of_a_period_goes_by_the_weekdays_of_the_weeks_before(
    since: date, length: int, back: int
) -> None:
    until, begun = since + timedelta(days=length - 1), since - timedelta(days=back)
    weeks = figures.same_weekdays(since, until, begun)
    assert len(weeks) == min(figures.WEEKS, back // 7)
    for number, week in enumerate(weeks, start=1):
        assert [one.weekday() for one in week] == [(since + timedelta(days=n)).weekday() for n in range(length)]
        first = since - timedelta(weeks=number)
        assert all(begun <= first <= one < first + timedelta(days=7) for one in week)
    if length == 7:
        assert [week[0] for week in weeks] == [since - timedelta(weeks=n + 1) for n in range(len(weeks))]
    assert figures.same_weekdays(since, until, None) == []


# --- what can be compared -------------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(1, 9), st.integers(-5, 90), max_size=6))
def test_what_is_compared_was_there_for_four_whole_weeks_and_nothing_else_is_left_out(ages: dict[int, int]) -> None:
    firsts = {source: TODAY - timedelta(days=age) for source, age in ages.items()}
    found = figures.past(firsts, TODAY)
    old = {source for source, age in ages.items() if age > 28}
    assert found.young == firsts.keys() - old
    assert found.begun == max((firsts[source] + timedelta(days=1) for source in old), default=None)
    weeks = figures.same_weekdays(TODAY, TODAY + timedelta(days=6), found.begun)
    assert len(weeks) >= figures.LEAST_WEEKS if old else not weeks
    younger = figures.past(firsts | {77: TODAY - timedelta(days=3)}, TODAY)
    assert (younger.begun, younger.young) == (found.begun, found.young | {77}), "a new source takes nothing away"


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 90), min_size=1, max_size=6))
def test_where_signs_are_looked_for_there_is_enough_to_replay(ages: dict[int, int]) -> None:
    found = figures.past_of_signs({source: TODAY - timedelta(days=age) for source, age in ages.items()}, TODAY)
    assert (found.begun is None) is (max(ages.values()) < 44)
    if found.begun:
        assert figures.bound([Series(What.COMMENTS, {})], TODAY, found.begun) is not None


def test_a_word_on_the_whole_rests_on_half_of_it() -> None:
    for part, speaks in ((100, True), (50, True), (49, False)):
        assert figures.speaks_for(part, 100) is speaks
    assert figures.speaks_for(0, 0)


# --- is it calm? -----------------------------------------------------------------------------------------------------

PAST = [
    tally(count, flagged) for count, flagged in ((20, 2), (24, 4), (28, 3), (22, 3), (26, 2), (30, 5), (21, 3), (25, 4))
]


@pytest.mark.parametrize(
    ("comments", "flagged", "calm"),
    [
        (14, 2, Calm.CALMER),
        (24, 3, Calm.USUAL),
        (26, 4, Calm.USUAL),
        (14, 5, Calm.BUSIER),
        (27, 0, Calm.BUSIER),
        (25, 2, Calm.USUAL),
        (0, 0, Calm.CALMER),
    ],
)
def test_the_verdict_follows_its_rule(comments: int, flagged: int, calm: Calm) -> None:
    """The usual ranges of this past are 21.75 to 26.5 comments and 2.75 to 4 that needed a person."""
    assert figures.verdict(tally(comments, flagged), PAST) is calm
    assert figures.verdict(tally(comments, flagged), PAST, signs=1) is Calm.NOT_CALM
    assert figures.verdict(tally(comments, flagged), PAST[:3]) is Calm.NO_PAST


ORDER = [Calm.CALMER, Calm.USUAL, Calm.BUSIER]


@given(st.lists(st.tuples(some, some), min_size=4, max_size=8), some, some, st.integers(0, 9), st.integers(0, 9))
def test_more_never_makes_it_calmer(past: list[tuple[int, int]], n: int, flagged: int, more: int, worse: int) -> None:
    weeks = [tally(*pair) for pair in past]
    before = figures.verdict(tally(n, flagged), weeks)
    after = figures.verdict(tally(n + more, flagged + worse), weeks)
    assert ORDER.index(after) >= ORDER.index(before)


# --- early signs -----------------------------------------------------------------------------------------------------


def test_the_tail_of_poissons_distribution() -> None:
    """Against the sum of its terms from 0 on, which is another way to the same."""
    for count, mean in ((3, 1.0), (5, 0.5), (12, 4.2), (9, 8.9), (1, 0.001)):
        below = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))
        assert figures.tail(count, mean) == pytest.approx(1 - below, rel=1e-9)
    assert figures.tail(3, 3.0) == figures.tail(0, 0.0) == 1
    assert figures.tail(4, 0.0) == 0


@given(st.integers(0, 3000), st.floats(0.05, 3000))
def test_a_tail_is_a_chance_and_falls_with_the_count(count: int, mean: float) -> None:
    chance = figures.tail(count, mean)
    assert 0 <= chance <= 1
    assert figures.tail(count + 1, mean) <= chance


@given(st.floats(0.5, 3000))
def test_what_is_not_two_deviations_above_is_above_every_bound(mean: float) -> None:
    """So the replay need not work it out."""
    count = math.floor(mean + 2 * math.sqrt(mean))
    assert figures.tail(count, mean) > BOUNDS[0]


def days_of(counts: list[int], last: date = TODAY) -> dict[date, int]:
    """Counts of the days up to the last one."""
    return {last - timedelta(days=len(counts) - 1 - place): count for place, count in enumerate(counts)}


def test_a_rise_is_held_against_the_same_weekday() -> None:
    """Sundays are busy here: eleven on one are nothing, on a Saturday they are a sign."""
    counts = {TODAY - timedelta(days=n): 10 if n % 7 == 0 else 1 for n in range(200)}
    counts[TODAY] = counts[TODAY - timedelta(days=1)] = 11
    series = Series(What.COMMENTS, counts)
    sunday, saturday = (figures.rise(series, TODAY - timedelta(days=n), BEGUN) for n in (0, 1))
    assert sunday is not None
    assert saturday is not None
    assert (sunday.expected, saturday.expected) == (80.5 / 8, 8.5 / 8)
    assert sunday.chance > 0.4
    assert saturday.chance < 1e-6
    assert [sign.day for sign in figures.early_signs([series], TODAY, BEGUN)] == [TODAY - timedelta(days=1)]


def test_a_share_is_held_against_the_share_of_before() -> None:
    """Twice the comments with twice the negative ones are no sign; as many with six times the negative ones are."""
    whole, negative = {}, {}
    for n in range(200):
        whole[TODAY - timedelta(days=n)], negative[TODAY - timedelta(days=n)] = 20, 2
    whole[TODAY], negative[TODAY] = 40, 5
    assert figures.early_signs([Series(What.NEGATIVE, negative, of=whole)], TODAY, BEGUN) == []
    negative[TODAY] = 24
    (sign,) = figures.early_signs([Series(What.NEGATIVE, negative, of=whole)], TODAY, BEGUN)
    assert (sign.what, sign.count) == (What.NEGATIVE, 24)
    assert sign.expected == pytest.approx(40 * 16.5 / 161)


def test_there_is_nothing_before_there_is_a_past() -> None:
    eruption = Series(What.COMMENTS, {TODAY: 5_000})
    for weeks, signs in ((0, 0), (4, 0), (5, 0), (6, 0), (7, 1)):
        assert len(figures.early_signs([eruption], TODAY, TODAY - timedelta(weeks=weeks))) == signs, weeks
    assert figures.rise(eruption, TODAY, TODAY - timedelta(days=27)) is None


def test_few_comments_are_no_sign() -> None:
    assert figures.early_signs([Series(What.MATTER, {TODAY: 4}, subject="children")], TODAY, BEGUN) == []
    assert len(figures.early_signs([Series(What.MATTER, {TODAY: 5}, subject="children")], TODAY, BEGUN)) == 1


def test_the_replay_keeps_false_signs_to_one_in_two_weeks() -> None:
    """Uneven histories, in which many days are unusual by Poisson's distribution: the bound falls until it holds."""
    for seed in range(12):
        chance = random.Random(seed)
        counts = [int(chance.choice((2, 3, 3, 4)) * chance.lognormvariate(0, 0.9)) for _ in range(130)]
        series = [Series(What.COMMENTS, days_of(counts)), Series(What.NEW_AUTHORS, days_of(counts[::-1]))]
        most = figures.bound(series, TODAY, BEGUN)
        assert most in BOUNDS
        begins, before = 0, False
        for back in range(figures.REPLAYED + 1, 1, -1):
            rises = [figures.rise(one, TODAY - timedelta(days=back), BEGUN) for one in series]
            is_sign = any(found is not None and found.chance <= most for found in rises)
            begins += is_sign and not before
            before = is_sign
        assert begins <= figures.REPLAYED / 14
        assert {sign.day for sign in figures.earlier_signs(series, TODAY, BEGUN)} or not begins
        looser = BOUNDS.index(most) - 1
        assert looser < 0 or most < BOUNDS[looser]


def test_one_thing_that_shows_in_many_counts_is_one_sign_and_stays_on_the_days_before() -> None:
    """An eruption nine days ago, in eight counts at once and the day after too: it does not make one of today harder
    to see, and each count tells of it once, on its first day."""
    erupted = [3] * 130 + [60, 50] + [3] * 7
    series = [Series(What.MATTER, days_of([*erupted, 3]), subject=f"{n}") for n in range(8)]
    series.append(Series(What.COMMENTS, days_of([*erupted, 30])))
    before = figures.earlier_signs(series, TODAY, BEGUN)
    assert {(sign.day, sign.count) for sign in before} == {(TODAY - timedelta(days=9), 60)}
    assert len(before) == 9
    assert [sign.what for sign in figures.early_signs(series, TODAY, BEGUN)] == [What.COMMENTS]
    assert figures.earlier_signs(series, TODAY, TODAY - timedelta(weeks=5)) == []


@given(st.integers(0, 6), st.integers(1, 20))
def test_a_tenfold_rise_after_even_weeks_is_found_on_its_day(spread: int, level: int) -> None:
    counts = [level + (n * 7919) % (spread + 1) for n in range(140)]
    counts[-1] = 10 * (level + spread) + 10
    found = figures.early_signs([Series(What.COMMENTS, days_of(counts))], TODAY, BEGUN)
    assert [(sign.day, sign.count) for sign in found] == [(TODAY, counts[-1])]


def test_the_most_unusual_comes_first_and_each_series_once() -> None:
    even = [2] * 140
    high, higher = (
        Series(What.THREAD, days_of([*even, 30, 40])),
        Series(What.MATTER, days_of([*even, 2, 90]), subject="x"),
    )
    found = figures.early_signs([high, higher], TODAY, BEGUN)
    assert [(sign.what, sign.day, sign.count) for sign in found] == [
        (What.MATTER, TODAY, 90),
        (What.THREAD, TODAY, 40),
    ]
    assert isinstance(found[0], Sign)


# --- what is said ----------------------------------------------------------------------------------------------------


def test_words_are_letters_once_each_without_links() -> None:
    said = "Slugs, SLUGS and Schnecken! See https://slugs.example.org/poison?x=1 or www.slugs.example: 2026 plötzlich"
    assert figures.words(said) == {"slugs", "schnecken", "plötzlich"}


def test_words_rise_against_what_was_said_before() -> None:
    before = [frozenset({"garden", "thanks"})] * 50 + [frozenset({"thanks", "slugs"})] * 2
    now = [(9, frozenset({"slugs", "thanks"}))] * 8 + [(4, frozenset({"peat", "garden"}))] * 3
    assert figures.rising(now, before) == [Rising("slugs", 8, 2, 9), Rising("peat", 3, 0, 4)]
    assert [one.new for one in figures.rising(now, before)] == [False, True]
    assert figures.rising(now, before, most=1) == [Rising("slugs", 8, 2, 9)]
    assert figures.rising(now, []) == figures.rising([], before) == []
