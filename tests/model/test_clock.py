"""Another moment can stand in for the present one."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from model import clock

THEN = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


def test_without_anything_else_it_is_the_machines_time() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def test_inside_it_is_the_moment_that_was_put_and_afterwards_the_former_one() -> None:
    with clock.at(THEN):
        with clock.at(THEN + timedelta(days=1)):
            assert clock.now() == THEN + timedelta(days=1)
        assert clock.now() == THEN
    assert clock.now() > THEN + timedelta(days=300)


def test_it_is_always_said_in_utc() -> None:
    with clock.at(THEN.astimezone(timezone(timedelta(hours=5)))):
        assert (clock.now(), clock.now().utcoffset()) == (THEN, timedelta(0))


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.at(THEN):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] > THEN + timedelta(days=300)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.at(THEN.replace(tzinfo=None)):
        pass


def test_a_time_zone_is_one_that_somebody_lives_in() -> None:
    zones = clock.time_zones()
    assert list(zones) == sorted(zones)
    assert "Asia/Tokyo" in zones
    assert not {"Factory", "localtime"} & set(zones)
