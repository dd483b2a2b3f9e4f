"""Comments that wait for a second look, and what each means as a vector, to find others like it"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    of_comments = sa.ForeignKeyConstraint(
        ["comment_id"], ["comments.id"], name=op.f("fk_second_looks_comment_id_comments")
    )
    op.create_table(
        "second_looks",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "batch",
            sa.Integer(),
            nullable=False,
            comment="the event of the read that brought it; what the job is about",
        ),
        sa.Column("may", sa.String(10), nullable=False, comment="how far it may go: case, list or likeness"),
        sa.Column("at", Utc(), nullable=False),
        of_comments,
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_second_looks")),
    )
    op.create_index("ix_second_looks_batch", "second_looks", ["batch", "comment_id"])
    op.create_index("ix_second_looks_at", "second_looks", ["at"])
    op.create_table(
        "vectors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(512), nullable=False, comment="512 numbers of 8 bits with a sign"),
        sa.Column("at", Utc(), nullable=False, comment="when it was made"),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_vectors_comment_id_comments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vectors")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_vectors_comment_id")),
    )
    op.create_index(op.f("ix_vectors_at"), "vectors", ["at"])
