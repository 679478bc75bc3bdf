#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs once, when the database volume is new: the owner who migrates, and the serving role without DDL.
# The same roles and grants as geo/db/cluster_files.py gives the local cluster, here with passwords.
set -euo pipefail

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v owner_password="$OWNER_PASSWORD" -v serve_password="$SERVE_PASSWORD" <<'SQL'
CREATE ROLE toancanh_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE toancanh_serve LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'serve_password';
CREATE ROLE toancanh_area NOLOGIN;
GRANT toancanh_area TO toancanh_serve;
ALTER DATABASE toancanh OWNER TO toancanh_owner;
CREATE EXTENSION IF NOT EXISTS postgis;
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO toancanh_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO toancanh_serve;
SQL
