"""Who somebody is at an OpenID provider"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(200), nullable=False, comment="address of the OpenID provider"),
        sa.Column("subject", sa.String(255), nullable=False, comment="who that is there, for good"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_identities_person_id_people")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
    )
    op.create_index("ix_identities_person_id", "identities", ["person_id"])
