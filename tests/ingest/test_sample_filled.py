"""The sample association in a database: who and what is there, and that it could not have been anywhere else."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from access import sessions
from ingest.__main__ import app
from ingest.sample.association import TWO_WEEKS
from ingest.sample.fill import fill
from model.errors import BadInput, Conflict
from model.words import PublicationState, ResponseState
from store import audit, cost, cost_sums, people, publications, responses
from store.cases import Case, asked_of, claim_of, get
from store.db import Store
from store.responses import Response
from store.sample import is_sample
from store.schema import (
    cases,
    comments,
    decisions,
    gaps,
    hand_offs,
    metadata,
    publication_attempts,
    sources,
    submissions,
    threads,
)
from store.schema import people as people_table
from store.schema import publications as publications_table
from store.schema import responses as responses_table
from tests.installation import PASSWORD, installation, set_up
from tests.sample import Sample, forty

END = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
SECRET = {"sessions", "links", "jobs", "undoable"}
"""Tables whose rows are made of chance."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as made:
        yield made


def count(store: Store, table: object, *which: object) -> int:
    with store.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table).where(*which)).scalar_one())  # type: ignore[arg-type]


def test_two_hundred_comments_of_six_threads_and_two_channels_are_read(sample: Sample) -> None:
    assert count(sample.store, comments, ~comments.c.ours) == 200
    assert count(sample.store, threads) == 6
    assert count(sample.store, people_table) == 6
    with sample.store.read() as tx:
        assert set(tx.execute(select(sources.c.channel)).scalars()) == {"blog", "facebook"}
    assert count(sample.store, gaps) == 0, "nothing was missed between two reads"


def test_no_source_can_be_asked_or_answered(sample: Sample) -> None:
    with sample.store.read() as tx:
        for row in tx.execute(select(sources)).mappings():
            assert row["feed_url"] == row["api_url"] == ""
            assert row["next_read_at"] is row["secret"] is None
        assert is_sample(tx)


def test_what_was_said_was_read_soon_after_and_the_last_of_it_before_the_end(sample: Sample) -> None:
    with sample.store.read() as tx:
        rows = tx.execute(select(comments.c.published_at, comments.c.read_at).order_by(comments.c.id)).all()
    assert all(0 <= (row.read_at - row.published_at).total_seconds() <= 600 for row in rows)
    assert [row.read_at for row in rows] == sorted(row.read_at for row in rows)
    assert max(row.read_at for row in rows) <= sample.end


def test_the_chain_of_the_record_holds_and_its_times_never_run_back(sample: Sample) -> None:
    with sample.store.read() as tx:
        assert audit.verify(tx).holds
        times = list(
            tx.execute(select(metadata.tables["audit"].c.at).order_by(metadata.tables["audit"].c.seq)).scalars()
        )
    assert times == sorted(times)
    assert times[-1] <= sample.end


def open_cases(sample: Sample) -> dict[str, Case]:
    """The open case of each thread, by the first word of its title."""
    with sample.store.read() as tx:
        found = [get(tx, row.id) for row in tx.execute(select(cases.c.id).where(cases.c.state == "open"))]
        titles = {row.id: row.title for row in tx.execute(select(threads.c.id, threads.c.title))}
    return {titles[case.thread_id]: case for case in found if case}


def live(sample: Sample, title: str) -> Response:
    with sample.store.read() as tx:
        found = responses.last_of_case(tx, open_cases(sample)[title].id)
    assert found is not None
    return found


def test_every_state_that_a_case_can_wait_in_is_there(sample: Sample) -> None:
    states = {title: live(sample, title).state for title in open_cases(sample)}
    assert states == {
        "Opening hours this winter": ResponseState.DRAFT,
        "Summer camp: photographs, and thanks": ResponseState.APPROVED,
        "Why the food bank moves to Station Road": ResponseState.CHANGES_REQUESTED,
        "Fees from January": ResponseState.REJECTED,
        "Volunteer evening on Friday": ResponseState.WAITING,
        "The pool is closed until Thursday": ResponseState.WAITING,
    }
    with sample.store.read() as tx:
        (handed,) = publications.of_response(tx, live(sample, "Summer camp: photographs, and thanks").id)
        claims = {title: claim_of(tx, case.id, sample.end) for title, case in open_cases(sample).items()}
        ended = Counter(tx.execute(select(cases.c.outcome).where(cases.c.state == "closed")).scalars())
        week = select(func.count()).where(cases.c.closed_at > sample.end - timedelta(days=7))
        assert tx.execute(week).scalar_one() >= 5
    assert handed.state is PublicationState.HAND_OFF
    held = {title: claim.name for title, claim in claims.items() if claim}
    assert held == {"Opening hours this winter": "Ines Okafor", "The pool is closed until Thursday": "Tobias Linde"}
    assert set(ended) == {"answered", "dismissed", "spam"}
    assert min(ended.values()) >= 3


def test_approvers_and_the_expert_find_what_waits_for_them(sample: Sample) -> None:
    with sample.store.read() as tx:
        waiting = {name: len(responses.waiting_for(tx, one.id)) for name, one in sample.team.items()}
        assert waiting == {"ines": 0, "tobias": 0, "priya": 1, "gareth": 1, "hanna": 0, "marguerite": 0}
        assert [one.by_name for one in asked_of(tx, sample.team["hanna"].id)] == ["Tobias Linde"]
        kinds = Counter(tx.execute(select(decisions.c.kind)).scalars())
        assert tx.execute(select(func.count()).where(decisions.c.settled_at.is_(None))).scalar_one() == 0
    assert kinds["approve"] >= 10
    assert min(kinds["request changes"], kinds["reject"]) >= 2


