"""The installation and its people."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from store.schema.base import Utc, id_, metadata, ref

facts = Table(
    "facts",
    metadata,
    Column("name", String(60), primary_key=True, comment="organisation, time zone, set-up code, pause ..."),
    Column("value", JSON, nullable=False),
)

people = Table(
    "people",
    metadata,
    id_(),
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
    id_(),
    Column("token_hash", String(64), nullable=False, unique=True),
    ref("person_id", "people", index=True),
    Column("csrf", String(64), nullable=False),
    Column(
        "browser",
        String(60),
        nullable=False,
        server_default=text("''"),
        comment="its name and system, as it said itself",
    ),
    Column("created_at", Utc, nullable=False),
    Column("used_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
    Column("ended_at", Utc),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False, comment="encrypted with the installation's key"),
    Column("begun_at", Utc, nullable=False),
    Column("last_step", Integer, nullable=False, comment="of the newest code that was taken: each is taken once"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    ref("person_id", "people", index=True),
    Column("used_at", Utc),
)

identities = Table(
    "identities",
    metadata,
    Column("issuer", String(200), primary_key=True, comment="address of the OpenID provider"),
    Column("subject", String(255), primary_key=True, comment="who that is there, for good"),
    ref("person_id", "people", index=True),
    Column("at", Utc, nullable=False),
)

links = Table(
    "links",
    metadata,
    id_(),
    Column("token_hash", String(64), nullable=False, unique=True),
    ref("person_id", "people", index=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
    Column("used_at", Utc),
)

log_in_attempts = Table(
    "log_in_attempts",
    metadata,
    id_(),
    Column("subject", String(64), nullable=False, comment="keyed hash of the e-mail or the address tried from"),
    Column("at", Utc, nullable=False, index=True),
    Index("ix_log_in_attempts_subject_at", "subject", "at"),
)

words = Table(
    "words",
    metadata,
    id_(),
    Column("kind", String(30), nullable=False, comment="reason, question, answer, note"),
    Column("text", Text, nullable=False),
    Column("keyed_hash", String(64), nullable=False, comment="what the audit chain holds instead of the text"),
    ref("by", "people"),
    Column("at", Utc, nullable=False),
    Column("erased_at", Utc),
    Index("ix_words_keyed_hash", "keyed_hash"),
)

expertise = Table(
    "expertise",
    metadata,
    # What somebody can be asked about, in free words.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("tag", String(60), primary_key=True),
)

absences = Table(
    "absences",
    metadata,
    # When somebody is out of office, and who is asked in their place meanwhile.
    id_(),
    ref("person_id", "people"),
    ref("deputy_id", "people", null=True, index=True),
    ref("words_id", "words"),
    Column("begins_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("made_at", Utc, nullable=False),
    ref("made_by", "people"),
    Column("ended_at", Utc, comment="when somebody was back before that, or it was taken back"),
    Index("ix_absences_person", "person_id", "ends_at"),
    Index("ix_absences_ends_at", "ends_at"),
)
