# SPDX-License-Identifier: Apache-2.0
"""A client over HTTP with a source of its own, for tests of metrics."""

from typing import Any

import httpx

from api.auth import hash_of, new_key
from geo.db.pool import Database
from tests.layers.metric_samples import new_source, population
from tests.support.grid import OLD

_KEEP_KEY = "insert into api_key (source, key_hash, layers) values ($1, $2, '{*}')"


class Talker:
    """A client with a source of its own."""

    def __init__(self, client: httpx.AsyncClient, source: str, key: str) -> None:
        self._client = client
        self.source = source
        self._headers = {"Authorization": f"Bearer {key}"}

    async def push(self, layer: str, records: Any, **more: str) -> httpx.Response:
        address = f"/ingest/{self.source}"
        return await self._client.post(address, params={"layer": layer, **more}, json=records, headers=self._headers)

    async def delete(self, path: str, layer: str) -> httpx.Response:
        address = f"/ingest/{self.source}/{path}"
        return await self._client.delete(address, params={"layer": layer}, headers=self._headers)

    async def get(self, path: str, **parameters: str) -> Any:
        answer = await self._client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def raw(self, path: str, **parameters: str) -> httpx.Response:
        return await self._client.get(path, params=parameters or None)


async def talk(client: httpx.AsyncClient, database: Database) -> Talker:
    """A talker whose source may push everything."""
    source, key = new_source(), new_key()
    async with database.connection() as connection:
        await connection.execute(_KEEP_KEY, source, hash_of(key))
    return Talker(client, source, key)


def old(code: str, value: Any, **more: Any) -> dict[str, Any]:
    """A value of one of the four old squares."""
    return population(value, unit_code=code, unit_set=OLD, **{"period": "2015", **more})
