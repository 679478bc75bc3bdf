# SPDX-License-Identifier: Apache-2.0
"""The generated city into PostGIS: through the product's tables and triggers, and as plain tables for the peers.

A peer's table holds the same rows with every property as a typed column, a primary key and a spatial index: more
comfortable than our own storage, so that nobody has to generalise, fold or unpack anything that we would not.
"""

import asyncio
import io
import json
import sys
import time
from collections.abc import Iterable

import psycopg2
from psycopg2.extensions import connection as PgConnection
from shapely.geometry import Polygon

from benchmarks import city
from boundaries.unit_files import read_unit_set
from geo.db.pool import DatabaseOptions, open_database
from geo.hexgrid import cells_of
from layers.registry import discover
from layers.unit_ingest import ingest_units

_CHUNK = 100_000
_STAGING = """create temp table staging (external_id text, kind text, severity text, status text,
 valid_from timestamptz, properties jsonb, lon float8, lat float8, h3 bigint) on commit drop"""
_INSERT = """insert into feature (layer, source, external_id, kind, severity, status, valid_from, properties, geom,
 location_method, h3) select %s, 'bench', external_id, kind, severity, status, valid_from, properties,
 ST_SetSRID(ST_MakePoint(lon, lat), 4326), 'source_coordinates', h3 from staging"""

_COMMON = (
    "source, external_id, revision, valid_from, valid_to, recorded_at, location_method, location_radius_m, "
    "location_confidence, geom::geometry(Point, 4326) as geom from feature where layer = "
)
PEER_TABLES = {
    "units": "select u.id, u.code, u.name, u.full_name, u.type, u.geom::geometry(MultiPolygon, 4326) as geom "
    "from unit u join unit_set_version v on v.id = u.version where v.status = 'published'",
    "cameras": "select id, properties->>'name' as name, kind, status, (properties->>'azimuth')::float8 as azimuth, "
    f"properties->>'owner' as owner, {_COMMON}'cameras'",
    "places": f"select id, properties->>'name' as name, kind, properties->>'address' as address, {_COMMON}'places'",
    "incidents": "select id, properties->>'title' as title, kind, severity, status, properties->>'agency' as agency, "
    f"properties->>'channel' as channel, {_COMMON}'incidents'",
}


def load_city(owner_url: str, sizes: city.Sizes, seed: int) -> dict[str, float]:
    """Fill a migrated database; answers how long each step took."""
    units = city.make_units(seed)
    took: dict[str, float] = {}
    connection = psycopg2.connect(owner_url)
    try:
        for layer, count in (("cameras", sizes.cameras), ("places", sizes.places), ("incidents", sizes.incidents)):
            started = time.monotonic()
            points = city.scatter(units, count, seed + len(layer))
            for first in range(0, count, _CHUNK):
                part = points[first : first + _CHUNK]
                _copy(connection, layer, _rows(layer, first, part, seed + first))
                sys.stdout.write(f"  {layer} {first + len(part):,}\r")
                sys.stdout.flush()
            took[layer] = round(time.monotonic() - started, 1)
        started = time.monotonic()
        asyncio.run(_publish(owner_url, units))
        took["units"] = round(time.monotonic() - started, 1)
        started = time.monotonic()
        _make_peer_tables(connection)
        took["peers"] = round(time.monotonic() - started, 1)
    finally:
        connection.close()
    sys.stdout.write(f"  city loaded: {took}\n")
    return took


def _rows(layer: str, first: int, points: city.Array, seed: int) -> Iterable[tuple[object, ...]]:
    count = len(points)
    cells = cells_of(points[:, 0].tolist(), points[:, 1].tolist())
    own = _incidents if layer == "incidents" else _cameras if layer == "cameras" else _places
    for index, values in enumerate(own(first, count, seed)):
        yield (f"{layer}-{first + index:07d}", *values, points[index, 0], points[index, 1], cells[index])


def _incidents(first: int, count: int, seed: int) -> Iterable[tuple[object, ...]]:
    titles, kinds = city.choices(city.TITLES, count, seed), city.choices(city.KINDS, count, seed + 1)
    severities, statuses = city.choices(city.SEVERITIES, count, seed + 2), city.choices(city.STATUSES, count, seed + 3)
    channels, times = city.choices(city.CHANNELS, count, seed + 4), city.moments(count, seed + 5)
    for index in range(count):
        properties = {
            "title": f"{titles[index]} số {first + index}",
            "agency": f"UBND phường Bến {index % 32 + 1}",
            "channel": channels[index],
            "description": "Người dân phản ánh, đề nghị kiểm tra và xử lý.",
        }
        yield kinds[index], severities[index], statuses[index], times[index], json.dumps(properties, ensure_ascii=False)


def _cameras(first: int, count: int, seed: int) -> Iterable[tuple[object, ...]]:
    kinds = city.choices(["ptz", "fixed", "plate", "dome"], count, seed)
    statuses = city.choices(["online", "offline", "maintenance"], count, seed + 1)
    for index in range(count):
        properties = {"name": f"Camera {first + index}", "azimuth": index * 7 % 360, "owner": "Công an cấp xã"}
        yield kinds[index], None, statuses[index], None, json.dumps(properties, ensure_ascii=False)


def _places(first: int, count: int, seed: int) -> Iterable[tuple[object, ...]]:
    kinds = city.choices(["police", "townhall", "marketplace", "fuel", "bank", "other"], count, seed)
    for index in range(count):
        properties = {"name": f"Địa điểm {first + index}", "address": f"Số {index % 400}, phường Bến {index % 32 + 1}"}
        yield kinds[index], None, None, None, json.dumps(properties, ensure_ascii=False)


def _copy(connection: PgConnection, layer: str, rows: Iterable[tuple[object, ...]]) -> None:
    text = io.StringIO()
    for row in rows:
        text.write("\t".join("\\N" if value is None else str(value) for value in row) + "\n")
    text.seek(0)
    with connection, connection.cursor() as cursor:
        cursor.execute("select set_config('toancanh.bulk', 'on', true)")
        cursor.execute(_STAGING)
        cursor.copy_expert("copy staging from stdin", text)
        cursor.execute(_INSERT, (layer,))


async def _publish(owner_url: str, units: list[Polygon]) -> None:
    """After the points: assigning them to units in one statement is quicker than by the triggers' batches."""
    database = await open_database(DatabaseOptions(owner_url, pool_size=2, statement_timeout_s=600))
    try:
        body = city.unit_set_body(units)
        read_unit_set(body)
        await ingest_units(database, discover(), "bench", body)
    finally:
        await database.close()


def _make_peer_tables(connection: PgConnection) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute("create schema peer")
        for name, query in PEER_TABLES.items():
            cursor.execute(f"create table peer.{name} as {query} order by 1")  # noqa: S608 - constants
            cursor.execute(f"alter table peer.{name} add primary key (id)")
            cursor.execute(f"create index on peer.{name} using gist (geom)")
        cursor.execute("grant usage on schema peer to public")
        cursor.execute("grant select on all tables in schema peer to public")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    connection.autocommit = False
