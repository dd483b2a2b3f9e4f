"""Cases, claims and escalations."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import Utc, id_, metadata, ref

cases = Table(
    "cases",
    metadata,
    id_(),
    ref("thread_id", "threads", index=True),
    ref("lead_comment_id", "comments", index=True),
    Column("lead_revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("outcome", String(20), nullable=False, default=""),
    Column("severity", Integer, nullable=False),
    Column("headline", String(200), nullable=False, comment="the strongest reason, in words"),
    Column("matters", JSON, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    ref("opened_by", "people", null=True),
    Column("closed_at", Utc),
    ref("closed_by", "people", null=True),
    ref("close_reason_id", "words", null=True),
    ref("previous_id", "cases", null=True),
    Column(
        "wrongly",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="it was dismissed since it should not have been raised",
    ),
    Column("erased_at", Utc, comment="the words of its comments and those typed about it are gone for good"),
    Column(
        "version", Integer, nullable=False, default=1, comment="every change adds one; a decision names what it saw"
    ),
    Index("ix_cases_queue", "state", "severity", "due_at", "id"),
    Index("ix_cases_opened_at", "opened_at"),
    Index("ix_cases_opened", "state", "opened_at"),
    Index("ix_cases_closed", "state", "closed_at"),
    Index("ix_cases_erased", "state", "erased_at", "closed_at"),
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
    Column(
        "rule",
        String(80),
        nullable=False,
        server_default=text("''"),
        comment="the rule of the strongest reason it came with; empty where that says nothing of what it is about",
    ),
    Index("ix_case_comments_comment_id", "comment_id"),
    Index("ix_case_comments_rule", "case_id", "rule"),
)

former_reasons = Table(
    "former_reasons",
    metadata,
    # Why a case was closed before it was opened again: no longer shown, and still there to be erased.
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("words_id", Integer, ForeignKey("words.id"), primary_key=True),
)

answered_there = Table(
    "answered_there",
    metadata,
    # A comment of ours on the source itself that answers a comment of the case: a mark, a person closes the case.
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("comment_id", Integer, ForeignKey("comments.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Index("ix_answered_there_comment_id", "comment_id"),
)

claims = Table(
    "claims",
    metadata,
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    ref("person_id", "people"),
    Column("since", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Index("ix_claims_person", "person_id", "expires_at"),
)

escalations = Table(
    "escalations",
    metadata,
    id_(),
    ref("case_id", "cases", index=True),
    ref("by", "people", index=True),
    ref("to_person_id", "people", null=True, index=True),
    Column("to_level", Integer, comment="added to the route of every response of the case"),
    ref("words_id", "words"),
    ref("answer_id", "words", null=True),
    Column("at", Utc, nullable=False),
    Column("answered_at", Utc),
)
