# SPDX-License-Identifier: Apache-2.0
"""Writers find the units of what they wrote from the rows at hand, and statements are planned for their number."""

from geo.db.migrate import run_sql_beside

revision = "l006"
down_revision: str | None = "l005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