def test_answers_at_level_0_and_at_several_levels_stand_in_their_threads_as_ours(sample: Sample) -> None:
    with sample.store.read() as tx:
        routes = tx.execute(select(submissions.c.route).where(submissions.c.ended_as == "published")).scalars()
        assert {len(route["steps"]) for route in routes} >= {0, 1, 2}
        whole = hand_offs.join(publications_table, publications_table.c.id == hand_offs.c.publication_id)
        posted = select(hand_offs.c.state).select_from(
            whole.join(responses_table, responses_table.c.id == publications_table.c.response_id)
        )
        assert set(tx.execute(posted.where(responses_table.c.case_id.is_not(None))).scalars()) == {"verified"}
        ours = tx.execute(select(comments).where(comments.c.ours)).mappings().all()
    assert len(ours) == 14
    assert {one["author"] for one in ours} == {"Millbrook Community House"}
    assert all(one["parent_identity"] for one in ours)


def test_forty_more_cases_can_be_had_for_work_that_goes_through_many(sample: Sample) -> None:
    more = forty(sample)
    assert len(set(more)) == 40
    with sample.store.read() as tx:
        assert set(more) <= set(tx.execute(select(cases.c.id).where(cases.c.state == "open")).scalars())


def test_what_its_approval_cost_is_worked_out_before_anybody_looks(sample: Sample) -> None:
    with sample.store.read() as tx:
        assert cost.to_go(tx) == 0
        assert {one.part for one in cost_sums.counted(tx, "2000")} >= {0, 1, 2, 3}


def test_nothing_was_ever_tried_outside(sample: Sample) -> None:
    with sample.store.read() as tx:
        assert tx.execute(select(publication_attempts)).first() is None
        assert set(tx.execute(select(publications_table.c.state)).scalars()) == {"published", "hand-off"}


def test_the_same_end_gives_the_same_rows(tmp_path: Path) -> None:
    first, second = (_rows(tmp_path / name) for name in ("one", "two"))
    assert first == second


def _rows(home: Path) -> dict[str, list[tuple[object, ...]]]:
    home.mkdir()
    with installation(home, LEVELHEAD_KEY="c2l4IHBlb3BsZSBhbmQgdHdvIGNoYW5uZWxzLCBvaCE=") as store:
        fill(store, end=END, password=PASSWORD, days=TWO_WEEKS)
        found = {}
        with store.read() as tx:
            for name, table in metadata.tables.items():
                shown = [column for column in table.c if column.name not in ("password_hash", "token_hash", "csrf")]
                if name not in SECRET and shown:
                    found[name] = [tuple(row) for row in tx.execute(select(*shown).order_by(*table.primary_key))]
    return found


def test_a_database_with_somebody_in_it_is_refused_and_stays_as_it_is(empty: Store) -> None:
    set_up(empty)
    with pytest.raises(Conflict, match="LEVELHEAD_HOME"):
        fill(empty, end=END, password=PASSWORD)
    assert count(empty, people_table) == 1
    with empty.read() as tx:
        assert not is_sample(tx)


def test_a_password_that_nobody_may_have_is_refused_before_anything_is_changed(empty: Store) -> None:
    with pytest.raises(BadInput, match="10 to 200"):
        fill(empty, end=END, password="short")
    with empty.read() as tx:
        assert not is_sample(tx)
        assert people.fact(tx, "organisation") is None


terminal = CliRunner()


def test_the_door_prints_a_password_with_which_all_log_in(empty: Store) -> None:
    done = terminal.invoke(app, ["sample", "--days", "14"])
    assert done.exit_code == 0, done.output
    password = done.stdout.partition("The password of each: ")[2].split()[0]
    with empty.read() as tx:
        everybody = people.everybody(tx)
    assert len(everybody) == 6
    for one in everybody:
        assert one.email in done.stdout
        assert sessions.log_in(empty, one.email, password, "127.0.0.1")


def test_the_door_refuses_a_number_of_days_that_is_not_there(empty: Store) -> None:
    done = terminal.invoke(app, ["sample", "--days", "30"])
    assert done.exit_code == 1
    assert "14 or 60 days" in done.stderr
    assert count(empty, people_table) == 0


@pytest.mark.parametrize(
    ("end", "says"), [("tomorrow", "no moment"), ("2026-03-01T15:30", "time zone"), ("2999-01-01T00:00Z", "has passed")]
)
def test_the_door_says_what_is_wrong_with_a_moment(empty: Store, end: str, says: str) -> None:
    done = terminal.invoke(app, ["sample", "--end", end])
    assert done.exit_code == 1
    assert says in done.stderr
    assert done.stdout == ""
    assert count(empty, people_table) == 0


def test_the_door_refuses_a_database_in_use_and_explains_itself(empty: Store) -> None:
    set_up(empty)
    done = terminal.invoke(app, ["sample"])
    assert done.exit_code == 1
    assert "There are people or comments" in done.stderr
    said = terminal.invoke(app, ["sample", "--help"]).output
    assert "LEVELHEAD_HOME" in said
    assert "--password" in said
