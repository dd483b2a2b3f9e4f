"""What a source may have missed, and the doors by which it says that there is something new."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from store.schema.base import Utc, id_, metadata, ref

gaps = Table(
    "gaps",
    metadata,
    id_(),
    ref("source_id", "sources", index=True),
    Column("since", Utc, nullable=False, comment="the newest comment that was known before"),
    Column("met", Utc, nullable=False, comment="the oldest that was met when the gap was found"),
    Column("until", Utc, nullable=False, comment="what is left of it; nearer to `since` as it is filled"),
    Column("found_at", Utc, nullable=False),
    Column("filled_at", Utc),
    Column("how", String(20), nullable=False, default="", comment="what ended it: a way of filling it, or a person"),
    Column("looked_by", Integer, comment="who looked and found that nothing is missing"),
    Column("way", String(20), nullable=False, default="", comment="how it is being filled; empty: there is no way"),
    Column("place", Integer, nullable=False, default=0, comment="how far that way has gone"),
    Column("step", Integer, nullable=False, default=0, comment="one more with each job, as each has a key of its own"),
    Column("failures", Integer, nullable=False, default=0, comment="in a row"),
    Column("brought", Integer, nullable=False, default=0, comment="how many comments filling it brought"),
    Column("problem", Text, nullable=False, default="", comment="a sentence for people: why it is not filled"),
    Column("next_at", Utc, index=True, comment="when filling goes on; empty: nothing more is tried"),
)

hooks = Table(
    "hooks",
    metadata,
    ref("source_id", "sources"),
    Column("secret", LargeBinary, nullable=False, comment="encrypted with the installation's key"),
    Column("made_at", Utc, nullable=False),
    Column("used_at", Utc, comment="the last call that was right"),
    UniqueConstraint("source_id"),
)

hook_calls = Table(
    "hook_calls",
    metadata,
    id_(),
    ref("source_id", "sources"),
    Column("signature", String(64), nullable=False, comment="each is taken once"),
    Column("at", Utc, nullable=False, index=True),
    UniqueConstraint("source_id", "signature"),
)
