"""Taking what was deleted from the database's file as well, where it would stay until something else needs the room.

SQLite overwrites what is deleted (`pragma secure_delete`, set for each connection). Two places remain: the index of
search only notes what is gone from it, and the log of writes beside the file (WAL) keeps pages as they were. PostgreSQL
does such things by its own vacuum.
"""

import sqlite3
import time
from collections.abc import Callable

from sqlalchemy import text

from store.db import Busy, DiskFull, Store

_PAGES = 32
"""Pages of the index that are written anew in one transaction: about 10 ms."""
_TRIES = 40
_PAUSE_S = 0.05
_BREATH_S = 0.001
_WAITS_MS = 50
"""How long a try to empty the log may hold up writers."""


def scrub(store: Store, going_on: Callable[[], bool] = lambda: True) -> bool:
    """Leaves nothing of what was deleted in the files of the database; returns whether that succeeded.

    In steps that hold no writer up. It does not succeed while others hold the database for long: then the next purge
    does it.
    """
    if not store.sqlite:
        return True
    try:
        for kind in ("comments", "cases", "responses"):
            pages, wrote = -_PAGES, True  # a negative number begins the merging of all parts into one
            while wrote:
                if not going_on():
                    return False
                wrote, pages = _merge(store, kind, pages), _PAGES
                time.sleep(_BREATH_S)
    except (Busy, DiskFull):
        return False
    return any(_emptied(store, number) for number in range(_TRIES))


def _merge(store: Store, kind: str, pages: int) -> bool:
    """Some pages of an index; returns whether there was something to do."""
    with store.write() as tx:
        changes = text("select total_changes()")
        before = tx.execute(changes).scalar_one()
        table = f"search_{kind}"
        tx.execute(text(f"insert into {table} ({table}, rank) values ('merge', :pages)"), {"pages": pages})  # noqa: S608 (our own names)
        return int(tx.execute(changes).scalar_one()) - int(before) >= 2


def _emptied(store: Store, number: int) -> bool:
    if number:
        time.sleep(_PAUSE_S)
    with store.engine.connect() as connection:
        # Outside of a transaction, in which SQLAlchemy would begin; and back to the patience of the others after it.
        driver = connection.connection.dbapi_connection
        assert driver is not None
        patience = driver.execute("pragma busy_timeout").fetchone()[0]
        driver.execute(f"pragma busy_timeout = {_WAITS_MS}")
        try:
            driver.execute("pragma wal_checkpoint(passive)").fetchone()
            return bool(driver.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0)
        except sqlite3.Error:  # no room, say: what was to go is gone from the tables, and this is tried again
            return False
        finally:
            driver.execute(f"pragma busy_timeout = {patience}")
