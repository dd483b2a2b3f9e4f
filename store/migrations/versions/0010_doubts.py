"""What a restore leaves in doubt, and answers that are there twice"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "publications",
        sa.Column(
            "restored_at",
            Utc(),
            comment="since when a restore left open what became of it; empty once somebody has looked",
        ),
    )
    op.add_column(
        "publications",
        sa.Column("second_id", sa.String(length=200), comment="our answer, once more: the channel's name for it"),
    )
    op.add_column("publications", sa.Column("second_url", sa.String(length=2000)))
    op.add_column(
        "publications",
        sa.Column("doubled_at", Utc(), comment="while our answer is there twice: since when it is known"),
    )
    twice = sa.text("doubled_at is not null")
    op.create_index(
        "ix_publications_doubled", "publications", ["doubled_at"], sqlite_where=twice, postgresql_where=twice
    )
    second = sa.text("second_id is not null")
    op.create_index(
        "ix_publications_second",
        "publications",
        ["source_id", "second_id"],
        sqlite_where=second,
        postgresql_where=second,
    )
    # Until now only the words said that a restore held it.
    op.execute(
        "update publications set restored_at = changed_at where state = 'held'"
        " and problem = 'Held after a restore: look whether it is there, then release it.'"
    )
