# SPDX-License-Identifier: Apache-2.0
"""Which version of which set is valid is a change too."""

from geo.db.migrate import run_sql_beside

revision = "b002"
down_revision: str | None = "l007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
