"""When nothing was published for anybody."""

from sqlalchemy import JSON, Boolean, Column, Index, Table

from store.schema.base import Utc, id_, metadata, ref

pauses = Table(
    "pauses",
    metadata,
    id_(),
    ref("by", "people"),
    ref("words_id", "words"),
    Column("begun_at", Utc, nullable=False),
    Column("until", Utc, nullable=False, comment="when it ends by itself"),
    Column("ended_at", Utc, comment="when somebody ended it before that"),
    ref("ended_by", "people", null=True),
    Column("responses", JSON, nullable=False, comment="the numbers of responses that go out all the same"),
    Column("channels", JSON, nullable=False, comment="the channels on which everything goes out all the same"),
    Column("moderates", Boolean, nullable=False, comment="whether comments are moderated all the same"),
    Index("ix_pauses_until", "until"),
)
