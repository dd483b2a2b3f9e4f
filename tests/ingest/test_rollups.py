"""The roll-ups after a long mixed life are what anybody would count from the raw rows, and they outlive these."""

import importlib
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, select, text, update

from ingest import our_people, undo
from ingest.take import take
from jobs import Context
from model.comment import Entry, Reading
from model.person import Person
from model.settings import settings
from response import cases, snooze
from response import undo as taking_back
from store import comments as rows
from store import erasure, retention
from store.db import Store
from store.erasure import Who
from store.jobs import Job
from store.keys import keys
from store.purge import Purge
from store.rollups import COUNTS
from store.schema import (
    assessments,
    closed_hours,
    comments,
    hours,
    matter_days,
    source_days,
    source_matter_days,
    thread_days,
)
from store.sources import Source
from tests.ingest.bringing import uploaded
from tests.ingest.test_gone import entry
from tests.installation import set_up
from tests.store.test_done import closed_by_hand

NOW = datetime.now(UTC)
SAID = (
    "We liked the camp, thank you.",
    "I hate this awful, terrible place.",
    "My daughter was left alone at the lake, and she is six. Nobody answered.",
    "You promised a refund in May, and I have written three times without an answer.",
    "Great post! I really like your writing, keep up the good work! http://spam.example.net/win casino bonus today",
)
Raw = dict[int, dict[str, Any]]
Counted = dict[tuple[str, Any, int], tuple[float, ...]]
TABLES = hours, source_days, thread_days, matter_days, source_matter_days


def raw(store: Store) -> Raw:
    """The comments by id, each with the matters of its present text."""
    with store.read() as tx:
        found: Raw = {row.id: dict(row._mapping) | {"matters": ()} for row in tx.execute(select(comments))}
        for one in tx.execute(select(assessments).order_by(assessments.c.id)):
            if one.comment_id in found and one.revision == found[one.comment_id]["revision"]:
                found[one.comment_id]["matters"] = tuple(one.matters)
    return found


