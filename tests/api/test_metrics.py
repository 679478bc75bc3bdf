# SPDX-License-Identifier: Apache-2.0
"""Indicators and observations over HTTP: pushed, then read as layer, values, classes, table, chart and tile."""

import csv
import io
from datetime import UTC, datetime, timedelta

import httpx
import mapbox_vector_tile
import psycopg2
import pytest

from geo.db.pool import Database
from geo.tile import tile_at
from tests.api.talker import Talker, old, talk
from tests.layers.metric_samples import reading, sensor
from tests.support.grid import NEW, OLD, middle, publish_grid

pytestmark = pytest.mark.postgis
NO_DATA = "chưa có dữ liệu dân số"


@pytest.fixture
async def talker(client: httpx.AsyncClient, database: Database) -> Talker:
    await publish_grid(database)
    async with database.connection() as connection:
        await connection.execute("delete from indicator_value")
    return await talk(client, database)


async def test_where_there_is_no_value_it_says_so_and_never_zero(talker: Talker) -> None:
    empty = await talker.get("/collections/population/units", set=OLD)
    assert [unit["value"] for unit in empty["units"]] == [None] * 4
    assert {unit["note"]["vi"] for unit in empty["units"]} == {NO_DATA}
    assert (empty["total"], empty["known"], empty["missing"], empty["periods"]) == (None, 0, 4, [])
    await talker.push("population", [old("00001", 0), old("00002", None)])
    units = {unit["code"]: unit for unit in (await talker.get("/collections/population/units", set=OLD))["units"]}
    assert (units["00001"]["value"], units["00001"]["note"]) == (0, None)
    assert (units["00002"]["value"], units["00002"]["note"]["vi"]) == (None, NO_DATA)


async def test_values_by_unit_for_the_newest_period_or_the_one_asked_for(talker: Talker) -> None:
    records = [old("00001", 100), old("00002", 300), old("00001", 90, period="2014", estimated=True)]
    pushed = (await talker.push("population", records)).json()
    assert (pushed["accepted"], pushed["rejected"]) == (3, [])
    newest = await talker.get("/collections/population/units", set=OLD)
    assert (newest["period"], newest["periods"], newest["total"]) == ("2015", ["2015", "2014"], 400)
    assert newest["measure"]["unit"]["vi"] == "người"
    before = await talker.get("/collections/population/units", set=OLD, datetime="2014")
    (known,) = [unit for unit in before["units"] if unit["value"] is not None]
    assert (known["code"], known["value"], known["estimated"], known["source"]) == ("00001", 90, True, talker.source)
    exact = await talker.get("/collections/population/units", set=OLD, period="2014-Q1")
    assert exact["known"] == 0
    assert (await talker.get("/collections/population/units", set=NEW))["known"] == 0


async def test_of_several_sources_what_is_measured_comes_before_what_is_estimated(
    talker: Talker, database: Database, client: httpx.AsyncClient
) -> None:
    await talker.push("population", [old("00001", 100)])
    other = await talk(client, database)
    await other.push("population", [old("00001", 111, estimated=True)])
    found = await talker.get("/collections/population/units", set=OLD)
    assert found["units"][0]["value"] == 100
    series = await talker.get("/collections/population/series", set=OLD, unit="00001")
    assert [one["value"] for one in series["values"]] == [100]
    both = await talker.get("/collections/population/items", set=OLD, code="00001")
    assert sorted(one["properties"]["value"] for one in both["features"]) == [100, 111]


async def test_the_layer_is_a_collection_of_features_with_the_units_shape(talker: Talker) -> None:
    await talker.push("population", [old(f"0000{n}", n * 100) for n in range(1, 5)])
    page = await talker.get("/collections/population/items", set=OLD, limit="3")
    assert page["numberReturned"] == 3
    feature = page["features"][0]
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert {"code", "name", "period", "value", "estimated", "unit_set", "source"} <= set(feature["properties"])
    (following,) = [one["href"] for one in page["links"] if one["rel"] == "next"]
    rest = (await talker.raw(httpx.URL(following).raw_path.decode())).json()
    assert [one["properties"]["code"] for one in rest["features"]] == ["00004"]
    (alone,) = (await talker.get("/collections/population/items", code="00002", datetime="2015-06-01"))["features"]
    assert alone["properties"]["value"] == 200
    same = await talker.get(f"/collections/population/items/{alone['id']}")
    assert same["properties"] == alone["properties"]
    boxed = await talker.get("/collections/population/items", bbox="107.01,16.21,107.02,16.22")
    assert [one["properties"]["code"] for one in boxed["features"]] == ["00001"]


async def test_the_collection_says_what_is_measured_and_has_a_legend(talker: Talker) -> None:
    await talker.push("population", [old("00001", 100)])
    manifest = (await talker.get("/collections/population"))["toancanh"]
    assert (manifest["store"], manifest["count"], manifest["h3"]) == ("indicator", 1, False)
    assert manifest["measure"]["no_data"]["vi"] == NO_DATA
    assert manifest["legend"]["entries"][-1]["label"]["vi"] == NO_DATA
    sensors = (await talker.get("/collections/sensors"))["toancanh"]
    assert {"name": "pm25", "title": {"vi": "PM2.5", "en": "PM2.5"}, "unit": "µg/m³"} in sensors["observed"]
    queryables = await talker.get("/collections/population/queryables")
    assert set(queryables["properties"]) == {"code", "estimated", "source"}


