"""Workers and their fences"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Integer(), nullable=False, comment="the fence: it only grows, and none is used twice"),
        sa.Column("executor", sa.String(length=160), nullable=False, comment="host, home and slot; stable"),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("last_seen", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True, comment="tidily, or marked so by another after a lease of silence"),
        sa.Column("resumed_at", Utc(), nullable=True, comment="when what it had left was given to others"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_workers_resumed_at", "workers", ["resumed_at"], unique=False)
    # What is done is no longer kept. What waits or was under way stays; workers find that no engine has it and begin it.
    op.execute("delete from jobs where state = 'done'")
    op.drop_index("ix_jobs_due", table_name="jobs")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("state")
        jobs.drop_column("owner")
        jobs.drop_column("lease_until")
        jobs.drop_column("ended_at")
        jobs.add_column(sa.Column("workflow", sa.String(length=36), nullable=False, server_default=""))
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column(
            "workflow", server_default=None, comment="the engine's id of its present run", existing_type=sa.String(36)
        )
        jobs.alter_column(
            "fence",
            comment="the worker that began it; 0: none has",
            existing_comment="one more at each lease: an older owner must not act",
            existing_type=sa.Integer(),
            existing_nullable=False,
        )
    op.execute("update jobs set fence = 0")
    still_open = sa.text("settled_at is null and undone_at is null")
    op.create_index("ix_decisions_open", "decisions", ["due_at"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_index("ix_jobs_about", "jobs", ["name", "ref"], unique=False)
