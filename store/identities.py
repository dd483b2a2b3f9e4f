"""Queries on who somebody is at an OpenID provider."""

from datetime import datetime

from sqlalchemy import insert, select

from store.db import Tx
from store.schema import identities


def person_id(tx: Tx, issuer: str, subject: str) -> int | None:
    """Whose account there this is."""
    found = select(identities.c.person_id).where(identities.c.issuer == issuer, identities.c.subject == subject)
    return tx.execute(found).scalar_one_or_none()


def add(tx: Tx, issuer: str, subject: str, person: int, now: datetime) -> None:
    tx.execute(insert(identities).values(issuer=issuer, subject=subject, person_id=person, at=now))
