"""Templates have versions that are approved, and replies say what they were made of"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing ever wrote into the first form of this table.
    op.drop_table("templates")
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("retired_at", Utc(), comment="since when nothing is made of it any more"),
        sa.Column("retired_by", sa.Integer()),
        sa.Column("used_at", Utc(), comment="when a reply was last made of it"),
        sa.Column("version", sa.Integer(), nullable=False, comment="every change adds one"),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_templates_by")),
        sa.ForeignKeyConstraint(["retired_by"], ["people.id"], name=op.f("fk_templates_retired_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
    )
    in_use = sa.text("retired_at is null")
    op.create_index(
        "uq_templates_name", "templates", ["name"], unique=True, sqlite_where=in_use, postgresql_where=in_use
    )
    op.create_table(
        "template_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column(
            "scope", sa.JSON(), nullable=False, comment="channels, the gravest severity, and matters it is meant for"
        ),
        sa.Column("submission_id", sa.Integer()),
        sa.Column("approved_at", Utc(), comment="the newest approved version of a template is the one that is used"),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_template_versions_response_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_template_versions_submission_id")),
        sa.ForeignKeyConstraint(["template_id"], ["templates.id"], name=op.f("fk_template_versions_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_versions")),
        sa.UniqueConstraint("response_id", name=op.f("uq_template_versions_response_id")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_template_versions_template_id_number")),
    )
    op.create_table(
        "template_uses",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False, comment="as filled in"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_template_uses_by")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_template_uses_response_id")),
        sa.ForeignKeyConstraint(["version_id"], ["template_versions.id"], name=op.f("fk_template_uses_version_id")),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_template_uses")),
    )
    op.create_index("ix_template_uses_version_id", "template_uses", ["version_id"])
