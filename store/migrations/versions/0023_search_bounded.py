"""Search looks words up by their beginning, and through no long list of what is not sorted in yet"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("create virtual table if not exists search_words using fts5vocab(search_comments, instance)")
        return
    # PostgreSQL keeps new entries in a list that each search reads whole: 4 MB of it unless told otherwise.
    for table in ("comments", "revisions"):
        op.execute(f"alter index ix_search_{table} set (gin_pending_list_limit = 128)")
        op.execute(f"select gin_clean_pending_list('ix_search_{table}'::regclass)")
