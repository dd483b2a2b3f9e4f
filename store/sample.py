"""Whether an installation is the sample: a fact that is set in an empty database and never taken away."""

from sqlalchemy import select

from model.errors import Conflict
from model.language import _
from store import people as facts
from store.db import Tx
from store.schema import comments, people

_NAME = "sample"


def is_empty(tx: Tx) -> bool:
    """Whether there is nobody yet, and nothing was read."""
    return all(tx.execute(select(table.c.id).limit(1)).first() is None for table in (people, comments))


def mark(tx: Tx) -> None:
    facts.set_fact(tx, _NAME, True)


def is_sample(tx: Tx) -> bool:
    """Whether what is here is made up, so that nothing of it may leave the house."""
    return bool(facts.fact(tx, _NAME))


def require_none(tx: Tx) -> None:
    """Raises Conflict in the sample, where no channel of anybody's is connected."""
    if is_sample(tx):
        raise Conflict(_("This is the sample, which is connected to nothing. Start Levelhead with a home of its own."))
