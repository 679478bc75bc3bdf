# SPDX-License-Identifier: Apache-2.0
"""Which unit of one generation went into which of another, by which share and on what basis."""

from geo.db.migrate import run_sql_beside

revision = "b006"
down_revision: str | None = "b005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
