"""Changes that loosen, absences, expertise, which browser a session is of, and what somebody holds"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loosenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False, comment="policy, roles, access, link, second factor ..."),
        sa.Column("person_id", sa.Integer()),
        sa.Column("by", sa.Integer()),
        sa.Column("words_id", sa.Integer()),
        sa.Column("levels", sa.JSON(), nullable=False, comment="whose approvers are told; 0 stands for the experts"),
        sa.Column("what", sa.JSON(), nullable=False, comment="what is changed, and what it was looked at against"),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False, comment="when it ends by itself, if it waits"),
        sa.Column("state", sa.String(12), nullable=False, comment="waiting, in force, refused, taken back, over"),
        sa.Column("settled_at", Utc()),
        sa.Column("settled_by", sa.Integer()),
        sa.Column("answer_id", sa.Integer()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_loosenings_person_id_people")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_loosenings_by_people")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_loosenings_words_id_words")),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name=op.f("fk_loosenings_settled_by_people")),
        sa.ForeignKeyConstraint(["answer_id"], ["words.id"], name=op.f("fk_loosenings_answer_id_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loosenings")),
    )
    op.create_index("ix_loosenings_person_id", "loosenings", ["person_id"])
    op.create_index("ix_loosenings_state", "loosenings", ["state", "until"])
    op.create_table(
        "expertise",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_expertise_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "tag", name=op.f("pk_expertise")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer()),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", Utc(), comment="when somebody was back before that, or it was taken back"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id_people")),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_absences_deputy_id_people")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_absences_words_id_words")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_absences_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_deputy_id", "absences", ["deputy_id"])
    op.create_index("ix_absences_person", "absences", ["person_id", "ends_at"])
    op.create_index("ix_absences_ends_at", "absences", ["ends_at"])
    op.add_column(
        "sessions",
        sa.Column(
            "browser",
            sa.String(60),
            nullable=False,
            server_default=sa.text("''"),
            comment="its name and system, as it said itself",
        ),
    )
    op.create_index("ix_claims_person", "claims", ["person_id", "expires_at"])
    op.create_index("ix_responses_author", "responses", ["author_id", "state"])
