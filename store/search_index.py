"""The index of words that search looks things up in, and what keeps it up to date.

SQLite has tables of its own for it (FTS5). Comments are entered behind a mark, some hundred at a time, by a job right
behind each read: a read pays nothing for it, and whatever was missed is entered the next time. What is changed, erased
or deleted is changed there at once, by triggers, in the same transaction; so are cases and responses, which are few.
PostgreSQL keeps such an index by itself.
"""

from sqlalchemy import text

from store.db import Store, Tx

_PARTS = ("", "_data", "_idx", "_content", "_docsize", "_config")
TABLES = (
    "search_mark",
    "search_words",
    *(f"search_{kind}{part}" for kind in ("comments", "cases", "responses") for part in _PARTS),
)
"""All tables of the index on SQLite, by name; they are no part of the declared ones and stay out of copies by rows."""
INDEXES = "ix_search_"
"""How the names of its indexes on PostgreSQL begin."""
BLOCK, BLOCK_MARK = 8_192, 0xE000
"""Comments whose ids differ only below this number are a block. Each is entered with its block's number as one more
word, behind a character that nobody can type: so a search leaps to the blocks that it looks through. A migration has
both numbers too."""
FEW = 1_024
"""So many cases or responses are a block: there are fewer of them."""
AT_ONCE = 400
"""Comments entered in one transaction: some 20 ms."""
MOST = 100_000
"""Comments entered before the caller has a say again."""

_TRIGGERS = {
    "search_comment_gone": "after delete on comments begin delete from search_comments where rowid = old.id; end",
    "search_comment_author": (
        "after update of author on comments begin"
        " update search_comments set author = new.author where rowid = new.id; end"
    ),
    "search_comment_text": (
        "after update of text on revisions begin"
        " update search_comments set text = new.text where rowid = new.comment_id"
        " and new.number = (select max(number) from revisions where comment_id = new.comment_id); end"
    ),
    # SQLite gives the number of the newest revision again once that is gone: what gets it must be behind the mark.
    "search_revision_gone": (
        "after delete on revisions when old.id >= (select last_id from search_mark) begin"
        " update search_mark set last_id = min(last_id, (select coalesce(max(id), 0) from revisions)); end"
    ),
    "search_thread_title": (
        "after update of title on threads when old.title <> new.title begin"
        " insert or replace into search_cases (rowid, text)"
        " select id, headline || ' ' || new.title from cases where thread_id = new.id; end"
    ),
    "search_case_new": (
        "after insert on cases begin insert or replace into search_cases (rowid, text)"
        " select new.id, new.headline || ' ' || title from threads where id = new.thread_id; end"
    ),
    "search_case_headline": (
        "after update of headline on cases begin insert or replace into search_cases (rowid, text)"
        " select new.id, new.headline || ' ' || title from threads where id = new.thread_id; end"
    ),
    "search_case_gone": "after delete on cases begin delete from search_cases where rowid = old.id; end",
    "search_response_new": (
        "after insert on responses begin"
        " insert or replace into search_responses (rowid, text) values (new.id, new.draft); end"
    ),
    "search_response_text": (
        "after update of draft on responses begin"
        " insert or replace into search_responses (rowid, text) values (new.id, new.draft); end"
    ),
    "search_response_gone": "after delete on responses begin delete from search_responses where rowid = old.id; end",
}


_ALL = {
    "cases": "select cases.id, headline || ' ' || title from cases join threads on threads.id = thread_id",
    "responses": "select id, draft from responses",
}


def guard(tx: Tx, sqlite: bool) -> None:
    """Puts the triggers of the index in place (a migration that makes a table anew drops them), and enters the cases
    and responses where none is entered: those of a backup, and those of before there was an index."""
    if not sqlite:
        return
    for name, body in _TRIGGERS.items():
        tx.execute(text(f"create trigger if not exists {name} {body}"))
    for kind, all_of_them in _ALL.items():
        if tx.execute(text(f"select 1 from search_{kind} limit 1")).first() is None:  # noqa: S608 (our own names)
            tx.execute(text(f"insert into search_{kind} (rowid, text) {all_of_them}"))


def follow(store: Store) -> None:
    """Enters the comments that were read since the last time, at most MOST of them.

    In short transactions, and the mark moves with each: it may be ended and called again at any time, by anybody.
    """
    for _ in range(0, MOST if store.sqlite else 0, AT_ONCE):
        if not behind(store):
            return
        with store.write() as tx:
            _enter(tx)


def behind(store: Store) -> bool:
    """Whether there are comments that are not entered yet."""
    if not store.sqlite:
        return False
    with store.read() as tx:
        return _next(tx) is not None


def _next(tx: Tx) -> tuple[int, int] | None:
    """The mark, and the last revision of the next part; None when all are entered."""
    mark = tx.execute(text("select last_id from search_mark")).scalar_one()
    part = "select max(id) from (select id from revisions where id > :mark order by id limit :most)"
    last = tx.execute(text(part), {"mark": mark, "most": AT_ONCE}).scalar()
    return None if last is None else (int(mark), int(last))


def _enter(tx: Tx) -> None:
    part = _next(tx)
    if part is None:
        return  # another worker was first
    tx.execute(
        text(
            "insert or replace into search_comments (rowid, author, text, block)"
            " select c.id, c.author, r.text, char(:sign) || (c.id / :size)"
            " from revisions r join comments c on c.id = r.comment_id"
            " where r.id > :mark and r.id <= :last and not exists (select 1 from revisions later"
            " where later.comment_id = r.comment_id and later.number > r.number and later.id <= :last)"
        ),
        {"mark": part[0], "last": part[1], "sign": BLOCK_MARK, "size": BLOCK},
    )
    tx.execute(text("update search_mark set last_id = :last"), {"last": part[1]})
