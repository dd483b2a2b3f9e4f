"""Gaps and the rhythm of sources"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("since", Utc(), nullable=False, comment="the newest comment that was known before"),
        sa.Column("met", Utc(), nullable=False, comment="the oldest that was met when the gap was found"),
        sa.Column("until", Utc(), nullable=False, comment="what is left of it; nearer to `since` as it is filled"),
        sa.Column("found_at", Utc(), nullable=False),
        sa.Column("filled_at", Utc(), nullable=True),
        sa.Column(
            "how", sa.String(length=20), nullable=False, comment="what ended it: a way of filling it, or a person"
        ),
        sa.Column("looked_by", sa.Integer(), nullable=True, comment="who looked and found that nothing is missing"),
        sa.Column(
            "way", sa.String(length=20), nullable=False, comment="how it is being filled; empty: there is no way"
        ),
        sa.Column("place", sa.Integer(), nullable=False, comment="how far that way has gone"),
        sa.Column("step", sa.Integer(), nullable=False, comment="one more with each job, as each has a key of its own"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("brought", sa.Integer(), nullable=False, comment="how many comments filling it brought"),
        sa.Column("problem", sa.Text(), nullable=False, comment="a sentence for people: why it is not filled"),
        sa.Column("next_at", Utc(), nullable=True, comment="when filling goes on; empty: nothing more is tried"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_gaps_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index(op.f("ix_gaps_source_id"), "gaps", ["source_id"])
    op.create_index(op.f("ix_gaps_next_at"), "gaps", ["next_at"])
    op.create_table(
        "hooks",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="encrypted with the installation's key"),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True, comment="the last call that was right"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_hooks_source_id")),
        sa.UniqueConstraint("source_id", name=op.f("uq_hooks_source_id")),
    )
    op.create_table(
        "hook_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False, comment="each is taken once"),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_hook_calls_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_calls")),
        sa.UniqueConstraint("source_id", "signature", name=op.f("uq_hook_calls_source_id_signature")),
    )
    op.add_column(
        "sources",
        sa.Column(
            "asked_at",
            Utc(),
            nullable=True,
            comment="somebody asked for a read at once: one that began before does not count",
        ),
    )
    op.add_column(
        "sources",
        sa.Column("front_at", Utc(), nullable=True, comment="the newest comment that a read of the feed has met"),
    )
    op.add_column(
        "sources", sa.Column("rest_until", Utc(), nullable=True, comment="the source asked to be left alone until then")
    )
    # What stood with a source stays to be looked at. How it could have been filled was not written down.
    op.execute(
        "insert into gaps (source_id, since, met, until, found_at, how, way, place, step, failures, brought, problem)"
        " select id, gap_from, gap_until, gap_until, gap_until, '', '', 0, 0, 0, 0, '' from sources"
        " where gap_from is not null and gap_until is not null"
    )
    # SQLite drops columns in place, where making the table anew would end what refers to it.
    op.drop_column("sources", "gap_from")
    op.drop_column("sources", "gap_until")
