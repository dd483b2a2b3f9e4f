"""What is learnt from decisions: labels, weekly checks, versions; and how a comment was flagged without them"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def _fk(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    other = to.partition(".")[0]
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.add_column(
        "assessments",
        sa.Column("before", sa.Boolean(), comment="flagged without what was learnt here, where that is another"),
    )
    op.add_column(
        "cases",
        sa.Column(
            "wrongly",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="it was dismissed since it should not have been raised",
        ),
    )
    op.create_table(
        "labels",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("judged", sa.String(20), nullable=False, comment="what a person did that is the label"),
        sa.Column("wanted", sa.Boolean(), comment="a person had to see it; empty: nothing is said of that"),
        sa.Column("spam", sa.Boolean(), comment="it is spam; empty: nothing is said of that"),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False, comment="as it was in force"),
        sa.Column("shipped", sa.Boolean(), nullable=False, comment="as it would have been without what was learnt"),
        sa.Column("fixed", sa.Boolean(), nullable=False, comment="learning leaves this flag alone"),
        sa.Column("raised", sa.JSON(), nullable=False, comment="the signals by which it was raised"),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column(
            "chances", sa.JSON(), nullable=False, comment="what was told as the probability of a signal, where it was"
        ),
        sa.Column(
            "weight",
            sa.Float(),
            nullable=False,
            comment="how many comments it stands for, where it was drawn from many",
        ),
        _fk("labels", "comment_id", "comments.id"),
        _fk("labels", "case_id", "cases.id"),
        _fk("labels", "by", "people.id"),
        sa.PrimaryKeyConstraint("comment_id", "revision", name=op.f("pk_labels")),
    )
    op.create_index("ix_labels_at", "labels", ["at"])
    op.create_index("ix_labels_case_id", "labels", ["case_id"])
    op.create_table(
        "check_weeks",
        sa.Column("week", sa.String(10), nullable=False, comment="its Monday, in UTC"),
        sa.Column("seed", sa.String(20), nullable=False),
        sa.Column(
            "population", sa.Integer(), nullable=False, comment="comments of the week before that nothing raised"
        ),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False, comment="there were more than are looked through"),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_check_weeks")),
    )
    op.create_table(
        "checks",
        sa.Column("week", sa.String(10), nullable=False),
        sa.Column(
            "place", sa.Integer(), autoincrement=False, nullable=False, comment="in the order they are looked at"
        ),
        sa.Column("comment_id", sa.Integer()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False, comment="comments of its channel and language"),
        sa.Column("drawn", sa.Integer(), nullable=False, comment="of these"),
        sa.Column("answer", sa.String(12), nullable=False, comment="yes, no, cannot say; empty: not answered"),
        sa.Column("by", sa.Integer()),
        sa.Column("at", Utc()),
        _fk("checks", "week", "check_weeks.week"),
        _fk("checks", "comment_id", "comments.id"),
        _fk("checks", "by", "people.id"),
        sa.PrimaryKeyConstraint("week", "place", name=op.f("pk_checks")),
    )
    op.create_index("ix_checks_open", "checks", ["answer", "week", "place"])
    op.create_index("ix_checks_comment_id", "checks", ["comment_id"])
    op.create_table(
        "learnt_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False, comment="learnt, back, off, on, signal"),
        sa.Column("source", sa.Text(), nullable=False, comment="what is in force from then on, as JSON"),
        sa.Column(
            "reports", sa.JSON(), nullable=False, comment="what was tried: before, after, and whether it was taken on"
        ),
        sa.Column("labels", sa.Integer(), nullable=False, comment="how many labels there were"),
        sa.Column("by", sa.Integer()),
        sa.Column("at", Utc(), nullable=False),
        _fk("learnt_versions", "by", "people.id"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_learnt_versions")),
    )
