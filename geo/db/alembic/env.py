# SPDX-License-Identifier: Apache-2.0
"""Alembic's entry: runs on the connection that ``geo.db.migrate`` opened, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
with context.begin_transaction():
    context.run_migrations()
