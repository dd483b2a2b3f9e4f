"""The audit log: one chain, append-only, and whoever tampers with it is found out."""

import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import TextClause, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from typer.testing import CliRunner

from store import audit
from store.__main__ import app
from store.audit import GENESIS
from store.db import Store, Tx
from store.keys import keys
from store.migrate import NotMigrated, assert_guarded, migrate
from store.schema import audit as audit_table
from store.schema import audit_head, words
from tests.store import appending
from tests.system.processes import many

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def append(store: Store, count: int) -> list[str]:
    """Some events; returns the head after each."""
    heads = []
    for number in range(1, count + 1):
        with store.write() as tx:
            audit.record(tx, "case.opened", "case", number, by=None, at=NOW, rules=["matter:privacy"], severity=2)
            heads.append(tx.execute(select(audit_head.c.hash)).scalar_one())
    return heads


def verdict(store: Store, head: str = "") -> audit.Verdict:
    with store.read() as tx:
        return audit.verify(tx, head)


def _without_trigger(tx: Tx, verb: str) -> TextClause:
    return text(f"drop trigger audit_no_{verb}" + ("" if tx.dialect.name == "sqlite" else " on audit"))


def tamper(store: Store, statement: object) -> None:
    """What somebody with the database's own tools can do: take the trigger away, change, put it back."""
    with store.write() as tx:
        for verb in ("update", "delete"):
            tx.execute(_without_trigger(tx, verb))
        tx.execute(statement)  # type: ignore[call-overload]
    migrate(store)


def test_events_form_one_chain_from_the_first_on(database: Store) -> None:
    assert verdict(database) == audit.Verdict(0, GENESIS, None, True)
    heads = append(database, 3)
    assert verdict(database) == audit.Verdict(3, heads[-1], None, True)
    with database.read() as tx:
        events = audit.history(tx, "case", [2])
        assert audit.history(tx, "response", [2]) == []
    (event,) = events
    assert (event.seq, event.at, event.action, event.previous, event.hash) == (2, NOW, "case.opened", *heads[:2])
    assert event.data == {"rules": ["matter:privacy"], "severity": 2}


