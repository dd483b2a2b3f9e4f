"""Who is told what: the notices, as rows."""

from sqlalchemy import select

from store.schema import notices
from tests.response.desk import Desk


def sent_to(desk: Desk) -> list[tuple[str, str, str]]:
    """Each notice: for whom, of which kind, and what became of it; empty when it is still to be sent."""
    names = {who.id: who.name for who in desk.everybody()}
    with desk.store.read() as tx:
        found = tx.execute(select(notices).order_by(notices.c.id)).all()
    return [(names[row.person_id], row.kind, row.settled_as) for row in found]
