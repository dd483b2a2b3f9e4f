"""What can still be undone of what people decided on cases"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "undoable",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False, comment="case or comment"),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("former", sa.JSON(), nullable=False, comment="ids, states and moments; nothing that anybody typed"),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_undoable_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_undoable")),
    )
    op.create_index("ix_undoable_at", "undoable", ["at"])
