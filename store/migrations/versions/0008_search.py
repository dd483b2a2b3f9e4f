"""Search"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FTS = "create virtual table search_{} using fts5({}, tokenize = 'unicode61 remove_diacritics 2')"
# One letter can become eighteen, and PostgreSQL indexes no text of more than a megabyte: so it is cut a second time.
# What parts words is made a blank: PostgreSQL would keep 'example.com' and 'well-kept' as one. Accents are dropped.
_WORDS = r"""
create or replace function levelhead_words(value text) returns tsvector language sql immutable parallel safe as
$$ select to_tsvector('simple'::regconfig, translate(
    regexp_replace(left(normalize(left(value, 100000), NFKD), 150000), '[\u0300-\u036f]', '', 'g'),
    '.,:;/@_-+=&#%*~|<>()[]{}''"\', repeat(' ', 40))) $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS.format("comments", "author, text"))
        op.execute(_FTS.format("cases", "text"))
        op.execute(_FTS.format("responses", "text"))
        # Comments are entered behind this mark, the number of a revision; the rest by store.search_index.guard.
        op.execute("drop table if exists search_mark")  # of a database that is filled anew
        op.execute("create table search_mark (last_id integer not null)")
        op.execute("insert into search_mark values (0)")
        return
    op.execute(_WORDS)
    for table, column in (
        ("comments", "author"),
        ("revisions", "text"),
        ("cases", "headline"),
        ("threads", "title"),
        ("responses", "draft"),
    ):
        op.execute(f"create index ix_search_{table} on {table} using gin (levelhead_words({column}))")
