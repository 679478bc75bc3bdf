# SPDX-License-Identifier: Apache-2.0
"""Publishing, approving and taking back over HTTP; versions of drafts are seen by who works on boundaries alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from layers.registry import LayerRegistry
from layers.unit_ingest import ingest_units
from tests.boundaries.publication_samples import Office
from tests.boundaries.unit_samples import CITY
from tests.conftest import new_key_of

pytestmark = pytest.mark.postgis


class Desk:
    """A server with two GIS keys and a reader who has not signed in."""

    def __init__(self, client: httpx.AsyncClient, office: Office, keys: dict[str, str]) -> None:
        self.client, self.office, self._keys = client, office, keys

    async def ask(self, method: str, path: str, who: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._keys[who]}"} if who else {}
        return await self.client.request(method, path, headers=headers, **options)


async def _desk(url: str, registry: LayerRegistry, folder: Path, *, approval: bool) -> AsyncIterator[Desk]:
    opened = await open_database(DatabaseOptions(url, pool_size=4, statement_timeout_s=60))
    office = Office(url, opened, registry, folder)
    await office.publish_2017()
    keys = {name: new_key_of(url, name, "--role", "gis") for name in ("lan", "minh")}
    app = create_app(Settings(database_url=url, demo=True, files=folder / "files", boundary_approval=approval))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield Desk(client, office, keys)
    await opened.close()


@pytest.fixture
async def desk(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Desk]:
    async for made in _desk(fresh_url, registry, tmp_path, approval=False):
        yield made


@pytest.fixture
async def strict(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Desk]:
    """Where a second person must approve."""
    async for made in _desk(fresh_url, registry, tmp_path, approval=True):
        yield made


async def test_a_draft_is_published_and_taken_back(desk: Desk) -> None:
    draft = await desk.office.draft()
    before = (await desk.ask("GET", "/collections/units/items?limit=100&set=city-2017")).json()["features"]
    path, said = f"/boundaries/drafts/{draft}/publication", {"confirm": "city-2025", "reason": "Nghị quyết"}
    assert (await desk.ask("POST", path, json=said)).status_code == 401
    assert (await desk.ask("POST", path, "lan", json={"confirm": "x"})).json()["code"] == "confirmation_wrong"
    asked = await desk.ask("POST", path, "lan", json=said)
    assert asked.status_code == 202 and asked.json()["job"]["kind"] == "publish"
    assert (await desk.ask("POST", path, "lan", json=said)).json()["code"] == "job_running"
    assert (await desk.office.do(asked.json()["job"]["id"]))["state"] == "done"
    listed = (await desk.ask("GET", "/boundaries/publications", "lan")).json()["publications"]
    assert [(one["kind"], one["unit_set"], one["may"]) for one in listed] == [
        ("publish", "city-2025", ["roll_back"]), ("import", "city-2017", []),
    ]  # fmt: skip
    assert listed[0]["legal"]["number"] == "1683/NQ-UBTVQH15" and listed[0]["by"] == "lan"
    assert (await desk.ask("GET", "/boundaries/publications")).json()["publications"][0]["may"] == []
    back = f"/boundaries/publications/{listed[0]['id']}/rollback"
    asked = await desk.ask("POST", back, "minh", json=said)
    assert (await desk.office.do(asked.json()["job"]["id"]))["state"] == "done"
    after = (await desk.ask("GET", "/collections/units/items?limit=100&set=city-2017")).json()["features"]
    assert after == before
    assert (await desk.ask("POST", back, "minh", json=said)).json()["code"] == "not_the_latest"


async def test_a_second_person_approves(strict: Desk) -> None:
    draft = await strict.office.draft()
    path, said = f"/boundaries/drafts/{draft}", {"confirm": "city-2025"}
    assert (await strict.ask("POST", f"{path}/publication", "lan", json=said)).json()["code"] == "approval_required"
    assert (await strict.ask("POST", f"{path}/approval", "lan")).json()["code"] == "approval_not_asked"
    assert (await strict.ask("POST", f"{path}/approval-request", "lan")).status_code == 204
    assert (await strict.ask("POST", f"{path}/approval", "lan")).json()["code"] == "approval_by_another"
    assert (await strict.ask("POST", f"{path}/approval", "minh")).status_code == 204
    assert (await strict.ask("POST", f"{path}/publication", "lan", json=said)).status_code == 202


async def test_nobody_else_sees_the_version_of_a_draft(desk: Desk) -> None:
    draft = await desk.office.draft()
    version = await desk.office.value("select version from boundary_draft where id = $1", draft)
    tile = f"/tiles/units/11/1626/898.mvt?version={version}"
    seen = await desk.ask("GET", tile, "lan")
    assert seen.status_code == 200 and seen.content and seen.headers["cache-control"] == "private, no-cache"
    for path in (tile, f"/boundaries/versions/{version}/unagreed"):
        assert (await desk.ask("GET", path)).status_code == 404
        assert (await desk.ask("GET", path, "lan")).status_code == 200
    numbers = [[one["id"] for one in (await desk.ask("GET", "/boundaries/versions", who)).json()["versions"]]
               for who in (None, "lan")]  # fmt: skip
    assert version not in numbers[0] and version in numbers[1]
    await desk.office.publish(draft)
    now = await desk.ask("GET", tile)
    assert now.status_code == 200 and now.content == seen.content
    assert now.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_units_take_as_of(desk: Desk) -> None:
    page = await desk.ask("GET", "/collections/units/items?as_of=2020-01-01T00:00:00Z")
    assert page.status_code == 200 and page.json()["features"] == []
    one = await desk.ask("GET", "/collections/units/items/city-2017.05443?as_of=2020-01-01T00:00:00Z")
    assert one.status_code == 404


async def test_a_push_is_taken_back_to_the_version_before_it_and_the_first_one_never(desk: Desk) -> None:
    said = {"confirm": "city-2017"}
    first = await desk.office.value("select min(id) from publication")
    refused = await desk.ask("POST", f"/boundaries/publications/{first}/rollback", "lan", json=said)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_before")
    assert (await desk.office.job("rollback", first))["problem"]["code"] == "nothing_before"
    items = "/collections/units/items?limit=100&set=city-2017"
    before = (await desk.ask("GET", items)).json()["features"]
    fewer = {**CITY, "features": CITY["features"][:30]}
    await ingest_units(desk.office.database, desk.office.registry, "test", fewer)
    assert len((await desk.ask("GET", items)).json()["features"]) == 30
    listed = (await desk.ask("GET", "/boundaries/publications", "lan")).json()["publications"]
    assert [(one["kind"], one["may"]) for one in listed] == [("import", ["roll_back"]), ("import", [])]
    asked = await desk.ask("POST", f"/boundaries/publications/{listed[0]['id']}/rollback", "lan", json=said)
    assert (await desk.office.do(asked.json()["job"]["id"]))["state"] == "done"
    assert (await desk.ask("GET", items)).json()["features"] == before
    listed = (await desk.ask("GET", "/boundaries/publications", "lan")).json()["publications"]
    assert [one["may"] for one in listed] == [[], [], []]


async def test_what_followed_is_told_to_who_may_count_it(desk: Desk, fresh_url: str) -> None:
    draft = await desk.office.draft()
    layers = ("incidents", "hidden")
    followed: list[dict[str, Any]] = [{"layer": layer, "total": 3, "changed": 1, "moves": []} for layer in layers]
    opened = await open_database(DatabaseOptions(fresh_url, pool_size=1))
    async with opened.transaction() as connection:
        await connection.execute("update boundary_draft set consequences = $2 where id = $1", draft, followed)
    await opened.close()
    said = {"confirm": "city-2025", "reason": "thử"}
    asked = await desk.ask("POST", f"/boundaries/drafts/{draft}/publication", "lan", json=said)
    assert (await desk.office.do(asked.json()["job"]["id"]))["state"] == "done"
    newest = (await desk.ask("GET", "/boundaries/publications")).json()["publications"][0]
    assert [one["layer"] for one in newest["consequences"]] == ["incidents"]
    of_one_area = new_key_of(fresh_url, "phuong", "--role", "operator", "--area", "city-2017/05443")
    headers = {"Authorization": f"Bearer {of_one_area}"}
    seen = (await desk.client.get(f"/boundaries/publications/{newest['id']}", headers=headers)).json()
    assert seen["consequences"] == [] and seen["by"] == "lan"