def test_the_hash_is_that_of_the_event_as_it_is_documented(database: Store) -> None:
    # Written out here once more: whoever checks the log with other tools must get the same.
    (head,) = append(database, 1)
    form = {
        "seq": 1,
        "at": "2026-03-01T12:00:00.123456+00:00",
        "person_id": None,
        "action": "case.opened",
        "subject": "case",
        "subject_id": 1,
        "data": {"rules": ["matter:privacy"], "severity": 2},
        "previous": GENESIS,
    }
    assert head == hashlib.sha256(json.dumps(form, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def test_a_moment_has_one_hash_in_whatever_zone_it_is_told(database: Store) -> None:
    with database.write() as tx:
        audit.record(tx, "a", "case", 1, by=None, at=NOW.astimezone(timezone(timedelta(hours=-7))))
    assert verdict(database).holds


def test_a_change_that_fails_leaves_no_event(database: Store) -> None:
    append(database, 1)
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        audit.record(tx, "case.opened", "case", 9, by=None)
        raise ZeroDivisionError
    assert verdict(database).events == 1


def test_writers_at_the_same_time_form_one_chain(database: Store) -> None:
    threads = [threading.Thread(target=append, args=(database, 5)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verdict(database).events, verdict(database).holds) == (30, True)


@pytest.mark.parametrize(
    "statement",
    [
        update(audit_table).values(action="case.dismissed"),
        update(audit_table).where(audit_table.c.seq == 1).values(data={}),
        delete(audit_table),
        delete(audit_table).where(audit_table.c.seq == 2),
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_event(database: Store, statement: object) -> None:
    append(database, 2)
    with pytest.raises(DatabaseError, match="append-only"), database.write() as tx:
        tx.execute(statement)  # type: ignore[call-overload]
    assert verdict(database).holds


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", NOW + timedelta(microseconds=1)),
        ("person_id", 7),
        ("action", "case.dismissed"),
        ("subject", "comment"),
        ("subject_id", 99),
        ("data", {"rules": [], "severity": 2}),
        ("previous", "0" * 63 + "1"),
        ("hash", "f" * 64),
    ],
)
def test_whoever_changes_an_event_behind_the_trigger_is_found_out(database: Store, column: str, value: object) -> None:
    append(database, 4)
    tamper(database, update(audit_table).where(audit_table.c.seq == 2).values({column: value}))
    assert verdict(database).broken_at == 2
    result = CliRunner().invoke(app, ["verify"])
    assert (result.exit_code, "event 2 was changed, or is missing" in result.output) == (1, True)


def test_every_column_of_an_event_is_covered_by_its_hash() -> None:
    covered = {"seq", "at", "person_id", "action", "subject", "subject_id", "data", "previous", "hash"}
    assert {column.name for column in audit_table.columns} == covered


def test_a_missing_event_and_a_cut_off_end_are_found_out(database: Store) -> None:
    append(database, 4)
    tamper(database, delete(audit_table).where(audit_table.c.seq == 2))
    assert verdict(database).broken_at == 2
    tamper(database, delete(audit_table).where(audit_table.c.seq > 1))
    assert verdict(database).broken_at == 2, "what is left chains, but the head says that there was more"


def test_a_log_written_anew_is_whole_in_itself_and_lacks_the_head_printed_before(database: Store) -> None:
    heads = append(database, 4)
    tamper(database, delete(audit_table).where(audit_table.c.seq > 2))
    with database.write() as tx:
        tx.execute(update(audit_head).values(seq=2, hash=heads[1]))
    append(database, 2)  # other events than the two that were cut off
    with database.write() as tx:
        audit.record(tx, "case.dismissed", "case", 1, by=None)
    assert verdict(database).holds
    assert verdict(database, heads[1]).holds
    assert not verdict(database, heads[3]).holds
    result = CliRunner().invoke(app, ["verify", "--head", heads[3]])
    assert (result.exit_code, "is not part of it" in result.output) == (1, True)
    assert CliRunner().invoke(app, ["verify", "--head", heads[1]]).exit_code == 0


def test_an_event_slipped_in_at_the_end_is_found_out(database: Store) -> None:
    heads = append(database, 2)
    row = {"seq": 3, "at": NOW, "action": "x", "subject": "case", "data": {}, "previous": heads[1], "subject_id": None}
    forged = {**row, "person_id": None, "hash": audit.event_hash({**row, "person_id": None})}
    with database.write() as tx:
        tx.execute(insert(audit_table).values(forged))
    assert not verdict(database).holds


def test_what_somebody_typed_can_be_erased_and_the_chain_stays_whole(database: Store, alice: int) -> None:
    typed = "She wrote that her neighbour is a crook, 030 123456"
    with database.write() as tx:
        words_id, digest = audit.say(tx, keys(), "reason", typed, by=alice, at=NOW)
        audit.record(tx, "case.dismissed", "case", 1, by=alice, at=NOW, reason=digest)
        assert audit.spoken(tx, words_id) == typed
        chain = json.dumps([dict(row._mapping) for row in tx.execute(select(audit_table))], default=str)
    assert "crook" not in chain and "030" not in chain
    assert digest in chain
    assert digest != hashlib.sha256(typed.encode()).hexdigest(), "without the key nobody can try words out"
    with database.write() as tx:
        tx.execute(update(words).where(words.c.id == words_id).values(text="", erased_at=NOW))
        assert audit.spoken(tx, words_id) == ""
    assert verdict(database).holds


def test_a_database_whose_log_is_not_protected_is_refused(database: Store) -> None:
    with database.write() as tx:
        tx.execute(_without_trigger(tx, "delete"))
        with pytest.raises(NotMigrated, match="audit_no_delete is missing"):
            assert_guarded(tx, database.sqlite)
    migrate(database)
    with database.read() as tx:
        assert_guarded(tx, database.sqlite)


def test_many_events_at_once_are_the_chain_that_one_by_one_would_have_made(database: Store) -> None:
    heads = append(database, 3)
    tamper(database, delete(audit_table))
    with database.write() as tx:
        tx.execute(update(audit_head).values(seq=0, hash=GENESIS))
        data = {"rules": ["matter:privacy"], "severity": 2}
        events = [audit.New("case.opened", "case", number, data) for number in (1, 2, 3)]
        assert audit.record_many(tx, events, by=None, at=NOW) == 3
        assert audit.record_many(tx, [], by=None) == 3
    assert verdict(database) == audit.Verdict(3, heads[-1], None, True)


def test_twenty_processes_at_once_leave_one_unbroken_chain(database: Store) -> None:
    context = many()
    url = database.engine.url.render_as_string(hide_password=False)
    processes = [context.Process(target=appending.append, args=(url, number, 6)) for number in range(20)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 20
    assert (verdict(database).events, verdict(database).holds) == (20 * 12, True)
    with database.read() as tx:
        ids = tx.execute(select(audit_table.c.subject_id)).scalars().all()
    assert {ids.count(number) for number in range(20)} == {12}


def test_an_event_cannot_be_replaced_or_the_log_emptied_by_the_statements_that_ask_no_trigger_on_removals(
    database: Store,
) -> None:
    append(database, 3)
    if database.sqlite:
        columns = "seq, at, person_id, action, subject, subject_id, data, previous, hash"
        row = f"select {columns.replace('action', chr(39) + 'x' + chr(39))} from audit where seq = 2"
        games = [
            f"{verb} into audit ({columns}) {row}"
            for verb in ("replace", "insert or replace", "insert or ignore", "insert or fail")
        ]
        games += [
            "update or replace audit set seq = 1 where seq = 2",
            f"insert into audit ({columns}) {row} and true on conflict (seq) do update set action = 'x'",
        ]
    else:
        games = ["truncate audit", "truncate audit cascade", "truncate audit, audit_head"]
    for game in games:
        with pytest.raises(DatabaseError, match="append-only"), database.write() as tx:
            tx.execute(text(game))
    assert verdict(database).events == 3
    assert verdict(database).holds


def test_a_trigger_that_is_switched_off_or_stands_on_another_table_protects_nothing(database: Store) -> None:
    with database.write() as tx:
        if database.sqlite:
            tx.execute(text("drop trigger audit_no_replace"))
            tx.execute(text("create trigger audit_no_replace before insert on words begin select 1; end"))
        else:
            tx.execute(text("alter table audit disable trigger audit_no_truncate"))
        with pytest.raises(NotMigrated, match="not protected: audit_no_"):
            assert_guarded(tx, database.sqlite)
