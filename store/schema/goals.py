"""The organisation's strategic goals, what is tagged with one, and what approval costs by goal."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import Utc, id_, metadata, ref
from store.schema.costs import day, month, of_levels

_IN_USE = text("archived_at is null")

goals = Table(
    "goals",
    metadata,
    id_(),
    Column("name", String(80), nullable=False),
    Column("sentence", String(300), nullable=False, comment="what it is about; may be empty"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("archived_at", Utc, comment="since when nothing more is tagged with it"),
    Column("version", Integer, nullable=False, default=1, comment="every change adds one"),
    Index("uq_goals_name", "name", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE),
)

matter_goals = Table(
    "matter_goals",
    metadata,
    # A matter by its key: what it is stands elsewhere, and may be gone.
    Column("matter", String(80), primary_key=True),
    ref("goal_id", "goals", index=True),
)

response_goals = Table(
    "response_goals",
    metadata,
    Column("response_id", Integer, ForeignKey("responses.id"), primary_key=True),
    ref("goal_id", "goals", index=True),
)


def _goal() -> Column[int]:
    return Column("goal_id", Integer, ForeignKey("goals.id"), primary_key=True)


# As level_cost_days and _months, of the responses tagged with a goal; and each of these once, on its first day.
goal_cost_days = Table("goal_cost_days", metadata, _goal(), day(), *of_levels())
goal_cost_months = Table("goal_cost_months", metadata, _goal(), month(), *of_levels())
