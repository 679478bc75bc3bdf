# SPDX-License-Identifier: Apache-2.0
"""The way of a file to a publication and back: uploaded over HTTP, checked and published as the worker does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from api.app import create_app
from api.settings import Settings
from geo.db.pool import Database
from layers.batch import Batch
from layers.ingest import ingest
from layers.registry import LayerRegistry
from layers.unit_ingest import ingest_units
from tests.boundaries.unit_samples import CITY
from tests.layers.ingest_samples import incident
from tests.support.drafts import Desk
from tests.support.stack import ROOT

DATA = ROOT / "tests" / "boundaries" / "data"
LAW = {
    "number": "1683/NQ-UBTVQH15",
    "issuer": "Uỷ ban Thường vụ Quốc hội",
    "title": "Về việc sắp xếp các đơn vị hành chính cấp xã của tỉnh Thái Nguyên năm 2025",
    "signed_on": "2025-06-16",
    "effective_on": "2025-07-01",
}


@asynccontextmanager
async def open_desk(url: str, key: str, registry: LayerRegistry, folder: Path) -> AsyncIterator[Desk]:
    """A server with a client of GIS staff."""
    app = create_app(Settings(database_url=url, demo=True, files=folder / "files"))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        header = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=header) as client:
            yield Desk(client, url, folder / "files", registry)


async def fill(database: Database, registry: LayerRegistry) -> None:
    """Load the city of 2017, and incidents in it."""
    await ingest_units(database, registry, "demo", CITY)
    await ingest(database, Batch(registry["incidents"], "demo", "one", scattered(300)), datetime.now(UTC))


def scattered(count: int) -> list[dict[str, Any]]:
    """Incidents over the city."""
    places = np.random.default_rng(7).uniform((105.75, 21.50), (105.95, 21.66), (count, 2)).round(6)
    return [
        incident(f"r-{nth}", lon=float(lon), lat=float(lat), time="2026-05-10T08:00:00+07:00")
        for nth, (lon, lat) in enumerate(places)
    ]


async def law_draft(desk: Desk) -> dict[str, Any]:
    """The city of 2025 from a file, checked, with its resolution."""
    draft = await desk.checked(
        DATA / "synthetic_city_2025_8.geojson", base="city-2017", set="city-2025", valid_from="2025-07-01",
        title_vi="Địa bàn thành phố, 8 đơn vị", title_en="The city's ground, 8 units", producer="Xí nghiệp 103",
        title="Sắp xếp đơn vị hành chính cấp xã năm 2025",
    )  # fmt: skip
    legal = desk.told(await desk.client.post("/boundaries/legal", json=LAW), 201)
    return await desk.check(await desk.change(draft, legal=legal["id"], unagreed=[["05443", "05467"]]))


async def publish(desk: Desk, draft: dict[str, Any]) -> int:
    """Publish a draft as the page does and the worker; answers the publication."""
    said = {"confirm": draft["target"]["set"], "reason": "Thi hành <b>nghị quyết</b>"}
    asked = await desk.client.post(f"/boundaries/drafts/{draft['id']}/publication", json=said)
    done = await desk.check({**draft, "job": desk.told(asked, 202)["job"]})
    assert done["state"] == "published", done["job"]
    return int((await desk.client.get("/boundaries/publications")).json()["publications"][0]["id"])


async def roll_back(desk: Desk, publication: int, draft: dict[str, Any]) -> int:
    """Take it back; answers the publication that did."""
    said = {"confirm": draft["target"]["set"], "reason": "Công bố nhầm"}
    asked = await desk.client.post(f"/boundaries/publications/{publication}/rollback", json=said)
    await desk.check({**draft, "job": desk.told(asked, 202)["job"]})
    newest = (await desk.client.get("/boundaries/publications")).json()["publications"][0]
    assert newest["reverts"] == publication
    return int(newest["id"])
