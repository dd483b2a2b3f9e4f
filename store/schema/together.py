"""What people who work on one case leave each other: notes, tasks, who is looking, and who asks to take it over."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from store.schema.base import Utc, id_, metadata, ref

notes = Table(
    "notes",
    metadata,
    # A note that was taken away stays as a row without words.
    id_(),
    ref("case_id", "cases", index=True),
    ref("by", "people"),
    ref("words_id", "words"),
    Column("at", Utc, nullable=False),
    Column("edited_at", Utc),
    Column("deleted_at", Utc),
)

note_mentions = Table(
    "note_mentions",
    metadata,
    # Who is named in a note: by id, so that another name, or another person of that name, changes nothing.
    Column("note_id", Integer, ForeignKey("notes.id"), primary_key=True),
    Column("start", Integer, primary_key=True, comment="where '@' stands in the words; below 0: picked, not written"),
    Column("length", Integer, nullable=False, comment="of the name with its '@', in characters"),
    ref("person_id", "people"),
)

tasks = Table(
    "tasks",
    metadata,
    id_(),
    ref("case_id", "cases", index=True),
    ref("by", "people"),
    ref("person_id", "people"),
    ref("words_id", "words"),
    Column("at", Utc, nullable=False),
    Column("due_at", Utc, comment="the end of the day in the zone of whoever gave it; empty: whenever"),
    Column("done_at", Utc),
    ref("done_by", "people", null=True),
    Index("ix_tasks_person", "person_id", "done_at", "due_at"),
)

presence = Table(
    "presence",
    metadata,
    # A sign of life of whoever has a case open: one row for each person and case, old ones go with the next sign.
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("since", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Index("ix_presence_seen_at", "seen_at"),
)

_OPEN = text("answered_at is null")

takeovers = Table(
    "takeovers",
    metadata,
    # Somebody asks whoever has a case for it, or takes it; what became of that.
    id_(),
    ref("case_id", "cases", index=True),
    ref("holder_id", "people"),
    Column("held_since", Utc, nullable=False, comment="which claim it is about: that since this moment"),
    ref("by", "people"),
    Column("asked_at", Utc, nullable=False),
    Column("answered_at", Utc),
    Column("outcome", String(20), nullable=False, comment="empty, kept, handed over, taken, lapsed"),
    ref("words_id", "words", null=True),
    Index(
        "uq_takeovers_open",
        "case_id",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

readings = Table(
    "readings",
    metadata,
    # Which cases a person opened on a day of theirs: for that person alone, and gone the day after.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("severity", Integer, nullable=False),
)
