"""Pauses of all publishing, what waits for the end of one, and the ways into the record"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None

_PAUSED = sa.text("pause_id is not null")
_WHY = "the pause whose end it waits for"


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False, comment="when it ends by itself"),
        sa.Column("ended_at", Utc(), comment="when somebody ended it before that"),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("responses", sa.JSON(), nullable=False, comment="the numbers of responses that go out all the same"),
        sa.Column(
            "channels", sa.JSON(), nullable=False, comment="the channels on which everything goes out all the same"
        ),
        sa.Column("moderates", sa.Boolean(), nullable=False, comment="whether comments are moderated all the same"),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_pauses_by_people")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_pauses_words_id_words")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_pauses_ended_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index("ix_pauses_until", "pauses", ["until"])
    for table in ("publications", "moderations"):
        op.add_column(table, sa.Column("pause_id", sa.Integer(), comment=_WHY))
        op.create_index(f"ix_{table}_pause", table, ["pause_id"], sqlite_where=_PAUSED, postgresql_where=_PAUSED)
    op.create_index("ix_audit_person", "audit", ["person_id", "seq"])
    op.create_index("ix_audit_action", "audit", ["action", "seq"])
    op.create_index("ix_words_keyed_hash", "words", ["keyed_hash"])
