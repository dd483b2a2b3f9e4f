"""The responses of one channel of a level are found without a look at the others"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_level_costs_channel", "level_costs", ["level", "channel", "response_id"])
