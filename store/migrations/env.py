"""Run by Alembic: migrates over the connection that `store.migrate` opened, in its transaction."""

from alembic import context

from store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
