"""Two authors at different sources who are one person, by the word of somebody here"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "same_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column(
            "account", sa.String(64), nullable=False, comment="a keyed hash that finds the author of the one comment"
        ),
        sa.Column("other_account", sa.String(64), nullable=False, comment="... and of the other"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_same_people_comment_id_comments")),
        sa.ForeignKeyConstraint(["other_id"], ["comments.id"], name=op.f("fk_same_people_other_id_comments")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_same_people_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_people")),
        sa.UniqueConstraint("account", "other_account", name=op.f("uq_same_people_account_other_account")),
    )
    op.create_index(op.f("ix_same_people_comment_id"), "same_people", ["comment_id"])
    op.create_index(op.f("ix_same_people_other_id"), "same_people", ["other_id"])
    op.create_index("ix_same_people_other_account", "same_people", ["other_account"])
