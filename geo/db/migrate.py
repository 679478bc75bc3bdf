# SPDX-License-Identifier: Apache-2.0
"""Migrations: every package keeps its own beside its code, Alembic runs them in one line of revisions."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config

_ROOT = Path(__file__).resolve().parents[2]
_LOCATIONS = ("geo/db/migrations", "boundaries/migrations", "layers/migrations", "api/migrations")
# Two migrations at once would race for the same tables; the number is arbitrary and stays.
MIGRATION_LOCK = 7_120_001


def migrate(admin_url: str) -> None:
    """Bring the schema to the newest revision. Doing it again changes nothing.

    Args:
        admin_url: libpq URL of a role that owns the database.
    """
    engine = sa.create_engine(sqlalchemy_url(admin_url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(sa.text("create extension if not exists postgis"))
        config = Config()
        config.set_main_option("script_location", str(_ROOT / "geo" / "db" / "alembic"))
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", ":".join(str(_ROOT / place) for place in _LOCATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")


def run_sql_beside(python_file: str, *more: str) -> None:
    """Run the SQL file that has the migration's name, then others beside it, by name.

    The driver's cursor is used as it is: no binds, no percent.
    """
    own = Path(python_file).with_suffix(".sql")
    for path in (own, *(own.with_name(name) for name in more)):
        op.get_bind().connection.cursor().execute(path.read_text(encoding="utf-8"))


def sqlalchemy_url(libpq_url: str) -> str:
    """The same address for SQLAlchemy with psycopg2."""
    return "postgresql+psycopg2://" + libpq_url.split("://", 1)[1]
