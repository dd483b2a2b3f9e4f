"""Background work and the record."""

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, String, Table, Text

from store.schema.base import Utc, id_, metadata

jobs = Table(
    "jobs",
    metadata,
    id_(),
    Column("name", String(40), nullable=False),
    Column("ref", Integer, nullable=False, comment="the id that the job is about"),
    Column("key", String(120), nullable=False, unique=True, comment="two jobs of one key are one job"),
    Column("run_at", Utc, nullable=False),
    Column("workflow", String(36), nullable=False, default="", comment="the engine's id of its present run"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0, comment="the worker that began it; 0: none has"),
    Column("problem", Text, nullable=False, default=""),
    Index("ix_jobs_about", "name", "ref"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Integer, primary_key=True, comment="the fence: it only grows, and none is used twice"),
    Column("executor", String(160), nullable=False, comment="host, home and slot; stable"),
    Column("started_at", Utc, nullable=False),
    Column("last_seen", Utc, nullable=False),
    Column("ended_at", Utc, comment="tidily, or marked so by another after a lease of silence"),
    Column("resumed_at", Utc, comment="when what it had left was given to others"),
    Index("ix_workers_resumed_at", "resumed_at"),
    sqlite_autoincrement=True,
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
    Index("ix_audit_person", "person_id", "seq"),
    Index("ix_audit_action", "action", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="single"),
)
