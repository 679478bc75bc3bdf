# SPDX-License-Identifier: Apache-2.0
"""Change log, live log and the local grid EPSG:9213."""

from geo.db.migrate import run_sql_beside

revision = "g001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
