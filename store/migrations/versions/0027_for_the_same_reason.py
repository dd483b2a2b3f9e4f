"""For which reason a comment is in its case, so that those with the same one can be counted"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_PART = 500
_SAYS_NOTHING = ("negative", "degraded")
"""Reasons that are of the tone of a text, or of a signal that failed."""


def upgrade() -> None:
    op.add_column(
        "case_comments",
        sa.Column(
            "rule",
            sa.String(80),
            nullable=False,
            server_default=sa.text("''"),
            comment="the rule of the strongest reason it came with; empty where that says nothing of what it is about",
        ),
    )
    _fill(op.get_bind())
    op.create_index("ix_case_comments_rule", "case_comments", ["case_id", "rule"])


def _fill(connection: sa.Connection) -> None:
    """What is closed is counted no more: only the comments of open cases are given theirs."""
    cases = sa.table("cases", sa.column("id"), sa.column("state"))
    ours = sa.table("case_comments", *map(sa.column, ("case_id", "comment_id", "revision", "rule")))
    judged = sa.table("assessments", *map(sa.column, ("id", "comment_id", "revision")), sa.column("reasons", sa.JSON()))
    open_ones = sa.select(ours.c.case_id, ours.c.comment_id, ours.c.revision).join(cases, cases.c.id == ours.c.case_id)
    keys = [tuple(row) for row in connection.execute(open_ones.where(cases.c.state == "open"))]
    for start in range(0, len(keys), _PART):
        part = keys[start : start + _PART]
        some = sa.select(judged.c.comment_id, judged.c.revision, judged.c.reasons).order_by(judged.c.id)
        found = {
            (row.comment_id, row.revision): _strongest(row.reasons or ())
            for row in connection.execute(some.where(judged.c.comment_id.in_([key[1] for key in part])))
        }
        for case_id, comment_id, revision in part:
            if rule := found.get((comment_id, revision)):
                mine = ours.c.case_id == case_id, ours.c.comment_id == comment_id, ours.c.revision == revision
                connection.execute(sa.update(ours).where(*mine).values(rule=rule))


def _strongest(reasons: Sequence[Mapping[str, object]]) -> str:
    concern = [one for one in reasons if not str(one["rule"]).startswith("spam:")]
    best = max(concern, key=lambda one: float(str(one["share"])), default=None)
    rule = str(best["rule"]) if best else ""
    return "" if rule in _SAYS_NOTHING else rule[:80]
