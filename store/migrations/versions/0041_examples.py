"""What examples of matters mean, made by a worker for whoever tries them"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "example_vectors",
        sa.Column("key", sa.String(32), nullable=False, comment="a hash of the text"),
        sa.Column("text", sa.Text(), nullable=False, comment="while it waits; empty once it has its vector"),
        sa.Column("vector", sa.LargeBinary(512), comment="512 numbers of 8 bits with a sign"),
        sa.Column("at", Utc(), nullable=False, comment="when it was asked for"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_example_vectors")),
    )
    op.create_index(op.f("ix_example_vectors_at"), "example_vectors", ["at"])
