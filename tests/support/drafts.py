# SPDX-License-Identifier: Apache-2.0
"""Drafts over HTTP, as GIS staff work with them; their checks run in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from api.job_runner import run_job
from api.settings import Settings
from boundaries.files import FileStore
from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.db.pool import Database
from layers.registry import LayerRegistry

OCTETS = {"Content-Type": "application/octet-stream"}


async def publish_set(database: Database, body: dict[str, Any]) -> int:
    """Publish a set of units; answers its version."""
    async with database.transaction() as connection:
        return (await publish(connection, read_unit_set(body))).version


@asynccontextmanager
async def open_desk(url: str, registry: LayerRegistry, files: Path, key: str, **settings: Any) -> AsyncIterator["Desk"]:
    """A desk at a server of its own, in this process."""
    app = create_app(Settings(database_url=url, demo=True, files=files, **settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        header = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=header) as client:
            yield Desk(client, url, files, registry)


@dataclass(frozen=True)
class Desk:
    """A signed-in client with the worker's part at hand."""

    client: httpx.AsyncClient
    url: str
    files: Path
    registry: LayerRegistry

    async def post(self, data: bytes, status: int = 201, **query: str) -> dict[str, Any]:
        """Send a file."""
        return self.told(
            await self.client.post("/boundaries/uploads", params=query, content=data, headers=OCTETS), status
        )

    async def get(self, draft: int, part: str = "", status: int = 200) -> dict[str, Any]:
        """A draft, or a part of it such as "/findings"."""
        return self.told(await self.client.get(f"/boundaries/drafts/{draft}{part}"), status)

    async def change(self, draft: dict[str, Any], status: int = 200, **members: Any) -> dict[str, Any]:
        """Change a draft as it was seen."""
        answer = await self.client.patch(
            f"/boundaries/drafts/{draft['id']}", json=members, headers={"If-Match": f'"{draft["revision"]}"'}
        )
        return self.told(answer, status)

    async def check(self, draft: dict[str, Any]) -> dict[str, Any]:
        """Run the latest job of a draft as the worker does; answers the draft afterwards."""
        await run_job(self.url, draft["job"]["id"], self.registry, FileStore(self.files))
        return await self.get(draft["id"])

    async def checked(self, path: Path, **query: str) -> dict[str, Any]:
        """Send a file and check it."""
        return await self.check(await self.post(path.read_bytes(), 201, name=path.name, **query))

    async def findings(self, draft: dict[str, Any]) -> list[dict[str, Any]]:
        """Properties of the findings."""
        return [one["properties"] for one in (await self.get(draft["id"], "/findings"))["features"]]

    @staticmethod
    def told(answer: httpx.Response, status: int) -> dict[str, Any]:
        """The body of an answer with the status that it must have."""
        assert answer.status_code == status, answer.text
        body: dict[str, Any] = answer.json()
        if status >= 400:
            assert body["code"] and body["detail"] and body["detail_vi"], body
        return body
