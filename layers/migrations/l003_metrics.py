# SPDX-License-Identifier: Apache-2.0
"""Values of units by period, and observations of sensors with their hours."""

from geo.db.migrate import run_sql_beside

revision = "l003"
down_revision: str | None = "l002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
