"""A second opinion switched on at a model of the test's own, and asked for by hand, in the test's own thread."""

from typing import Any

from sqlalchemy import select

from channels.models import Kind as Way
from ingest import opinions as job
from response import opinion_settings, opinions
from response.opinion_rules import Kind
from response.opinion_settings import Chosen, InForce
from store.db import Store
from store.opinions import JOB, Opinion
from store.schema import audit
from store.schema import opinions as table
from tests.jobs import hands
from tests.response.desk import Desk

KEY = "sk-very-secret-1234567890"


def chosen(address: str, **changed: Any) -> Chosen:
    given = {
        "way": Way.OPENAI,
        "address": address,
        "model": "small",
        "private": True,
        "price_in": 500,
        "price_out": 2000,
    }
    return Chosen(**{**given, "budget": 10_000, "seconds": 5, **changed})


def now(store: Store) -> InForce:
    with store.read() as tx:
        return opinion_settings.in_force(tx)


def switched_on(desk: Desk, address: str, **changed: Any) -> InForce:
    """As Alice has entered and switched it on, where nobody else is there."""
    saved = opinion_settings.save(desk.store, desk.alice, chosen(address, **changed), KEY, now(desk.store).version)
    if not saved.active:
        opinion_settings.switch_on(desk.store, desk.alice, saved.version)
    return now(desk.store)


def sent(store: Store) -> int:
    """Whatever waits is asked, as a worker does; how many jobs there were."""
    return hands.run_all(store, JOB, job.ask)


def all_of(store: Store) -> list[Opinion]:
    with store.read() as tx:
        return [Opinion(**row._mapping) for row in tx.execute(select(table).order_by(table.c.id))]


def asks(desk: Desk, comment_id: int, kind: Kind = Kind.OPINION) -> Opinion:
    """Dave asks, and a worker sends it."""
    opinion_id = opinions.ask(desk.store, desk.dave, comment_id, kind, desk.comment(comment_id).revision)
    sent(desk.store)
    return next(one for one in all_of(desk.store) if one.id == opinion_id)


def events(desk: Desk) -> str:
    """The record, as one text."""
    with desk.store.read() as tx:
        return "\n".join(str(tuple(row)) for row in tx.execute(select(audit)))
