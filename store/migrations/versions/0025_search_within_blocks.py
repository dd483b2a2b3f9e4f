"""On PostgreSQL the index of search keeps words by block: what is looked up there does not grow with the rest"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# PostgreSQL keeps no word of more than 2047 bytes, and of all words of a text no more than a megabyte. Each word becomes
# longer by its block here: so the text is cut at a length that stays below both, whatever it holds.
_PLAIN = r"""
create or replace function levelhead_plain(value text) returns text language sql immutable parallel safe as
$$ select translate(
    regexp_replace(left(normalize(left(value, 75000), NFKD), 75000), '[\u0300-\u036f]', '', 'g'),
    '.,:;/@_-+=&#%*~|<>()[]{}''"\', repeat(' ', 40)) $$
"""
# A word stands behind its block's number and a character of private use: nobody can type it, as search takes letters
# and digits alone. Costly: so that words are looked up, and not made anew for each row of a range.
_WORDS = r"""
create or replace function levelhead_words_in(value text, block integer) returns tsvector
language sql immutable parallel safe cost 10000
begin atomic
    select regexp_replace(to_tsvector('simple'::regconfig, parted)::text,
        '(^| )''', '\1''' || block || chr(57344), 'g')::tsvector
    from levelhead_plain(value) as plain,
        lateral (select case when octet_length(plain) < 2000 then plain
            else regexp_replace(plain, '\S{250}', '\& ', 'g') end as parted) as short;
end
"""
_QUERY = r"""
create or replace function levelhead_query_in(query tsquery, block integer) returns tsquery
language sql immutable parallel safe
return regexp_replace(query::text, '(^|[ (!])''', '\1''' || block || chr(57344), 'g')::tsquery
"""
_INDEXES = (
    ("comments", "author", "id / 8192"),
    ("revisions", "text", "comment_id / 8192"),
    ("cases", "headline", "id / 1024"),
    ("responses", "draft", "id / 1024"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for function in (_PLAIN, _WORDS, _QUERY):
        op.execute(function)
    for table, column, block in _INDEXES:
        op.execute(f"drop index ix_search_{table}")
        words = f"levelhead_words_in({column}, {block})"
        op.execute(f"create index ix_search_{table} on {table} using gin ({words}) with (gin_pending_list_limit = 128)")
    op.execute("drop function levelhead_words_at(text, integer)")
