"""When levels usually answer, measured from decisions that passed on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import and_, select

from store.db import Tx
from store.schema import decisions, level_times

LOOKED_AT = 400
LEAST = 5


@dataclass(frozen=True, slots=True)
class Usual:
    """How long a level takes: the median in seconds, over so many of its last answers."""

    seconds: float
    n: int


def usual(tx: Tx, levels: Collection[int]) -> dict[int, Usual]:
    """How long each level usually takes, from when a step began to its last decision; a level with fewer than five
    answers is left out. What was taken back before anybody decided counts for nothing.

    One query over the newest decisions, by the index on when steps began.
    """
    made = and_(decisions.c.submission_id == level_times.c.submission_id, decisions.c.step == level_times.c.step)
    query = (
        select(level_times.c.submission_id, level_times.c.step, level_times.c.level, level_times.c.began_at)
        .add_columns(decisions.c.at)
        .join(decisions, made)
        .where(decisions.c.settled_at.is_not(None), decisions.c.undone_at.is_(None))
        .order_by(level_times.c.began_at.desc())
        .limit(LOOKED_AT)
    )
    ended: dict[tuple[int, int, int, datetime], datetime] = {}
    for row in tx.execute(query):
        step = (row.submission_id, row.step, row.level, row.began_at)
        ended[step] = max(ended.get(step, row.at), row.at)
    took: dict[int, list[float]] = {}
    for (_, _, level, began), at in ended.items():
        if level in levels:
            took.setdefault(level, []).append((at - began).total_seconds())
    return {level: Usual(median(found), len(found)) for level, found in took.items() if len(found) >= LEAST}
