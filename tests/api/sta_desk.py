# SPDX-License-Identifier: Apache-2.0
"""A client of the SensorThings door, as a station with the key of a source of its own, in the country of the grid."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.api.source_desk import SourceDesk, open_source_desk
from tests.support.grid import middle

ROOT = "/sta/v1.1"
Json = dict[str, Any]


@dataclass(frozen=True)
class StaDesk:
    """Addresses are those below the service root; writes carry the source's key."""

    desk: SourceDesk
    source: str
    key: dict[str, str]

    @property
    def client(self) -> httpx.AsyncClient:
        """The bare client."""
        return self.desk.client

    def another(self, source: str) -> "StaDesk":
        """The same server for another source."""
        return StaDesk(self.desk, source, self.desk.key(source))

    async def ask(self, path: str, **options: str) -> httpx.Response:
        """GET with query options, named without their dollar."""
        given = {f"${name}": value for name, value in options.items()}
        return await self.client.get(f"{ROOT}/{path}".rstrip("/"), params=given or None)

    async def get(self, path: str, **options: str) -> Any:
        """What GET answers; it must be 200."""
        answer = await self.ask(path, **options)
        assert answer.status_code == 200, (path, options, answer.text)
        return answer.json()

    async def problem(self, path: str, status: int = 400, **options: str) -> str:
        """The code of the problem that GET answers."""
        answer = await self.ask(path, **options)
        assert answer.status_code == status, (path, options, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        return str(answer.json()["code"])

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A request with the key."""
        return await self.client.request(method, f"{ROOT}/{path}", json=body, headers=self.key)

    async def post(self, path: str, body: Any) -> str:
        """Create; answers the address below the root that ``Location`` names."""
        answer = await self.send("POST", path, body)
        assert answer.status_code == 201, answer.text
        return below(answer.headers["location"])

    async def refused(self, method: str, path: str, body: Any = None, status: int = 400) -> str:
        """The code of the problem that a write answers."""
        answer = await self.send(method, path, body)
        assert answer.status_code == status, answer.text
        return str(answer.json()["code"])


def below(link: str) -> str:
    """An address without the service root."""
    return link.partition(f"{ROOT}/")[2]


@asynccontextmanager
async def open_sta_desk(url: str, folder: Path, **options: Any) -> AsyncIterator[StaDesk]:
    """A server in this process with one source of SensorThings that no other test has."""
    source = f"sta-{uuid.uuid4().hex[:10]}"
    async with open_source_desk(url, folder) as desk:
        desk.declare(source, system="environment", connector="sensorthings", options=options)
        desk.declare(f"{source}-2", system="environment", connector="sensorthings", options={})
        desk.declare(f"{source}-3")  # speaks something else
        yield StaDesk(desk, source, desk.key(source))


def place(column: float = 0, row: float = 0) -> Json:
    """A Location in a square of the grid."""
    at = middle(column, row)
    point = {"type": "Point", "coordinates": [at["lon"], at["lat"]]}
    return {"name": "Mái nhà", "description": "Mái trạm", "encodingType": "application/geo+json", "location": point}


def stream(name: str = "PM2.5", symbol: str | None = "ug/m3", **members: Any) -> Json:
    """A Datastream as stations describe it."""
    return {
        "name": f"{name} của trạm",
        "description": name,
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": name, "symbol": symbol, "definition": ""},
        "ObservedProperty": {"name": name, "definition": f"urn:x:{name}", "description": name},
        "Sensor": {"name": "Máy đo", "description": "Máy đo", "encodingType": "application/pdf", "metadata": "x"},
        **members,
    }


def station(name: str = "Trạm 1", external_id: str | None = None, **members: Any) -> Json:
    """A Thing in the grid; with ``external_id`` the same again is the same."""
    properties = {"kind": "air"} | ({} if external_id is None else {"external_id": external_id})
    return {"name": name, "description": "Trạm thử", "properties": properties, "Locations": [place()], **members}
