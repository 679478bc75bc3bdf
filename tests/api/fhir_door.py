# SPDX-License-Identifier: Apache-2.0
"""A server with a registry of health as its source, and a client of its FHIR door; a search of everything stored."""

import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import yaml
from psycopg2.sql import SQL, Identifier

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.db.pool import Database
from tests.layers.connectors.fhir_samples import MEASURE
from tests.support.grid import OLD

FHIR = {"Content-Type": "application/fhir+json"}


@dataclass
class FhirDoor:
    """The door of one server, and the key of one source that pushes to it."""

    client: httpx.AsyncClient
    source: str
    key: str
    database: Database

    async def push(self, resource: Any, path: str = "/fhir", **headers: str) -> httpx.Response:
        """Push a resource."""
        signed = {**FHIR, "Authorization": f"Bearer {self.key}", **headers}
        return await self.client.post(path, json=resource, headers=signed)

    async def get(self, path: str, **parameters: str) -> Any:
        """What a search or read answers."""
        answer = await self.client.get(f"/fhir/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/fhir+json")
        return answer.json()

    async def locations(self, **parameters: str) -> list[dict[str, Any]]:
        """The clinics of this source, through all pages."""
        found: list[dict[str, Any]] = []
        page = await self.get("Location", **parameters)
        while True:
            found += [entry["resource"] for entry in page.get("entry", [])]
            following = {link["relation"]: link["url"] for link in page["link"]}.get("next")
            if following is None:
                return [one for one in found if one["identifier"][-1]["system"].endswith(f"/{self.source}")]
            page = (await self.client.get(following)).json()


@contextlib.asynccontextmanager
async def fhir_door(url: str, folder: Path) -> AsyncIterator[FhirDoor]:
    """A server in this process whose folder of sources has one that speaks FHIR."""
    source, key = f"fhir-{uuid.uuid4().hex[:8]}", new_key()
    options = {"measures": {MEASURE: "vaccinations"}, "unit_prefixes": {"Location/commune-gso2025-": OLD}}
    declared = {
        "id": source, "system": "vaccination", "title": {"vi": "Sở Y tế", "en": "Health"}, "connector": "fhir",
        "options": options,
    }  # fmt: skip
    (folder / f"{source}.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    app = create_app(Settings(database_url=url, demo=True, files=folder / "files", sources=folder))
    async with app.router.lifespan_context(app):
        database = app.state.toancanh.database
        async with database.connection() as connection:
            await connection.execute(
                "insert into api_key (source, key_hash, layers) values ($1, $2, '{*}')", source, hash_of(key)
            )
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield FhirDoor(client, source, key, database)


def tables_that_hold(admin_url: str, *secrets: str) -> list[str]:
    """The tables in which one of these texts stands in any column of any row, as text or as bytes."""
    held = []
    with contextlib.closing(psycopg2.connect(admin_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
        )
        for (name,) in cursor.fetchall():
            asked = SQL("select exists (select from {} as t where t::text ilike any (%s))").format(Identifier(name))
            cursor.execute(asked, ([f"%{text}%" for secret in secrets for text in (secret, secret.encode().hex())],))
            if cursor.fetchone() == (True,):
                held.append(name)
    return held
