"""Notes, tasks, who is looking, and who asks to take over"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OPEN = sa.text("answered_at is null")


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("edited_at", Utc()),
        sa.Column("deleted_at", Utc()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notes_case_id")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_notes_by")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_notes_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_case_id", "notes", ["case_id"])
    op.create_table(
        "note_mentions",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column(
            "start", sa.Integer(), nullable=False, comment="where '@' stands in the words; below 0: picked, not written"
        ),
        sa.Column("length", sa.Integer(), nullable=False, comment="of the name with its '@', in characters"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_note_mentions_note_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_note_mentions_person_id")),
        sa.PrimaryKeyConstraint("note_id", "start", name=op.f("pk_note_mentions")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), comment="the end of the day in the zone of whoever gave it; empty: whenever"),
        sa.Column("done_at", Utc()),
        sa.Column("done_by", sa.Integer()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_tasks_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tasks_person_id")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_tasks_words_id")),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"], name=op.f("fk_tasks_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_case_id", "tasks", ["case_id"])
    op.create_index("ix_tasks_person", "tasks", ["person_id", "done_at", "due_at"])
    op.create_table(
        "presence",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_presence_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presence_person_id")),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])
    op.create_table(
        "takeovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("held_since", Utc(), nullable=False, comment="which claim it is about: that since this moment"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc()),
        sa.Column("outcome", sa.String(20), nullable=False, comment="empty, kept, handed over, taken, lapsed"),
        sa.Column("words_id", sa.Integer()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_takeovers_case_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_takeovers_holder_id")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_takeovers_by")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_takeovers_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeovers")),
    )
    op.create_index("ix_takeovers_case_id", "takeovers", ["case_id"])
    op.create_index(
        "uq_takeovers_open", "takeovers", ["case_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "readings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_readings_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_readings_case_id")),
        sa.PrimaryKeyConstraint("person_id", "day", "case_id", name=op.f("pk_readings")),
    )
    op.add_column("escalations", sa.Column("answered_at", Utc()))
