# SPDX-License-Identifier: Apache-2.0
"""The text files and names of a private PostgreSQL cluster: pure, standard library only.

The launcher reads this before any virtual environment exists, so nothing here may import a package.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PORT = 54329
DATABASE = "toancanh"
OWNER = "toancanh_owner"
SERVING = "toancanh_serve"
SUPERUSER = "postgres"
# Read for a person who sees some units only, under row-level security; the serving role takes it for a transaction.
AREA = "toancanh_area"

# PostgreSQL refuses socket paths over 107 bytes; the file name itself takes up to 20 of them.
SOCKET_DIR_MAX_BYTES = 80

DATABASE_EXISTS_SQL = "SELECT 1 FROM pg_database WHERE datname = 'toancanh'"

# "trust" is safe here because nobody reaches the door: there is no TCP listener, and the socket lies in a
# folder of mode 0700. Who may enter that folder could read the data files anyway.
PG_HBA = """\
# Written by Toàn Cảnh at every start. The 0700 socket folder is the lock; there is no TCP listener.
local all all trust
"""

_DURABLE = """\
synchronous_commit = on
fsync = on
"""

# A throw-away cluster only has to survive the death of its processes, not of the machine.
_THROW_AWAY = """\
synchronous_commit = on
fsync = off
full_page_writes = off
"""


@dataclass(frozen=True)
class Tuning:
    """What differs between a cluster that keeps data and one made for a test run."""

    durable: bool = True
    max_connections: int = 40


def short_name(path: Path) -> str:
    """Eight hex digits that name a folder: the same path always gives the same name."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def postgresql_conf(socket_dir: Path, tuning: Tuning) -> str:
    """The whole configuration: small enough that the product stays under 1.5 GB with ten live streams."""
    return f"""\
# Written by Toàn Cảnh at every start: edits here are lost.
listen_addresses = ''
port = {PORT}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = {tuning.max_connections}
superuser_reserved_connections = 3

shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
autovacuum_max_workers = 2
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
random_page_cost = 1.1
jit = off

{_DURABLE if tuning.durable else _THROW_AWAY}wal_compression = on
max_wal_size = 1GB
min_wal_size = 128MB
checkpoint_completion_target = 0.9
track_commit_timestamp = on

client_connection_check_interval = 1000
idle_in_transaction_session_timeout = '10min'
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
default_text_search_config = 'pg_catalog.simple'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] %q%u@%d '
log_checkpoints = off
log_autovacuum_min_duration = -1
"""


def provision_roles_sql() -> str:
    """Roles of the product: an owner who migrates, and a serving role without DDL. Repeatable."""
    return f"""\
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN
    CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SERVING}') THEN
    CREATE ROLE {SERVING} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{AREA}') THEN
    CREATE ROLE {AREA} NOLOGIN;
  END IF;
  GRANT {AREA} TO {SERVING};
END $$;
"""  # noqa: S608 - constants of this file


def provision_database_sql() -> str:
    """Extensions and grants inside the product's database. Repeatable.

    The owner may add rows to spatial_ref_sys: PostGIS 3.3 lacks EPSG:9213, which the first migration adds. Comparing
    boxes tells nothing of a row by an error, and behind row-level security only what is leakproof may use the spatial
    index: measured on a million rows, a tile of one area near the ground took 45 ms instead of 1,500.
    """
    return f"""\
CREATE EXTENSION IF NOT EXISTS postgis;
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO {OWNER};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {SERVING};
"""


def connection_url(role: str, socket_dir: Path, database: str = DATABASE) -> str:
    """A libpq URL that reaches the cluster through its socket folder."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_dir), safe='/')}&port={PORT}"
