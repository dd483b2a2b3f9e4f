"""When a request to change a comment may first have left for its blog"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "moderations",
        sa.Column("written_at", Utc(), nullable=True, comment="when a request to change it may first have left"),
    )
    # Of what was tried before this was recorded nobody knows.
    moderations = sa.table(
        "moderations",
        sa.column("attempts", sa.Integer),
        sa.column("changed_at", Utc()),
        sa.column("written_at", Utc()),
    )
    tried = moderations.update().where(moderations.c.attempts > 0)
    op.get_bind().execute(tried.values(written_at=moderations.c.changed_at))
