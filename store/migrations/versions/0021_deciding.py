"""What deciding leaves beside the decisions"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_versions",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False, comment="the version seen before this one; 0: none"),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seen_versions_person_id_people")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_seen_versions_response_id_responses")),
        sa.PrimaryKeyConstraint("person_id", "response_id", name=op.f("pk_seen_versions")),
    )
    op.create_table(
        "policy_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_policy_notes_decision_id_decisions")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_policy_notes_words_id_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_notes")),
        sa.UniqueConstraint("decision_id", "rule", name=op.f("uq_policy_notes_decision_id_rule")),
    )
    op.create_index("ix_policy_notes_rule", "policy_notes", ["rule"])
    op.create_table(
        "handed_on",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_handed_on_submission_id_submissions")
        ),
        sa.ForeignKeyConstraint(["from_person_id"], ["people.id"], name=op.f("fk_handed_on_from_person_id_people")),
        sa.ForeignKeyConstraint(["to_person_id"], ["people.id"], name=op.f("fk_handed_on_to_person_id_people")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_handed_on_words_id_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_on")),
    )
    op.create_index(op.f("ix_handed_on_submission_id"), "handed_on", ["submission_id"])
    op.add_column(
        "decisions",
        sa.Column(
            "span_start",
            sa.Integer(),
            comment="which part of the version it is about, in characters; none: all of it",
        ),
    )
    op.add_column("decisions", sa.Column("span_end", sa.Integer()))
    op.create_index("ix_decisions_person_id", "decisions", ["person_id", "id"])
    op.create_index(op.f("ix_escalations_by"), "escalations", ["by"])
