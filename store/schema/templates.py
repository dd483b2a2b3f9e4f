"""Templates, their versions, and which replies were made of them."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from store.schema.base import Utc, id_, metadata, ref

_IN_USE = text("retired_at is null")

templates = Table(
    "templates",
    metadata,
    id_(),
    Column("name", String(80), nullable=False),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("retired_at", Utc, comment="since when nothing is made of it any more"),
    ref("retired_by", "people", null=True),
    Column("used_at", Utc, comment="when a reply was last made of it"),
    Column("version", Integer, nullable=False, default=1, comment="every change adds one"),
    Index("uq_templates_name", "name", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE),
)

template_versions = Table(
    "template_versions",
    metadata,
    # Its text is the draft of a response, which is approved as any other.
    id_(),
    ref("template_id", "templates"),
    Column("number", Integer, nullable=False),
    ref("response_id", "responses"),
    Column("fields", JSON, nullable=False),
    Column("scope", JSON, nullable=False, comment="channels, the gravest severity, and matters it is meant for"),
    ref("submission_id", "submissions", null=True),
    Column("approved_at", Utc, comment="the newest approved version of a template is the one that is used"),
    UniqueConstraint("template_id", "number"),
    UniqueConstraint("response_id"),
)

template_uses = Table(
    "template_uses",
    metadata,
    # What a reply was last made of; whether it still says just that is looked at when it is sent.
    Column("response_id", Integer, ForeignKey("responses.id"), primary_key=True),
    ref("version_id", "template_versions", index=True),
    Column("values", JSON, nullable=False, comment="as filled in"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
)
