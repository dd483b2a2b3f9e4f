"""What each signal says of a comment; and who is told at once of a threat or of somebody in despair, with what words"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was assessed before has none, and is shown as such: nobody knows what these signals would have said.
    op.add_column(
        "assessments", sa.Column("signals", sa.JSON(none_as_null=True), comment="scores, and spans of those raised")
    )
    op.create_table(
        "safety_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False, comment="ids of the people told at once; none: every expert ..."),
        sa.Column("text", sa.Text(), nullable=False, comment="the organisation's own words of safety; may be empty"),
        sa.Column("countries", sa.JSON(), nullable=False, comment="whose helplines are shown first"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_safety_versions_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_safety_versions_number")),
    )
