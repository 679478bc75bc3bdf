# SPDX-License-Identifier: Apache-2.0
"""Keys written straight into the database: the command that makes them starts a process, which takes seconds."""

from collections.abc import Sequence

import psycopg2

from api.auth import hash_of, new_key


def insert_key(url: str, source: str, *, role: str | None = None, area: Sequence[str] | None = None) -> str:
    """A key that pushes into every layer, or reads with a role within an area."""
    key = new_key()
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into api_key (source, key_hash, layers, role, area) values (%s, %s, %s, %s, %s)",
            (source, hash_of(key), ["*"], role, None if area is None else list(area)),
        )
    connection.close()
    return key
