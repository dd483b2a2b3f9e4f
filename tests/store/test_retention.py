"""What is kept how long: the document, and a purge that takes exactly what is over, in steps."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, UniqueConstraint, func, insert, select, update
from typer.testing import CliRunner

from bench import bulk
from model.errors import BadInput
from model.words import CaseState
from store import audit, comments, people, purge, retention, sources
from store.__main__ import app
from store.db import LONG_S, Store
from store.keys import keys
from store.purge import Pace, Purge, waiting
from store.retention import KINDS, Retention
from store.schema import (
    assessments,
    cases,
    escalations,
    hook_calls,
    links,
    log_in_attempts,
    metadata,
    raw_items,
    response_targets,
    responses,
    revisions,
    sessions,
    tombstones,
    words,
)
from store.schema import comments as comments_table

NOW = datetime.now(UTC)


def days(count: float) -> datetime:
    """So many days ago."""
    return NOW - timedelta(days=count)


def count(store: Store, query: Any) -> int:
    chosen = query if isinstance(query, Select) else select(func.count()).select_from(query)
    with store.read() as tx:
        return int(tx.execute(chosen).scalar_one())


def keep(store: Store, **values: int | None) -> None:
    with store.write() as tx:
        for name, number in values.items():
            retention.change(tx, name, number, by=None, at=NOW)


# --- the document -----------------------------------------------------------------------------------------------------


def test_the_document_has_shipped_values_and_each_can_be_changed(database: Store) -> None:
    with database.read() as tx:
        assert retention.in_force(tx) == Retention()
    keep(database, comments=30, cases=400)
    keep(database, cases=None)
    with database.read() as tx:
        assert retention.in_force(tx) == Retention(comments=30)
        events = [event.data for event in audit.history(tx, "retention", [0])]
        assert audit.verify(tx).events == 3
    assert events == []


@pytest.mark.parametrize(("name", "number"), [("comments", 0), ("cases", 29), ("nonsense", 5), ("comments", 40_000)])
def test_a_number_out_of_reach_is_refused_and_nothing_changes(database: Store, name: str, number: int) -> None:
    with pytest.raises(BadInput, match=name), database.write() as tx:
        retention.change(tx, name, number, by=None, at=NOW)
    with database.read() as tx:
        assert retention.in_force(tx) == Retention()


def test_every_kind_is_explained_counted_and_can_be_purged(database: Store) -> None:
    assert {kind.name for kind in KINDS} == set(Retention.model_fields) == set(purge._STEPS)
    with database.read() as tx:
        assert set(purge.amounts(tx)) == set(waiting(tx, Retention(), NOW)) == set(purge._STEPS)


def test_the_commands_show_and_set(database: Store) -> None:
    run = CliRunner()
    assert "comments   comments without a case: 365 days after when they were read" in run.invoke(
        app, ["retention", "show"]
    ).output.replace("after they", "after when they")
    assert run.invoke(app, ["retention", "set", "comments", "90"]).output == "comments: 90 days\n"
    assert run.invoke(app, ["retention", "set", "comments", "keep"]).output == "comments: kept\n"
    refused = run.invoke(app, ["retention", "set", "comments", "soon"])
    assert (refused.exit_code, refused.output) == (1, "Give a number of days, or 'keep'.\n")
    assert run.invoke(app, ["retention", "set", "nothing", "3"]).exit_code == 1


# --- comments ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def old(database: Store) -> Store:
    """Two hundred comments read 400 to 500 days ago, ten of them in cases, and fifty of this month."""
    bulk.fill(database, 200, thread_count=40, case_count=10, oldest_days=500, newest_days=400)
    bulk.fill(database, 50, thread_count=10, case_count=0, oldest_days=30)
    return database


def test_comments_without_a_case_go_and_those_with_one_or_younger_ones_stay(old: Store) -> None:
    in_cases = count(old, cases)
    assert in_cases == 10
    with old.read() as tx:
        assert waiting(tx, retention.in_force(tx), NOW)["comments"] == 190
    going = Purge(old)
    assert going.run()
    assert going.done["comments"] == 190
    assert [count(old, one) for one in (comments_table, revisions, assessments, tombstones)] == [60, 60, 60, 190]
    with old.read() as tx:
        assert tx.execute(select(func.count()).where(cases.c.lead_comment_id == comments_table.c.id)).scalar() == 10
        assert audit.verify(tx).holds
        assert waiting(tx, retention.in_force(tx), NOW)["comments"] == 0


def test_a_comment_that_something_else_refers_to_stays(old: Store) -> None:
    with old.write() as tx:
        case, person = tx.execute(select(cases.c.lead_comment_id, cases.c.opened_by).limit(1)).one()
        other = tx.execute(select(comments_table.c.id).where(comments_table.c.id != case).limit(1)).scalar_one()
        row = {"state": "draft", "author_id": person, "saved_at": NOW, "saved_by": person, "created_at": NOW}
        response = tx.execute(insert(responses).values(row).returning(responses.c.id)).scalar_one()
        tx.execute(insert(response_targets).values(response_id=response, channel="blog", comment_id=other))
    Purge(old).run()
    assert count(old, select(func.count()).where(comments_table.c.id == other)) == 1


def test_each_table_that_refers_to_comments_finds_them_by_an_index() -> None:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if not column.references(comments_table.c.id):
                continue
            uniques = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
            firsts = {next(iter(one.columns)).name for one in (*table.indexes, *uniques, table.primary_key)}
            assert column.name in firsts, f"{table.name}.{column.name}"


def test_a_comment_that_was_purged_is_known_as_gone(old: Store) -> None:
    with old.read() as tx:
        row = tx.execute(select(comments_table).order_by(comments_table.c.id).limit(1)).one()
        assert not comments.known(tx, row.source_id, [row.identity])[row.identity].gone
    Purge(old).run()
    with old.read() as tx:
        found = comments.known(tx, row.source_id, [row.identity, "bulk:new"])
        assert list(found) == [row.identity]
        assert (found[row.identity].gone, found[row.identity].id) == (True, 0)
        assert comments.known(tx, row.source_id + 1, [row.identity]) == {}, "at another source it is another comment"


def test_a_purge_that_is_stopped_goes_on_where_it_was(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "_MOST", 20)
    stop = threading.Event()
    first = Purge(old, stop=stop, say=lambda _name, done: stop.set() if done >= 40 else None)
    assert not first.run()
    assert 40 <= first.done["comments"] < 190
    second = Purge(old)
    assert second.run()
    assert first.done["comments"] + second.done["comments"] == 190
    assert not Purge(old, until=0).run(["attempts", "raw"]) or count(old, raw_items) == 0


def test_steps_are_short_whatever_a_row_costs() -> None:
    pace = Pace()
    for _ in range(50):
        pace.took(pace.size * 0.002, committing=0.01)
    assert 30 <= pace.size <= 50
    for _ in range(50):
        pace.took(pace.size * 0.000_01, committing=0.01)
    assert pace.size == 2000
    pace.took(5, committing=0.01)
    assert pace.size <= 50


def test_a_slow_commit_makes_steps_shorter_but_not_so_short_that_commits_are_all_they_do() -> None:
    pace = Pace()
    for committing, at_least, at_most in ((0.03, 18, 21), (0.06, 13, 16), (2.0, 13, 16)):
        for _ in range(50):
            pace.took(pace.size * 0.002, committing)
        assert at_least <= pace.size <= at_most


def test_no_write_of_a_purge_holds_the_database_for_long(old: Store) -> None:
    # How long exactly is measured by bench.store; here the machine may be busy with other tests.
    old.longest_write = 0.0
    Purge(old).run()
    assert 0 < old.longest_write < 5 * LONG_S


def test_the_same_identity_can_be_buried_twice(old: Store) -> None:
    with old.write() as tx:
        row = tx.execute(select(comments_table).order_by(comments_table.c.id).limit(1)).one()
        stone = comments.identity_hash(row.identity)
        tx.execute(insert(tombstones).values(source_id=row.source_id, identity_hash=stone, at=NOW))
    assert Purge(old).run()


# --- cases and the rest -----------------------------------------------------------------------------------------------


@pytest.fixture
def closed(old: Store) -> Iterator[Store]:
    """Two closed cases, one long ago, each with a reason; one is asked about too."""
    with old.write() as tx:
        by = tx.execute(select(cases.c.opened_by).limit(1)).scalar_one()
        ids = list(tx.execute(select(cases.c.id).order_by(cases.c.id).limit(2)).scalars())
        for case, since in zip(ids, (300, 100), strict=True):
            reason, _ = audit.say(tx, keys(), "reason", f"Reason {case}", by=by, at=NOW)
            closing = {"state": CaseState.CLOSED, "closed_at": days(since), "close_reason_id": reason}
            tx.execute(update(cases).where(cases.c.id == case).values(closing))
            question, _ = audit.say(tx, keys(), "question", f"Question {case}", by=by, at=NOW)
            tx.execute(insert(escalations).values(case_id=case, by=by, words_id=question, at=NOW))
    yield old


def test_closed_cases_are_kept_until_somebody_sets_a_number_and_then_lose_their_words_alone(closed: Store) -> None:
    Purge(closed).run()
    assert count(closed, select(func.count()).where(cases.c.erased_at.is_not(None))) == 0
    keep(closed, cases=200)
    going = Purge(closed)
    going.run()
    assert going.done["cases"] == 1
    assert count(closed, cases) == 10
    with closed.read() as tx:
        texts = list(tx.execute(select(words.c.text).order_by(words.c.id)).scalars())
        gone = tx.execute(select(cases).where(cases.c.erased_at.is_not(None))).one()
        lead = comments.get(tx, gone.lead_comment_id)
        assert audit.verify(tx).holds
    assert texts == ["", "", "Reason 2", "Question 2"]
    assert lead is not None
    assert (lead.text, lead.author, lead.erased_at is not None) == ("", "", True)
    Purge(closed).run()


def test_sessions_links_attempts_raw_items_and_calls_go_by_their_age_and_the_newest_stays(
    database: Store, alice: int
) -> None:
    with database.write() as tx:
        source = sources.add(
            tx, name="A", channel="blog", kind="feed", site_url="", feed_url="", created_at=NOW, active=False
        )
        for number, age in enumerate((40, 31, 29, 0)):
            common = {"token_hash": str(number), "person_id": alice, "created_at": NOW, "expires_at": days(age)}
            tx.execute(insert(sessions).values(**common, csrf="", used_at=NOW))
            tx.execute(insert(links).values(common))
            tx.execute(insert(log_in_attempts).values(subject="x", at=days(age)))
            raw = {"source_id": source, "raw": "<", "raw_hash": str(number), "problem": "", "at": days(age * 3)}
            tx.execute(insert(raw_items).values(raw))
            tx.execute(insert(hook_calls).values(source_id=source, signature=str(number), at=days(age)))
    going = Purge(database)
    going.run()
    assert {name: going.done[name] for name in ("sessions", "links", "attempts", "raw", "calls")} == {
        "sessions": 2,
        "links": 2,
        "attempts": 3,
        "raw": 2,
        "calls": 3,
    }
    with database.write() as tx:
        emptied = {"source_id": source, "raw": "", "raw_hash": "erased", "problem": "", "at": days(900)}
        tx.execute(insert(raw_items).values(emptied))
        tx.execute(insert(raw_items).values({**emptied, "raw": "<", "raw_hash": "newest", "at": NOW}))
        tx.execute(update(sessions).values(expires_at=days(90)))
    Purge(database).run()
    assert count(database, sessions) == 1, "an id must not be given again"
    with database.read() as tx:
        hashes = set(tx.execute(select(raw_items.c.raw_hash)).scalars())
    assert "erased" in hashes, "what was emptied keeps the same from coming back"


def test_a_dry_run_says_what_would_go_and_deletes_nothing(old: Store) -> None:
    said = CliRunner().invoke(app, ["purge", "--dry-run"])
    assert said.exit_code == 0
    assert "190  comments without a case (after 365 days)" in said.output
    assert "0  words of closed cases (kept)" in said.output
    assert "0  runs of background work (after 1 days)" in said.output
    assert count(old, comments_table) == 250
    said = CliRunner().invoke(app, ["purge"])
    assert "190  comments without a case deleted" in said.output
    assert count(old, comments_table) == 60


def test_what_is_kept_can_be_set_by_a_fact_alone(database: Store) -> None:
    with database.write() as tx:
        people.set_fact(tx, retention.FACT, {"comments": None})
    with database.read() as tx:
        assert retention.in_force(tx).comments is None
