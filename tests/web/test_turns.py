"""Pages are drawn one after the other, and none waits for ever."""

import threading
from unittest.mock import patch

import pytest

from web import turns

pytestmark = pytest.mark.values


def drawn(began: threading.Event, over: threading.Event) -> threading.Thread:
    """A page that is being drawn until `over`."""

    def draw() -> None:
        with turns.turn():
            began.set()
            over.wait()

    thread = threading.Thread(target=draw)
    thread.start()
    return thread


def test_a_page_waits_until_the_one_before_is_drawn() -> None:
    one, other, over = threading.Event(), threading.Event(), threading.Event()
    with patch.object(turns, "PATIENCE_S", 60.0):
        first = drawn(one, over)
        assert one.wait(10)
        second = drawn(other, over)
        assert not other.wait(0.05)
        over.set()
        assert other.wait(10)
        first.join()
        second.join()


def test_one_that_takes_long_holds_nobody_up_for_long_and_no_turn_is_lost_by_it() -> None:
    over, began = threading.Event(), [threading.Event() for _ in range(3)]
    with patch.object(turns, "PATIENCE_S", 0.01):
        pages = [drawn(one, over) for one in began]
        assert all(one.wait(10) for one in began)
        over.set()
        for page in pages:
            page.join()
    with patch.object(turns, "PATIENCE_S", 60.0), turns.turn():
        assert not turns._turns.acquire(blocking=False)
    assert turns._turns.acquire(blocking=False)
    turns._turns.release()


def test_a_page_that_goes_wrong_gives_its_turn_back() -> None:
    with pytest.raises(ValueError, match="went wrong"), turns.turn():
        raise ValueError("went wrong")
    assert turns._turns.acquire(blocking=False)
    turns._turns.release()
