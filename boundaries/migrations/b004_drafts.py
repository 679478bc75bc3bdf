# SPDX-License-Identifier: Apache-2.0
"""Drafts: what was sent, what was found, who decided, and the jobs that do the work."""

from geo.db.migrate import run_sql_beside

revision = "b004"
down_revision: str | None = "b003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
