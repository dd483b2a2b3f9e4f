"""The index of search knows which block of comments each stands in"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# A character of private use and the block's number: nobody can type it, as search takes letters and digits alone.
# Its body is bound when it is made: making an index, PostgreSQL looks no function up by its plain name.
_WORDS = """
create or replace function levelhead_words_at(value text, id integer) returns tsvector
language sql immutable parallel safe
return levelhead_words(value) || array_to_tsvector(array[chr(57344) || (id / 8192)])
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop table search_comments")
        op.execute(
            "create virtual table search_comments using fts5"
            "(author, text, block, tokenize = 'unicode61 remove_diacritics 2')"
        )
        op.execute("update search_mark set last_id = 0")  # the job that follows reading enters all of them anew
        return
    op.execute(_WORDS)
    for table, words in (("comments", "author, id"), ("revisions", "text, comment_id")):
        op.execute(f"drop index ix_search_{table}")
        op.execute(f"create index ix_search_{table} on {table} using gin (levelhead_words_at({words}))")
