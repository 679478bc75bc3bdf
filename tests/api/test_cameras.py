# SPDX-License-Identifier: Apache-2.0
"""What cameras see, over HTTP: shapes, cameras that see a point, areas, history; and the register as a spreadsheet."""

import math
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pyproj import Geod
from shapely.geometry import Point, shape

from geo.db.pool import Database
from layers.batch import Batch
from layers.intake import take_in
from layers.registry import LayerRegistry
from tests.conftest import Seed, new_key_of
from tests.support.grid import OLD, middle, publish_grid

pytestmark = pytest.mark.postgis
GEOD = Geod(ellps="WGS84")


async def place(client: httpx.AsyncClient, seed: Seed, *records: dict[str, Any]) -> dict[str, int]:
    """Cameras of a source of their own; answers their ids by name."""
    source = f"vms-{uuid.uuid4().hex[:8]}"
    receipt = await seed("cameras", [{"id": one["name"], **one} for one in records], source=source)
    assert receipt.accepted == len(records), receipt.rejected
    items = (await client.get("/collections/cameras/items", params={"source": source})).json()["features"]
    return {one["properties"]["name"]: one["id"] for one in items}


def camera(name: str, at: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"name": name, "lon": at[0], "lat": at[1], "azimuth": 90, "hfov": 60, "range_m": 100, **more}


def at(start: tuple[float, float], bearing: float, distance_m: float) -> tuple[float, float]:
    lon, lat, _ = GEOD.fwd(*start, bearing, distance_m)
    return float(lon), float(lat)


@pytest.fixture
def here() -> tuple[float, float]:
    """A crossing of this test's own: far enough from those of the others."""
    number = uuid.uuid4().int
    return 104.5 + number % 10_007 / 10_007, 20.5 + number % 9_973 / 9_973


@pytest.fixture(scope="module")
def operator_key(database_url: str) -> str:
    """The key of somebody who may see pictures."""
    return new_key_of(database_url, "watch", "--role", "operator")


async def test_a_field_of_view_is_a_sector_on_the_ground(
    client: httpx.AsyncClient, seed: Seed, here: tuple[float, float]
) -> None:
    ids = await place(client, seed, camera("A", here), camera("dome", here, hfov=360, azimuth=None))
    answer = await client.get(f"/cameras/{ids['A']}/view")
    assert answer.headers["content-type"] == "application/geo+json"
    view = answer.json()
    assert view["properties"] == {"name": "A", "status": None, "azimuth": 90, "hfov": 60, "range_m": 100}
    area, _ = GEOD.geometry_area_perimeter(shape(view["geometry"]))
    assert area == pytest.approx(math.pi * 100**2 / 6, rel=0.01)
    assert shape(view["geometry"]).contains(Point(at(here, 90, 50)))
    dome = shape((await client.get(f"/cameras/{ids['dome']}/view")).json()["geometry"])
    assert all(dome.contains(Point(at(here, bearing, 95))) for bearing in range(0, 360, 45))


async def test_cameras_that_see_a_point_come_nearest_first(
    client: httpx.AsyncClient, seed: Seed, here: tuple[float, float]
) -> None:
    await place(
        client, seed,
        camera("near", at(here, 270, 20)),  # looks east, at it
        camera("far", at(here, 270, 90)),
        camera("too far", at(here, 270, 110)),
        camera("looks away", at(here, 270, 30), azimuth=270),
        camera("edge", at(here, 270 + 29, 50)),
        camera("beside", at(here, 270 + 31, 50)),
        camera("north", at(here, 180, 40), azimuth=350, hfov=30),  # across north
        camera("dome", at(here, 45, 60), azimuth=None, hfov=360),
        camera("unknown", at(here, 270, 10), hfov=None),
        camera("at it", here, azimuth=0),
    )  # fmt: skip
    answer = (await client.get("/cameras/seeing", params={"lon": here[0], "lat": here[1]})).json()
    seen = [one["properties"] for one in answer["features"]]
    assert [one["name"] for one in seen] == ["at it", "near", "north", "edge", "dome", "far"]
    assert [one["distance_m"] for one in seen] == pytest.approx([0, 20, 40, 50, 60, 90], abs=0.2)
    assert seen[1]["bearing"] == pytest.approx(90, abs=0.2) and "rtsp_url" not in seen[0]
    few = await client.get("/cameras/seeing", params={"lon": here[0], "lat": here[1], "limit": 2})
    assert [one["properties"]["name"] for one in few.json()["features"]] == ["at it", "near"]


