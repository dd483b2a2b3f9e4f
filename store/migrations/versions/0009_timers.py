"""Timers of waiting levels"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "decisions",
        sa.Column(
            "stood_in",
            sa.Integer(),
            nullable=True,
            comment="the level it was made from, when in the place of the step's own",
        ),
    )
    op.add_column(
        "waits",
        sa.Column(
            "stood_in",
            sa.Integer(),
            nullable=True,
            comment="the level it is asked from, when in the place of the step's own",
        ),
    )
    op.add_column(
        "level_times",
        sa.Column(
            "due_at",
            Utc(),
            nullable=True,
            comment="then the next higher level is asked as well; none: there is nobody to go up to",
        ),
    )
    op.add_column(
        "level_times",
        sa.Column(
            "raised_to", sa.Integer(), nullable=True, comment="the highest level that is asked in the place of this one"
        ),
    )
    op.add_column("level_times", sa.Column("raised_at", Utc(), nullable=True))
    still = sa.text("ended_at is null")
    op.create_index("ix_level_times_due", "level_times", ["due_at"], sqlite_where=still, postgresql_where=still)
    _begin_timers(op.get_bind())


def _begin_timers(connection: sa.Connection) -> None:
    """What waits already is due as its route says, counted from when the step began."""
    times = sa.table(
        "level_times",
        sa.column("submission_id", sa.Integer),
        sa.column("step", sa.Integer),
        sa.column("began_at", Utc()),
        sa.column("ended_at", Utc()),
        sa.column("due_at", Utc()),
    )
    submissions = sa.table("submissions", sa.column("id", sa.Integer), sa.column("route", sa.JSON))
    waiting = (
        sa.select(times.c.submission_id, times.c.step, times.c.began_at, submissions.c.route)
        .join(submissions, submissions.c.id == times.c.submission_id)
        .where(times.c.ended_at.is_(None))
    )
    for row in connection.execute(waiting).all():
        due = row.began_at + timedelta(seconds=row.route["steps"][row.step]["answers_within_s"])
        mine = sa.and_(times.c.submission_id == row.submission_id, times.c.step == row.step)
        connection.execute(times.update().where(mine).values(due_at=due))
