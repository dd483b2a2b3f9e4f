"""What is typed into a response before it is sent for approval."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, UniqueConstraint

from store.schema.base import Utc, id_, metadata, ref

draft_saves = Table(
    "draft_saves",
    metadata,
    # A tab that goes on writing changes its row, so there are few rows for one response.
    id_(),
    ref("response_id", "responses"),
    Column("seq", Integer, nullable=False, comment="grows with each save of the response, whoever makes it"),
    ref("person_id", "people"),
    Column("tab", String(40), nullable=False, comment="which window; empty: not typed into the editor"),
    Column("text", Text, nullable=False, comment="as it was typed, outer blanks too"),
    Column("begun_at", Utc, nullable=False),
    Column("at", Utc, nullable=False),
    Column("aside", Boolean, nullable=False, comment="kept beside the response: it could not become its text"),
    Column("settled_at", Utc, comment="since when nobody need look at what was kept aside"),
    UniqueConstraint("response_id", "seq"),
)
