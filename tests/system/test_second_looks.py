"""Second looks by real workers, of which one is killed in the middle: another goes on, and nothing is done twice."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from analysis.deep import VERSION
from ingest.take import take
from model.comment import Entry, Reading
from response import policies
from store import audit, sources
from store.db import Store
from store.schema import assessments, jobs, second_looks, vectors
from store.schema import audit as events
from tests.ingest import reads
from tests.installation import DATABASE, installation
from tests.system.processes import wait_until
from tests.system.working import Worker

pytestmark = pytest.mark.system

COMMENTS, LEASE_S, WITHIN_S = 400, 3, 180
TEXT = (
    "The volunteers at the gate were kind, and the pond behind the hall is lovely. Number {n} was my favourite bench."
)


def counted(store: Store) -> tuple[int, int]:
    """How many second assessments there are, and how many comments wait for one."""
    again = assessments.c.version.endswith(VERSION)
    with store.read() as tx:
        done = tx.execute(select(func.count()).select_from(assessments).where(again)).scalar_one()
        return int(done), int(tx.execute(select(func.count()).select_from(second_looks)).scalar_one())


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_worker_killed_amid_second_looks_leaves_the_rest_to_another(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, database)
    with (
        installation(tmp_path, LEVELHEAD_LEASE_SECONDS=str(LEASE_S), LEVELHEAD_SECOND_LOOK="on") as store,
        ExitStack() as stack,
    ):
        policies.ensure(store)
        source = reads.source(store)
        with store.write() as tx:
            sources.change(tx, source.id, next_read_at=None)
        entries = tuple(
            Entry(external_id=f"{n}", identity=f"{n}", text=TEXT.format(n=n), thread_url=f"https://b.example/{n % 7}")
            for n in range(COMMENTS)
        )
        take(store, source, Reading(entries))
        first = stack.enter_context(Worker(tmp_path / "first.log"))
        assert first.process
        wait_until(lambda: counted(store)[0], WITHIN_S, "some second looks")
        first.process.kill()
        first.process.wait()
        done, left = counted(store)
        assert 0 < done < COMMENTS and done + left == COMMENTS, "what is written waits no more, in one transaction"
        # A name of its own: it is another worker, not the same one again.
        second = stack.enter_context(Worker(tmp_path / "second.log", LEVELHEAD_WORKER="1"))
        wait_until(lambda: counted(store) == (COMMENTS, 0), WITHIN_S, f"the rest: {second.said()}")

        def nothing_left() -> bool:
            with store.read() as tx:
                return tx.execute(select(jobs.c.id).where(jobs.c.name == "assess")).first() is None

        wait_until(nothing_left, WITHIN_S, "the jobs to be over")
        with store.read() as tx:
            noted = tx.execute(select(events.c.data).where(events.c.action == "comments.second_look")).scalars()
            assert sum(one["count"] for one in noted) == COMMENTS
            assert tx.execute(select(func.count()).select_from(vectors)).scalar_one() == COMMENTS
            twice = select(assessments.c.comment_id).group_by(assessments.c.comment_id).having(func.count() != 2)
            assert tx.execute(twice).first() is None
            assert audit.verify(tx).holds
        assert "Traceback" not in second.said()
    assert os.environ[DATABASE] == database
