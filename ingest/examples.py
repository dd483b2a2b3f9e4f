"""The job that makes the vectors of examples for whoever tries a matter on its page.

The page has no encoder: it would take a worker's memory once more.
"""

from analysis.deep import NO_MEMORY
from analysis.similarity import packed
from ingest import second
from jobs import Context
from model import clock
from store import example_vectors

AT_ONCE = 64


def read(context: Context) -> None:
    """Reads what waits. Where the encoder cannot be loaded it goes on waiting, and the page says why."""
    store = context.store
    while context.still_mine():
        with store.read() as tx:
            found = example_vectors.waiting(tx, AT_ONCE)
        reader = second.READER.get(store) if found else None
        if reader is None:
            return
        try:
            made = packed(reader.vectors(list(found.values())))
        except MemoryError:
            second.READER.lost(store, NO_MEMORY)
            return
        with store.sign() as tx:
            if not context.holds(tx):
                return
            example_vectors.keep(tx, dict(zip(found, made, strict=True)), clock.now())
