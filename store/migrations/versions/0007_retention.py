"""Retention and erasure"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    gone = "its words and names are gone for good, whatever the source still shows"
    op.add_column("comments", sa.Column("erased_at", Utc(), nullable=True, comment=gone))
    op.create_index("ix_comments_read_at", "comments", ["read_at", "id"])
    op.create_index(
        "ix_comments_author_id",
        "comments",
        ["source_id", "author_id"],
        sqlite_where=sa.text("author_id <> ''"),
        postgresql_where=sa.text("author_id <> ''"),
    )
    gone = "the words of its comments and those typed about it are gone for good"
    op.add_column("cases", sa.Column("erased_at", Utc(), nullable=True, comment=gone))
    op.create_index("ix_cases_erased", "cases", ["state", "erased_at", "closed_at"])
    op.create_table(
        "tombstones",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column(
            "identity_hash",
            sa.LargeBinary(16),
            nullable=False,
            comment="the first half of SHA-256 of the identity",
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_tombstones_source_id")),
        sa.PrimaryKeyConstraint("source_id", "identity_hash", name=op.f("pk_tombstones")),
        sqlite_with_rowid=False,
    )
    # What is purged is found by its age; what a row to be deleted is referred to by is looked up for each.
    op.create_index("ix_cases_lead_comment_id", "cases", ["lead_comment_id"])
    op.create_index("ix_raw_items_at", "raw_items", ["at"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_links_expires_at", "links", ["expires_at"])
    op.create_index("ix_log_in_attempts_at", "log_in_attempts", ["at"])
