# SPDX-License-Identifier: Apache-2.0
"""Batches of thousands find their units by key, not by reading the whole layer."""

from geo.db.migrate import run_sql_beside

revision = "l004"
down_revision: str | None = "l003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
