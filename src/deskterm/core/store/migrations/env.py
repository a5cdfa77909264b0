"""Alembic's entry: runs the versions on the connection that `schema.upgrade` hands over, in its transaction."""

from alembic import context

from deskterm.core.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
