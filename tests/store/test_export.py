"""An export: what happened in a period, as tables in which nothing is a formula."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from typer.testing import CliRunner

from bench import bulk
from store import audit, export
from store.__main__ import app
from store.db import Store
from store.export import NotExported, cell
from store.schema import audit as audit_table
from store.schema import comments as comments_table
from store.schema import revisions

NOW = datetime.now(UTC)


@pytest.fixture
def full(database: Store) -> Store:
    bulk.fill(database, 1200, thread_count=20, case_count=3, oldest_days=20, newest_days=10)
    with database.write() as tx:
        first = tx.execute(select(comments_table.c.id).order_by(comments_table.c.id)).scalars().first()
        tx.execute(update(comments_table).where(comments_table.c.id == first).values(author="=1+1", sentiment=-0.5))
        tx.execute(
            update(revisions).where(revisions.c.comment_id == first).values(text='@SUM(A1),"x"\nsecond line; Grüße')
        )
        audit.record(tx, "case.opened", "case", 1, by=None, at=NOW - timedelta(days=15))
    return database


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_folder_holds_a_table_of_each_kind_and_no_cell_is_a_formula(full: Store, tmp_path: Path) -> None:
    counts = export.write(full, tmp_path / "out", NOW - timedelta(days=30), NOW + timedelta(days=1))
    assert counts == {"comments": 1200, "cases": 3, "decisions": 0, "audit": 1}
    found = rows((tmp_path / "out" / "comments.csv").read_text(encoding="utf-8"))
    assert len(found) == 1200
    first = next(row for row in found if row["author"].endswith("=1+1"))
    assert (first["author"], first["text"]) == ("'=1+1", '\'@SUM(A1),"x"\nsecond line; Grüße')
    assert first["sentiment"] == "-0.5", "a number of ours stays a number"
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (tmp_path / "out").iterdir())
    with full.read() as tx:
        newest = tx.execute(select(audit_table).order_by(audit_table.c.seq.desc()).limit(1)).one()
    assert (newest.action, newest.data["comments"]) == ("store.exported", 1200)


def test_only_what_happened_in_the_period_is_in_it(full: Store, tmp_path: Path) -> None:
    counts = export.write(full, tmp_path / "out.zip", NOW - timedelta(days=15), NOW - timedelta(days=12), lines=True)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert sorted(archive.namelist()) == ["audit.jsonl", "cases.jsonl", "comments.jsonl", "decisions.jsonl"]
        told = [json.loads(line) for line in archive.read("comments.jsonl").decode().splitlines()]
    assert len(told) == counts["comments"]
    assert 300 < len(told) < 420
    assert all(NOW - timedelta(days=15, seconds=1) <= datetime.fromisoformat(one["at"]) for one in told)


def test_nothing_is_overwritten_and_a_period_has_a_length(full: Store, tmp_path: Path) -> None:
    with pytest.raises(NotExported, match="is there already"):
        export.write(full, tmp_path, NOW - timedelta(days=1), NOW)
    with pytest.raises(NotExported, match="ends before it begins"):
        export.write(full, tmp_path / "out", NOW, NOW)


def test_the_command_takes_days_and_both_of_them_count(full: Store, tmp_path: Path) -> None:
    day = (NOW - timedelta(days=15)).date().isoformat()
    said = CliRunner().invoke(app, ["export", str(tmp_path / "out"), "--since", day, "--until", day])
    assert said.exit_code == 0
    assert "1 audit" in said.output


@given(st.text())
def test_no_text_becomes_a_formula_whatever_it_begins_with(text: str) -> None:
    shown = str(cell(text))
    inner = shown.lstrip(" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x00\u00a0\ufeff\u200b")
    assert not inner.startswith(("=", "+", "-", "@"))
    assert shown.removeprefix("'") == text.replace("\0", "").removeprefix("'") or shown == text.replace("\0", "")
