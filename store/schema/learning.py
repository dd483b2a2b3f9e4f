"""What is learnt from decisions: labels, the comments that are put before a person by chance, and what was learnt."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from store.schema.base import Utc, metadata, ref

labels = Table(
    "labels",
    metadata,
    # What people's work says of a comment, without a word of anybody. The row goes with the comment's words.
    Column("comment_id", Integer, ForeignKey("comments.id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    ref("case_id", "cases", null=True, index=True),
    Column("judged", String(20), nullable=False, comment="what a person did that is the label"),
    Column("wanted", Boolean, comment="a person had to see it; empty: nothing is said of that"),
    Column("spam", Boolean, comment="it is spam; empty: nothing is said of that"),
    Column("at", Utc, nullable=False),
    ref("by", "people", null=True),
    Column("channel", String(20), nullable=False),
    Column("language", String(3), nullable=False),
    Column("flagged", Boolean, nullable=False, comment="as it was in force"),
    Column("shipped", Boolean, nullable=False, comment="as it would have been without what was learnt"),
    Column("fixed", Boolean, nullable=False, comment="learning leaves this flag alone"),
    Column("raised", JSON, nullable=False, comment="the signals by which it was raised"),
    Column("matters", JSON, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("chances", JSON, nullable=False, comment="what was told as the probability of a signal, where it was"),
    Column("weight", Float, nullable=False, comment="how many comments it stands for, where it was drawn from many"),
    Index("ix_labels_at", "at"),
)

check_weeks = Table(
    "check_weeks",
    metadata,
    # One row a week: with the seed and the comments the same can be drawn again.
    Column("week", String(10), primary_key=True, comment="its Monday, in UTC"),
    Column("seed", String(20), nullable=False),
    Column("population", Integer, nullable=False, comment="comments of the week before that nothing raised"),
    Column("drawn", Integer, nullable=False),
    Column("cut", Boolean, nullable=False, comment="there were more than are looked through"),
    Column("at", Utc, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("week", String(10), ForeignKey("check_weeks.week"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False, comment="in the order they are looked at"),
    # Empty once the comment is gone: what was said of it still counts.
    ref("comment_id", "comments", null=True, index=True),
    Column("revision", Integer, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("language", String(3), nullable=False),
    Column("population", Integer, nullable=False, comment="comments of its channel and language"),
    Column("drawn", Integer, nullable=False, comment="of these"),
    Column("answer", String(12), nullable=False, comment="yes, no, cannot say; empty: not answered"),
    ref("by", "people", null=True),
    Column("at", Utc),
    Index("ix_checks_open", "answer", "week", "place"),
)

learnt_versions = Table(
    "learnt_versions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False, comment="learnt, back, off, on, signal"),
    Column("source", Text, nullable=False, comment="what is in force from then on, as JSON"),
    Column("reports", JSON, nullable=False, comment="what was tried: before, after, and whether it was taken on"),
    Column("labels", Integer, nullable=False, comment="how many labels there were"),
    ref("by", "people", null=True),
    Column("at", Utc, nullable=False),
)
