"""Looks for our own answer"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publication_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("found", sa.String(length=20), nullable=False, comment="found, not there, or could not look"),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_looks_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_looks")),
        sa.UniqueConstraint(
            "publication_id", "attempt", "number", name=op.f("uq_publication_looks_publication_id_attempt_number")
        ),
    )
    op.add_column(
        "publications",
        sa.Column(
            "looking_since",
            Utc(),
            comment="since when nobody knows how the attempt ended, and our answer is looked for",
        ),
    )
    op.add_column(
        "publications",
        sa.Column("look_at", Utc(), comment="while it is publishing: from when on somebody has to look for our answer"),
    )
    # What was publishing when this version came is looked for at once.
    op.execute("update publications set look_at = changed_at where state = 'publishing'")
