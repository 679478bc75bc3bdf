# SPDX-License-Identifier: Apache-2.0
"""A server with sources of its own folder, people of every role, and a key for each source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import yaml

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings

SOURCE = {
    "system": "field_reports",
    "title": {"vi": "Phản ánh", "en": "Reports"},
    "connector": "records_json",
    "options": {"layer": "incidents"},
}


@dataclass(frozen=True)
class SourceDesk:
    """A client of the server, with the keys of its sources and of staff."""

    client: httpx.AsyncClient
    folder: Path
    url: str
    staff: dict[str, str]

    def declare(self, source: str, **members: Any) -> None:
        """Write the file of a source."""
        (self.folder / f"{source}.yaml").write_text(yaml.safe_dump({**SOURCE, "id": source, **members}))

    def key(self, source: str, *layers: str) -> dict[str, str]:
        """The headers of a source, for these layers or for all."""
        return {"Authorization": f"Bearer {_key(self.url, source, layers=layers or ('*',))}"}


def _key(url: str, source: str, role: str | None = None, layers: tuple[str, ...] = ("*",)) -> str:
    key = new_key()
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into api_key (source, key_hash, layers, role) values (%s, %s, %s, %s)",
            (source, hash_of(key), list(layers), role),
        )
    connection.close()
    return key


@asynccontextmanager
async def open_source_desk(url: str, folder: Path, *sources: str) -> AsyncIterator[SourceDesk]:
    """A server in this process whose folder declares these sources."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(Settings(database_url=url, demo=True, files=folder / "files", sources=folder))
    staff = _key(url, "staff", "admin")
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            desk = SourceDesk(client, folder, url, {"Authorization": f"Bearer {staff}"})
            for source in sources:
                desk.declare(source)
            yield desk
