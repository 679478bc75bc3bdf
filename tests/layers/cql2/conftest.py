# SPDX-License-Identifier: Apache-2.0
"""The zoo in PostGIS: its partition made as for any layer, its features inserted past the ingest door."""

from collections.abc import Iterator

import psycopg2
import pytest

from layers.catalog_sync import sync_catalog
from tests.layers.cql2.equivalence import Arena
from tests.layers.cql2.zoo import ZOO, make_rows, store

ROWS = 200


@pytest.fixture(scope="module")
def arena(admin_url: str, database_url: str) -> Iterator[Arena]:
    """200 features in the session's database; the throw-away layer is dropped afterwards."""
    connection = psycopg2.connect(admin_url)
    rows = make_rows(seed=1, count=ROWS)
    with connection:
        sync_catalog(connection, [ZOO], "toancanh_test_serve")
        store(connection, rows)
    opened = Arena(database_url, rows)
    yield opened
    opened.close()
    with connection, connection.cursor() as cursor:
        cursor.execute(f"drop view layer_{ZOO.id}; drop function write_layer_{ZOO.id}; drop table feature_{ZOO.id}")
        for table in ("change_log", "feature_unit"):
            cursor.execute(f"delete from {table} where layer = %s", (ZOO.id,))
    connection.close()
