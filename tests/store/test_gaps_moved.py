"""What was known of a gap before gaps had rows of their own is kept."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from sqlalchemy import text

from store import gaps
from store.db import Store
from store.migrate import alembic_config, migrate

SINCE, UNTIL = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_gap_that_stood_with_its_source_becomes_a_row(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    with store.write() as tx:
        command.upgrade(alembic_config(tx), "0003")
        row = (
            "insert into sources (name, channel, kind, site_url, feed_url, api_url, user_name, account_id, account,"
            " allow_private, active, etag, last_modified, body_hash, problem, failures, created_at,"
            " gap_from, gap_until)"
            " values (:name, 'blog', 'feed', '', '', '', '', '', '{}', false, true, '', '', '', '', 0, :at, :gap, :end)"
        )
        form = "%Y-%m-%d %H:%M:%S.000000"
        for name, since, until in (("A", SINCE, UNTIL), ("B", None, None)):
            told = {"gap": since and since.strftime(form), "end": until and until.strftime(form)}
            tx.execute(text(row), {"name": name, "at": SINCE.strftime(form), **told})
    migrate(store)
    with store.read() as tx:
        (gap,) = gaps.still_open(tx)
    store.engine.dispose()
    assert (gap.source_id, gap.since, gap.until, gap.met) == (1, SINCE, UNTIL, UNTIL)
    assert (gap.way, gap.next_at, gap.filled_at) == ("", None, None)
