# SPDX-License-Identifier: Apache-2.0
"""Scanned maps and orthophotos that lie under a draft."""

from geo.db.migrate import run_sql_beside

revision = "b007"
down_revision: str | None = "b006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