async def test_classes_and_the_tile_agree_about_colours(talker: Talker) -> None:
    await talker.push("population", [old("00001", 10), old("00002", 20), old("00003", 900)])
    found = await talker.get("/collections/population/classes", set=OLD, classes="2", method="jenks")
    assert (found["edges"], found["counts"], found["missing"]) == ([10, 900, 900], [2, 1], 1)
    low, high, unknown = found["legend"]["entries"]
    assert (low["label"]["vi"], high["label"]["vi"], unknown["label"]["vi"]) == ("10 – < 900", "900", NO_DATA)
    place = middle(0, 0)
    z, x, y = tile_at(place["lon"], place["lat"], 7)
    answer = await talker.raw(f"/tiles/population/{z}/{x}/{y}.mvt", set=OLD, classes="2", method="jenks")
    features = mapbox_vector_tile.decode(answer.content)["population"]["features"]
    colours = {one["properties"]["code"]: one["properties"].get("color") for one in features}
    assert colours == {"00001": low["color"], "00002": low["color"], "00003": high["color"], "00004": None}
    assert (await talker.raw(f"/tiles/population/{z}/{x}/{y}.mvt", set=OLD, datetime="2001")).status_code == 200
    assert "color" in (await talker.get("/tiles/population.json"))["vector_layers"][0]["fields"]


async def test_the_table_opens_in_a_spreadsheet_and_runs_nothing(talker: Talker) -> None:
    await talker.push("population", [old("00001", 100, estimated=True)])
    answer = await talker.raw("/collections/population/units", set=OLD, f="csv")
    assert answer.headers["content-type"].startswith("text/csv") and answer.text.startswith("\ufeff")
    header, first, second, *_ = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert header[:2] == ["Mã ĐVHC", "Tên"] and header[5] == "Dân số (người)"
    assert first[0] == "00001" and first[4:8] == ["2015", "100", "có", talker.source]
    assert second[5] == "" and second[8] == NO_DATA
    english = await talker.raw("/collections/population/units", set=OLD, f="csv", lang="en")
    assert "Unit code" in english.text
    series = await talker.raw("/collections/population/series", set=OLD, unit="00001", f="csv")
    assert "2015,2015-01-01,2016-01-01,100" in series.text


def _ten_minutes_older(admin_url: str) -> datetime:
    """Let everything have been recorded ten minutes ago; answers a moment since then."""
    with psycopg2.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update indicator_value set recorded_at = recorded_at - interval '10 minutes'")
    connection.close()
    return datetime.now(UTC) - timedelta(minutes=5)


async def test_the_series_of_a_unit_and_what_was_believed_before(talker: Talker, admin_url: str) -> None:
    await talker.push("population", [old("00001", 90, period="2014"), old("00001", 100)])
    moment = _ten_minutes_older(admin_url)
    await talker.push("population", [old("00001", 105)])
    await talker.push("population", [old("00001", ..., period="2014", withdrawn=True)])
    now = await talker.get("/collections/population/series", set=OLD, unit="00001")
    assert [(one["period"], one["value"]) for one in now["values"] if one["period"] <= "2015"] == [("2015", 105)]
    then = await talker.get("/collections/population/series", set=OLD, unit="00001", as_of=moment.isoformat())
    # Other tests' sources may have said something of the unit in other years.
    mine = [(one["period"], one["value"]) for one in then["values"] if one["period"] in ("2014", "2015")]
    assert mine == [("2014", 90), ("2015", 100)]
    units = await talker.get("/collections/population/units", set=OLD, as_of=moment.isoformat())
    assert units["units"][0]["value"] == 100


async def test_a_value_is_withdrawn_and_an_import_undone_over_http(talker: Talker) -> None:
    await talker.push("population", [old("00001", 100), old("00002", 200)], **{"import": "census"})
    gone = (await talker.delete(f"{OLD}/00001/2015", "population")).json()
    assert gone["withdrawn"] == 1
    undone = (await talker.delete("imports/census", "population")).json()
    assert (undone["removed"], undone["restored"]) == (1, 0)
    assert (await talker.get("/collections/population/units", set=OLD))["known"] == 0


async def test_what_a_sensor_observed_by_reading_and_by_hour(talker: Talker) -> None:
    await talker.push("sensors", sensor())
    readings = [reading(n, time=f"2026-11-20T0{n // 6}:{n % 6}0:00Z") for n in range(12)]
    pushed = (await talker.push("sensors", readings, kind="observations")).json()
    assert (pushed["accepted"], pushed["layer"], pushed["rejected"]) == (12, "sensors", [])
    (item,) = (await talker.get("/collections/sensors/items", source=talker.source))["features"]
    assert item["properties"]["pm25"] == 11
    address = f"/collections/sensors/items/{item['id']}/observations"
    first = await talker.get(address, property="pm25", limit="5", datetime="2026-11-20T00:10:00Z/..")
    assert [one["value"] for one in first["values"]] == [1, 2, 3, 4, 5]
    assert first["property"] == {"name": "pm25", "title": {"vi": "PM2.5", "en": "PM2.5"}, "unit": "µg/m³"}
    (following,) = [one["href"] for one in first["links"] if one["rel"] == "next"]
    second = (await talker.raw(httpx.URL(following).raw_path.decode())).json()
    assert [one["value"] for one in second["values"]] == [6, 7, 8, 9, 10]
    hours = await talker.get(address, property="pm25", every="hour")
    assert [(one["mean"], one["minimum"], one["maximum"], one["counted"]) for one in hours["values"]] == [
        (2.5, 0, 5, 6),
        (8.5, 6, 11, 6),
    ]
    table = await talker.raw(address, property="pm25", every="hour", f="csv")
    assert "Trung bình" in table.text and "2.5,0.0,5.0,6,0" in table.text
    assert (await talker.get(address, property="level_m"))["values"] == []
