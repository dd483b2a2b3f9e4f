"""Roll-ups by hour, source, thread and matter, filled from the comments that are there"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_COUNTS = "comments, flagged, negative, new_authors, sentiment, spam"
_LISTED = "(c.spam and not c.flagged)"
_TOTALS = f"""
    sum(case when {_LISTED} then 0 else 1 end),
    sum(case when c.flagged then 1 else 0 end),
    sum(case when not {_LISTED} and c.sentiment <= -0.05 then 1 else 0 end),
    sum(case when not {_LISTED} and c.first_here then 1 else 0 end),
    sum(case when {_LISTED} then 0.0 else c.sentiment end),
    sum(case when {_LISTED} then 1 else 0 end)
"""
_COUNTED = "not c.ours and c.status <> 'undone'"


def upgrade() -> None:
    first = "when it was read, no other comment of its author was there"
    op.add_column(
        "comments",
        sa.Column("first_here", sa.Boolean(), nullable=False, server_default=sa.text("false"), comment=first),
    )
    op.create_table(
        "hours",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False, comment="hours since 1970 began, UTC"),
        *_counts(),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_hours")),
    )
    _days("source_days", sa.Column("source_id", sa.Integer(), nullable=False), "sources")
    op.create_index("ix_source_days_day", "source_days", ["day"])
    _days("thread_days", sa.Column("thread_id", sa.Integer(), nullable=False), "threads")
    op.create_index("ix_thread_days_busiest", "thread_days", ["day", "comments", "thread_id"])
    _days("matter_days", sa.Column("matter", sa.String(80), nullable=False))
    op.create_index("ix_matter_days_day", "matter_days", ["day"])
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])
    op.create_index("ix_publications_published_at", "publications", ["published_at"])
    _fill(op.get_bind().dialect.name == "sqlite")


def _counts() -> list[sa.Column[int] | sa.Column[float]]:
    zero = sa.text("0")
    return [
        sa.Column(
            "comments", sa.Integer(), nullable=False, server_default=zero, comment="spam that is only listed is not one"
        ),
        sa.Column(
            "flagged", sa.Integer(), nullable=False, server_default=zero, comment="of these: a person should look"
        ),
        sa.Column(
            "negative", sa.Integer(), nullable=False, server_default=zero, comment="of these: the sentiment is negative"
        ),
        sa.Column(
            "new_authors", sa.Integer(), nullable=False, server_default=zero, comment="of these: the author's first"
        ),
        sa.Column("sentiment", sa.Float(), nullable=False, server_default=zero, comment="the sum over these"),
        sa.Column(
            "spam", sa.Integer(), nullable=False, server_default=zero, comment="suspected, and nobody has to look"
        ),
    ]


def _days(name: str, key: sa.Column[int] | sa.Column[str], refers_to: str = "") -> None:
    refers = [sa.ForeignKeyConstraint([key.name], [f"{refers_to}.id"], name=op.f(f"fk_{name}_{key.name}_{refers_to}"))]
    op.create_table(
        name,
        key,
        sa.Column("day", sa.Integer(), nullable=False, comment="days since 1970 began, UTC"),
        *_counts(),
        *(refers if refers_to else []),
        sa.PrimaryKeyConstraint(key.name, "day", name=op.f(f"pk_{name}")),
    )


def _fill(sqlite: bool) -> None:
    seconds = "cast(strftime('%s', c.at) as integer)" if sqlite else "cast(floor(extract(epoch from c.at)) as bigint)"
    matter = "json_each(a.matters)" if sqlite else "json_array_elements_text(a.matters)"
    op.execute(
        "update comments set first_here = true where id in"
        " (select min(id) from comments where author <> '' group by source_id, author)"
    )
    day = f"{seconds} / 86400"
    for table, key, slot, more in (
        ("hours", "", f"{seconds} / 3600", ""),
        ("source_days", "c.source_id", day, ""),
        ("thread_days", "c.thread_id", day, ""),
        ("matter_days", "one.value", day, f"join assessments a on a.id = ({_NEWEST}) join {matter} one on true"),
    ):
        keys = f"{key}, {slot}" if key else slot
        named = {"": "hour"}.get(key, f"{key.partition('.')[2].replace('value', 'matter')}, day")
        op.execute(
            f"insert into {table} ({named}, {_COUNTS}) select {keys}, {_TOTALS} from comments c {more}"  # noqa: S608
            f" where {_COUNTED} group by {keys}"
        )


_NEWEST = "select max(id) from assessments n where n.comment_id = c.id and n.revision = c.revision"
