"""A level that does not answer, on the screens: for whoever stands in, for the author, and for administrators."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from access import people
from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import approvals, timers
from tests.installation import add, enter
from tests.response.desk import Desk, desk_at
from tests.web.test_pages import text


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, tick=True) as made:
        yield made


def shown(desk: Desk, who: Person, file: str, **address: str) -> str:
    token = enter(desk.store, who)
    # Links to other pages need the whole dashboard.
    with patch("web.guard.session_token", lambda: token), patch("streamlit.page_link"):
        page = AppTest.from_file(str(ROOT / "pages" / file), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
    assert not page.exception
    return text(page)


def case_of(desk: Desk, submission_id: int) -> str:
    return str(desk.response(desk.submission(submission_id).response_id).case_id)


def test_who_stands_in_reads_for_whom_and_the_author_reads_who_is_asked(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    for hours in (4, 1):  # a reminder, and an hour to answer it
        desk.clock.shift(timedelta(hours=hours, minutes=1))
        timers.look(desk.store)
    asked = shown(desk, desk.carla, "approvals.py")
    assert "Level 1 has not answered since" in asked
    assert "You are asked in its place" in asked
    assert "You are asked in its place" not in shown(desk, desk.bob, "approvals.py")
    for file in ("reply.py", "queue.py"):
        told = shown(desk, desk.alice, file, case=case_of(desk, submission_id))
        assert "Level 2 is asked in its place since" in told, file
    desk.approved(desk.carla, submission_id=submission_id)
    assert "approved for level 1" in shown(desk, desk.alice, "reply.py", case=case_of(desk, submission_id))


def test_where_nobody_is_left_author_and_administrator_read_it(desk: Desk) -> None:
    for one in (desk.bob, desk.carla):
        people.set_active(desk.store, desk.alice, one.id, False)
    submission_id = desk.waiting(3)
    for file in ("reply.py", "queue.py"):
        assert "nor anybody above it, so it waits" in shown(
            desk, desk.alice, file, case=case_of(desk, submission_id)
        ), file
    assert "1 response waits for level 1" in shown(desk, desk.alice, "people.py")
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(4,))
    approvals.ask_again(desk.store)
    assert "waits for level 1" not in shown(desk, desk.alice, "people.py")


def test_what_waited_too_long_is_told_to_its_author_and_to_whoever_is_asked(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.clock.move_to(desk.submission(submission_id).approval_until + timedelta(minutes=1))
    told = shown(desk, desk.alice, "reply.py", case=case_of(desk, submission_id))
    assert "nobody can approve it any more" in told
    assert "waited too long to be approved" in shown(desk, desk.bob, "approvals.py")
