"""Entry point of Alembic: runs the migrations over the connection in its attributes."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
