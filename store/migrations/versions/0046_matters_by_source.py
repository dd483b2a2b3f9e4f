"""How many comments spoke of each matter, by source as well, filled from the comments that are there"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
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
_NEWEST = "select max(id) from assessments n where n.comment_id = c.id and n.revision = c.revision"


def upgrade() -> None:
    op.create_table(
        "source_matter_days",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, comment="days since 1970 began, UTC"),
        sa.Column("matter", sa.String(80), nullable=False),
        *_counts(),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_matter_days_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", "day", "matter", name=op.f("pk_source_matter_days")),
    )
    _fill(op.get_bind().dialect.name == "sqlite")


def _counts() -> list[sa.Column[int] | sa.Column[float]]:
    zero = sa.text("0")
    return [
        sa.Column(
            name, sa.Float() if name == "sentiment" else sa.Integer(), nullable=False, server_default=zero, comment=of
        )
        for name, of in (
            ("comments", "spam that is only listed is not one"),
            ("flagged", "of these: a person should look"),
            ("negative", "of these: the sentiment is negative"),
            ("new_authors", "of these: the author's first"),
            ("sentiment", "the sum over these"),
            ("spam", "suspected, and nobody has to look"),
        )
    ]


def _fill(sqlite: bool) -> None:
    seconds = "cast(strftime('%s', c.at) as integer)" if sqlite else "cast(floor(extract(epoch from c.at)) as bigint)"
    matter = "json_each(a.matters)" if sqlite else "json_array_elements_text(a.matters)"
    keys = f"c.source_id, {seconds} / 86400, one.value"
    op.execute(
        f"insert into source_matter_days (source_id, day, matter, {_COUNTS}) select {keys}, {_TOTALS} from comments c"  # noqa: S608
        f" join assessments a on a.id = ({_NEWEST}) join {matter} one on true"
        f" where not c.ours and c.status <> 'undone' group by {keys}"
    )
