"""Responses, from the policy to what was published."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from store.schema.base import Utc, id_, metadata, ref

policies = Table(
    "policies",
    metadata,
    id_(),
    Column("number", Integer, nullable=False, unique=True),
    Column("source", Text, nullable=False, comment="the YAML as it was saved"),
    ref("by", "people", null=True),
    Column("at", Utc, nullable=False),
)

responses = Table(
    "responses",
    metadata,
    id_(),
    ref("case_id", "cases", null=True, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column(
        "action", String(10), nullable=False, server_default="reply", comment="a reply, or what is done to a comment"
    ),
    ref("author_id", "people"),
    Column(
        "draft", Text, nullable=False, default="", comment="what is being written; a version is made when it is sent"
    ),
    Column("saved_at", Utc, nullable=False),
    ref("saved_by", "people"),
    Column("created_at", Utc, nullable=False),
    Column("incident_id", Integer, comment="the incident it belongs to, when there is one"),
    Column("version", Integer, nullable=False, default=1),
    Index("ix_responses_author", "author_id", "state"),
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
    id_(),
    ref("response_id", "responses", index=True),
    Column("channel", String(20), nullable=False),
    ref("source_id", "sources", null=True),
    ref("thread_id", "threads", null=True),
    ref("comment_id", "comments", null=True, index=True),
    Column("comment_revision", Integer),
)

response_versions = Table(
    "response_versions",
    metadata,
    id_(),
    ref("response_id", "responses"),
    Column("number", Integer, nullable=False),
    Column("action", String(10), nullable=False, server_default="reply"),
    Column("text", Text, nullable=False),
    Column("targets", JSON, nullable=False, comment="as hashed"),
    Column("attachments", JSON, nullable=False, default=list),
    Column("send_from", Utc),
    Column("send_until", Utc),
    Column("content_hash", String(64), nullable=False),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    UniqueConstraint("response_id", "number"),
)

submissions = Table(
    "submissions",
    metadata,
    id_(),
    ref("response_id", "responses", index=True),
    Column("version_number", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    ref("policy_id", "policies"),
    Column("route", JSON, nullable=False, comment="the steps as routed: snapshot of the policy for this response"),
    ref("by", "people"),
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

_OPEN = text("settled_at is null and undone_at is null")

decisions = Table(
    "decisions",
    metadata,
    id_(),
    ref("submission_id", "submissions"),
    Column("step", Integer, nullable=False, comment="index into the submission's route"),
    ref("person_id", "people"),
    Column("kind", String(20), nullable=False),
    Column("content_hash", String(64), nullable=False),
    ref("words_id", "words", null=True),
    Column("at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False, comment="until then it can be undone and nobody else sees it"),
    Column("settled_at", Utc),
    Column("undone_at", Utc),
    Column("stood_in", Integer, comment="the level it was made from, when in the place of the step's own"),
    Column("span_start", Integer, comment="which part of the version it is about, in characters; none: all of it"),
    Column("span_end", Integer),
    Column("looked_at", Utc, comment="when this person first had the version on the screen; empty: unknown"),
    Index(
        "uq_decisions_person",
        "submission_id",
        "person_id",
        unique=True,
        sqlite_where=text("undone_at is null"),
        postgresql_where=text("undone_at is null"),
    ),
    Index("ix_decisions_submission_id", "submission_id"),
    Index("ix_decisions_person_id", "person_id", "id"),
    Index("ix_decisions_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

waits = Table(
    "waits",
    metadata,
    # Who is asked now, one row a person and submission: My approvals is one indexed query.
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("stood_in", Integer, comment="the level it is asked from, when in the place of the step's own"),
    Index("ix_waits_person_id", "person_id"),
)

_STILL = text("ended_at is null")

level_times = Table(
    "level_times",
    metadata,
    # When a step began and ended: what approval costs is measured from these.
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("level", Integer, nullable=False, comment="0 is the expert's step"),
    Column("began_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("due_at", Utc, comment="then the next higher level is asked as well; none: there is nobody to go up to"),
    Column("raised_to", Integer, comment="the highest level that is asked in the place of this one"),
    Column("raised_at", Utc),
    Column("reminded_at", Utc, comment="its time was over, and those who are asked were reminded, once"),
    Column("deputies_at", Utc, comment="since when the deputies of its people are asked as well"),
    Index("ix_level_times_began_at", "began_at"),
    Index("ix_level_times_due", "due_at", sqlite_where=_STILL, postgresql_where=_STILL),
)

_TWICE = text("doubled_at is not null")
_SECOND = text("second_id is not null")
_PAUSED = text("pause_id is not null")
_WAITS = "the pause whose end it waits for"

publications = Table(
    "publications",
    metadata,
    id_(),
    ref("submission_id", "submissions", index=True),
    ref("response_id", "responses", index=True),
    ref("source_id", "sources", null=True),
    ref("comment_id", "comments", null=True, index=True),
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
    Column("looking_since", Utc, comment="since when nobody knows how the attempt ended, and our answer is looked for"),
    Column("look_at", Utc, comment="while it is publishing: from when on somebody has to look for our answer"),
    Column(
        "restored_at", Utc, comment="since when a restore left open what became of it; empty once somebody has looked"
    ),
    Column("second_id", String(200), comment="our answer, once more: the channel's name for it"),
    Column("second_url", String(2000)),
    Column("doubled_at", Utc, comment="while our answer is there twice: since when it is known"),
    Column("pause_id", Integer, comment=_WAITS),
    Index("ix_publications_published_at", "published_at"),
    Index("ix_publications_external", "source_id", "external_id"),
    Index("ix_publications_doubled", "doubled_at", sqlite_where=_TWICE, postgresql_where=_TWICE),
    Index("ix_publications_second", "source_id", "second_id", sqlite_where=_SECOND, postgresql_where=_SECOND),
    Index("ix_publications_pause", "pause_id", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
)

publication_attempts = Table(
    "publication_attempts",
    metadata,
    id_(),
    ref("publication_id", "publications"),
    Column("number", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("outcome", String(20), nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("publication_id", "number"),
)

publication_looks = Table(
    "publication_looks",
    metadata,
    # Each time our own answer was looked for after an attempt that nobody saw end.
    id_(),
    ref("publication_id", "publications"),
    Column("attempt", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("found", String(20), nullable=False, comment="found, not there, or could not look"),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("publication_id", "attempt", "number"),
)

moderations = Table(
    "moderations",
    metadata,
    # What an approved response does to a comment on its source, instead of a publication.
    id_(),
    ref("submission_id", "submissions", index=True),
    ref("response_id", "responses", index=True),
    ref("source_id", "sources"),
    ref("comment_id", "comments", index=True),
    Column("action", String(10), nullable=False),
    Column("status_before", String(20), nullable=False, default=""),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("not_before", Utc, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("written_at", Utc, comment="when a request to change it may first have left"),
    ref("by", "people"),
    Column("problem", Text, nullable=False, default="", comment="sentences for people; empty when all is well"),
    Column("done_at", Utc),
    Column("changed_at", Utc, nullable=False),
    Column("pause_id", Integer, comment=_WAITS),
    Index("ix_moderations_due", "state", "not_before"),
    Index("ix_moderations_pause", "pause_id", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
)

delegations = Table(
    "delegations",
    metadata,
    id_(),
    ref("from_person_id", "people"),
    ref("to_person_id", "people"),
    Column("begins_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    ref("words_id", "words", null=True),
)
