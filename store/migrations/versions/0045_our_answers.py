"""What we answered there is found without a look at what strangers wrote"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ours = sa.text("ours")
    op.create_index(
        "ix_comments_our_answers",
        "comments",
        ["source_id", "parent_identity"],
        sqlite_where=ours,
        postgresql_where=ours,
    )
