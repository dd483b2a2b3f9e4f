"""Second opinions of a language model: how it is asked, and what it was asked and said."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from store.schema.base import Utc, id_, metadata, ref

opinion_settings = Table(
    "opinion_settings",
    metadata,
    # One row, and none as long as nobody has entered anything: then nothing is ever sent.
    id_(),
    Column("version", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("chosen", JSON, nullable=False, comment="address, what may be sent, prices, budget, time"),
    Column("secret", LargeBinary, comment="the model's key, encrypted"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
)

opinions = Table(
    "opinions",
    metadata,
    id_(),
    # Empty once the comment is gone: what was said of it is then gone too, and what it cost still counts.
    ref("comment_id", "comments", null=True, index=True),
    Column("revision", Integer, nullable=False),
    Column("kind", String(10), nullable=False, comment="opinion or draft"),
    Column("state", String(10), nullable=False, comment="waiting, asking, done, failed"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("month", String(7), nullable=False, comment="whose budget it is counted in, in UTC"),
    Column("model", String(100), nullable=False),
    Column("cost", BigInteger, nullable=False, comment="billionths; while it is asked, the most that it can come to"),
    Column("said", JSON, comment="what was taken of the answer"),
    Column("problem", Text, nullable=False, comment="why there is no answer"),
    Column("ended_at", Utc),
    Index("ix_opinions_month", "month"),
)
