"""Run by Alembic: migrates over the connection that `store.migrate` opened, in its transaction."""

from alembic import context

from store import engine, search_index
from store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=False,
    # On SQLite the tables of the engine behind background work and those of search stand beside ours.
    include_object=lambda _thing, name, kind, *_: kind != "table" or name not in engine.TABLES + search_index.TABLES,
)
with context.begin_transaction():
    context.run_migrations()
