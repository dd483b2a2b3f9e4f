"""The versions of an organisation's matters"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="all of the organisation's matters as JSON"),
        sa.Column("changed", sa.String(40), nullable=False, comment="the key of the matter that the version changed"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_matter_versions_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_matter_versions_number")),
    )
