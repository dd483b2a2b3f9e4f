"""What is looked at in turn, and whom an erasure keeps out of uploads"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("keyed_hash", sa.String(64), nullable=False, comment="of the name, with this installation's key"),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_erased_names_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_names")),
    )
    op.create_index("ix_erased_names_keyed_hash", "erased_names", ["keyed_hash"])
    op.add_column(
        "uploads",
        sa.Column(
            "with_erased",
            sa.Boolean(),
            nullable=True,
            comment="somebody chose to bring rows by names whose words were erased on request",
        ),
    )
    op.create_index("ix_hook_calls_at", "hook_calls", ["at"])
    held = sa.text("status = 'hold'")
    op.create_index("ix_comments_held", "comments", ["source_id", "id"], sqlite_where=held, postgresql_where=held)
