# SPDX-License-Identifier: Apache-2.0
"""Values of units by period, and observations of sensors with their hours."""

from geo.db.migrate import run_sql_beside

revision = "l003"
down_revision: str | None = "l002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL files beside this one: each subject has its own."""
    run_sql_beside(__file__, "l003_observations.sql", "l003_readings.sql")
