# SPDX-License-Identifier: Apache-2.0
"""Sources, their messages, their dead letters, and where people put what had no place."""

from geo.db.migrate import run_sql_beside

revision = "l009"
down_revision: str | None = "l008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
