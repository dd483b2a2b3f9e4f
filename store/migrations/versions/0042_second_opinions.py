"""Second opinions of a language model: how it is asked, and what it was asked and said"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def _fk(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    other = to.partition(".")[0]
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "opinion_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False, comment="address, what may be sent, prices, budget, time"),
        sa.Column("secret", sa.LargeBinary(), comment="the model's key, encrypted"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        _fk("opinion_settings", "by", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_settings")),
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False, comment="opinion or draft"),
        sa.Column("state", sa.String(10), nullable=False, comment="waiting, asking, done, failed"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False, comment="whose budget it is counted in, in UTC"),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column(
            "cost",
            sa.BigInteger(),
            nullable=False,
            comment="billionths; while it is asked, the most that it can come to",
        ),
        sa.Column("said", sa.JSON(), comment="what was taken of the answer"),
        sa.Column("problem", sa.Text(), nullable=False, comment="why there is no answer"),
        sa.Column("ended_at", Utc()),
        _fk("opinions", "comment_id", "comments.id"),
        _fk("opinions", "by", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    op.create_index(op.f("ix_opinions_comment_id"), "opinions", ["comment_id"])
    op.create_index("ix_opinions_month", "opinions", ["month"])
