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
    # Only PostgreSQL keeps the comments; SQLite would copy the table for them.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("undoable", "subject", comment="case or comment; cases, comments: several as one")
        op.alter_column("undoable", "subject_id", comment="of several the first")
