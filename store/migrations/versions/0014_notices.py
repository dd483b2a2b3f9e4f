"""Notices"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prefs",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_prefs_person_id")),
        sa.PrimaryKeyConstraint("person_id", "name", name=op.f("pk_prefs")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column(
            "thing",
            sa.String(length=30),
            nullable=False,
            comment="what it is about: submission, question, publication ...",
        ),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="which version of it, where it has versions; else 0"
        ),
        sa.Column("response_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("since", Utc(), nullable=False, comment="since when it waits"),
        sa.Column("how", sa.String(length=10), nullable=False, comment="at once or digest; empty: not looked at yet"),
        sa.Column(
            "due_at", Utc(), nullable=False, comment="when it is looked at next: to plan it, to send it, to try again"
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="how often sending it began"),
        sa.Column("problem", sa.Text(), nullable=False, comment="a sentence for people: why the last attempt failed"),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.Column("settled_as", sa.String(length=20), nullable=False, comment="sent, not needed, not wanted, not sent"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_notices_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "kind", "thing", "thing_id", "version", name="uq_notices_once"),
    )
    still = sa.text("settled_at is null")
    op.create_index("ix_notices_due", "notices", ["due_at"], sqlite_where=still, postgresql_where=still)
    op.create_index("ix_notices_thing", "notices", ["thing", "thing_id"])
    op.create_index("ix_notices_settled", "notices", ["settled_as", "settled_at"])
    op.create_table(
        "bounces",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "address", sa.String(length=254), nullable=False, comment="as it was then: another one is tried anew"
        ),
        sa.Column("said", sa.Text(), nullable=False, comment="what the server answered"),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bounces_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_bounces")),
    )
    op.create_table(
        "deputies",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_deputies_deputy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deputies_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_deputies")),
    )
    op.create_index("ix_deputies_deputy_id", "deputies", ["deputy_id"])
    op.add_column(
        "level_times",
        sa.Column(
            "reminded_at",
            Utc(),
            nullable=True,
            comment="its time was over, and those who are asked were reminded, once",
        ),
    )
    op.add_column(
        "level_times",
        sa.Column(
            "deputies_at", Utc(), nullable=True, comment="since when the deputies of its people are asked as well"
        ),
    )
