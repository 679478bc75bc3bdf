# SPDX-License-Identifier: Apache-2.0
"""Accounts, sessions, and what keys may read."""

from geo.db.migrate import run_sql_beside

revision = "a002"
down_revision: str | None = "a001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
