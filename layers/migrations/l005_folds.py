# SPDX-License-Identifier: Apache-2.0
"""How many points lie in each cell of a grid, kept up to date by every writer, for tiles of dense layers."""

from geo.db.migrate import run_sql_beside

revision = "l005"
down_revision: str | None = "l004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
