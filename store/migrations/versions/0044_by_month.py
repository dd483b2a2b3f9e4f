"""What approval costs by month, and what went out and was closed by hour, filled from what is there"""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_OF_LEVELS = ("level", "channel", "action", "what", "step")
_OF_CASES = ("severity", "channel", "what", "step")


def upgrade() -> None:
    _months("level_cost", _OF_LEVELS)
    _months("first_response", _OF_CASES)
    _months("goal_cost", _OF_LEVELS, of_goal=True)
    for name, slot in (("published_hours", "hour"), ("published_days", "day")):
        op.create_table(
            name,
            _slot(slot),
            sa.Column("what", sa.String(10), nullable=False),
            sa.Column("n", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint(slot, "what", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "closed_hours",
        _slot("hour"),
        sa.Column("opened_at", Utc(), nullable=False, comment="when the first of them was opened"),
        sa.Column("longest_s", sa.Integer(), nullable=False, comment="from opening to closing"),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_closed_hours")),
    )
    op.create_index("ix_cases_opened", "cases", ["state", "opened_at"])
    _fill(op.get_bind().dialect.name == "sqlite")


def _slot(name: str) -> sa.Column[int]:
    comment = f"{name}s since 1970 began, UTC"
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False, comment=comment)


def _months(of: str, parts: tuple[str, ...], *, of_goal: bool = False) -> None:
    name, key = f"{of}_months", (*(("goal_id",) if of_goal else ()), "month", *parts)
    columns: list[sa.Column[int] | sa.Column[str]] = []
    for part in key:
        if part in ("goal_id", "level", "severity", "step"):
            comment = "of a length of time; else 0" if part == "step" and "level" in parts else None
            columns.append(sa.Column(part, sa.Integer(), autoincrement=False, nullable=False, comment=comment))
        else:
            length = {"month": 7, "action": 10}.get(part, 20)
            columns.append(sa.Column(part, sa.String(length), nullable=False))
    goal = [sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f(f"fk_{name}_goal_id_goals"))]
    op.create_table(
        name,
        *columns,
        sa.Column("n", sa.Integer(), nullable=False),
        *(goal if of_goal else []),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _fill(sqlite: bool) -> None:
    for of, key in (
        ("level_cost", ", ".join(_OF_LEVELS)),
        ("first_response", ", ".join(_OF_CASES)),
        ("goal_cost", ", ".join(("goal_id", *_OF_LEVELS))),
    ):
        op.execute(
            f"insert into {of}_months (month, {key}, n) select substr(day, 1, 7), {key}, sum(n)"  # noqa: S608
            f" from {of}_days group by substr(day, 1, 7), {key}"
        )

    def seconds(column: str) -> str:
        if sqlite:
            return f"cast(strftime('%s', {column}) as integer)"
        return f"cast(floor(extract(epoch from {column})) as bigint)"

    channel = "json_extract(p.target, '$.channel')" if sqlite else "p.target->>'channel'"
    out = "from publications p join responses r on r.id = p.response_id where p.state = 'published'"
    for table, slot, length in (("published_hours", "hour", 3600), ("published_days", "day", 86_400)):
        at = f"{seconds('p.published_at')} / {length}"
        first = f"min({seconds('p.published_at')}) / {length}"
        op.execute(
            f"insert into {table} ({slot}, what, n) select {at}, 'reply', count(*) {out}"
            f" and r.case_id is not null and p.published_at is not null group by {at}"
        )
        op.execute(
            f"insert into {table} ({slot}, what, n) select one.slot, one.what, count(*) from (select {first} as slot,"  # noqa: S608
            f" case when count(distinct {channel}) > 1 then 'statement' else 'post' end as what {out}"
            f" and r.case_id is null and p.published_at is not null group by p.response_id) one"
            " group by one.slot, one.what"
        )
    hour, lasted = f"{seconds('closed_at')} / 3600", f"{seconds('closed_at')} - {seconds('opened_at')}"
    op.execute(
        f"insert into closed_hours (hour, opened_at, longest_s) select {hour}, min(opened_at), max({lasted})"  # noqa: S608
        f" from cases where state = 'closed' and closed_at is not null group by {hour}"
    )
