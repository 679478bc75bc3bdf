# SPDX-License-Identifier: Apache-2.0
"""Editing single features by hand: roles, areas, locking by revision, undo."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import Database
from tests.api.test_session import account, sign_in
from tests.conftest import Seed, new_key_of
from tests.support.grid import OLD, middle, publish_grid

pytestmark = pytest.mark.postgis


@pytest.fixture
async def editor(admin_url: str, database_url: str, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A GIS officer, signed in, whose client carries the CSRF token."""
    await publish_grid(database)
    app = create_app(Settings(database_url=database_url))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            session = await sign_in(client, account(admin_url, "gis"))
            client.headers["X-CSRF-Token"] = session["csrf"]
            yield client


async def item(client: httpx.AsyncClient, feature_id: int) -> dict[str, Any]:
    answer = await client.get(f"/collections/cameras/items/{feature_id}")
    assert answer.status_code == 200, answer.text
    feature: dict[str, Any] = answer.json()
    return feature


async def test_a_camera_is_added_changed_withdrawn_and_each_step_undone(editor: httpx.AsyncClient) -> None:
    record = {"name": "Camera cổng chợ", "status": "online", "azimuth": 90, **middle(0, 0)}
    added = await editor.post("/collections/cameras/items", json=record)
    assert added.status_code == 201, added.text
    path = added.headers["location"]
    first = (await editor.get(path)).json()
    assert first["properties"]["source"] == "manual" and first["properties"]["azimuth"] == 90

    revision = first["properties"]["revision"]
    patch = {"name": "Camera cổng chợ mới", **middle(1, 0)}
    changed = await editor.patch(path, json=patch, headers={"If-Match": f'"{revision}"'})
    assert changed.status_code == 200, changed.text
    second = (await editor.get(path)).json()
    assert (second["properties"]["name"], second["properties"]["azimuth"]) == ("Camera cổng chợ mới", 90)
    assert second["geometry"]["coordinates"] == [middle(1, 0)["lon"], middle(1, 0)["lat"]]

    assert (await editor.delete(changed.json()["undo"])).json()["restored"] == 1
    third = (await editor.get(path)).json()
    assert third["properties"]["name"] == "Camera cổng chợ" and third["geometry"] == first["geometry"]

    gone = await editor.delete(path, headers={"If-Match": str(third["properties"]["revision"])})
    assert gone.status_code == 200 and (await editor.get(path)).status_code == 404
    assert (await editor.delete(gone.json()["undo"])).json()["brought_back"] == 1
    assert (await editor.get(path)).json()["properties"]["name"] == "Camera cổng chợ"


async def test_who_looked_before_somebody_else_changed_is_told(editor: httpx.AsyncClient) -> None:
    added = await editor.post("/collections/cameras/items", json={"name": "A", **middle(0, 0)})
    path = added.headers["location"]
    assert (await editor.patch(path, json={"name": "B"}, headers={"If-Match": "1"})).status_code == 200
    late = await editor.patch(path, json={"name": "C"}, headers={"If-Match": "1"})
    assert (late.status_code, late.json()["code"]) == (412, "revision_changed")
    without = await editor.patch(path, json={"name": "C"})
    assert (without.status_code, without.json()["code"]) == (400, "if_match_missing")
    assert (await editor.get(path)).json()["properties"]["name"] == "B"


