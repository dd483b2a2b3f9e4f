"""What the queue keeps beside the cases: what is put off, what was looked at, and views that people saved."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import Utc, id_, metadata, ref

snoozes = Table(
    "snoozes",
    metadata,
    # A case is put off until a moment. The row stays when that is over: only the moments say whether it holds.
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("until", Utc, nullable=False),
    ref("by", "people"),
    Column("at", Utc, nullable=False, comment="a comment that joined later ends it"),
    Index("ix_snoozes_until", "until"),
)

looked_over = Table(
    "looked_over",
    metadata,
    # A comment without a case that a person looked at: it is in no view any more until it is edited.
    Column("comment_id", Integer, ForeignKey("comments.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("found", String(20), nullable=False, comment="calm, spam or not spam"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    id_(),
    ref("person_id", "people"),
    Column("for_all", Boolean, nullable=False, comment="everybody has it"),
    Column("name", String(60), nullable=False),
    Column("view", String(20), nullable=False),
    Column("filters", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    Index("ix_saved_views_person_id", "person_id"),
    Index("ix_saved_views_for_all", "for_all"),
)

undoable = Table(
    "undoable",
    metadata,
    # The newest decision of each person that can still be undone. No foreign key to what it is about: that may go.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("token", String(32), nullable=False),
    Column("what", String(20), nullable=False),
    Column("subject", String(10), nullable=False, comment="case or comment; cases, comments: several as one"),
    Column("subject_id", Integer, nullable=False, comment="of several the first"),
    Column("count", Integer, nullable=False, server_default=text("1"), comment="how many it is about"),
    Column("former", JSON, nullable=False, comment="ids, states and moments; nothing that anybody typed"),
    Column("after", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    Index("ix_undoable_at", "at"),
)
