# SPDX-License-Identifier: Apache-2.0
"""What a layer holds is kept by its writers, so that telling it reads a few rows and not the layer."""

from geo.db.migrate import run_sql_beside

revision = "l007"
down_revision: str | None = "l006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
