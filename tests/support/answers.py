# SPDX-License-Identifier: Apache-2.0
"""What readers of a map are told about units, byte for byte, by a server that has kept nothing yet."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx

from api.app import create_app
from api.settings import Settings
from geo.tile import tile_at

ZOOMS = (6, 9, 12, 14, 16, 18)
_COUNTED = ("incidents", "cameras")


@asynccontextmanager
async def serving(url: str, files: Path, clock: Callable[[], datetime]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server for which it is the moment that the clock tells."""
    app = create_app(Settings(database_url=url, demo=True, files=files), clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client


def addresses(unit_sets: Iterable[str], place: tuple[float, float]) -> list[str]:
    """Everything whose answer depends on units: of today, of each set, and of each event's own time."""
    found = ["/collections", "/boundaries/sets", "/tiles/units.json", "/tiles/units/12/3250/1790.mvt"]
    found.append(f"/boundaries/at?lon={place[0]}&lat={place[1]}")
    for choice in ("", *(f"set={one}" for one in unit_sets)):
        found += [f"/tiles/units/{z}/{x}/{y}.mvt?{choice}" for z, x, y in (tile_at(*place, zoom) for zoom in ZOOMS)]
        found.append(f"/collections/units/items?limit=1000&{choice}")
        found += [f"/collections/{layer}/units?{choice}" for layer in _COUNTED]
    for layer in _COUNTED:
        found += [f"/collections/{layer}/items?limit=1000", f"/collections/{layer}/h3?resolution=8"]
        found += [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for z, x, y in (tile_at(*place, zoom) for zoom in ZOOMS)]
    around = ",".join(str(round(one, 4)) for one in (place[0] - 0.1, place[1] - 0.1, place[0] + 0.1, place[1] + 0.1))
    found.append(f"/collections/incidents/items?bbox={around}&datetime=2025-05-01/2025-12-31")
    return found


async def answers(client: httpx.AsyncClient, asked: Iterable[str]) -> dict[str, tuple[int, str | None, bytes]]:
    """Status, entity tag and body by address."""
    found = {}
    for address in asked:
        answer = await client.get(address, headers={"Accept-Encoding": "identity"})
        found[address] = (answer.status_code, answer.headers.get("etag"), answer.content)
    return found
