"""Queries on expertise: what somebody can be asked about, in free words."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from store.db import Tx
from store.schema import expertise

MOST = 5000


def every(tx: Tx) -> dict[int, tuple[str, ...]]:
    """What each person can be asked about; those who named nothing are left out."""
    found: dict[int, tuple[str, ...]] = {}
    for row in tx.execute(select(expertise).order_by(expertise.c.tag).limit(MOST)):
        found[row.person_id] = (*found.get(row.person_id, ()), row.tag)
    return found


def put(tx: Tx, person_id: int, tags: Collection[str]) -> None:
    """In place of what was there."""
    tx.execute(delete(expertise).where(expertise.c.person_id == person_id))
    if tags:
        tx.execute(insert(expertise), [{"person_id": person_id, "tag": tag} for tag in sorted(tags)])