async def test_who_sees_an_area_sees_its_cameras_alone(
    client: httpx.AsyncClient, seed: Seed, database: Database, database_url: str
) -> None:
    await publish_grid(database)
    spots = [(one["lon"], one["lat"]) for one in (middle(0, 0), middle(1, 0))]
    ids = await place(client, seed, *(camera(f"C{n}", spot, range_m=100) for n, spot in enumerate(spots)))
    key = new_key_of(database_url, f"watch-{uuid.uuid4().hex[:6]}", "--role", "operator", "--area", f"{OLD}/00001")
    client.headers["Authorization"] = f"Bearer {key}"
    inside, outside = ids["C0"], ids["C1"]
    for part in ("view", "history", "snapshot"):
        assert (await client.get(f"/cameras/{outside}/{part}")).json()["code"] == "feature_not_found"
    assert (await client.get(f"/cameras/{inside}/view")).status_code == 200
    assert (await client.get(f"/cameras/{inside}/history")).status_code == 200
    seen = [
        {one["id"] for one in (await client.get("/cameras/seeing", params={"lon": lon, "lat": lat})).json()["features"]}
        for lon, lat in spots
    ]
    assert inside in seen[0] and outside not in seen[1]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/cameras/0/view", 404, "feature_not_found"),
        ("/cameras/x/view", 404, "feature_not_found"),
        (f"/cameras/{2**63}/history", 404, "feature_not_found"),
        ("/cameras/seeing", 400, "parameter_invalid"),
        ("/cameras/seeing?lon=nan&lat=1", 400, "parameter_invalid"),
        ("/cameras/seeing?lon=181&lat=1", 400, "parameter_invalid"),
        ("/cameras/seeing?lon=1&lat=1&limit=0", 400, "parameter_invalid"),
        ("/cameras/{id}/view", 404, "camera_no_view"),
        ("/cameras/{id}/history?datetime=x", 400, "datetime_invalid"),
        ("/cameras/{id}/history?datetime=2999-01-01T00:00:00Z/..", 400, "datetime_invalid"),
        ("/cameras/{id}/history?since=x", 400, "parameter_unknown"),
        ("/cameras/{id}/snapshot", 401, "sign_in_required"),
    ],
)
async def test_what_cannot_be_answered_says_why(
    client: httpx.AsyncClient, seed: Seed, here: tuple[float, float], path: str, status: int, code: str
) -> None:
    ids = await place(client, seed, camera("A", here, azimuth=None))
    answer = await client.get(path.replace("{id}", str(ids["A"])))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (404, "camera_no_snapshot")),
        ({"snapshot_url": "http://127.0.0.1:9/x.jpg"}, (503, "camera_unreachable")),
        ({"snapshot_url": "http://8.8.8.8/x.jpg"}, (503, "camera_address_not_allowed")),
        ({"snapshot_url": "http://127.0.0.1:9/x.jpg", "login": "env-ftp"}, (503, "camera_login_not_allowed")),
        ({"snapshot_url": "http://127.0.0.1:9/x.jpg", "login": "camera-none"}, (503, "camera_login_unknown")),
    ],
)
async def test_a_picture_that_is_not_to_be_had_has_a_reason(
    client: httpx.AsyncClient, seed: Seed, operator_key: str, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    ids = await place(client, seed, camera("A", (105.84, 21.59), **fields))
    client.headers["Authorization"] = f"Bearer {operator_key}"
    answer = await client.get(f"/cameras/{ids['A']}/snapshot")
    assert (answer.status_code, answer.json()["code"]) == expected, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_history_is_of_the_interval_that_is_asked_for(
    client: httpx.AsyncClient, seed: Seed, database: Database, registry: LayerRegistry, here: tuple[float, float]
) -> None:
    name = uuid.uuid4().hex
    ids = await place(client, seed, camera(name, here))
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    never = (await client.get(f"/cameras/{ids[name]}/history")).json()
    assert never["availability"] == {"percent": None, "online_s": 0, "known_s": 0} and never["checked_at"] is None
    checks = [
        {"id": name, "time": (begin + timedelta(minutes=n)).isoformat(), "ok": mark == "+", "problem": "timeout"}
        for n, mark in enumerate("+" * 10 + "-" * 10 + "+" * 11)
    ]
    await take_in(database, Batch(registry["cameras"], "look", "x", checks), datetime.now(UTC), "checks")
    whole = (await client.get(f"/cameras/{ids[name]}/history")).json()
    assert [one["status"] for one in whole["changes"]] == ["online", "offline", "online"]
    assert whole["availability"] == {"percent": 66.667, "online_s": 1200, "known_s": 1800}
    span = f"{(begin + timedelta(minutes=5)).isoformat()}/{(begin + timedelta(minutes=15)).isoformat()}"
    part = (await client.get(f"/cameras/{ids[name]}/history", params={"datetime": span})).json()
    assert part["availability"] == {"percent": 50.0, "online_s": 300, "known_s": 600}


async def test_the_register_comes_as_a_spreadsheet_with_azimuth_and_field_of_view(
    client: httpx.AsyncClient, push_key: str, here: tuple[float, float]
) -> None:
    template = await client.get("/imports/template?layer=cameras&f=csv")
    assert "Góc nhìn ngang" in template.text and "rtsp" not in template.text.lower()
    table = (
        "Mã;Tên;Loại;Kinh độ;Vĩ độ;Hướng nhìn;Góc nhìn ngang;Tầm nhìn;Có biển báo ghi hình;Địa chỉ RTSP\n"
        f"{uuid.uuid4().hex};Cổng chợ;Cố định;{here[0]};{here[1]};135;54;80;có;rtsp://10.0.0.9/live\n"
    )
    answer = await client.post(
        "/imports?layer=cameras&mode=commit", content=table.encode(),
        headers={"Content-Type": "text/csv", "Authorization": f"Bearer {push_key}"},
    )  # fmt: skip
    assert answer.status_code == 200 and answer.json()["receipt"]["accepted"] == 1, answer.text
    seen = await client.get("/cameras/seeing", params=dict(zip(("lon", "lat"), at(here, 135, 60), strict=True)))
    (found,) = [one["properties"] for one in seen.json()["features"]]
    assert (found["name"], found["hfov"], found["signposted"]) == ("Cổng chợ", 54, True) and "rtsp_url" not in found
