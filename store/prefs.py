"""Queries on what people chose for themselves, by name. What a name means stands in `access.preferences`."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select, update

from store.db import Tx
from store.rows import parted
from store.schema import prefs


def get(tx: Tx, person_id: int, name: str) -> Any:
    """What a person chose, None where nothing was."""
    return tx.execute(select(prefs.c.value).where(prefs.c.person_id == person_id, prefs.c.name == name)).scalar()


def of_people(tx: Tx, person_ids: Iterable[int], name: str) -> dict[int, Any]:
    """What each of these people chose; those who chose nothing are left out."""
    found = {}
    for part in parted(sorted(set(person_ids))):
        for row in tx.execute(select(prefs).where(prefs.c.name == name, prefs.c.person_id.in_(part))):
            found[row.person_id] = row.value
    return found


def put(tx: Tx, person_id: int, name: str, value: Any) -> None:
    mine = prefs.c.person_id == person_id, prefs.c.name == name
    if tx.execute(update(prefs).where(*mine).values(value=value)).rowcount == 0:
        tx.execute(insert(prefs).values(person_id=person_id, name=name, value=value))


def drop(tx: Tx, person_id: int, name: str) -> None:
    """Forgets what was chosen: what is usual holds again."""
    tx.execute(delete(prefs).where(prefs.c.person_id == person_id, prefs.c.name == name))
