"""What `make bench` says of figures that it could not take."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis import approval
from bench import answered, bulk, start, triage
from bench.figures import said
from model import clock
from model.tally import Ours
from response import policies
from store import cost_sums, metrics
from store.schema import closed_hours
from tests.installation import installation, set_up
from tests.store.test_done import closed_by_hand
from web.ui.overview.cost import KINDS


def test_what_was_not_measured_falls_short_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in (start, triage):
        monkeypatch.setattr(part, "CHROMIUM", "/nowhere/chromium")
    assert said([*start.figures(tmp_path), *triage.figures(tmp_path)]) == 1
    *_, verdict = capsys.readouterr().out.splitlines()
    for what in (start.START, start.MEMORY, triage.WORK, triage.WAIT):
        assert f"{what} (not measured)" in verdict


def test_the_responses_made_in_bulk_have_a_past_and_costs(tmp_path: Path) -> None:
    with installation(tmp_path) as store:
        policies.ensure(store)
        set_up(store)
        bulk.fill(store, 1_000, thread_count=50, case_count=0)
        bulk.roll_up(store)
        bulk.close_cases(store, 5)
        answered.answer(store)
        with store.read() as tx:
            found = approval.costs(cost_sums.counted(tx, ""), [], clock.now(), KINDS["replies"])
            sent = metrics.published_by_week(tx, clock.now().date() - timedelta(days=400), clock.now().date())
            closed = {row.hour: (row.opened_at, row.longest_s) for row in tx.execute(select(closed_hours))}
            assert closed == closed_by_hand(tx)
        assert [one.part for one in found] == [-1, 1, 2, 3]
        assert sum(one.n for one in found if one.part == 1) > 100
        for name in ("changed_in_all", "refused", "cold_in_all", "looks"):
            assert sum(getattr(one, name) for one in found), name
        assert all(sent[what] for what in Ours)
