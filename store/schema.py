"""The tables. A column says in its comment what its name cannot.

Times are aware datetimes in UTC. Words that people typed stand in `words`, comments in `revisions` and `raw_items`: all
three can be erased, while the audit chain holds only their keyed hashes.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite has no time zones, so what it gives back is marked as UTC here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _ref(name: str, target: str, *, null: bool = False, index: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{target}.id"), nullable=null, index=index)


# --- the installation and its people ---------------------------------------------------------------------------------

facts = Table(
    "facts",
    metadata,
    Column("name", String(60), primary_key=True, comment="organisation, time zone, set-up code, pause ..."),
    Column("value", JSON, nullable=False),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False, unique=True, comment="lower case"),
    Column("password_hash", String(200), comment="argon2; empty until the one-time link was used"),
    Column("active", Boolean, nullable=False, default=True),
    Column("created_at", Utc, nullable=False),
)

person_roles = Table(
    "person_roles",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("role", String(30), primary_key=True),
)

person_levels = Table(
    "person_levels",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("level", Integer, primary_key=True),
    CheckConstraint("level between 1 and 5", name="level"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    _ref("person_id", "people", index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("used_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("ended_at", Utc),
)

links = Table(
    "links",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    _ref("person_id", "people", index=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
)

log_in_attempts = Table(
    "log_in_attempts",
    metadata,
    _id(),
    Column("subject", String(64), nullable=False, comment="keyed hash of the e-mail or the address tried from"),
    Column("at", Utc, nullable=False),
    Index("ix_log_in_attempts_subject_at", "subject", "at"),
)

words = Table(
    "words",
    metadata,
    _id(),
    Column("kind", String(30), nullable=False, comment="reason, question, answer, note"),
    Column("text", Text, nullable=False),
    Column("keyed_hash", String(64), nullable=False, comment="what the audit chain holds instead of the text"),
    _ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("erased_at", Utc),
)

# --- what is read ----------------------------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    _id(),
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
    Column("gap_from", Utc, comment="a read met nothing known: what was left since then may be missing"),
    Column("gap_until", Utc),
    Column("created_at", Utc, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    _id(),
    _ref("source_id", "sources"),
    Column("url", String(2000), nullable=False, comment="the post's address; what names a thread within its source"),
    Column("title", String(500), nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    UniqueConstraint("source_id", "url"),
)

comments = Table(
    "comments",
    metadata,
    _id(),
    _ref("source_id", "sources"),
    _ref("thread_id", "threads"),
    Column("identity", String(2100), nullable=False, comment="the same by whatever route the comment was read"),
    Column("external_id", String(2100), nullable=False),
    Column("parent_identity", String(2100), nullable=False, default=""),
    Column("author", String(200), nullable=False, default=""),
    Column("author_id", String(60), nullable=False, default="", comment="the source's own authenticated id"),
    Column("url", String(2000), nullable=False, default=""),
    Column("status", String(20), nullable=False, default="", comment="the source's own word"),
    Column("published_at", Utc),
    Column("read_at", Utc, nullable=False),
    Column("at", Utc, nullable=False, comment="when it was published, as far as that is known and not in the future"),
    Column("deleted_at", Utc),
    Column("ours", Boolean, nullable=False, default=False),
    # The present revision and what the assessment says of it, repeated here so that a list is one query of one table.
    Column("revision", Integer, nullable=False, default=1),
    Column("text_hash", String(64), nullable=False, comment="of the present text: an equal one is no new revision"),
    Column("near_key", String(64), nullable=False, default="", comment="equal for near-equal texts"),
    Column("flagged", Boolean, nullable=False, default=False),
    Column("spam", Boolean, nullable=False, default=False),
    Column("severity", Integer, nullable=False, default=0),
    Column("sentiment", Float, nullable=False, default=0.0),
    UniqueConstraint("source_id", "identity"),
    Index("ix_comments_thread_id_id", "thread_id", "id"),
    Index("ix_comments_author", "source_id", "author"),
    Index("ix_comments_parent", "source_id", "parent_identity"),
    Index("ix_comments_near_key", "near_key", "thread_id"),
    Index("ix_comments_at", "at"),
    Index("ix_comments_flagged", "flagged", "at"),
    Index("ix_comments_spam", "spam", "at"),
    Index("ix_comments_source_at", "source_id", "at"),
)

revisions = Table(
    "revisions",
    metadata,
    _id(),
    _ref("comment_id", "comments"),
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
    _id(),
    _ref("comment_id", "comments"),
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
    UniqueConstraint("comment_id", "revision", "version"),
)

raw_items = Table(
    "raw_items",
    metadata,
    _id(),
    _ref("source_id", "sources", index=True),
    Column("raw", Text, nullable=False),
    Column("raw_hash", String(64), nullable=False),
    Column("problem", Text, nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("source_id", "raw_hash"),
)

# --- cases -----------------------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    _id(),
    _ref("thread_id", "threads", index=True),
    _ref("lead_comment_id", "comments"),
    Column("lead_revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("outcome", String(20), nullable=False, default=""),
    Column("severity", Integer, nullable=False),
    Column("headline", String(200), nullable=False, comment="the strongest reason, in words"),
    Column("matters", JSON, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    _ref("opened_by", "people", null=True),
    Column("closed_at", Utc),
    _ref("closed_by", "people", null=True),
    _ref("close_reason_id", "words", null=True),
    _ref("previous_id", "cases", null=True),
    Column(
        "version", Integer, nullable=False, default=1, comment="every change adds one; a decision names what it saw"
    ),
    Index("ix_cases_queue", "state", "severity", "due_at", "id"),
    Index("ix_cases_closed", "state", "closed_at"),
    Index(
        "uq_cases_open_thread",
        "thread_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

case_comments = Table(
    "case_comments",
    metadata,
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("comment_id", Integer, ForeignKey("comments.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Index("ix_case_comments_comment_id", "comment_id"),
)

claims = Table(
    "claims",
    metadata,
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    _ref("person_id", "people"),
    Column("since", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

escalations = Table(
    "escalations",
    metadata,
    _id(),
    _ref("case_id", "cases", index=True),
    _ref("by", "people"),
    _ref("to_person_id", "people", null=True, index=True),
    Column("to_level", Integer, comment="added to the route of every response of the case"),
    _ref("words_id", "words"),
    _ref("answer_id", "words", null=True),
    Column("at", Utc, nullable=False),
)

# --- responses -------------------------------------------------------------------------------------------------------

policies = Table(
    "policies",
    metadata,
    _id(),
    Column("number", Integer, nullable=False, unique=True),
    Column("source", Text, nullable=False, comment="the YAML as it was saved"),
    _ref("by", "people", null=True),
    Column("at", Utc, nullable=False),
)

responses = Table(
    "responses",
    metadata,
    _id(),
    _ref("case_id", "cases", null=True, index=True),
    Column("state", String(20), nullable=False, index=True),
    _ref("author_id", "people"),
    Column(
        "draft", Text, nullable=False, default="", comment="what is being written; a version is made when it is sent"
    ),
    Column("saved_at", Utc, nullable=False),
    _ref("saved_by", "people"),
    Column("created_at", Utc, nullable=False),
    Column("incident_id", Integer, comment="the incident it belongs to, when there is one"),
    Column("version", Integer, nullable=False, default=1),
)

response_editors = Table(
    "response_editors",
    metadata,
    Column("response_id", Integer, ForeignKey("responses.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
)

response_targets = Table(
    "response_targets",
    metadata,
    _id(),
    _ref("response_id", "responses", index=True),
    Column("channel", String(20), nullable=False),
    _ref("source_id", "sources", null=True),
    _ref("thread_id", "threads", null=True),
    _ref("comment_id", "comments", null=True, index=True),
    Column("comment_revision", Integer),
)

response_versions = Table(
    "response_versions",
    metadata,
    _id(),
    _ref("response_id", "responses"),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("targets", JSON, nullable=False, comment="as hashed"),
    Column("attachments", JSON, nullable=False, default=list),
    Column("send_from", Utc),
    Column("send_until", Utc),
    Column("content_hash", String(64), nullable=False),
    _ref("by", "people"),
    Column("at", Utc, nullable=False),
    UniqueConstraint("response_id", "number"),
)

submissions = Table(
    "submissions",
    metadata,
    _id(),
    _ref("response_id", "responses", index=True),
    Column("version_number", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    _ref("policy_id", "policies"),
    Column("route", JSON, nullable=False, comment="the steps as routed: snapshot of the policy for this response"),
    _ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("approval_until", Utc, nullable=False, comment="after this what still waits needs a person"),
    Column("send_until", Utc, nullable=False, comment="after this what was approved needs a person"),
    Column("ended_at", Utc),
    Column("ended_as", String(20), nullable=False, default=""),
    Index(
        "uq_submissions_live",
        "response_id",
        unique=True,
        sqlite_where=text("ended_at is null"),
        postgresql_where=text("ended_at is null"),
    ),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _ref("submission_id", "submissions"),
    Column("step", Integer, nullable=False, comment="index into the submission's route"),
    _ref("person_id", "people"),
    Column("kind", String(20), nullable=False),
    Column("content_hash", String(64), nullable=False),
    _ref("words_id", "words", null=True),
    Column("at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False, comment="until then it can be undone and nobody else sees it"),
    Column("settled_at", Utc),
    Column("undone_at", Utc),
    Index(
        "uq_decisions_person",
        "submission_id",
        "person_id",
        unique=True,
        sqlite_where=text("undone_at is null"),
        postgresql_where=text("undone_at is null"),
    ),
    Index("ix_decisions_submission_id", "submission_id"),
)

waits = Table(
    "waits",
    metadata,
    # Who is asked now, one row a person and submission: My approvals is one indexed query.
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Index("ix_waits_person_id", "person_id"),
)

level_times = Table(
    "level_times",
    metadata,
    # When a step began and ended: what approval costs is measured from these.
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("level", Integer, nullable=False, comment="0 is the expert's step"),
    Column("began_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Index("ix_level_times_began_at", "began_at"),
)

publications = Table(
    "publications",
    metadata,
    _id(),
    _ref("submission_id", "submissions", index=True),
    _ref("response_id", "responses", index=True),
    _ref("source_id", "sources", null=True),
    _ref("comment_id", "comments", null=True, index=True),
    Column("target", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("not_before", Utc, nullable=False),
    Column("released_at", Utc, comment="when a person last looked and said: send it again"),
    Column("attempt", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("external_id", String(200), nullable=False, default=""),
    Column("url", String(2000), nullable=False, default=""),
    Column("published_at", Utc),
    Column("problem", Text, nullable=False, default="", comment="sentences for people; empty when all is well"),
    Column("changed_at", Utc, nullable=False),
    Index("ix_publications_external", "source_id", "external_id"),
)

publication_attempts = Table(
    "publication_attempts",
    metadata,
    _id(),
    _ref("publication_id", "publications"),
    Column("number", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("outcome", String(20), nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("publication_id", "number"),
)

templates = Table(
    "templates",
    metadata,
    _id(),
    Column("name", String(120), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("fields", JSON, nullable=False, default=list),
    _ref("submission_id", "submissions", null=True),
)

delegations = Table(
    "delegations",
    metadata,
    _id(),
    _ref("from_person_id", "people"),
    _ref("to_person_id", "people"),
    Column("begins_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    _ref("words_id", "words", null=True),
)

# --- background work and the record ----------------------------------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    _id(),
    Column("name", String(40), nullable=False),
    Column("ref", Integer, nullable=False, comment="the id that the job is about"),
    Column("key", String(120), nullable=False, unique=True, comment="two jobs of one key are one job"),
    Column("run_at", Utc, nullable=False),
    Column("state", String(10), nullable=False, default="waiting"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0, comment="one more at each lease: an older owner must not act"),
    Column("owner", String(80), nullable=False, default=""),
    Column("lease_until", Utc),
    Column("problem", Text, nullable=False, default=""),
    Column("ended_at", Utc),
    Index("ix_jobs_due", "state", "run_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("person_id", Integer, comment="no foreign key: the record outlives the person; empty: Levelhead itself"),
    Column("action", String(60), nullable=False),
    Column("subject", String(30), nullable=False),
    Column("subject_id", Integer),
    Column("data", JSON, nullable=False, comment="ids, keyed hashes and rule names; never what somebody typed"),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_subject", "subject", "subject_id", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="single"),
)
