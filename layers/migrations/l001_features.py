# SPDX-License-Identifier: Apache-2.0
"""Features, their history, units, imports and dead letters."""

from geo.db.migrate import run_sql_beside

revision = "l001"
down_revision: str | None = "b001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
