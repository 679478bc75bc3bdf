# SPDX-License-Identifier: Apache-2.0
"""The exchange with other map servers: through which servers records came, and how far each peer was told."""

from geo.db.migrate import run_sql_beside

revision = "l011"
down_revision: str | None = "l010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
