# SPDX-License-Identifier: Apache-2.0
"""Hostile and mistaken requests: each answers 4xx as a problem with a stable code, quickly, and without an echo.

Groups B (items), D (tiles) and E (cells) of the catalogue of negative cases that the product keeps.
"""

from urllib.parse import quote

import httpx
import pytest

pytestmark = pytest.mark.postgis
ITEMS = "/collections/incidents/items"
H3 = "/collections/incidents/h3"
NUMBERS = ",".join(["1"] * 10_000)

BAD_PARAMETERS = [
    # B1
    *(
        (f"{ITEMS}?limit={value}", "limit_invalid")
        for value in ("0", "-1", "1e3", "9" * 20, "abc", "10,10", "10001", "")
    ),
    (f"{ITEMS}?limit=%00", "text_invalid"),
    # B2
    (f"{ITEMS}?offset=9223372036854775808", "parameter_unknown"),
    # B3, B4
    *(
        (f"{ITEMS}?bbox={value}", "bbox_invalid")
        for value in (
            "nan,0,1,1",
            "1e400,0,1,1",
            "inf,0,1,1",
            "1,2,3",
            "1,2,3,4,5",
            "105,22,106,21",
            "-200,0,200,0",
            "",
            "a,b,c,d",
            "105;21;106;22",
        )
    ),
    # B5
    (f"{ITEMS}?bbox={NUMBERS}", "value_too_long"),
    # B6
    *(
        (f"{ITEMS}?datetime={value}", "datetime_invalid")
        for value in (
            "garbage",
            "2026-13-45",
            "../..",
            "2026-01-02/2026-01-01",
            "",
            "2026-01-01T00:00:00",
            "9999-12-31/..",
            "2026-01-01/2026-01-02/2026-01-03",
            "0001-01-01T00:00:00%2B07:00",
            "99999-01-01",
            "infinity",
            "-infinity/infinity",
        )
    ),
    # B7, B8
    (f"{ITEMS}?foo=1", "parameter_unknown"),
    (f"{ITEMS}?limit=1&limit=1000", "parameter_repeated"),
    (f"{ITEMS}?bbox=1,1,2,2&bbox=1,1,2,2", "parameter_repeated"),
    # B9
    (f"{ITEMS}?sortby=id;select%20pg_sleep(5)", "sortby_invalid"),
    (f"{ITEMS}?sortby=-severity", "sortby_invalid"),
    ("/collections/units/items?sortby=-valid_from", "sortby_invalid"),
    # B10, B11
    (f"{ITEMS}?properties=%22;%20drop%20table%20x", "parameter_unknown"),
    (f"{ITEMS}?geom-column=x%22", "parameter_unknown"),
    (f"{ITEMS}?crs=http://evil/", "parameter_unknown"),
    (f"{ITEMS}?bbox-crs=file:///etc/passwd", "parameter_unknown"),
    # B14
    (f"{ITEMS}?agency=%00", "text_invalid"),
    (f"{ITEMS}?agency=%ff%fe", "text_invalid"),
    (f"{ITEMS}?severity=critical';--", "value_not_allowed"),
    (f"{ITEMS}?severity=999", "value_not_allowed"),
    ("/collections/clinics/items?beds=nan", "value_invalid"),
    ("/collections/clinics/items?beds=1e999", "value_invalid"),
    ("/collections/cameras/items?azimuth=1_0", "value_invalid"),
    # B15
    (f"{ITEMS}?simplify=nan", "parameter_unknown"),
    (f"{ITEMS}?precision=99", "parameter_unknown"),
    # B16
    (f"{ITEMS}?f=../../etc/passwd", "format_unknown"),
    ("/?f=../../etc/passwd", "format_unknown"),
    (f"{ITEMS}?lang=fr", "lang_unknown"),
    # B17
    (f"{ITEMS}?agency={'a' * 5000}", "value_too_long"),
    (f"{ITEMS}?q={'a' * 50}", "parameter_unknown"),
    # B18
    (f"{ITEMS}?after=AAAA", "cursor_invalid"),
    (f"{ITEMS}?after={'A' * 1000}", "cursor_invalid"),
    (f"{ITEMS}?after=%F0%9F%92%A9", "cursor_invalid"),
    # sets
    (f"{ITEMS}?set=city-2017", "parameter_unknown"),
    ("/collections/units/items?set=nope", "set_unknown"),
    ("/collections/units/items?set=a'b", "set_unknown"),
    ("/collections/incidents/units?set=nope", "set_unknown"),
    ("/styles/dark.json?set=nope", "set_unknown"),
    ("/tiles/units.json?set=nope", "set_unknown"),
    ("/tiles/units/8/203/112.mvt?set=nope", "set_unknown"),
    # D5
    ("/tiles/incidents/5/25/13.mvt?v=1", "parameter_unknown"),
    ("/tiles/incidents/5/25/13.mvt?bbox=1,1,2,2", "parameter_unknown"),
    ("/tiles/incidents/5/25/13.mvt?datetime=garbage", "datetime_invalid"),
    # E1
    *((f"{H3}?resolution={value}", "resolution_invalid") for value in ("16", "-1", "7.5", "abc", "3", "13", "", "٨")),
    (f"{H3}?resolution=8&measure=sum", "measure_unknown"),
    (f"{H3}/tiles/WebMercatorQuad/5/13/25?resolution=99", "resolution_invalid"),
    (f"{H3}/tiles/WebMercatorQuad/5/13/25?v=1", "parameter_unknown"),
    ("/collections?limit=1", "parameter_unknown"),
    ("/conformance?x=1", "parameter_unknown"),
]

