"""What approval costs and how long a first answer takes, by response, by case and by day"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "decisions",
        sa.Column("looked_at", Utc(), comment="when this person first had the version on the screen; empty: unknown"),
    )
    _fill(op.get_bind())
    op.create_table(
        "level_costs",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column(
            "level", sa.Integer(), autoincrement=False, nullable=False, comment="0: the expert; -1: own authority"
        ),
        sa.Column("day", sa.String(10), nullable=False, comment="when it first came there, in UTC"),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False, comment="how often it came there"),
        sa.Column("waited_s", sa.Integer(), nullable=False, comment="in all that is over"),
        sa.Column("since", Utc(), comment="while it waits there now"),
        sa.Column("decided", sa.Boolean(), nullable=False, comment="the last time ended with a decision of the level"),
        sa.Column(
            "looks",
            sa.Integer(),
            nullable=False,
            comment="decisions of which it is known when their person first saw it",
        ),
        sa.Column("looked_s", sa.Integer(), nullable=False),
        sa.Column("changed", sa.String(10), nullable=False, comment="the kind of change, when the level asked for one"),
        sa.Column("from_version", sa.Integer()),
        sa.Column("to_version", sa.Integer()),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column(
            "cold",
            sa.String(10),
            nullable=False,
            comment="why there was nothing left to answer while it waited there",
        ),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_level_costs_response_id_responses")),
        sa.PrimaryKeyConstraint("response_id", "level", name=op.f("pk_level_costs")),
    )
    op.create_index("ix_level_costs_level", "level_costs", ["level", "response_id"])
    for name, columns, condition in (
        ("waits", ["since"], "since is not null"),
        ("changed", ["level", "response_id"], "changed <> ''"),
        ("refused", ["level", "response_id"], "refused"),
        ("cold", ["level", "response_id"], "cold <> ''"),
    ):
        where = sa.text(condition)
        op.create_index(f"ix_level_costs_{name}", "level_costs", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "level_cost_days",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False, comment="of a length of time; else 0"),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "level", "channel", "action", "what", "step", name=op.f("pk_level_cost_days")),
    )
    op.create_table(
        "first_responses",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False, comment="when it was opened, in UTC"),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_first_responses_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_first_responses")),
    )
    op.create_table(
        "first_response_days",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("severity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "severity", "channel", "what", "step", name=op.f("pk_first_response_days")),
    )


def _fill(connection: sa.Connection) -> None:
    """Of each decision on the version that its person saw last, it is known when that was."""
    connection.execute(
        sa.text(
            "update decisions set looked_at = (select seen.at from seen_versions seen"
            " join submissions sent on sent.response_id = seen.response_id and sent.version_number = seen.version"
            " where sent.id = decisions.submission_id and seen.person_id = decisions.person_id"
            " and seen.at <= decisions.at)"
        )
    )
