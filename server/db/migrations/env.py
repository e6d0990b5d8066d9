"""Alembic's environment. Always run by ``server.db.migrate``, which hands over a connection."""

from alembic import context

from server.db.migrate import configuration_of
from server.db.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    **configuration_of(),
)
with context.begin_transaction():
    context.run_migrations()