MISSING = [
    # B12
    ("/collections/pg_catalog.pg_authid/items", "layer_not_found"),
    ("/collections/public.users/items", "layer_not_found"),
    ("/collections/%00", "layer_not_found"),
    ("/collections/incidents%00/items", "layer_not_found"),
    ("/collections/INCIDENTS", "layer_not_found"),
    # B13
    (f"{ITEMS}/1'", "feature_not_found"),
    (f"{ITEMS}/99999999999999999999999", "feature_not_found"),
    (f"{ITEMS}/9223372036854775808", "feature_not_found"),
    (f"{ITEMS}/-1", "feature_not_found"),
    (f"{ITEMS}/1%00", "feature_not_found"),
    (f"{ITEMS}/٥", "feature_not_found"),
    ("/collections/units/items/1", "feature_not_found"),
    ("/collections/units/items/nope.05443", "feature_not_found"),
    ("/collections/units/items/a%00.b", "feature_not_found"),
    # D1, D2, D3
    *(
        (f"/tiles/incidents/{address}.mvt", "tile_not_found")
        for address in (
            "30/0/0",
            "23/0/0",
            "-1/0/0",
            "999999999/0/0",
            "5/99/99",
            "5/32/0",
            "5/1.5/2",
            "5/1e2/2",
            "05/1/2",
            "5/-0/1",
            "٥/1/1",
            "5/%00/1",
            "a/b/c",
        )
    ),
    ("/collections/incidents/tiles/WebMercatorQuad/5/99/99", "tile_not_found"),
    (f"{H3}/tiles/WebMercatorQuad/99/0/0", "tile_not_found"),
    # D4
    ("/collections/incidents/tiles/Nope/5/1/1", "tile_matrix_set_not_found"),
    ("/collections/incidents/tiles/Nope", "tile_matrix_set_not_found"),
    ("/tileMatrixSets/Nope", "tile_matrix_set_not_found"),
    (f"{H3}/tiles/Nope/5/1/1", "tile_matrix_set_not_found"),
    # D7
    ("/tiles/a'%7C%7Cpg_sleep(5)%7C%7C'/5/1/1.mvt", "layer_not_found"),
    ("/tiles/nope/5/1/1.mvt", "layer_not_found"),
    ("/tiles/nope.json", "layer_not_found"),
    ("/styles/a'%7C%7Cpg_sleep(5).json", "style_not_found"),
    # what a layer does not have
    ("/collections/units/h3", "cells_not_available"),
    ("/collections/units/units", "units_not_available"),
    ("/assets/nope.js", "not_found"),
    ("/assets/..%2f..%2f..%2fetc/passwd", "not_found"),
    ("/assets/%c0%ae%c0%ae/x", "not_found"),
    ("/assets/a%00b", "not_found"),
    (f"/assets/{'a' * 5000}", "not_found"),
    ("/nowhere", "not_found"),
]


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert body["title"] and body["detail"]
    for leak in ("Traceback", "asyncpg", "sqlalchemy", "SELECT", "pg_sleep", "drop table"):
        # The path is echoed as ``instance``, as data in JSON; nothing else may carry what was sent.
        assert all(leak not in str(value) for name, value in body.items() if name != "instance")


@pytest.mark.parametrize(("path", "code"), BAD_PARAMETERS, ids=[path[:90] for path, _ in BAD_PARAMETERS])
async def test_a_bad_parameter_is_refused(client: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await client.get(quote(path, safe="/?&=%,;:'()"))
    assert_problem(answer, 400, code)


@pytest.mark.parametrize(("path", "code"), MISSING, ids=[path[:90] for path, _ in MISSING])
async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, path: str, code: str) -> None:
    assert_problem(await client.get(quote(path, safe="/?&=%,;:'()")), 404, code)


@pytest.mark.parametrize("path", [ITEMS, "/collections", "/tiles/incidents/5/25/13.mvt", "/styles/dark.json", "/"])
async def test_reading_addresses_take_no_other_method(client: httpx.AsyncClient, path: str) -> None:
    # Features are added by POST to their items.
    for method in ("PUT", "DELETE", "TRACE", *(() if path == ITEMS else ("POST",))):
        assert_problem(await client.request(method, path), 405, "method_not_allowed")


async def test_a_large_if_none_match_changes_nothing(client: httpx.AsyncClient) -> None:
    for tags in ('"' + "a" * 10_000 + '"', 'W/"x", "y"', "garbage"):
        answer = await client.get("/styles/dark.json", headers={"If-None-Match": tags})
        assert answer.status_code == 200
