"""In which language a comment is; decisions on several cases that are undone as one"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "comments",
        sa.Column("language", sa.String(3), nullable=False, server_default="und", comment="if its words tell"),
    )
    op.add_column(
        "undoable",
        sa.Column("count", sa.Integer(), nullable=False, server_default=sa.text("1"), comment="how many it is about"),
    )
