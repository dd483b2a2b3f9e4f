"""What is typed is kept as it is typed"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_saves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column(
            "seq", sa.Integer(), nullable=False, comment="grows with each save of the response, whoever makes it"
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "tab", sa.String(length=40), nullable=False, comment="which window; empty: not typed into the editor"
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="as it was typed, outer blanks too"),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column(
            "aside",
            sa.Boolean(),
            nullable=False,
            comment="kept beside the response: it could not become its text",
        ),
        sa.Column("settled_at", Utc(), comment="since when nobody need look at what was kept aside"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_draft_saves_person_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_draft_saves_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_saves")),
        sa.UniqueConstraint("response_id", "seq", name=op.f("uq_draft_saves_response_id_seq")),
    )
