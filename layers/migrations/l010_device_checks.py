# SPDX-License-Identifier: Apache-2.0
"""Whether devices answer: the latest check of each, and the moments at which that changed."""

from geo.db.migrate import run_sql_beside

revision = "l010"
down_revision: str | None = "l009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql_beside(__file__)