async def test_a_sources_feature_keeps_its_source_and_its_other_fields(editor: httpx.AsyncClient, seed: Seed) -> None:
    mark = uuid.uuid4().hex
    await seed(
        "cameras", [{"id": mark, "name": "Nguồn", "owner": "Công an", "kind": "ptz", **middle(0, 1)}], source="vms"
    )
    listed = (await editor.get("/collections/cameras/items", params={"external_id": mark})).json()["features"][0]
    path = f"/collections/cameras/items/{listed['id']}"
    assert (await editor.patch(path, json={"status": "maintenance"}, headers={"If-Match": "1"})).status_code == 200
    now = (await editor.get(path)).json()["properties"]
    assert (now["source"], now["owner"], now["kind"], now["status"]) == ("vms", "Công an", "ptz", "maintenance")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x", "lon": 21.6, "lat": 105.8}, "coordinate_swapped"),
        ({"name": "x", "status": "burning"}, "value_not_allowed"),
        ({"status": "online"}, "field_missing"),
        ({"name": "x", "role": "admin"}, "field_unknown"),
        ({"name": "x", "revision": 9}, "field_unknown"),
        ([], "body_invalid"),
    ],
)
async def test_a_bad_record_is_refused_with_the_doors_code(editor: httpx.AsyncClient, body: Any, code: str) -> None:
    answer = await editor.post("/collections/cameras/items", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text


async def test_only_roles_that_edit_a_layer_edit_it(
    editor: httpx.AsyncClient, admin_url: str, database_url: str
) -> None:
    refused = await editor.post("/collections/incidents/items", json={"title": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    session = await sign_in(editor, account(admin_url, "viewer"))
    refused = await editor.post(
        "/collections/cameras/items", json={"name": "x"}, headers={"X-CSRF-Token": session["csrf"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")


async def test_an_edit_by_cookie_needs_the_token(editor: httpx.AsyncClient) -> None:
    del editor.headers["X-CSRF-Token"]
    refused = await editor.post("/collections/cameras/items", json={"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_invalid")


async def test_an_editor_of_one_area_edits_there_alone(editor: httpx.AsyncClient, database_url: str) -> None:
    key = new_key_of(database_url, f"k-{uuid.uuid4().hex[:6]}", "--layers", "--role", "gis", "--area", f"{OLD}/00001")
    mine = {"Authorization": f"Bearer {key}"}
    inside = await editor.post("/collections/cameras/items", json={"name": "trong", **middle(0, 0)}, headers=mine)
    assert inside.status_code == 201, inside.text
    outside = await editor.post("/collections/cameras/items", json={"name": "ngoài", **middle(1, 1)}, headers=mine)
    assert (outside.status_code, outside.json()["code"]) == (403, "outside_area")
    foreign = await editor.post("/collections/cameras/items", json={"name": "của người khác", **middle(1, 1)})
    path = foreign.headers["location"]
    assert (await editor.patch(path, json={"name": "x"}, headers={**mine, "If-Match": "1"})).status_code == 404
    moved = await editor.patch(inside.headers["location"], json=middle(1, 1), headers={**mine, "If-Match": "1"})
    assert (moved.status_code, moved.json()["code"]) == (403, "outside_area")


async def test_the_manifest_says_who_may_edit(editor: httpx.AsyncClient) -> None:
    listed = (await editor.get("/collections")).json()["collections"]
    editable = {one["id"] for one in listed if one["toancanh"]["editable"]}
    assert {"cameras", "sensors", "schools", "clinics"} <= editable and "incidents" not in editable


async def test_a_table_is_imported_by_a_signed_in_person_and_undone(editor: httpx.AsyncClient) -> None:
    name = f"bang-{uuid.uuid4().hex[:8]}"
    place = middle(0, 0)
    good, swapped = f"{place['lon']},{place['lat']}", f"{place['lat']},{place['lon']}"
    table = f"id,Tên,lon,lat\n{name}-1,Camera một,{good}\n{name}-2,Camera hai,{swapped}\n"
    headers = {"Content-Type": "text/csv"}
    query = {"layer": "cameras", "name": name}
    seen = await editor.post("/imports", params={**query, "mode": "preview"}, content=table.encode(), headers=headers)
    assert seen.status_code == 200, seen.text
    assert (await editor.get("/collections/cameras/items", params={"external_id": f"{name}-1"})).json()[
        "features"
    ] == []
    done = await editor.post("/imports", params={**query, "mode": "commit"}, content=table.encode(), headers=headers)
    assert done.status_code == 200, done.text
    (camera,) = (await editor.get("/collections/cameras/items", params={"external_id": f"{name}-1"})).json()["features"]
    assert camera["properties"]["source"] == "manual"
    undone = await editor.delete(f"/ingest/manual/imports/{name}", params={"layer": "cameras"})
    assert undone.json()["removed"] == 1, undone.text
    assert (await editor.get("/collections/cameras/items", params={"external_id": f"{name}-1"})).json()[
        "features"
    ] == []
