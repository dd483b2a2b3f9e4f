"""What approval costs and how long a first answer takes: a row a response and level, one a case, and both by day.

Nothing in these rows is anybody's words, so they stay when the words of old cases go.
"""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import Utc, metadata

_WAITS = text("since is not null")
_CHANGED = text("changed <> ''")
_REFUSED = text("refused")
_COLD = text("cold <> ''")

level_costs = Table(
    "level_costs",
    metadata,
    # One response at one level, worked out anew whenever something happens to it.
    Column("response_id", Integer, ForeignKey("responses.id"), primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False, comment="0: the expert; -1: own authority"),
    Column("day", String(10), nullable=False, comment="when it first came there, in UTC"),
    Column("channel", String(20), nullable=False),
    Column("action", String(10), nullable=False),
    Column("times", Integer, nullable=False, comment="how often it came there"),
    Column("waited_s", Integer, nullable=False, comment="in all that is over"),
    Column("since", Utc, comment="while it waits there now"),
    Column("decided", Boolean, nullable=False, comment="the last time ended with a decision of the level"),
    Column("looks", Integer, nullable=False, comment="decisions of which it is known when their person first saw it"),
    Column("looked_s", Integer, nullable=False),
    Column("changed", String(10), nullable=False, comment="the kind of change, when the level asked for one"),
    Column("from_version", Integer),
    Column("to_version", Integer),
    Column("refused", Boolean, nullable=False),
    Column("cold", String(10), nullable=False, comment="why there was nothing left to answer while it waited there"),
    Index("ix_level_costs_level", "level", "response_id"),
    Index("ix_level_costs_channel", "level", "channel", "response_id"),
    Index("ix_level_costs_waits", "since", sqlite_where=_WAITS, postgresql_where=_WAITS),
    Index("ix_level_costs_changed", "level", "response_id", sqlite_where=_CHANGED, postgresql_where=_CHANGED),
    Index("ix_level_costs_refused", "level", "response_id", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
    Index("ix_level_costs_cold", "level", "response_id", sqlite_where=_COLD, postgresql_where=_COLD),
)


def day() -> Column[str]:
    return Column("day", String(10), primary_key=True)


def month() -> Column[str]:
    return Column("month", String(7), primary_key=True)


def of_levels() -> list[Column[Any]]:
    """What the counts of a day or a month are of."""
    return [
        Column("level", Integer, primary_key=True, autoincrement=False),
        Column("channel", String(20), primary_key=True),
        Column("action", String(10), primary_key=True),
        Column("what", String(20), primary_key=True),
        Column("step", Integer, primary_key=True, autoincrement=False, comment="of a length of time; else 0"),
        Column("n", Integer, nullable=False),
    ]


def _of_cases() -> list[Column[Any]]:
    return [
        Column("severity", Integer, primary_key=True, autoincrement=False),
        Column("channel", String(20), primary_key=True),
        Column("what", String(20), primary_key=True),
        Column("step", Integer, primary_key=True, autoincrement=False),
        Column("n", Integer, nullable=False),
    ]


# The same added up by day, and by month for a longer time, so that the overview costs the same however many responses
# there were.
level_cost_days = Table("level_cost_days", metadata, day(), *of_levels())
level_cost_months = Table("level_cost_months", metadata, month(), *of_levels())

first_responses = Table(
    "first_responses",
    metadata,
    # A case that has words of ours, or was closed without any.
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("day", String(10), nullable=False, comment="when it was opened, in UTC"),
    Column("channel", String(20), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("seconds", Integer, nullable=False),
)

first_response_days = Table("first_response_days", metadata, day(), *_of_cases())
first_response_months = Table("first_response_months", metadata, month(), *_of_cases())
