"""Changes that loosen: those that wait for a second person, and what became of the others."""

from sqlalchemy import JSON, Column, Index, String, Table

from store.schema.base import Utc, id_, metadata, ref

loosenings = Table(
    "loosenings",
    metadata,
    id_(),
    Column("kind", String(20), nullable=False, comment="policy, roles, access, link, second factor ..."),
    ref("person_id", "people", null=True, index=True),
    # Empty: whoever has the machine, at its terminal.
    ref("by", "people", null=True),
    ref("words_id", "words", null=True),
    Column("levels", JSON, nullable=False, comment="whose approvers are told; 0 stands for the experts"),
    Column("what", JSON, nullable=False, comment="what is changed, and what it was looked at against"),
    Column("asked_at", Utc, nullable=False),
    Column("until", Utc, nullable=False, comment="when it ends by itself, if it waits"),
    Column("state", String(12), nullable=False, comment="waiting, in force, refused, taken back, over"),
    Column("settled_at", Utc),
    ref("settled_by", "people", null=True),
    ref("answer_id", "words", null=True),
    Index("ix_loosenings_state", "state", "until"),
)
