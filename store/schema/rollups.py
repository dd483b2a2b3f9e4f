"""How many comments there were, kept as they arrive: what the overview shows costs the same however many there are."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import metadata


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
