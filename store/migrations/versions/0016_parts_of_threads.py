"""Parts of a thread, and an author's newest comments, are read in their order from an index"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_comments_thread_id_id", "comments")
    op.create_index("ix_comments_thread_id_at", "comments", ["thread_id", "at", "id"])
    op.drop_index("ix_comments_author", "comments")
    op.create_index("ix_comments_author", "comments", ["source_id", "author", "at"])
    op.drop_index("ix_comments_author_id", "comments")
    op.create_index(
        "ix_comments_author_id",
        "comments",
        ["source_id", "author_id", "at"],
        sqlite_where=sa.text("author_id <> ''"),
        postgresql_where=sa.text("author_id <> ''"),
    )