def counted(found: Raw) -> Counted:
    """What the tables must say: by table, key and hour or day."""
    sums: dict[tuple[str, Any, int], list[float]] = defaultdict(lambda: [0] * len(COUNTS))
    for one in found.values():
        if one["ours"] or one["status"] == "undone":
            continue
        seconds = int(one["at"].timestamp())
        listed = one["spam"] and not one["flagged"]
        counts = (0, 0, 0, 0, 0.0, 1)
        if not listed:
            counts = (1, one["flagged"], one["sentiment"] <= -0.05, one["first_here"], one["sentiment"], 0)
        for key in (
            ("hours", None, seconds // 3600),
            ("source_days", one["source_id"], seconds // 86_400),
            ("thread_days", one["thread_id"], seconds // 86_400),
            *(("matter_days", matter, seconds // 86_400) for matter in one["matters"]),
            *(("source_matter_days", (one["source_id"], matter), seconds // 86_400) for matter in one["matters"]),
        ):
            sums[key] = [a + b for a, b in zip(sums[key], counts, strict=True)]
    return rounded(sums)


def kept(store: Store) -> Counted:
    """What they say."""
    found: dict[tuple[str, Any, int], list[float]] = {}
    with store.read() as tx:
        for table in TABLES:
            for row in tx.execute(select(table)).mappings():
                key = [row[column.name] for column in table.primary_key if column.name not in ("day", "hour")]
                of = tuple(key) if len(key) > 1 else key[0] if key else None
                found[table.name, of, row["hour" if table is hours else "day"]] = [row[name] for name in COUNTS]
    return rounded(found)


def rounded(found: dict[tuple[str, Any, int], list[float]]) -> Counted:
    said = {key: tuple(round(value, 6) + 0.0 for value in values) for key, values in found.items()}
    return {key: values for key, values in said.items() if any(values)}


class Life:
    """Everything that can happen to comments, by chance."""

    def __init__(self, store: Store, blog: Source, alice: Person) -> None:
        self.store, self.blog, self.alice = store, blog, alice
        self.chance = random.Random(3)
        self.shown: dict[int, Entry] = {}

    def arrive(self) -> None:
        for _ in range(self.chance.randrange(1, 6)):
            number, author = len(self.shown) + 1, self.chance.choice(("Ada", "Ben", "Cem", "Dee", ""))
            said = self.chance.choice(SAID)
            left = NOW - timedelta(minutes=self.chance.randrange(60 * 24 * 90))
            made = entry(number, f"{said} ({number})", author)
            # Four comments in a thread, so that a case is joined now and then; one author has an account there.
            address = f"https://blog.example.org/post-{number // 4}/"
            of = {"thread_url": address, "published_at": left, "author_id": "7" if author == "Dee" else ""}
            self.shown[number] = Entry(**({name: getattr(made, name) for name in made.__slots__} | of))
        take(self.store, self.blog, Reading(tuple(self.shown.values())), newest=False)

    def edit(self) -> None:
        if self.shown:
            number = self.chance.choice(list(self.shown))
            one = self.shown[number]
            said = {"text": f"{self.chance.choice(SAID)} ({number}, {self.chance.random()})"}
            self.shown[number] = Entry(**({name: getattr(one, name) for name in one.__slots__} | said))
            take(self.store, self.blog, Reading((self.shown[number],)), newest=False)

    def ours_or_not(self) -> None:
        """An author turns out to be one of us, or to be none."""
        by = self.store, self.alice, self.blog.id, "7"
        if any(one["author_id"] == "7" for one in raw(self.store).values()):
            our_people.set_ours(*by, name="Dee") if self.chance.random() < 0.5 else our_people.set_stranger(*by)
            our_people.mark_again(Context(self.store, Job(0, "ours", self.blog.id, "", 1, 1), lease_seconds=60))

    def spam_and_back(self) -> None:
        with self.store.read() as tx:
            open_ones = list(tx.execute(text("select id, version from cases where state = 'open'")))
        for case in open_ones[:2]:
            cases.mark_spam(self.store, self.alice, case.id, case.version)
            if self.chance.random() < 0.5:
                self.take_back()
            elif self.chance.random() < 0.5:
                cases.reopen(self.store, self.alice, case.id)

    def take_back(self) -> None:
        """The newest decision is undone within its seconds."""
        with self.store.read() as tx:
            offered = taking_back.offer(tx, self.alice.id, datetime.now(UTC))
        assert offered is not None
        taking_back.undo(self.store, self.alice, offered.token)

    def look_over(self) -> None:
        with self.store.read() as tx:
            known = set(tx.execute(text("select comment_id from case_comments")).scalars())
            known |= set(tx.execute(text("select comment_id from looked_over")).scalars())
        for one in raw(self.store).values():
            if one["id"] not in known and one["status"] == "" and self.chance.random() < 0.2:
                said = self.chance.choice(("calm", "spam", "not spam"))
                snooze.look_over(self.store, self.alice, one["id"], one["revision"], said)
                if self.chance.random() < 0.5:
                    self.take_back()

    def upload_and_undo(self) -> None:
        lines = [
            f'{NOW - timedelta(days=self.chance.randrange(80)):%Y-%m-%dT%H:%M:%SZ},Eve,"{SAID[n % len(SAID)]} {n}"'
            for n in range(7)
        ]
        done = uploaded(self.store, self.alice, "\n".join(["date,author,text", *lines]))
        if self.chance.random() < 0.6:
            undo.undo(self.store, self.alice, done.id)

    def blog_hides_and_shows(self) -> None:
        ids = [one["id"] for one in raw(self.store).values() if one["source_id"] == self.blog.id]
        with self.store.write() as tx:
            rows.change(tx, self.chance.choice(ids), deleted_at=NOW, status="hold")

    def erase(self) -> None:
        if self.chance.random() < 0.2:
            who = Who(author=self.chance.choice(("Ben", "Eve")))
            erasure.erase(self.store, keys(), who, "asked for it", by=self.alice.id, now=NOW)


@pytest.fixture
def life(store: Store, blog: Source, monkeypatch: pytest.MonkeyPatch) -> Life:
    monkeypatch.setenv("LEVELHEAD_UNDO_SECONDS", "60")
    settings.cache_clear()
    alice = set_up(store)
    life = Life(store, blog, alice)
    acts = (
        life.arrive,
        life.edit,
        life.ours_or_not,
        life.spam_and_back,
        life.look_over,
        life.upload_and_undo,
        life.blog_hides_and_shows,
        life.erase,
    )
    life.arrive()
    # Each of them eight times, so that by chance none is left out.
    for act in life.chance.sample(acts * 8, 8 * len(acts)):
        act()
    return life


def test_after_a_long_mixed_life_they_are_what_the_raw_rows_say_and_a_purge_leaves_them(life: Life) -> None:
    found = raw(life.store)
    said = counted(found)
    assert kept(life.store) == said
    with life.store.read() as tx:
        ended = closed_by_hand(tx)
        assert {row.hour: (row.opened_at, row.longest_s) for row in tx.execute(select(closed_hours))} == ended != {}
    of_hours = [values for key, values in said.items() if key[0] == "hours"]
    assert all(any(values[place] for values in of_hours) for place in range(len(COUNTS))), "each kind is there"
    assert len({key[1][0] for key in said if key[0] == "source_matter_days"}) > 1, "matters of several sources"
    assert any(one["ours"] for one in found.values())
    assert any(one["status"] == "undone" or one["erased_at"] for one in found.values())
    with life.store.write() as tx:
        retention.change(tx, "comments", 30, by=None, at=NOW)
        tx.execute(update(comments).values(read_at=NOW - timedelta(days=400)))
    Purge(life.store).run()
    assert len(raw(life.store)) < len(found), "comments without a case are gone"
    assert kept(life.store) == said


def test_the_migration_fills_them_from_the_rows_that_are_there(life: Life) -> None:
    before = kept(life.store)
    with life.store.write() as tx, Operations.context(MigrationContext.configure(tx)):
        for table in TABLES:
            tx.execute(delete(table))
        tx.execute(update(comments).values(first_here=False))
        for name in ("0028_rollups", "0046_matters_by_source"):
            importlib.import_module(f"store.migrations.versions.{name}")._fill(life.store.sqlite)
    found = raw(life.store)
    assert kept(life.store) == counted(found)
    firsts = {(one["source_id"], one["author"]) for one in found.values() if one["author"]}
    assert sum(one["first_here"] for one in found.values()) == len(firsts)
    assert set(before) == set(kept(life.store))


def test_a_comment_counts_for_the_author_only_the_first_time(store: Store, blog: Source) -> None:
    shown = [entry(1, "One.", "Ada"), entry(2, "Two.", "Ada"), entry(3, "Three.", "")]
    take(store, blog, Reading(tuple(shown)))
    take(store, blog, Reading((entry(4, "Four.", "Ada"), entry(5, "Five.", "Ben"))), newest=False)
    assert {one["id"] for one in raw(store).values() if one["first_here"]} == {1, 5}
