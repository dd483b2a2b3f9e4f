"""The roll-ups: how many comments there were by hour, source, thread and matter, kept in each change's transaction.

A comment counts while it is neither ours nor of an undone upload, by its present revision, at the moment at which it
was left. Spam that nobody has to look at counts apart. What is deleted there, erased or purged here has been left all
the same: it goes on counting. docs/metrics.md says the same to those who read the figures.

Whoever changes what a comment counts for does it inside `recounted`, or between `uncount` and `count`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from store.db import Tx
from store.schema import assessments, comments, hours, matter_days, source_days, source_matter_days, thread_days

COUNTS = ("comments", "flagged", "negative", "new_authors", "sentiment", "spam")
NEGATIVE = -0.05
"""From this sentiment down a comment is negative: VADER's own bound for its compound score (Hutto & Gilbert, 2014)."""
WHAT_COUNTS = frozenset({"flagged", "spam", "sentiment", "ours"})
"""The columns of a comment that decide what it counts for."""
HOUR_S, DAY_S = 3600, 86_400
COUNTED = ~comments.c.ours, comments.c.status != "undone"
"""Which comments count at all."""
ONLY_LISTED = and_(comments.c.spam, ~comments.c.flagged)
"""Spam that nobody has to look at."""
NEGATIVE_ONES = and_(~ONLY_LISTED, comments.c.sentiment <= NEGATIVE)
FIRST_ONES = and_(~ONLY_LISTED, comments.c.first_here)
"""Which comments count as negative, and as the first of their author."""
_AT_ONCE = 500


@contextmanager
def recounted(tx: Tx, comment_ids: Sequence[int]) -> Iterator[None]:
    """Around a change of comments: what they counted for before it goes, what they count for after it comes."""
    uncount(tx, comment_ids)
    yield
    count(tx, comment_ids)


def count(tx: Tx, comment_ids: Sequence[int]) -> None:
    """Adds what these comments count for, once their assessments are there."""
    _add(tx, comment_ids, 1)


def uncount(tx: Tx, comment_ids: Sequence[int]) -> None:
    """Takes away what these comments count for, before they are changed or deleted."""
    _add(tx, comment_ids, -1)


def _add(tx: Tx, comment_ids: Sequence[int], sign: int) -> None:
    for start in range(0, len(comment_ids), _AT_ONCE):
        values = {"ids": list(comment_ids[start : start + _AT_ONCE]), "sign": sign}
        for statement in _statements(tx.dialect):
            tx.execute(statement, values)


@lru_cache(maxsize=4)
def _statements(dialect: Dialect) -> tuple[Any, ...]:
    """What adds the comments `ids`, `sign` times, to each of the tables."""
    left, c = seconds(dialect), comments.c
    judged, matter = matters(dialect)
    hour, day = left // HOUR_S, left // DAY_S
    return (
        _adding(dialect, hours, {"hour": hour}, comments),
        _adding(dialect, source_days, {"source_id": c.source_id, "day": day}, comments),
        _adding(dialect, thread_days, {"thread_id": c.thread_id, "day": day}, comments),
        _adding(dialect, matter_days, {"matter": matter, "day": day}, judged),
        _adding(dialect, source_matter_days, {"source_id": c.source_id, "day": day, "matter": matter}, judged),
    )


def _adding(dialect: Dialect, table: Table, keys: dict[str, ColumnElement[Any]], rows: Any) -> Any:
    added = (total * bindparam("sign", type_=Integer) for total in totals())
    of_these = comments.c.id.in_(bindparam("ids", expanding=True)), *COUNTED
    found = select(*keys.values(), *added).select_from(rows).where(*of_these).group_by(*keys.values())
    insert: Any = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    new = insert(table).from_select([*keys, *COUNTS], found)
    sums = {name: table.c[name] + new.excluded[name] for name in COUNTS}
    return new.on_conflict_do_update(index_elements=list(keys), set_=sums)


def totals() -> list[ColumnElement[Any]]:
    """The counts of a group of comments, in the order of COUNTS."""
    c = comments.c
    return [
        _number(~ONLY_LISTED),
        _number(c.flagged),
        _number(NEGATIVE_ONES),
        _number(FIRST_ONES),
        func.sum(case((ONLY_LISTED, 0.0), else_=c.sentiment)),
        _number(ONLY_LISTED),
    ]


def _number(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def seconds(dialect: Dialect) -> ColumnElement[int]:
    """When a comment was left, in whole seconds since 1970 began, UTC."""
    if dialect.name == "sqlite":
        return cast(func.strftime("%s", comments.c.at), Integer)
    return cast(func.floor(extract("epoch", comments.c.at)), BigInteger)


def matters(dialect: Dialect) -> tuple[Any, ColumnElement[str]]:
    """Comments with each matter of their present revision's newest assessment, and the matter."""
    newer = assessments.alias("newer")
    newest = (
        select(func.max(newer.c.id))
        .where(newer.c.comment_id == comments.c.id, newer.c.revision == comments.c.revision)
        .scalar_subquery()
    )
    unpacked = func.json_each if dialect.name == "sqlite" else func.json_array_elements_text
    one = unpacked(assessments.c.matters).table_valued("value")
    return comments.join(assessments, assessments.c.id == newest).join(one, true()), one.c.value
