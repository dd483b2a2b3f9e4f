"""Moderation from here, and our own people on the blog"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sources",
        sa.Column(
            "lists",
            sa.JSON(),
            nullable=True,
            comment="of the lists asked for by our account: a hash of each as last read, and a problem",
        ),
    )
    op.add_column(
        "comments",
        sa.Column("status_at", Utc(), nullable=True, comment="when a change of that word was first seen"),
    )
    op.add_column(
        "responses",
        sa.Column(
            "action",
            sa.String(length=10),
            server_default="reply",
            nullable=False,
            comment="a reply, or what is done to a comment",
        ),
    )
    op.add_column(
        "response_versions", sa.Column("action", sa.String(length=10), server_default="reply", nullable=False)
    )
    op.create_table(
        "our_people",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=60), nullable=False, comment="the source's own authenticated id"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_our_people_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_our_people_person_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_our_people_source_id")),
        sa.PrimaryKeyConstraint("source_id", "author_id", name=op.f("pk_our_people")),
    )
    op.create_table(
        "answered_there",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answered_there_case_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_answered_there_comment_id")),
        sa.PrimaryKeyConstraint("case_id", "comment_id", name=op.f("pk_answered_there")),
    )
    op.create_index("ix_answered_there_comment_id", "answered_there", ["comment_id"], unique=False)
    op.create_table(
        "moderations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False, comment="sentences for people; empty when all is well"),
        sa.Column("done_at", Utc(), nullable=True),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_moderations_by")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_moderations_comment_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_moderations_response_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_moderations_source_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_moderations_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderations")),
    )
    op.create_index(op.f("ix_moderations_comment_id"), "moderations", ["comment_id"], unique=False)
    op.create_index("ix_moderations_due", "moderations", ["state", "not_before"], unique=False)
    op.create_index(op.f("ix_moderations_response_id"), "moderations", ["response_id"], unique=False)
    op.create_index(op.f("ix_moderations_submission_id"), "moderations", ["submission_id"], unique=False)
