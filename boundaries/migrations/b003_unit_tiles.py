# SPDX-License-Identifier: Apache-2.0
"""Units ready for tiles: cut once when a set is published, and for every version that is there already."""

from geo.db.migrate import run_sql_beside

revision = "b003"
down_revision: str | None = "b002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
