# SPDX-License-Identifier: Apache-2.0
"""The units of a feature are found by the primary key, whatever the statistics say."""

from geo.db.migrate import run_sql_beside

revision = "l008"
down_revision: str | None = "b007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
