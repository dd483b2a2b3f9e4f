"""Files of comments that people upload, row by row, and the texts that people posted themselves."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from store.schema.base import Utc, id_, metadata, ref

uploads = Table(
    "uploads",
    metadata,
    id_(),
    Column("name", String(200), nullable=False, comment="what the file is called"),
    Column("body", LargeBinary, comment="the file, packed, while it is being saved; then nothing"),
    Column("channel", String(20), nullable=False, comment="of rows that name none"),
    Column("zone", String(60), nullable=False, comment="of times that name none"),
    Column("open_days", Integer, nullable=False, comment="older comments open no case"),
    Column("with_erased", Boolean, comment="somebody chose to bring rows by names whose words were erased on request"),
    Column("state", String(10), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0, comment="how many rows are settled"),
    Column("cases", Integer, nullable=False, default=0),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("saved_at", Utc),
    ref("undone_by", "people", null=True),
    Column("undone_at", Utc),
)

upload_rows = Table(
    "upload_rows",
    metadata,
    Column("upload_id", Integer, ForeignKey("uploads.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("outcome", String(12), nullable=False),
    Column("comment_id", Integer, comment="no foreign key: the comment may be purged; empty once it was taken away"),
    Column("revision", Integer),
    Column("says", Text, nullable=False, default="", comment="what is wrong with the row, or was left out"),
    Index("ix_upload_rows_comment_id", "comment_id"),
)

hand_offs = Table(
    "hand_offs",
    metadata,
    # A text that a person says to have posted: what a feed shows at that address, or in that thread, is compared.
    Column("publication_id", Integer, ForeignKey("publications.id"), primary_key=True),
    ref("source_id", "sources", null=True),
    Column("address", String(2000), nullable=False, comment="where the person says that it stands"),
    Column("thread_url", String(2000), nullable=False, default="", comment="of the comment answered"),
    Column("parent_identity", String(2100), nullable=False, default="", comment="the comment answered"),
    Column("at", Utc, nullable=False),
    Column("state", String(12), nullable=False, comment="waiting, verified or differs"),
    Column("difference", Text, nullable=False, default=""),
    Column("compared_at", Utc),
    Index("ix_hand_offs_state", "state", "at"),
)
