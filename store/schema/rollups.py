"""How many comments there were, and what we did, kept as it happens: what the overview shows costs the same however
much there is."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import Utc, metadata


def _counts() -> list[Column[int] | Column[float]]:
    zero = text("0")
    return [
        Column("comments", Integer, nullable=False, server_default=zero, comment="spam that is only listed is not one"),
        Column("flagged", Integer, nullable=False, server_default=zero, comment="of these: a person should look"),
        Column("negative", Integer, nullable=False, server_default=zero, comment="of these: the sentiment is negative"),
        Column("new_authors", Integer, nullable=False, server_default=zero, comment="of these: the author's first"),
        Column("sentiment", Float, nullable=False, server_default=zero, comment="the sum over these"),
        Column("spam", Integer, nullable=False, server_default=zero, comment="suspected, and nobody has to look"),
    ]


# A row whose counts are all back at zero stays. What the rows count is gone at some time; they stay.

hours = Table(
    "hours",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False, comment="hours since 1970 began, UTC"),
    *_counts(),
)

source_days = Table(
    "source_days",
    metadata,
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("day", Integer, primary_key=True, comment="days since 1970 began, UTC"),
    *_counts(),
    Index("ix_source_days_day", "day"),
)

thread_days = Table(
    "thread_days",
    metadata,
    Column("thread_id", Integer, ForeignKey("threads.id"), primary_key=True),
    Column("day", Integer, primary_key=True, comment="days since 1970 began, UTC"),
    *_counts(),
    Index("ix_thread_days_busiest", "day", "comments", "thread_id"),
)

matter_days = Table(
    "matter_days",
    metadata,
    Column("matter", String(80), primary_key=True),
    Column("day", Integer, primary_key=True, comment="days since 1970 began, UTC"),
    *_counts(),
    Index("ix_matter_days_day", "day"),
)

source_matter_days = Table(
    "source_matter_days",
    metadata,
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("day", Integer, primary_key=True, comment="days since 1970 began, UTC"),
    Column("matter", String(80), primary_key=True),
    *_counts(),
)

# What went out from here, as model.tally.Ours tells it apart.

published_hours = Table(
    "published_hours",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False, comment="hours since 1970 began, UTC"),
    Column("what", String(10), primary_key=True),
    Column("n", Integer, nullable=False),
)

published_days = Table(
    "published_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False, comment="days since 1970 began, UTC"),
    Column("what", String(10), primary_key=True),
    Column("n", Integer, nullable=False),
)

closed_hours = Table(
    "closed_hours",
    metadata,
    # Of the cases that were closed in an hour and still are.
    Column("hour", Integer, primary_key=True, autoincrement=False, comment="hours since 1970 began, UTC"),
    Column("opened_at", Utc, nullable=False, comment="when the first of them was opened"),
    Column("longest_s", Integer, nullable=False, comment="from opening to closing"),
)
