"""Uploads and comments typed in by hand"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="what the file is called"),
        sa.Column(
            "body", sa.LargeBinary(), nullable=True, comment="the file, packed, while it is being saved; then nothing"
        ),
        sa.Column("channel", sa.String(length=20), nullable=False, comment="of rows that name none"),
        sa.Column("zone", sa.String(length=60), nullable=False, comment="of times that name none"),
        sa.Column("open_days", sa.Integer(), nullable=False, comment="older comments open no case"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False, comment="how many rows are settled"),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("saved_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_uploads_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["people.id"], name=op.f("fk_uploads_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_table(
        "upload_rows",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column(
            "comment_id",
            sa.Integer(),
            nullable=True,
            comment="no foreign key: the comment may be purged; empty once it was taken away",
        ),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("says", sa.Text(), nullable=False, comment="what is wrong with the row, or was left out"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_upload_rows_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "line", name=op.f("pk_upload_rows")),
    )
    op.create_index("ix_upload_rows_comment_id", "upload_rows", ["comment_id"])
    op.create_table(
        "hand_offs",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=2000), nullable=False, comment="where the person says that it stands"),
        sa.Column("thread_url", sa.String(length=2000), nullable=False, comment="of the comment answered"),
        sa.Column("parent_identity", sa.String(length=2100), nullable=False, comment="the comment answered"),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="waiting, verified or differs"),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.Column("compared_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["publication_id"], ["publications.id"], name=op.f("fk_hand_offs_publication_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_hand_offs_source_id")),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_hand_offs")),
    )
    op.create_index("ix_hand_offs_state", "hand_offs", ["state", "at"])
