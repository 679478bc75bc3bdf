# SPDX-License-Identifier: Apache-2.0
"""Keys of sources."""

from geo.db.migrate import run_sql_beside

revision = "a001"
down_revision: str | None = "l001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
