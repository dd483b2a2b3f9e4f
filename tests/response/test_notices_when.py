"""When somebody is told: never in their quiet hours, in their own zone, also where the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from response.notices_when import Choices, How, Reach, awake, digest, plan, quiet, works, zone_of

pytestmark = pytest.mark.values

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Choices(quiet_from=time(22), quiet_until=time(7))

minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda number: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
)
choices = st.builds(
    Choices,
    quiet_from=minutes,
    quiet_until=minutes,
    digest_at=minutes,
    digest_day=st.none() | st.integers(0, 6),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@given(moments, choices, zones)
def test_nobody_is_woken_and_nobody_waits_longer_than_their_quiet_hours(
    now: datetime, wanted: Choices, zone: ZoneInfo
) -> None:
    told = awake(now, wanted, zone)
    assert told >= now
    assert not quiet(told, wanted, zone)
    assert (told == now) == (not quiet(now, wanted, zone))
    assert told - now <= timedelta(hours=25)
    if told > now:
        assert quiet(told - timedelta(minutes=1), wanted, zone), "the first minute that is not quiet"


@given(moments, choices, zones)
def test_a_digest_comes_at_its_hour_and_never_in_quiet_hours(now: datetime, wanted: Choices, zone: ZoneInfo) -> None:
    comes = digest(now, wanted, zone)
    assert comes >= now
    assert not quiet(comes, wanted, zone)
    assert comes - now <= timedelta(days=1 if wanted.digest_day is None else 7) + timedelta(hours=26)
    plain = digest(now, wanted.model_copy(update={"quiet_from": None, "quiet_until": None}), zone)
    shown = plain.astimezone(zone)
    if datetime.combine(shown.date(), wanted.digest_at, zone).astimezone(UTC).astimezone(zone).time() == shown.time():
        assert wanted.digest_day is None or shown.weekday() == wanted.digest_day


@given(moments, choices, zones, st.sampled_from(How), st.booleans())
def test_what_only_one_can_decide_is_told_at_least_in_the_digest(
    now: datetime, wanted: Choices, zone: ZoneInfo, how: How, alone: bool
) -> None:
    planned = plan(how, alone, now, Reach(wanted, zone))
    assert (planned is None) == (how is How.NEVER and not alone)
    if planned:
        assert planned[0] is (How.AT_ONCE if how is How.AT_ONCE else How.DIGEST)
        assert planned[1] >= now


@pytest.mark.parametrize(
    ("now", "told"),
    [
        # In the night in which clocks go forward, the end of the quiet hours is an hour nearer.
        (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        # In the night in which they go back, it is an hour later.
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
        (datetime(2026, 7, 1, 20, 30, tzinfo=UTC), datetime(2026, 7, 2, 5, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)),
    ],
)
def test_the_wall_clock_counts_also_where_it_changes(now: datetime, told: datetime) -> None:
    assert awake(now, NIGHT, BERLIN) == told


def test_quiet_hours_that_end_in_the_hour_that_is_skipped_end_when_the_clock_jumps() -> None:
    half_past_two = Choices(quiet_from=time(22), quiet_until=time(2, 30))
    assert awake(datetime(2026, 3, 28, 23, tzinfo=UTC), half_past_two, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_weekly_digest_comes_on_its_day() -> None:
    monday = Choices(digest_day=0, digest_at=time(8))
    assert digest(datetime(2026, 7, 1, 12, tzinfo=UTC), monday, BERLIN) == datetime(2026, 7, 6, 6, tzinfo=UTC)


def test_a_zone_that_nobody_knows_is_the_organisations() -> None:
    assert zone_of(Choices(zone="Mars/Olympus"), "Europe/Berlin") == BERLIN
    assert zone_of(Choices(zone="../../etc/passwd"), "nowhere") == ZoneInfo("UTC")
    assert zone_of(Choices(zone="Asia/Tokyo"), "Europe/Berlin").key == "Asia/Tokyo"


# --- working hours, and out of office --------------------------------------------------------------------------------

OFFICE = Choices(work_days=(0, 1, 2, 3, 4), work_from=time(9), work_until=time(17))
working = st.builds(
    Choices,
    quiet_from=st.just(time(22)) | st.none(),
    quiet_until=st.just(time(7)),
    work_days=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    work_from=minutes,
    work_until=minutes,
)


@given(moments, working, zones, st.booleans(), st.integers(-3, 60))
def test_what_is_urgent_comes_sooner_and_nothing_before_somebody_is_back(
    now: datetime, wanted: Choices, zone: ZoneInfo, urgent: bool, days: int
) -> None:
    reach = Reach(wanted, zone, now + timedelta(days=days))
    told = reach.next(now, urgent)
    assert told >= max(now, now + timedelta(days=days))
    assert reach.next(now, urgent=True) <= reach.next(now, urgent=False)
    assert not quiet(told, wanted, zone, urgent=True), "quiet hours hold for what is urgent too"
    assert reach.now(now, urgent) == (told == now) or not urgent


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (datetime(2026, 7, 3, 14, 59, tzinfo=UTC), datetime(2026, 7, 3, 14, 59, tzinfo=UTC)),
        (datetime(2026, 7, 3, 15, tzinfo=UTC), datetime(2026, 7, 6, 7, tzinfo=UTC)),  # from Friday to Monday
        (datetime(2026, 10, 23, 16, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),  # and the clocks go back
    ],
)
def test_what_is_not_urgent_waits_for_the_next_working_day(now: datetime, told: datetime) -> None:
    assert awake(now, OFFICE, BERLIN) == told
    assert awake(now, OFFICE, BERLIN, urgent=True) == now


def test_work_into_the_next_day_belongs_to_the_day_on_which_it_begins() -> None:
    nights = Choices(work_days=(4,), work_from=time(20), work_until=time(4))
    friday = datetime(2026, 7, 3, 20, tzinfo=BERLIN)
    shown = [works(friday + timedelta(hours=hours), nights, BERLIN) for hours in (-1, 0, 7, 8, -18, 24)]
    assert shown == [False, True, True, False, False, False]


def test_who_works_in_their_quiet_hours_alone_is_told_all_the_same() -> None:
    never = NIGHT.model_copy(update={"work_days": (0,), "work_from": time(23), "work_until": time(5)})
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert awake(noon, never, BERLIN) == noon
