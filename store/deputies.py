"""Queries on deputies: who is asked in the place of a person who has not answered in time."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from store.db import Tx
from store.schema import deputies, people


def every(tx: Tx) -> dict[int, int]:
    """The deputy of each person who has one."""
    return {row.person_id: row.deputy_id for row in tx.execute(select(deputies).limit(5000))}


def of_people(tx: Tx, person_ids: Iterable[int]) -> frozenset[int]:
    """The active deputies of these people; people who are not active still have theirs."""
    wanted = sorted(set(person_ids))
    query = (
        select(deputies.c.deputy_id)
        .join(people, people.c.id == deputies.c.deputy_id)
        .where(deputies.c.person_id.in_(wanted), people.c.active)
    )
    return frozenset(tx.execute(query.limit(5000)).scalars()) if wanted else frozenset()


def principals(tx: Tx, deputy_id: int) -> list[int]:
    """The people for whom somebody is the deputy."""
    query = select(deputies.c.person_id).where(deputies.c.deputy_id == deputy_id).order_by(deputies.c.person_id)
    return list(tx.execute(query.limit(200)).scalars())


def put(tx: Tx, person_id: int, deputy_id: int | None) -> None:
    """A person's deputy from now on; None: nobody."""
    tx.execute(delete(deputies).where(deputies.c.person_id == person_id))
    if deputy_id is not None:
        tx.execute(insert(deputies).values(person_id=person_id, deputy_id=deputy_id))
