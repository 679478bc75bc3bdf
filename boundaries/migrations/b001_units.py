# SPDX-License-Identifier: Apache-2.0
"""Administrative units and their versions."""

from geo.db.migrate import run_sql_beside

revision = "b001"
down_revision: str | None = "g001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
