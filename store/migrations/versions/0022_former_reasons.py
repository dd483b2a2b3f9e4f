"""Why a case was closed before it was opened again"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# The reasons of cases that were opened again so far were kept and no longer pointed at: the record of the decision and
# the words have one person and one moment.
LEFT_BEHIND = """
insert into former_reasons (case_id, words_id)
select distinct cases.id, words.id
from words
join audit on audit.at = words.at and audit.person_id = words.by
join cases on cases.id = audit.subject_id
where words.kind = 'reason' and audit.subject = 'case' and audit.action in ('case.dismissed', 'case.spam')
and not exists (select 1 from cases closed where closed.close_reason_id = words.id)
"""


def upgrade() -> None:
    op.create_table(
        "former_reasons",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_former_reasons_case_id_cases")),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=op.f("fk_former_reasons_words_id_words")),
        sa.PrimaryKeyConstraint("case_id", "words_id", name=op.f("pk_former_reasons")),
    )
    op.execute(LEFT_BEHIND)
