"""Notices, how people want them, whose address does not take mail, and who stands in for whom."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from store.schema.base import Utc, id_, metadata, ref

prefs = Table(
    "prefs",
    metadata,
    # What a person chose for themselves: notices, quiet hours, whether single letters are keys ...
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", JSON, nullable=False),
)

_OPEN = text("settled_at is null")

notices = Table(
    "notices",
    metadata,
    # That something waits for a person: one row for each, whoever finds out and however often.
    id_(),
    ref("person_id", "people"),
    Column("kind", String(30), nullable=False),
    Column("thing", String(30), nullable=False, comment="what it is about: submission, question, publication ..."),
    Column("thing_id", Integer, nullable=False),
    Column("version", Integer, nullable=False, comment="which version of it, where it has versions; else 0"),
    ref("response_id", "responses", null=True),
    ref("case_id", "cases", null=True),
    Column("since", Utc, nullable=False, comment="since when it waits"),
    Column("how", String(10), nullable=False, comment="at once or digest; empty: not looked at yet"),
    Column("due_at", Utc, nullable=False, comment="when it is looked at next: to plan it, to send it, to try again"),
    Column("attempts", Integer, nullable=False, comment="how often sending it began"),
    Column("problem", Text, nullable=False, comment="a sentence for people: why the last attempt failed"),
    Column("settled_at", Utc),
    Column("settled_as", String(20), nullable=False, comment="sent, not needed, not wanted, not sent"),
    UniqueConstraint("person_id", "kind", "thing", "thing_id", "version", name="uq_notices_once"),
    Index("ix_notices_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_notices_thing", "thing", "thing_id"),
    Index("ix_notices_settled", "settled_as", "settled_at"),
)

bounces = Table(
    "bounces",
    metadata,
    # A mail server said that it will never take mail for this address.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("address", String(254), nullable=False, comment="as it was then: another one is tried anew"),
    Column("said", Text, nullable=False, comment="what the server answered"),
    Column("at", Utc, nullable=False),
)

deputies = Table(
    "deputies",
    metadata,
    # Who is asked in the place of a person who has not answered in time.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    ref("deputy_id", "people"),
    Index("ix_deputies_deputy_id", "deputy_id"),
)
