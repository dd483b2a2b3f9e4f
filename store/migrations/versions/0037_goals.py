"""The organisation's goals, what is tagged with one, and what approval costs by goal"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("sentence", sa.String(300), nullable=False, comment="what it is about; may be empty"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("archived_at", Utc(), comment="since when nothing more is tagged with it"),
        sa.Column("version", sa.Integer(), nullable=False, comment="every change adds one"),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_goals_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
    )
    in_use = sa.text("archived_at is null")
    op.create_index("uq_goals_name", "goals", ["name"], unique=True, sqlite_where=in_use, postgresql_where=in_use)
    for table, column in (
        ("matter_goals", sa.Column("matter", sa.String(80), nullable=False)),
        ("response_goals", sa.Column("response_id", sa.Integer(), nullable=False)),
    ):
        constraints = [sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f(f"fk_{table}_goal_id_goals"))]
        if table == "response_goals":
            fk = op.f("fk_response_goals_response_id_responses")
            constraints.append(sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=fk))
        op.create_table(
            table,
            column,
            sa.Column("goal_id", sa.Integer(), nullable=False),
            *constraints,
            sa.PrimaryKeyConstraint(column.name, name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_goal_id", table, ["goal_id"])
    keys = ("goal_id", "day", "level", "channel", "action", "what", "step")
    op.create_table(
        "goal_cost_days",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False, comment="of a length of time; else 0"),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_goal_cost_days_goal_id_goals")),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_goal_cost_days")),
    )
