"""Queries on the first set-up: what is remembered of it, and what is there already whoever brought it."""

from sqlalchemy import exists, func, select

from store.db import Tx
from store.schema import facts, people, policies, sources

STATE = "first set-up"
"""The fact that says how it stands as a whole; an installation that was there before it has none."""
_STEP = "first set-up: "  # as it is


def state(tx: Tx) -> str:
    """How it stands as a whole; empty where there is none."""
    return str(tx.execute(select(facts.c.value).where(facts.c.name == STATE)).scalar() or "")


def named(step: str) -> str:
    """The fact that says how this step was passed."""
    return _STEP + step


def passed(tx: Tx, steps: tuple[str, ...]) -> dict[str, str]:
    """How each of these steps was passed, as it was said; those that were not are left out."""
    rows = tx.execute(select(facts).where(facts.c.name.in_([named(one) for one in steps])))
    return {row.name.removeprefix(_STEP): str(row.value) for row in rows}


def there(tx: Tx) -> tuple[bool, bool, bool]:
    """Whether there is a source, a second person, and a policy that somebody saved."""
    second = exists(select(people.c.id).where(people.c.id > select(func.min(people.c.id)).scalar_subquery()))
    saved = exists(select(policies.c.id).where(policies.c.by.is_not(None)))
    row = tx.execute(select(exists(select(sources.c.id)), second, saved)).one()
    return bool(row[0]), bool(row[1]), bool(row[2])
