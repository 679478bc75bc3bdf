# SPDX-License-Identifier: Apache-2.0
"""Publications as a log with the way back, and what was published when."""

from geo.db.migrate import run_sql_beside

revision = "b005"
down_revision: str | None = "b004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
