# SPDX-License-Identifier: Apache-2.0
"""The reading side over HTTP: OGC API Features and Tiles, cells, units, style, pages."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import mapbox_vector_tile
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from openapi_spec_validator import validate

from api.app import create_app
from api.settings import Settings
from geo.db.pool import Database
from geo.hexgrid import cell_of, parent_of, to_hex
from geo.tile import tile_at
from layers.registry import LayerRegistry
from tests.conftest import Seed
from tests.support.grid import NEW, OLD, middle, publish_grid

pytestmark = pytest.mark.postgis
TIME = "2026-01-05T08:00:00Z"


def incident(name: str, **more: Any) -> dict[str, Any]:
    base = {"id": name, "title": f"Sự việc {name}", "kind": "fire", "severity": "low", "status": "new", "time": TIME}
    return base | middle(0, 0) | more


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_next_links_carry_every_parameter_until_the_last_page(client: httpx.AsyncClient, seed: Seed) -> None:
    await seed("incidents", [incident(str(n)) for n in range(25)], source="links")
    url: str | None = (
        "/collections/incidents/items?source=links&limit=10&severity=low&datetime=2026-01-05&sortby=-valid_from"
    )
    sizes, ids = [], set()
    while url is not None:
        page = await get(client, url)
        sizes.append(page["numberReturned"])
        ids |= {feature["id"] for feature in page["features"]}
        found = [link["href"] for link in page["links"] if link["rel"] == "next"]
        url = found[0] if found else None
        assert url is None or all(part in url for part in ("source=links", "severity=low", "datetime=2026-01-05"))
    assert sizes == [10, 10, 5] and len(ids) == 25


async def test_a_page_and_an_item_are_geojson_with_their_links(client: httpx.AsyncClient, seed: Seed) -> None:
    await seed("incidents", [incident("geojson"), incident("unlocated", lon=None, lat=None)], source="geojson")
    answer = await client.get("/collections/incidents/items?source=geojson&lang=en&f=json")
    assert answer.headers["content-type"] == "application/geo+json"
    page = answer.json()
    assert page["type"] == "FeatureCollection" and page["numberReturned"] == 2 and page["timeStamp"].endswith("Z")
    located, unlocated = page["features"]
    assert unlocated["geometry"] is None and located["geometry"]["type"] == "Point"
    item = await client.get(f"/collections/incidents/items/{located['id']}")
    assert item.headers["content-type"] == "application/geo+json"
    body = item.json()
    assert {link["rel"] for link in body["links"]} == {"self", "collection"}
    assert {**located["properties"], "units": body["properties"]["units"]} == body["properties"]


async def test_decomposed_vietnamese_finds_the_same(client: httpx.AsyncClient, seed: Seed) -> None:
    await seed("incidents", [incident("nfc", agency="Sở Xây dựng")], source="nfc")
    for form in ("NFC", "NFD"):
        agency = quote(unicodedata.normalize(form, "Sở Xây dựng"))
        page = await get(client, f"/collections/incidents/items?source=nfc&agency={agency}")
        assert page["numberReturned"] == 1


async def test_collections_carry_manifests_and_what_the_map_opens_with(
    client: httpx.AsyncClient, database: Database, registry: LayerRegistry
) -> None:
    await publish_grid(database)
    body = await get(client, "/collections")
    assert [one["id"] for one in body["collections"]] == list(registry)
    for one in body["collections"]:
        manifest = one["toancanh"]
        assert manifest["legend"]["entries"] and manifest["tilejson"].endswith(f"/tiles/{one['id']}.json")
        assert {"self", "items", "describedby"} <= {link["rel"] for link in one["links"]}
        assert all(link["href"].startswith("http://testserver/") for link in one["links"])
        assert await get(client, f"/collections/{one['id']}") | {"toancanh": 0} == one | {"toancanh": 0}
    site = body["toancanh"]
    assert site["demo"] is True and site["default_set"] and len(site["view"]["bbox"]) == 4
    west, south, east, north = site["max_bounds"]
    assert west < site["view"]["bbox"][0] and north > site["view"]["bbox"][3]


async def test_queryables_are_the_parameters_that_items_take(
    client: httpx.AsyncClient, registry: LayerRegistry
) -> None:
    for layer in registry:
        queryables = await get(client, f"/collections/{layer}/queryables")
        Draft202012Validator.check_schema(queryables)
        Draft202012Validator.check_schema(await get(client, f"/collections/{layer}/schema"))
        for name, schema in queryables["properties"].items():
            value = "true" if schema.get("type") == "boolean" else schema.get("enum", ["1"])[0]
            value = "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else value
            assert (await client.get(f"/collections/{layer}/items", params={name: value})).status_code == 200


async def test_conformance_is_advertised_and_the_landing_page_leads_everywhere(client: httpx.AsyncClient) -> None:
    conformance = await get(client, "/conformance")
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conformance["conformsTo"]
    landing = await get(client, "/")
    for link in landing["links"]:
        answer = await client.get(link["href"])
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(link["type"].split(";")[0])


async def test_the_description_is_valid_openapi_3_0_and_complete(client: httpx.AsyncClient) -> None:
    document = await get(client, "/api")
    assert document["openapi"].startswith("3.0")
    validate(document)
    paths = document["paths"]
    for path in (
        "/collections/{layer}/items",
        "/tiles/{layer}/{z}/{x}/{y}.mvt",
        "/live",
        "/ingest/{source}",
        "/boundaries/at",
    ):
        assert path in paths
    items = {parameter["name"] for parameter in paths["/collections/{layer}/items"]["get"]["parameters"]}
    assert {"layer", "bbox", "datetime", "limit", "after"} <= items
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["summary"] and "default" in operation["responses"], path
            names = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
            assert names == set(re.findall(r"\{(\w+)\}", path)), path


async def test_both_forms_of_a_tile_are_one_tile_with_a_tag(client: httpx.AsyncClient, seed: Seed) -> None:
    await seed("incidents", [incident("tag")], source="tag")
    z, x, y = tile_at(middle(0, 0)["lon"], middle(0, 0)["lat"], 12)
    first = await client.get(f"/tiles/incidents/{z}/{x}/{y}.mvt?source=tag")
    second = await client.get(f"/collections/incidents/tiles/WebMercatorQuad/{z}/{y}/{x}?source=tag")
    assert first.content == second.content and first.headers["etag"] == second.headers["etag"]
    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert first.headers["cache-control"] == "private, no-cache"
    assert len(mapbox_vector_tile.decode(first.content)["incidents"]["features"]) == 1
    for tags in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = await client.get(f"/tiles/incidents/{z}/{x}/{y}.mvt?source=tag", headers={"If-None-Match": tags})
        assert (again.status_code, again.content) == (304, b"")
    await seed("incidents", [incident("tag", severity="high")], source="tag")
    changed = await client.get(
        f"/tiles/incidents/{z}/{x}/{y}.mvt?source=tag", headers={"If-None-Match": first.headers["etag"]}
    )
    assert changed.status_code == 200 and changed.headers["etag"] != first.headers["etag"]


async def test_an_empty_tile_has_no_content(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tiles/incidents/14/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")


async def test_one_selection_gives_one_number_everywhere(client: httpx.AsyncClient, seed: Seed) -> None:
    """Items, tiles, cells and units read the same query."""
    records = [
        incident(f"n{n}", severity="high" if n % 3 else "low", time=f"2026-02-{n + 1:02d}T00:00:00Z") for n in range(20)
    ]
    await seed("incidents", records, source="same")
    selection = "source=same&severity=high&datetime=2026-02-05/.."
    items = (await get(client, f"/collections/incidents/items?{selection}"))["numberReturned"]
    z, x, y = tile_at(middle(0, 0)["lon"], middle(0, 0)["lat"], 12)
    tile = (await client.get(f"/tiles/incidents/{z}/{x}/{y}.mvt?{selection}")).content
    cells = await get(client, f"/collections/incidents/h3?resolution=8&{selection}")
    hexagons = (await client.get(f"/collections/incidents/h3/tiles/WebMercatorQuad/{z}/{y}/{x}?{selection}")).content
    units = await get(client, f"/collections/incidents/units?{selection}")
    drawn = mapbox_vector_tile.decode(hexagons)["h3"]["features"]
    assert items == 11
    points = mapbox_vector_tile.decode(tile)["incidents"]["features"]
    assert sum(point["properties"].get("count", 1) for point in points) == items
    assert cells["total"] == sum(cell["value"] for cell in cells["cells"]) == items
    assert sum(feature["properties"]["value"] for feature in drawn) == items
    assert units["total"] == items


async def test_cells_are_hexadecimal_and_say_their_rule(client: httpx.AsyncClient, seed: Seed) -> None:
    await seed("incidents", [incident("cell")], source="cell")
    body = await get(client, "/collections/incidents/h3?resolution=7&source=cell&measure=count")
    expected = to_hex(parent_of(cell_of(middle(0, 0)["lon"], middle(0, 0)["lat"]), 7))
    assert body["cells"] == [{"cell": expected, "value": 1}]
    assert body["rule"] == "parent of the resolution-12 cell" and body["measure"] == "count"


async def test_values_by_unit_name_the_set_and_the_zeros(
    client: httpx.AsyncClient, database: Database, seed: Seed
) -> None:
    await publish_grid(database)
    await seed("incidents", [incident("v1"), incident("v2", time="2015-01-01T00:00:00Z")], source="values")
    old = await get(client, f"/collections/incidents/units?set={OLD}&source=values")
    assert old["set"] == OLD and [unit["value"] for unit in old["units"]] == [2, 0, 0, 0]
    own = await get(client, "/collections/incidents/units?source=values")
    assert own["set"] is None
    assert {(unit["set"], unit["code"], unit["value"]) for unit in own["units"]} == {
        (OLD, "00001", 1),
        (NEW, "00001", 1),
    }


async def test_units_are_items_with_ids_of_set_and_code(client: httpx.AsyncClient, database: Database) -> None:
    await publish_grid(database)
    page = await get(client, f"/collections/units/items?set={OLD}&limit=3")
    assert [feature["id"] for feature in page["features"]] == [f"{OLD}.0000{n}" for n in (1, 2, 3)]
    (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert [feature["id"] for feature in (await get(client, following))["features"]] == [f"{OLD}.00004"]
    one = await get(client, f"/collections/units/items/{NEW}.00001")
    assert one["properties"]["source"] == "boundaries" and one["properties"]["valid_from"] == "2020-01-01"


async def test_tilejson_and_tile_sets_describe_tiles_that_answer(
    client: httpx.AsyncClient, registry: LayerRegistry
) -> None:
    for layer in registry:
        document = await get(client, f"/tiles/{layer}.json")
        url = document["tiles"][0].format(z=8, x=204, y=115)
        assert (await client.get(url)).status_code in (200, 204)
        listed = await get(client, f"/collections/{layer}/tiles")
        tileset = await get(client, listed["tilesets"][0]["links"][0]["href"])
        (template,) = [link["href"] for link in tileset["links"] if link["rel"] == "item"]
        url = template.format(tileMatrix=8, tileRow=115, tileCol=204)
        assert (await client.get(url)).status_code in (200, 204)
    quad = await get(client, "/tileMatrixSets/WebMercatorQuad")
    assert len(quad["tileMatrices"]) == 23 and quad["tileMatrices"][22]["matrixWidth"] == 2**22


async def test_the_style_points_at_this_server(client: httpx.AsyncClient, database: Database) -> None:
    await publish_grid(database)
    style = await get(client, f"/styles/light.json?lang=en&set={OLD}")
    assert style["sources"]["units"]["tiles"][0].startswith("http://testserver/tiles/units/")
    (shown,) = [one for one in (await get(client, "/boundaries/sets"))["sets"] if one["id"] == OLD]
    assert style["sources"]["units"]["tiles"][0].endswith(f"?version={shown['version_id']}")


async def test_a_browser_gets_the_console_under_a_strict_policy(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "assets/fonts").mkdir(parents=True)
    (tmp_path / "index.html").write_text("<!doctype html><title>Toàn Cảnh</title>", encoding="utf-8")
    (tmp_path / "assets/app-1a2b.js").write_text("export {}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    app = create_app(Settings(database_url=database_url, static=tmp_path, demo=True))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
            page = await client.get("/", headers={"Accept": accept})
            assert "Toàn Cảnh" in page.text and page.headers["content-type"].startswith("text/html")
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy
            script = await client.get("/assets/app-1a2b.js")
            assert "immutable" in script.headers["cache-control"]
            assert (await client.get("/assets/..%2fsecret.txt")).status_code == 404
            for sent in ("application/json", "*/*", "text/html;q=abc", "text/html;q=0.1,application/json"):
                assert "json" in (await client.get("/", headers={"Accept": sent})).headers["content-type"]


async def test_without_a_front_end_a_page_says_how_to_build_it(database_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=database_url, static=tmp_path, demo=True))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            page = await client.get("/?f=html")
            assert "./toancanh demo" in page.text and "<script" not in page.text
            described = await client.get("/api.html")
            assert "/collections/{layer}/items" in described.text


async def test_links_follow_the_public_address(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url, public_url="https://map.example/ioc/", demo=True))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
            text = json.dumps(
                [await get(client, "/"), await get(client, "/collections"), await get(client, "/styles/dark.json")]
            )
    assert "evil.example" not in text and "https://map.example/ioc/tiles/" in text
