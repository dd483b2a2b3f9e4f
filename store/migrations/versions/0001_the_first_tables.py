"""The first tables"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column(
            "person_id",
            sa.Integer(),
            nullable=True,
            comment="no foreign key: the record outlives the person; empty: Levelhead itself",
        ),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column(
            "data", sa.JSON(), nullable=False, comment="ids, keyed hashes and rule names; never what somebody typed"
        ),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "subject_id", "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "facts",
        sa.Column(
            "name", sa.String(length=60), nullable=False, comment="organisation, time zone, set-up code, pause ..."
        ),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False, comment="the id that the job is about"),
        sa.Column("key", sa.String(length=120), nullable=False, comment="two jobs of one key are one job"),
        sa.Column("run_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False, comment="one more at each lease: an older owner must not act"),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index("ix_jobs_due", "jobs", ["state", "run_at"], unique=False)
    op.create_table(
        "log_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "subject",
            sa.String(length=64),
            nullable=False,
            comment="keyed hash of the e-mail or the address tried from",
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_in_attempts")),
    )
    op.create_index("ix_log_in_attempts_subject_at", "log_in_attempts", ["subject", "at"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="lower case"),
        sa.Column(
            "password_hash",
            sa.String(length=200),
            nullable=True,
            comment="argon2; empty until the one-time link was used",
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "site_url", sa.String(length=2000), nullable=False, comment="what the person pasted, after redirects"
        ),
        sa.Column("feed_url", sa.String(length=2000), nullable=False),
        sa.Column("api_url", sa.String(length=2000), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column(
            "secret",
            sa.LargeBinary(),
            nullable=True,
            comment="the application password, encrypted with the installation's key",
        ),
        sa.Column("account_id", sa.String(length=60), nullable=False, comment="our own id there, from its interface"),
        sa.Column("account", sa.JSON(), nullable=False, comment="what the account may do there"),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.String(length=500), nullable=False),
        sa.Column("last_modified", sa.String(length=100), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("read_at", Utc(), nullable=True, comment="last read that the source answered"),
        sa.Column("next_read_at", Utc(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False, comment="a sentence for people; empty when all is well"),
        sa.Column("failing_since", Utc(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column(
            "gap_from",
            Utc(),
            nullable=True,
            comment="a read met nothing known: what was left since then may be missing",
        ),
        sa.Column("gap_until", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_index(op.f("ix_sources_next_read_at"), "sources", ["next_read_at"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    op.create_index(op.f("ix_links_person_id"), "links", ["person_id"], unique=False)
    op.create_table(
        "person_levels",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level between 1 and 5", name=op.f("ck_person_levels_level")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_levels_person_id")),
        sa.PrimaryKeyConstraint("person_id", "level", name=op.f("pk_person_levels")),
    )
    op.create_table(
        "person_roles",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the YAML as it was saved"),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_policies_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("number", name=op.f("uq_policies_number")),
    )
    op.create_table(
        "raw_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("raw_hash", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_raw_items_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_items")),
        sa.UniqueConstraint("source_id", "raw_hash", name=op.f("uq_raw_items_source_id_raw_hash")),
    )
    op.create_index(op.f("ix_raw_items_source_id"), "raw_items", ["source_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column(
            "url",
            sa.String(length=2000),
            nullable=False,
            comment="the post's address; what names a thread within its source",
        ),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_threads_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("source_id", "url", name=op.f("uq_threads_source_id_url")),
    )
    op.create_table(
        "words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False, comment="reason, question, answer, note"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "keyed_hash", sa.String(length=64), nullable=False, comment="what the audit chain holds instead of the text"
        ),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("erased_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_words_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column(
            "identity",
            sa.String(length=2100),
            nullable=False,
            comment="the same by whatever route the comment was read",
        ),
        sa.Column("external_id", sa.String(length=2100), nullable=False),
        sa.Column("parent_identity", sa.String(length=2100), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.String(length=60), nullable=False, comment="the source's own authenticated id"),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False, comment="the source's own word"),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("read_at", Utc(), nullable=False),
        sa.Column(
            "at", Utc(), nullable=False, comment="when it was published, as far as that is known and not in the future"
        ),
        sa.Column("deleted_at", Utc(), nullable=True),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "text_hash",
            sa.String(length=64),
            nullable=False,
            comment="of the present text: an equal one is no new revision",
        ),
        sa.Column("near_key", sa.String(length=64), nullable=False, comment="equal for near-equal texts"),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("sentiment", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_comments_source_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_comments_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("source_id", "identity", name=op.f("uq_comments_source_id_identity")),
    )
    op.create_index("ix_comments_at", "comments", ["at"], unique=False)
    op.create_index("ix_comments_author", "comments", ["source_id", "author"], unique=False)
    op.create_index("ix_comments_flagged", "comments", ["flagged", "at"], unique=False)
    op.create_index("ix_comments_near_key", "comments", ["near_key", "thread_id"], unique=False)
    op.create_index("ix_comments_parent", "comments", ["source_id", "parent_identity"], unique=False)
    op.create_index("ix_comments_source_at", "comments", ["source_id", "at"], unique=False)
    op.create_index("ix_comments_spam", "comments", ["spam", "at"], unique=False)
    op.create_index("ix_comments_thread_id_id", "comments", ["thread_id", "id"], unique=False)
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["from_person_id"], ["people.id"], name=op.f("fk_delegations_from_person_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["people.id"], name=op.f("fk_delegations_to_person_id")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_delegations_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("sentiment", sa.Float(), nullable=False),
        sa.Column("worst", sa.Float(), nullable=False),
        sa.Column("negative", sa.Float(), nullable=False),
        sa.Column("spam", sa.Float(), nullable=False),
        sa.Column("focus_start", sa.Integer(), nullable=False),
        sa.Column("focus_end", sa.Integer(), nullable=False),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column(
            "reasons", sa.JSON(), nullable=False, comment="spans into the revision's text, never the words themselves"
        ),
        sa.Column("degraded", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_assessments_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint(
            "comment_id", "revision", "version", name=op.f("uq_assessments_comment_id_revision_version")
        ),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("lead_comment_id", sa.Integer(), nullable=False),
        sa.Column("lead_revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=200), nullable=False, comment="the strongest reason, in words"),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("close_reason_id", sa.Integer(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="every change adds one; a decision names what it saw"
        ),
        sa.ForeignKeyConstraint(["close_reason_id"], ["words.id"], name=op.f("fk_cases_close_reason_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name=op.f("fk_cases_closed_by")),
        sa.ForeignKeyConstraint(["lead_comment_id"], ["comments.id"], name=op.f("fk_cases_lead_comment_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["people.id"], name=op.f("fk_cases_opened_by")),
        sa.ForeignKeyConstraint(["previous_id"], ["cases.id"], name=op.f("fk_cases_previous_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_cases_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_closed", "cases", ["state", "closed_at"], unique=False)
    op.create_index("ix_cases_queue", "cases", ["state", "severity", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_cases_thread_id"), "cases", ["thread_id"], unique=False)
    op.create_index(
        "uq_cases_open_thread",
        "cases",
        ["thread_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("read_at", Utc(), nullable=False),
        sa.Column("erased_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_revisions_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("comment_id", "number", name=op.f("uq_revisions_comment_id_number")),
    )
    op.create_table(
        "case_comments",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_comments_case_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_case_comments_comment_id")),
        sa.PrimaryKeyConstraint("case_id", "comment_id", "revision", name=op.f("pk_case_comments")),
    )
    op.create_index("ix_case_comments_comment_id", "case_comments", ["comment_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_claims_person_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_claims")),
    )
    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("to_level", sa.Integer(), nullable=True, comment="added to the route of every response of the case"),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["words.id"], name=op.f("fk_escalations_answer_id")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_escalations_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalations_case_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["people.id"], name=op.f("fk_escalations_to_person_id")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_escalations_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index(op.f("ix_escalations_case_id"), "escalations", ["case_id"], unique=False)
    op.create_index(op.f("ix_escalations_to_person_id"), "escalations", ["to_person_id"], unique=False)
    op.create_table(
        "responses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "draft", sa.Text(), nullable=False, comment="what is being written; a version is made when it is sent"
        ),
        sa.Column("saved_at", Utc(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True, comment="the incident it belongs to, when there is one"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_responses_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_responses_case_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["people.id"], name=op.f("fk_responses_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
    )
    op.create_index(op.f("ix_responses_case_id"), "responses", ["case_id"], unique=False)
    op.create_index(op.f("ix_responses_state"), "responses", ["state"], unique=False)
    op.create_table(
        "response_editors",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_response_editors_person_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_response_editors_response_id")),
        sa.PrimaryKeyConstraint("response_id", "person_id", name=op.f("pk_response_editors")),
    )
    op.create_table(
        "response_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("comment_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_response_targets_comment_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_response_targets_response_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_response_targets_source_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_response_targets_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_targets")),
    )
    op.create_index(op.f("ix_response_targets_comment_id"), "response_targets", ["comment_id"], unique=False)
    op.create_index(op.f("ix_response_targets_response_id"), "response_targets", ["response_id"], unique=False)
    op.create_table(
        "response_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False, comment="as hashed"),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("send_from", Utc(), nullable=True),
        sa.Column("send_until", Utc(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_response_versions_by")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_response_versions_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_versions")),
        sa.UniqueConstraint("response_id", "number", name=op.f("uq_response_versions_response_id_number")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column(
            "route", sa.JSON(), nullable=False, comment="the steps as routed: snapshot of the policy for this response"
        ),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("approval_until", Utc(), nullable=False, comment="after this what still waits needs a person"),
        sa.Column("send_until", Utc(), nullable=False, comment="after this what was approved needs a person"),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_submissions_by")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_submissions_policy_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_submissions_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_response_id"), "submissions", ["response_id"], unique=False)
    op.create_index(
        "uq_submissions_live",
        "submissions",
        ["response_id"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False, comment="index into the submission's route"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False, comment="until then it can be undone and nobody else sees it"),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_decisions_person_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_decisions_submission_id")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_decisions_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_submission_id", "decisions", ["submission_id"], unique=False)
    op.create_index(
        "uq_decisions_person",
        "decisions",
        ["submission_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("undone_at is null"),
        postgresql_where=sa.text("undone_at is null"),
    )
    op.create_table(
        "level_times",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False, comment="0 is the expert's step"),
        sa.Column("began_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_level_times_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "step", name=op.f("pk_level_times")),
    )
    op.create_index("ix_level_times_began_at", "level_times", ["began_at"], unique=False)
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("released_at", Utc(), nullable=True, comment="when a person last looked and said: send it again"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False, comment="sentences for people; empty when all is well"),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_publications_comment_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_publications_response_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_publications_source_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_publications_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_comment_id"), "publications", ["comment_id"], unique=False)
    op.create_index("ix_publications_external", "publications", ["source_id", "external_id"], unique=False)
    op.create_index(op.f("ix_publications_response_id"), "publications", ["response_id"], unique=False)
    op.create_index(op.f("ix_publications_state"), "publications", ["state"], unique=False)
    op.create_index(op.f("ix_publications_submission_id"), "publications", ["submission_id"], unique=False)
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_templates_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_templates_name")),
    )
    op.create_table(
        "waits",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waits_person_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_waits_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "person_id", name=op.f("pk_waits")),
    )
    op.create_index("ix_waits_person_id", "waits", ["person_id"], unique=False)
    op.create_table(
        "publication_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_attempts_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_attempts")),
        sa.UniqueConstraint("publication_id", "number", name=op.f("uq_publication_attempts_publication_id_number")),
    )


def downgrade() -> None:
    op.drop_table("publication_attempts")
    op.drop_index("ix_waits_person_id", table_name="waits")
    op.drop_table("waits")
    op.drop_table("templates")
    op.drop_index(op.f("ix_publications_submission_id"), table_name="publications")
    op.drop_index(op.f("ix_publications_state"), table_name="publications")
    op.drop_index(op.f("ix_publications_response_id"), table_name="publications")
    op.drop_index("ix_publications_external", table_name="publications")
    op.drop_index(op.f("ix_publications_comment_id"), table_name="publications")
    op.drop_table("publications")
    op.drop_index("ix_level_times_began_at", table_name="level_times")
    op.drop_table("level_times")
    op.drop_index(
        "uq_decisions_person",
        table_name="decisions",
        sqlite_where=sa.text("undone_at is null"),
        postgresql_where=sa.text("undone_at is null"),
    )
    op.drop_index("ix_decisions_submission_id", table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(
        "uq_submissions_live",
        table_name="submissions",
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.drop_index(op.f("ix_submissions_response_id"), table_name="submissions")
    op.drop_table("submissions")
    op.drop_table("response_versions")
    op.drop_index(op.f("ix_response_targets_response_id"), table_name="response_targets")
    op.drop_index(op.f("ix_response_targets_comment_id"), table_name="response_targets")
    op.drop_table("response_targets")
    op.drop_table("response_editors")
    op.drop_index(op.f("ix_responses_state"), table_name="responses")
    op.drop_index(op.f("ix_responses_case_id"), table_name="responses")
    op.drop_table("responses")
    op.drop_index(op.f("ix_escalations_to_person_id"), table_name="escalations")
    op.drop_index(op.f("ix_escalations_case_id"), table_name="escalations")
    op.drop_table("escalations")
    op.drop_table("claims")
    op.drop_index("ix_case_comments_comment_id", table_name="case_comments")
    op.drop_table("case_comments")
    op.drop_table("revisions")
    op.drop_index(
        "uq_cases_open_thread",
        table_name="cases",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_cases_thread_id"), table_name="cases")
    op.drop_index("ix_cases_queue", table_name="cases")
    op.drop_index("ix_cases_closed", table_name="cases")
    op.drop_table("cases")
    op.drop_table("assessments")
    op.drop_table("delegations")
    op.drop_index("ix_comments_thread_id_id", table_name="comments")
    op.drop_index("ix_comments_spam", table_name="comments")
    op.drop_index("ix_comments_source_at", table_name="comments")
    op.drop_index("ix_comments_parent", table_name="comments")
    op.drop_index("ix_comments_near_key", table_name="comments")
    op.drop_index("ix_comments_flagged", table_name="comments")
    op.drop_index("ix_comments_author", table_name="comments")
    op.drop_index("ix_comments_at", table_name="comments")
    op.drop_table("comments")
    op.drop_table("words")
    op.drop_table("threads")
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_raw_items_source_id"), table_name="raw_items")
    op.drop_table("raw_items")
    op.drop_table("policies")
    op.drop_table("person_roles")
    op.drop_table("person_levels")
    op.drop_index(op.f("ix_links_person_id"), table_name="links")
    op.drop_table("links")
    op.drop_index(op.f("ix_sources_next_read_at"), table_name="sources")
    op.drop_table("sources")
    op.drop_table("people")
    op.drop_index("ix_log_in_attempts_subject_at", table_name="log_in_attempts")
    op.drop_table("log_in_attempts")
    op.drop_index("ix_jobs_due", table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("facts")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_table("audit")
