"""Alembic's door: runs the migrations on the connection that `Inbox.migrate` hands over."""

from alembic import context

from amends.inbox.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
