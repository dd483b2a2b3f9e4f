"""What deciding leaves beside the decisions: what was seen, what was said to the policy's owner, who handed it on."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from store.schema.base import Utc, id_, metadata, ref

seen_versions = Table(
    "seen_versions",
    metadata,
    # Which version of a response a person last had on the screen whole, and which one before that.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("response_id", Integer, ForeignKey("responses.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("before", Integer, nullable=False, comment="the version seen before this one; 0: none"),
    Column("at", Utc, nullable=False),
)

policy_notes = Table(
    "policy_notes",
    metadata,
    # 'Next time I need not see this', with an approval: a row for each rule that asked for it, with the same words.
    id_(),
    ref("decision_id", "decisions"),
    Column("rule", String(80), nullable=False),
    ref("words_id", "words"),
    UniqueConstraint("decision_id", "rule"),
    Index("ix_policy_notes_rule", "rule"),
)

handed_on = Table(
    "handed_on",
    metadata,
    # Somebody who was asked handed the decision to another person of that level.
    id_(),
    ref("submission_id", "submissions", index=True),
    Column("step", Integer, nullable=False),
    ref("from_person_id", "people"),
    ref("to_person_id", "people"),
    ref("words_id", "words"),
    Column("at", Utc, nullable=False),
)
