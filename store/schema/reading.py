"""What is read: sources, threads, comments, their revisions and assessments."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.schema.base import Utc, id_, metadata, ref

sources = Table(
    "sources",
    metadata,
    id_(),
    Column("name", String(200), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("site_url", String(2000), nullable=False, comment="what the person pasted, after redirects"),
    Column("feed_url", String(2000), nullable=False),
    Column("api_url", String(2000), nullable=False, default=""),
    Column("user_name", String(200), nullable=False, default=""),
    Column("secret", LargeBinary, comment="the application password, encrypted with the installation's key"),
    Column("account_id", String(60), nullable=False, default="", comment="our own id there, from its interface"),
    Column("account", JSON, nullable=False, default=dict, comment="what the account may do there"),
    Column("allow_private", Boolean, nullable=False, default=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("etag", String(500), nullable=False, default=""),
    Column("last_modified", String(100), nullable=False, default=""),
    Column("body_hash", String(64), nullable=False, default=""),
    Column("read_at", Utc, comment="last read that the source answered"),
    Column("next_read_at", Utc, index=True),
    Column("problem", Text, nullable=False, default="", comment="a sentence for people; empty when all is well"),
    Column("failing_since", Utc),
    Column("failures", Integer, nullable=False, default=0),
    Column("lists", JSON, comment="of the lists asked for by our account: a hash of each as last read, and a problem"),
    Column("front_at", Utc, comment="the newest comment that a read of the feed has met"),
    Column("rest_until", Utc, comment="the source asked to be left alone until then"),
    Column("asked_at", Utc, comment="somebody asked for a read at once: one that began before does not count"),
    Column("created_at", Utc, nullable=False),
)

our_people = Table(
    "our_people",
    metadata,
    # Who of the source's authenticated authors is one of us; a name in a feed is none of these.
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("author_id", String(60), primary_key=True, comment="the source's own authenticated id"),
    Column("name", String(200), nullable=False),
    ref("person_id", "people", null=True),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    id_(),
    ref("source_id", "sources"),
    Column("url", String(2000), nullable=False, comment="the post's address; what names a thread within its source"),
    Column("title", String(500), nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    UniqueConstraint("source_id", "url"),
)

comments = Table(
    "comments",
    metadata,
    id_(),
    ref("source_id", "sources"),
    ref("thread_id", "threads"),
    Column("identity", String(2100), nullable=False, comment="the same by whatever route the comment was read"),
    Column("external_id", String(2100), nullable=False),
    Column("parent_identity", String(2100), nullable=False, default=""),
    Column("author", String(200), nullable=False, default=""),
    Column("author_id", String(60), nullable=False, default="", comment="the source's own authenticated id"),
    Column("url", String(2000), nullable=False, default=""),
    Column("status", String(20), nullable=False, default="", comment="the source's own word"),
    Column("status_at", Utc, comment="when a change of that word was first seen"),
    Column("published_at", Utc),
    Column("read_at", Utc, nullable=False),
    Column("at", Utc, nullable=False, comment="when it was published, as far as that is known and not in the future"),
    Column("deleted_at", Utc),
    Column("erased_at", Utc, comment="its words and names are gone for good, whatever the source still shows"),
    Column("ours", Boolean, nullable=False, default=False),
    # The present revision and what the assessment says of it, repeated here so that a list is one query of one table.
    Column("revision", Integer, nullable=False, default=1),
    Column("text_hash", String(64), nullable=False, comment="of the present text: an equal one is no new revision"),
    Column("near_key", String(64), nullable=False, default="", comment="equal for near-equal texts"),
    Column("flagged", Boolean, nullable=False, default=False),
    Column("spam", Boolean, nullable=False, default=False),
    Column("asks", Boolean, nullable=False, default=False, server_default=text("false"), comment="it asks a question"),
    Column("language", String(3), nullable=False, default="und", server_default="und", comment="if its words tell"),
    Column("severity", Integer, nullable=False, default=0),
    Column("sentiment", Float, nullable=False, default=0.0),
    Column(
        "first_here",
        Boolean,
        nullable=False,
        default=False,
        server_default=text("false"),
        comment="when it was read, no other comment of its author was there",
    ),
    UniqueConstraint("source_id", "identity"),
    Index("ix_comments_thread_id_at", "thread_id", "at", "id"),
    Index("ix_comments_author", "source_id", "author", "at"),
    Index("ix_comments_parent", "source_id", "parent_identity"),
    # PostgreSQL takes ours for so few that it would go through all comments to find them.
    Index(
        "ix_comments_our_answers",
        "source_id",
        "parent_identity",
        sqlite_where=text("ours"),
        postgresql_where=text("ours"),
    ),
    Index("ix_comments_near_key", "near_key", "thread_id"),
    Index("ix_comments_at", "at"),
    Index("ix_comments_flagged", "flagged", "at"),
    Index("ix_comments_spam", "spam", "at"),
    Index("ix_comments_asks", "asks", "at"),
    Index("ix_comments_source_at", "source_id", "at"),
    Index("ix_comments_read_at", "read_at", "id"),
    Index(
        "ix_comments_author_id",
        "source_id",
        "author_id",
        "at",
        sqlite_where=text("author_id <> ''"),
        postgresql_where=text("author_id <> ''"),
    ),
    Index(
        "ix_comments_held",
        "source_id",
        "id",
        sqlite_where=text("status = 'hold'"),
        postgresql_where=text("status = 'hold'"),
    ),
)

same_people = Table(
    "same_people",
    metadata,
    # A person here said that two authors at different sources are one: each by a comment of theirs, from which the name
    # is read. The row goes with either comment, and with its words.
    id_(),
    ref("comment_id", "comments", index=True),
    ref("other_id", "comments", index=True),
    Column("account", String(64), nullable=False, comment="a keyed hash that finds the author of the one comment"),
    Column("other_account", String(64), nullable=False, comment="... and of the other"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    UniqueConstraint("account", "other_account"),
    Index("ix_same_people_other_account", "other_account"),
)

revisions = Table(
    "revisions",
    metadata,
    id_(),
    ref("comment_id", "comments"),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False, default=""),
    Column("read_at", Utc, nullable=False),
    Column("erased_at", Utc),
    UniqueConstraint("comment_id", "number"),
)

assessments = Table(
    "assessments",
    metadata,
    id_(),
    ref("comment_id", "comments"),
    Column("revision", Integer, nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("sentiment", Float, nullable=False),
    Column("worst", Float, nullable=False),
    Column("negative", Float, nullable=False),
    Column("spam", Float, nullable=False),
    Column("focus_start", Integer, nullable=False),
    Column("focus_end", Integer, nullable=False),
    Column("matters", JSON, nullable=False),
    Column("reasons", JSON, nullable=False, comment="spans into the revision's text, never the words themselves"),
    Column("degraded", JSON, nullable=False),
    Column("version", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("signals", JSON(none_as_null=True), comment="scores, and spans of those raised"),
    Column("before", Boolean, comment="flagged without what was learnt here, where that is another"),
    UniqueConstraint("comment_id", "revision", "version"),
)

second_looks = Table(
    "second_looks",
    metadata,
    # Comments that wait for a second look; a row is gone once it was taken, or a later revision waits instead.
    Column("comment_id", Integer, ForeignKey("comments.id"), primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("batch", Integer, nullable=False, comment="the event of the read that brought it; what the job is about"),
    Column("may", String(10), nullable=False, comment="how far it may go: case, list or likeness"),
    Column("at", Utc, nullable=False),
    Index("ix_second_looks_batch", "batch", "comment_id"),
    Index("ix_second_looks_at", "at"),
)

vectors = Table(
    "vectors",
    metadata,
    # What a comment means, as the sentence encoder has it, to find others like it. The id says which are the newest.
    id_(),
    Column("comment_id", Integer, ForeignKey("comments.id"), nullable=False, unique=True),
    Column("vector", LargeBinary(512), nullable=False, comment="512 numbers of 8 bits with a sign"),
    Column("at", Utc, nullable=False, index=True, comment="when it was made"),
)

example_vectors = Table(
    "example_vectors",
    metadata,
    # What an example of a matter means, made by a worker for whoever tries it on the page.
    Column("key", String(32), primary_key=True, comment="a hash of the text"),
    Column("text", Text, nullable=False, comment="while it waits; empty once it has its vector"),
    Column("vector", LargeBinary(512), comment="512 numbers of 8 bits with a sign"),
    Column("at", Utc, nullable=False, index=True, comment="when it was asked for"),
)

matter_versions = Table(
    "matter_versions",
    metadata,
    id_(),
    Column("number", Integer, nullable=False, unique=True),
    Column("source", Text, nullable=False, comment="all of the organisation's matters as JSON"),
    Column("changed", String(40), nullable=False, comment="the key of the matter that the version changed"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
)

safety_versions = Table(
    "safety_versions",
    metadata,
    id_(),
    Column("number", Integer, nullable=False, unique=True),
    Column("told", JSON, nullable=False, comment="ids of the people told at once; none: every expert ..."),
    Column("text", Text, nullable=False, comment="the organisation's own words of safety; may be empty"),
    Column("countries", JSON, nullable=False, comment="whose helplines are shown first"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
)

raw_items = Table(
    "raw_items",
    metadata,
    id_(),
    ref("source_id", "sources", index=True),
    Column("raw", Text, nullable=False),
    Column("raw_hash", String(64), nullable=False),
    Column("problem", Text, nullable=False),
    Column("at", Utc, nullable=False, index=True),
    UniqueConstraint("source_id", "raw_hash"),
)

tombstones = Table(
    "tombstones",
    metadata,
    # Of a comment that was kept long enough: the same one, read again, is not taken anew.
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("identity_hash", LargeBinary(16), primary_key=True, comment="the first half of SHA-256 of the identity"),
    Column("at", Utc, nullable=False),
    sqlite_with_rowid=False,
)

erased_names = Table(
    "erased_names",
    metadata,
    # Whose words were erased on request: a file that holds them still does not bring them back without a decision.
    id_(),
    ref("source_id", "sources", null=True),
    Column("keyed_hash", String(64), nullable=False, index=True, comment="of the name, with this installation's key"),
    Column("at", Utc, nullable=False),
)
