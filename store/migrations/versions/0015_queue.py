"""What the queue keeps beside the cases"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snoozes",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False, comment="a comment that joined later ends it"),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_snoozes_by_people")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_snoozes_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_snoozes")),
    )
    op.create_index("ix_snoozes_until", "snoozes", ["until"])
    op.create_table(
        "looked_over",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("found", sa.String(20), nullable=False, comment="calm, spam or not spam"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_looked_over_by_people")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_looked_over_comment_id_comments")),
        sa.PrimaryKeyConstraint("comment_id", "revision", name=op.f("pk_looked_over")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False, comment="everybody has it"),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("view", sa.String(20), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index("ix_saved_views_person_id", "saved_views", ["person_id"])
    op.create_index("ix_saved_views_for_all", "saved_views", ["for_all"])
    op.add_column(
        "comments",
        sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.text("false"), comment="it asks a question"),
    )
    op.create_index("ix_comments_asks", "comments", ["asks", "at"])
    # The same sign of a question as analysis.text.asks goes by; what is older than the view's window never shows.
    comments = sa.table(
        "comments", sa.column("id", sa.Integer), sa.column("revision", sa.Integer), sa.column("asks", sa.Boolean)
    )
    revisions = sa.table(
        "revisions", sa.column("comment_id", sa.Integer), sa.column("number", sa.Integer), sa.column("text", sa.Text)
    )
    text = revisions.c.text
    asking = sa.or_(*(text.like(form) for form in ("%?", "%? %", "%?\n%")))
    present = sa.and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision, asking)
    op.execute(comments.update().where(sa.exists().where(present)).values(asks=True))
