# SPDX-License-Identifier: Apache-2.0
"""Functions with which SQL answers a CQL2 filter as layers.cql2 does."""

from geo.db.migrate import run_sql_beside

revision = "l002"
down_revision: str | None = "a002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
