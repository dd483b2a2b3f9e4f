"""Queries on what people chose for themselves, by name. What a name means stands in `access.preferences`."""

from typing import Any

from sqlalchemy import insert, select, update

from store.db import Tx
from store.schema import prefs


def get(tx: Tx, person_id: int, name: str) -> Any:
    """What a person chose, None where nothing was."""
    return tx.execute(select(prefs.c.value).where(prefs.c.person_id == person_id, prefs.c.name == name)).scalar()


def put(tx: Tx, person_id: int, name: str, value: Any) -> None:
    """What a person chooses, in place of what they chose before."""
    mine = prefs.c.person_id == person_id, prefs.c.name == name
    if tx.execute(update(prefs).where(*mine).values(value=value)).rowcount == 0:
        tx.execute(insert(prefs).values(person_id=person_id, name=name, value=value))
