"""Backup and restore: everything comes back, in either database, and what must not go on by itself does not."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from typer.testing import CliRunner

import jobs
from bench import bulk
from model.settings import ROOT, settings
from model.words import PublicationState, ResponseState
from store import audit, backup, engine, keys, opinions, people, restore, search_index
from store.__main__ import app
from store.backup import NotBackedUp
from store.db import Store
from store.migrate import migrate, newest, present
from store.publications import RESTORED
from store.restore import NotRestored
from store.schema import (
    audit_head,
    links,
    metadata,
    publications,
    raw_items,
    responses,
    sessions,
    sources,
    submissions,
    threads,
    words,
)
from store.schema import comments as comments_table
from tests import postgres
from tests.installation import set_up

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
BOTH = pytest.mark.parametrize("into", ["sqlite", "postgresql"])


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[Store]:
    """A database without tables."""
    with ExitStack() as stack:
        url = (
            f"sqlite:///{folder / 'other' / 'levelhead.db'}"
            if kind == "sqlite"
            else stack.enter_context(postgres.fresh(migrated=False))
        )
        store = Store(url)
        yield store
        store.engine.dispose()


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables as values, so that two databases can be compared."""
    with store.read() as tx:
        return {
            table.name: [tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def full(database: Store) -> Store:
    """An installation with a person, comments, words in many scripts, a credential, and a response on its way."""
    alice = set_up(database)
    bulk.fill(database, 60, thread_count=20, case_count=3)
    with database.write() as tx:
        tx.execute(update(sources).where(sources.c.id == 1).values(secret=keys.keys().encrypt("open sesame")))
        tx.execute(update(sources).values(read_at=NOW, account={"may": ["reply", "modérer"], "deep": {"n": [1, None]}}))
        tx.execute(
            insert(raw_items).values(source_id=1, raw="<a>\u202e Ü 𝄞\r\n</a>", raw_hash="h", problem="x", at=NOW)
        )
        audit.say(tx, keys.keys(), "reason", "Grund: “ja” \\ ' \" \u0007", by=alice.id, at=NOW)
        _response(tx, alice.id, PublicationState.PUBLISHING)
        _response(tx, alice.id, PublicationState.SCHEDULED)
        _response(tx, alice.id, PublicationState.PUBLISHED)
        people.add_link(tx, "l" * 64, alice.id, NOW, NOW + timedelta(days=3))
        audit.record(tx, "case.opened", "case", 1, by=alice.id, at=NOW, severity=2, share=0.1)
    return database


def _response(tx: Any, by: int, state: PublicationState) -> None:
    policy = tx.execute(text("select id from policies")).scalar()
    if policy is None:
        tx.execute(text("insert into policies (number, source, at) values (1, '', '2026-03-01 12:00:00')"))
        policy = tx.execute(text("select id from policies")).scalar()
    approved = ResponseState.PUBLISHED if state is PublicationState.PUBLISHED else ResponseState.APPROVED
    row = {"state": approved, "author_id": by, "saved_at": NOW, "saved_by": by, "created_at": NOW}
    response = tx.execute(insert(responses).values(row).returning(responses.c.id)).scalar_one()
    sent = {
        "response_id": response,
        "version_number": 1,
        "content_hash": "c" * 64,
        "policy_id": policy,
        "route": {"steps": []},
        "by": by,
        "at": NOW,
        "approval_until": NOW,
        "send_until": NOW,
    }
    submission = tx.execute(insert(submissions).values(sent).returning(submissions.c.id)).scalar_one()
    target = {"channel": "blog", "source_id": 1, "thread_id": 1, "comment_id": 1, "comment_revision": 1}
    out = {
        "submission_id": submission,
        "response_id": response,
        "source_id": 1,
        "comment_id": 1,
        "target": target,
        "content_hash": "c" * 64,
        "state": state,
        "not_before": NOW,
        "changed_at": NOW,
    }
    tx.execute(insert(publications).values(out))


@BOTH
def test_a_backup_comes_back_whole_in_either_database(full: Store, tmp_path: Path, into: str) -> None:
    before = everything(full)
    made = backup.write(full, tmp_path / "one.zip")
    assert everything(full) == before, "a backup changes nothing"
    assert made.waiting == {"responses scheduled": 1, "responses publishing": 1}
    with empty(into, tmp_path) as other:
        done = restore.restore(other, tmp_path / "one.zip")
        after = everything(other)
        with other.read() as tx:
            assert present(tx) == newest()
            assert audit.verify(tx, made.head).holds
            assert audit.verify(tx, made.head).proven == made.events
    assert (done.held, done.ended, done.cut, done.locked, done.key) == (2, 1, {}, (), "same")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"audit", "audit_head", "facts", "publications", "responses", "sessions", "links"}
    assert after["audit"][: made.events] == before["audit"]


@BOTH
def test_what_was_on_its_way_out_is_held_and_nobody_is_logged_in(full: Store, tmp_path: Path, into: str) -> None:
    with full.write() as tx:
        people.set_fact(tx, people.MONITOR, {"hash": "a monitor's token"})
    backup.write(full, tmp_path / "one.zip")
    with empty(into, tmp_path) as other:
        restore.restore(other, tmp_path / "one.zip")
        with other.read() as tx:
            assert people.fact(tx, people.MONITOR) is None
            states = tx.execute(select(publications.c.state).order_by(publications.c.id)).scalars().all()
            assert states == [PublicationState.HELD, PublicationState.HELD, PublicationState.PUBLISHED]
            assert tx.execute(select(sessions.c.id).where(sessions.c.ended_at.is_(None))).all() == []
            assert tx.execute(select(links.c.id).where(links.c.used_at.is_(None))).all() == []


@BOTH
def test_no_language_model_is_asked_from_a_copy(full: Store, tmp_path: Path, into: str) -> None:
    with full.write() as tx:
        opinions.keep(tx, 0, active=True, chosen={}, by=1, at=NOW)
        for state in (opinions.WAITING, opinions.ASKING, opinions.DONE):
            made = opinions.add(tx, comment_id=1, revision=1, kind="opinion", by=1, at=NOW, month="2026-03", model="m")
            opinions.move(tx, made, opinions.WAITING, state, cost=5)
    backup.write(full, tmp_path / "one.zip")
    with empty(into, tmp_path) as other:
        restore.restore(other, tmp_path / "one.zip")
        with other.read() as tx:
            kept = opinions.kept(tx)
            assert kept is not None
            assert (kept.active, kept.version) == (False, 2)
            assert [one.state for one in opinions.last(tx, 9)] == [opinions.DONE, opinions.FAILED, opinions.FAILED]
            assert opinions.spent(tx, "2026-03") == 15


@BOTH
def test_what_was_restored_can_be_searched(full: Store, tmp_path: Path, into: str) -> None:
    backup.write(full, tmp_path / "one.zip")
    with empty(into, tmp_path) as other:
        migrate(other)
        restore.restore(other, tmp_path / "one.zip")
        search_index.follow(other)
        if other.sqlite:
            with other.read() as tx:
                found = [tx.execute(text(f"select count(*) from search_{one}")).scalar() for one in COUNTED]
                rows = [tx.execute(text(f"select count(*) from {one}")).scalar() for one in COUNTED]
            assert found == rows
            assert all(rows)


COUNTED = ("comments", "cases", "responses")


@BOTH
def test_ids_go_on_after_a_restore(full: Store, tmp_path: Path, into: str) -> None:
    backup.write(full, tmp_path / "one.zip")
    with empty(into, tmp_path) as other:
        restore.restore(other, tmp_path / "one.zip")
        with other.write() as tx:
            row = {"source_id": 1, "url": "https://blog.example.org/new/"}
            number = tx.execute(insert(threads).values(row).returning(threads.c.id)).scalar_one()
            assert number == 21
            first = tx.execute(insert(words).values(kind="note", text="", keyed_hash="", by=1, at=NOW).returning(words))
            assert first.one().id == 2


@BOTH
def test_a_backup_of_a_restored_database_is_the_same_again(full: Store, tmp_path: Path, into: str) -> None:
    backup.write(full, tmp_path / "one.zip")
    with empty(into, tmp_path) as other:
        restore.restore(other, tmp_path / "one.zip")
        second = backup.write(other, tmp_path / "two.zip")
        there = everything(other)
        (tmp_path / "third").mkdir()
        with empty("sqlite", tmp_path / "third") as third:
            restore.restore(third, tmp_path / "two.zip")
            back = everything(third)
    assert {one for one in there if there[one] != back[one]} == {"audit", "audit_head", "facts"}
    assert [row for row in back["facts"] if row not in there["facts"]] == [(RESTORED, second.made_at.isoformat())]
    assert back["audit"][: second.events] == there["audit"]


def test_a_backup_is_one_picture_while_others_write(full: Store, tmp_path: Path) -> None:
    with full.read() as tx:
        rows = len(tx.execute(select(comments_table.c.id)).all())

    written: list[datetime] = []

    def meanwhile(line: str) -> None:
        written.append(datetime.now(UTC))
        with full.write() as tx:
            tx.execute(insert(threads).values(source_id=1, url=f"https://blog.example.org/{line}"))
            audit.record(tx, "case.opened", "case", 1, by=None)

    made = backup.write(full, tmp_path / "one.zip", say=meanwhile)
    assert (made.rows("comments"), made.rows("threads")) == (rows, 20)
    assert made.made_at < written[0], "what is not in it came after the time it names"
    with empty("sqlite", tmp_path) as other:
        restore.restore(other, tmp_path / "one.zip")


def test_a_backup_is_private_and_replaces_nothing_unless_told(full: Store, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.zip"
    os.umask(os.umask(0))
    backup.write(full, path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotBackedUp, match="--overwrite"):
        backup.write(full, path)
    backup.write(full, path, overwrite=True)
    with pytest.raises(NotBackedUp, match="is a folder"):
        backup.write(full, tmp_path)
    assert sorted(one.name for one in path.parent.iterdir()) == ["one.zip"]


def test_neither_the_key_nor_a_password_is_in_a_backup(full: Store, tmp_path: Path) -> None:
    backup.write(full, tmp_path / "one.zip")
    key = (settings().home / "key").read_text().strip()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert key.encode() not in content
            assert b"open sesame" not in content


def test_a_backup_that_stops_half_way_leaves_no_file(
    full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.os, "fsync", full_disk)
    with pytest.raises(NotBackedUp, match="No space left on device"):
        backup.write(full, tmp_path / "place" / "one.zip")
    assert list((tmp_path / "place").iterdir()) == []


@BOTH
def test_a_database_that_holds_people_is_not_filled(full: Store, tmp_path: Path, into: str) -> None:
    backup.write(full, tmp_path / "one.zip")
    before = everything(full)
    with pytest.raises(NotRestored, match="holds people already"):
        restore.restore(full, tmp_path / "one.zip")
    assert everything(full) == before
    with empty(into, tmp_path) as other:
        migrate(other)
        with other.write() as tx:
            people.set_fact(tx, "set-up code", "x")  # what a first start leaves
        restore.restore(other, tmp_path / "one.zip")
        with pytest.raises(NotRestored, match="holds people already"):
            restore.restore(other, tmp_path / "one.zip")


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same file with other parts; None leaves one out."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return other


def _forge(name: str, content: bytes) -> bytes:
    """An event that somebody changed, with the hash of its part set right again."""
    if name == "tables/audit.jsonl":
        return content.replace(b'"case.opened"', b'"case.dropped"')
    if name == backup.MANIFEST:
        form = json.loads(content)
        for part in form["parts"]:
            if part["table"] == "audit":
                part["sha256"] = FORGED["hash"]
        return json.dumps(form).encode()
    return content


FORGED: dict[str, str] = {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda n, c: c.replace(b"Reader", b"Writer") if n == "tables/comments.jsonl" else c, "is damaged"),
        (lambda n, c: c[: len(c) // 2] if n == "tables/comments.jsonl" else c, "is damaged"),
        (lambda n, c: None if n == "tables/comments.jsonl" else c, "is damaged"),
        (lambda n, c: None if n == backup.MANIFEST else c, "no manifest"),
        (lambda n, c: c.replace(b'"format":1', b'"format": 99').replace(b'"format": 1,', b'"format": 99,'), "newer"),
        (lambda n, c: c.replace(newest().encode(), b"9999") if n == backup.MANIFEST else c, "newer Levelhead"),
        (_forge, "audit log in this backup does not hold"),
    ],
)
def test_a_backup_that_was_changed_or_cut_is_refused_and_the_database_stays_empty(
    full: Store, tmp_path: Path, change: Any, says: str
) -> None:
    backup.write(full, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        events = archive.read("tables/audit.jsonl").replace(b'"case.opened"', b'"case.dropped"')
        FORGED["hash"] = hashlib.sha256(events).hexdigest()
    with empty(os.environ["LEVELHEAD_TEST_DATABASE"], tmp_path) as other:
        with pytest.raises(Exception, match=says) as refusal:
            restore.restore(other, rewritten(tmp_path / "one.zip", change))
        assert refusal.type.__module__ in ("store.restore", "model.errors")
        with other.read() as tx:
            assert present(tx) == ""
        restore.restore(other, tmp_path / "one.zip")


def test_what_is_no_backup_is_refused_in_plain_words(tmp_path: Path, database: Store) -> None:
    (tmp_path / "text.zip").write_text("hello")
    for name, says in (("text.zip", "is not a backup of Levelhead"), ("none.zip", "There is no file")):
        result = CliRunner().invoke(app, ["restore", str(tmp_path / name)])
        assert (result.exit_code, says in result.output) == (1, True)


def test_a_restore_that_is_killed_leaves_a_database_that_can_be_filled(full: Store, tmp_path: Path) -> None:
    bulk.fill(full, 3000, thread_count=20, case_count=0)
    backup.write(full, tmp_path / "one.zip")
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom store import restore\nfrom store.db import Store\n"
        "def say(line):\n    if line.startswith('comments'):\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "restore.restore(Store(sys.argv[1]), Path(sys.argv[2]), say)"
    )
    with empty(os.environ["LEVELHEAD_TEST_DATABASE"], tmp_path) as other:
        url = other.engine.url.render_as_string(hide_password=False)
        ended = subprocess.run(
            [sys.executable, "-c", code, url, str(tmp_path / "one.zip")], cwd=ROOT, check=False, capture_output=True
        )
        assert ended.returncode == -9, ended.stderr
        with other.read() as tx:
            assert present(tx) == ""
        restore.restore(other, tmp_path / "one.zip")


def test_the_commands_say_what_they_did_and_warn_when_the_key_is_missing(full: Store, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    with full.write() as tx:
        for number in (1, 2):
            assert jobs.enqueue(tx, "read", number, f"read:{number}")
    events = audit_count(full)
    with full.read() as tx:
        head = tx.execute(select(audit_head.c.hash)).scalar_one()
    said = CliRunner().invoke(app, ["backup", str(path)])
    with full.read() as tx:
        in_all = sum(engine.counts(tx).values())
        noted = audit.last(tx, "store", None, (backup.BACKED_UP,))
    assert noted is not None and noted.data["head"] == head, "that a backup was made is on the record, after its head"
    assert said.exit_code == 0
    for words_ in ("1 people", "60 comments", f"head {head}", "responses scheduled 1", "The key is not in the backup"):
        assert words_ in said.output
    assert "Background work: 2 jobs are in it" in said.output
    assert f"Left out: 2 runs, with {in_all} rows in all tables of the engine" in said.output
    new_home = tmp_path / "new home"
    url = f"sqlite:///{new_home / 'levelhead.db'}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LEVELHEAD_")}
    env = clean | {"LEVELHEAD_HOME": str(new_home), "LEVELHEAD_DATABASE_URL": url}
    run = [sys.executable, "-m", "store", "restore", str(path)]
    first = subprocess.run(
        run, cwd=ROOT, env=env, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert (first.returncode, first.stdout.splitlines()[1]) == (
        0,
        f"The audit log holds: {events:,} events, head {head}",
    ), first.stderr
    assert "Background work: 2 jobs wait, and workers begin them. The 2 runs that were there" in first.stdout
    restored = Store(url)
    with restored.read() as tx:
        assert engine.counts(tx)[engine.RUNS] == 0
        assert len(engine.lost(tx, datetime.now(UTC))) == 2, "a worker finds them"
    restored.engine.dispose()
    assert "There is no key here" in first.stderr
    assert "on the page Sources: Bulk 0." in first.stderr
    assert not (new_home / "key").exists(), "a restore makes no key of its own"
    again = subprocess.run(run, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert (again.returncode, "holds people already" in again.stderr) == (1, True)


def audit_count(store: Store) -> int:
    with store.read() as tx:
        return int(tx.execute(select(audit_head.c.seq)).scalar_one())


def test_another_key_is_told_from_the_same(full: Store, tmp_path: Path) -> None:
    backup.write(full, tmp_path / "one.zip")
    keys.keys.cache_clear()
    (settings().home / "key").unlink()
    keys.keys()  # a start in a new home makes a new one
    with empty("sqlite", tmp_path) as other:
        done = restore.restore(other, tmp_path / "one.zip")
    assert (done.key, done.locked) == ("other", ("Bulk 0",))


@pytest.mark.sqlite
def test_values_that_postgresql_cannot_keep_are_cut_and_counted(full: Store, tmp_path: Path) -> None:
    with full.write() as tx:
        tx.execute(update(threads).where(threads.c.id == 1).values(title="x" * 600, text="a\0b"))
    backup.write(full, tmp_path / "one.zip")
    with empty("postgresql", tmp_path) as other:
        done = restore.restore(other, tmp_path / "one.zip")
        with other.read() as tx:
            row = tx.execute(select(threads.c.title, threads.c.text).where(threads.c.id == 1)).one()
    assert done.cut == {"threads.title": 1}
    assert tuple(row) == ("x" * 500, "a\ufffdb")


@pytest.mark.sqlite  # PostgreSQL does not take it in the first place
def test_a_value_that_postgresql_cannot_index_is_told_and_nothing_is_restored(full: Store, tmp_path: Path) -> None:
    letters = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(2000))
    with full.write() as tx:
        tx.execute(update(comments_table).where(comments_table.c.id == 1).values(identity=letters))
    backup.write(full, tmp_path / "one.zip")
    with empty("postgresql", tmp_path) as other:
        with pytest.raises(NotRestored, match="holds something that this database does not take"):
            restore.restore(other, tmp_path / "one.zip")
        with other.read() as tx:
            assert present(tx) == ""
