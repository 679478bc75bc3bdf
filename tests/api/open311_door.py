# SPDX-License-Identifier: Apache-2.0
"""A server with a source of reports, and a client of its GeoReport door."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from lxml import etree

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.db.pool import Database

ROOT = "/open311/v2"
POTHOLE = {"service_code": "giao_thong.o_ga", "lat": "21.58231", "long": "105.82771", "description": "Ổ gà sâu"}


@dataclass
class Clock:
    """The moment that is now for a server."""

    now: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class ReportDoor:
    """The door of one server, and the key of one source that posts to it."""

    client: httpx.AsyncClient
    key: str
    source: str
    clock: Clock

    async def post(self, form: str = "json", key: str | None = None, **fields: str) -> httpx.Response:
        """Post a report; ``key`` is its Idempotency-Key."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post(f"{ROOT}/requests.{form}", data={"api_key": self.key, **fields}, headers=headers)

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        """Ask as anybody."""
        return await self.client.get(f"{ROOT}/{path}", params=parameters)

    async def one(self, name: str, **parameters: str) -> dict[str, Any]:
        """One report as this server tells it."""
        answer = await self.get(f"requests/{name}.json", **parameters)
        assert answer.status_code == 200, answer.text
        (found,) = answer.json()
        report: dict[str, Any] = found
        return report


async def key_of(
    database: Database, source: str, role: str | None = None, layers: tuple[str, ...] = ("incidents",)
) -> str:
    """A key of a source that pushes incidents; with a role one that reads."""
    key = new_key()
    async with database.connection() as connection:
        await connection.execute(
            "insert into api_key (source, key_hash, layers, role) values ($1, $2, $3, $4)",
            source, hash_of(key), list(layers) if role is None else [], role,
        )  # fmt: skip
    return key


def write_source(folder: Path, source: str, *more: str) -> None:
    """A source of reports in a folder of sources."""
    lines = [f"id: {source}", "system: citizen_app", "title: {vi: Ứng dụng, en: App}", "connector: open311", *more]
    (folder / f"{source}.yaml").write_text("\n".join(lines), encoding="utf-8")


@asynccontextmanager
async def report_door(url: str, folder: Path, **settings: Any) -> AsyncIterator[ReportDoor]:
    """A server in this process whose folder of sources has one that posts reports."""
    source, clock = f"app-{uuid.uuid4().hex[:8]}", Clock()
    write_source(folder, source)
    options = {"demo": True, "files": folder / "files", "sources": folder, **settings}
    app = create_app(Settings(database_url=url, **options), clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield ReportDoor(client, await key_of(app.state.toancanh.database, source), source, clock)


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """Assert one failure in the standard's form, in the form that was asked for; answers its sentence."""
    assert answer.status_code == status, answer.text
    if answer.request.url.path.endswith(".json"):
        (error,) = answer.json()
    else:
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        (element,) = etree.fromstring(answer.content)
        error = {child.tag: child.text for child in element}
    assert (str(error["code"]), error["x_code"]) == (str(status), code) and error["description"]
    return str(error["description"])


async def posted(door: ReportDoor, key: str | None = None, **fields: str) -> str:
    """Report the pothole; answers its id."""
    answer = await door.post(key=key, **{**POTHOLE, **fields})
    assert answer.status_code == 200, answer.text
    (receipt,) = answer.json()
    return str(receipt["service_request_id"])


async def settle(door: ReportDoor, database: Database, name: str, patch: dict[str, str]) -> None:
    """A handler changes the incident, as the console does."""
    (feature,) = (await door.client.get(f"/collections/incidents/items?external_id={name}")).json()["features"]
    headers = {
        "Authorization": f"Bearer {await key_of(database, 'console', 'handler')}",
        "If-Match": str(feature["properties"]["revision"]),
    }
    changed = await door.client.patch(f"/collections/incidents/items/{feature['id']}", json=patch, headers=headers)
    assert changed.status_code == 200, changed.text
