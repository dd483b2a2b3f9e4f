"""The page Data: an administrator sees what is kept how long, changes it, and erases a commenter with a reason."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from access.permissions import Permission
from bench import bulk
from model.errors import BadInput, NotAllowed
from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import keeping, policies
from store import people, retention
from store.db import Store
from store.erasure import Who
from store.jobs import Job
from store.keys import FACT
from store.schema import comments
from store.schema import jobs as jobs_table
from tests.installation import add, enter, installation, set_up
from tests.web.test_pages import run, text
from web.navigation import place

PAGE = ROOT / "pages" / "data.py"


@pytest.fixture
def alice(empty: Store) -> Person:
    policies.ensure(empty)
    return set_up(empty)


def named(store: Store, name: str) -> int:
    with store.read() as tx:
        return len(tx.execute(select(comments.c.id).where(comments.c.author == name)).all())


@pytest.fixture
def reader(empty: Store, alice: Person) -> str:
    """The name of somebody who wrote."""
    bulk.fill(empty, 300, thread_count=10, case_count=0)
    with empty.read() as tx:
        return str(tx.execute(select(comments.c.author).limit(1)).scalar_one())


def test_the_page_is_for_administrators(empty: Store, alice: Person) -> None:
    assert place("data.py").permission is Permission.DATA
    bob = add(empty, alice, "Bob", Role.MANAGER, Role.LEADERSHIP)
    for act in (
        lambda: keeping.set_days(empty, bob, "comments", 1),
        lambda: keeping.find(empty, bob, Who(author="A")),
        lambda: keeping.preview(empty, bob, "comments", 1),
        lambda: keeping.erase(empty, bob, Who(author="A"), "because"),
    ):
        with pytest.raises(NotAllowed, match="change what is kept"):
            act()


def test_what_is_kept_is_shown_and_changed(empty: Store, alice: Person, reader: str) -> None:
    page = run(PAGE, token := enter(empty, alice))
    assert "365 days from when they were read" in text(page)
    assert "300 there" in text(page)
    page.number_input[0].set_value(30)
    _click(page, "Save", token)
    with empty.read() as tx:
        assert retention.in_force(tx).comments == 30
    assert "Saved." in text(page)


def test_what_another_number_of_days_would_delete_is_shown_before_it_is_saved(
    empty: Store, alice: Person, reader: str
) -> None:
    page = run(PAGE, token := enter(empty, alice))
    page.number_input[0].set_value(1)
    _click(page, "Show what this deletes", token)
    with empty.read() as tx:
        assert retention.in_force(tx).comments == 365
    would = keeping.preview(empty, alice, "comments", 1)
    assert would.count > 100 and len(would.few) == 3
    assert would.few[0].at <= would.few[1].at
    assert f"{would.count} of them would go with the next purge" in text(page)
    assert would.few[0].author in text(page)
    assert keeping.preview(empty, alice, "comments", None).count == 0
    with pytest.raises(BadInput):
        keeping.preview(empty, alice, "comments", 0)


def test_a_commenter_is_shown_first_and_erased_with_a_reason(empty: Store, alice: Person, reader: str) -> None:
    many = named(empty, reader)
    page = run(PAGE, token := enter(empty, alice))
    page.text_input[0].set_value(reader)
    _click(page, "Show what would go", token)
    assert f"{many} comment" in text(page)
    assert named(empty, reader) == many
    _click(page, "Erase for good", token)
    assert "Please give a reason." in text(page)
    assert named(empty, reader) == many
    page.text_area[0].set_value("A letter of 3 March")
    _click(page, "Erase for good", token)
    assert not page.exception
    assert named(empty, reader) == 0
    assert "erased, and 0 notes and reasons that quoted them." in text(page)


def test_nobody_of_that_name_is_said_plainly(empty: Store, alice: Person, reader: str) -> None:
    page = run(PAGE, token := enter(empty, alice))
    page.text_input[0].set_value("Nobody at all")
    _click(page, "Show what would go", token)
    assert "No comment stands under that name or id." in text(page)
    with pytest.raises(BadInput):
        keeping.find(empty, alice, Who())


@pytest.mark.parametrize("file", ["data.py", "sources.py"])
def test_an_administrator_sees_that_the_key_is_not_the_installations(empty: Store, alice: Person, file: str) -> None:
    token = enter(empty, alice)
    assert "The key" not in text(run(ROOT / "pages" / file, token))
    with empty.write() as tx:
        people.set_fact(tx, FACT, "that of another key")
    page = run(ROOT / "pages" / file, token)
    assert not page.exception
    assert "is not the one that this installation" in text(page)
    assert "python -m store key --replace" in text(page)


def _click(page: AppTest, label: str, token: str) -> None:
    button = next(one for one in page.button if one.label == label)
    with patch("web.guard.session_token", lambda: token):
        button.click().run()
    assert not page.exception


# --- the daily purge --------------------------------------------------------------------------------------------------


def test_the_purge_is_asked_for_once_a_day_until_one_has_come_to_its_end(tmp_path: Path) -> None:
    with installation(tmp_path) as store:
        bulk.fill(store, 40, thread_count=10, case_count=0, oldest_days=500, newest_days=400)
        keeping.look(store)
        keeping.look(store)
        with store.read() as tx:
            (job,) = tx.execute(select(jobs_table.c.name, jobs_table.c.ref)).all()
            assert people.fact(tx, "purged on") is None
        assert tuple(job) == ("purge", 0)
        keeping.purge_some(_Here(store))  # type: ignore[arg-type]
        with store.read() as tx:
            assert people.fact(tx, "purged on") == f"{datetime.now(UTC):%Y-%m-%d}"
            assert len(tx.execute(select(comments.c.id)).all()) == 1


class _Here:
    """What a worker gives to a job, where nobody else could take it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.job = Job(1, "purge", 0, "purge", 1, 1)

    def still_mine(self) -> bool:
        return True
