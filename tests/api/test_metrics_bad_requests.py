# SPDX-License-Identifier: Apache-2.0
"""Mistaken requests for metrics answer a problem with a stable code."""

import httpx
import pytest

from geo.db.pool import Database
from tests.api.talker import Talker, talk
from tests.support.grid import NEW, publish_grid

pytestmark = pytest.mark.postgis


@pytest.fixture
async def talker(client: httpx.AsyncClient, database: Database) -> Talker:
    await publish_grid(database)
    return await talk(client, database)


BAD = [
    ("/collections/population/units?set=nope", 400, "set_unknown"),
    ("/collections/population/units?datetime=garbage", 400, "datetime_invalid"),
    ("/collections/population/units?datetime=2025-13", 400, "datetime_invalid"),
    ("/collections/population/units?datetime=0000", 400, "datetime_invalid"),
    ("/collections/population/units?datetime=2025&period=2025", 400, "parameter_conflict"),
    ("/collections/population/units?period=2025-Q9", 400, "period_invalid"),
    ("/collections/population/units?period=..", 400, "period_invalid"),
    ("/collections/population/units?as_of=yesterday", 400, "as_of_invalid"),
    ("/collections/population/units?f=xlsx", 400, "format_unknown"),
    ("/collections/population/units?bbox=1,1,2,2", 400, "parameter_unknown"),
    ("/collections/population/units?set=a%00b", 400, "text_invalid"),
    ("/collections/population/classes?classes=1", 400, "classes_invalid"),
    ("/collections/population/classes?classes=10", 400, "classes_invalid"),
    ("/collections/population/classes?classes=%D9%A3", 400, "classes_invalid"),
    ("/collections/population/classes?method=magic", 400, "method_unknown"),
    ("/collections/population/series", 400, "parameter_missing"),
    (f"/collections/population/series?set={NEW}", 400, "parameter_missing"),
    (f"/collections/population/series?set={NEW}&unit=99999", 404, None),
    (f"/collections/population/series?set={NEW}&unit={'9' * 30}", 400, "value_invalid"),
    ("/collections/population/items?limit=0", 400, "limit_invalid"),
    ("/collections/population/items?estimated=maybe", 400, "value_invalid"),
    ("/collections/population/items?after=AAAA", 400, "cursor_invalid"),
    ("/collections/population/items?sortby=id", 400, "parameter_unknown"),
    ("/collections/population/items?set=nope", 400, "set_unknown"),
    ("/collections/population/items/abc", 404, "feature_not_found"),
    (f"/collections/population/items/{2**63}", 404, "feature_not_found"),
    ("/collections/population/items/1/observations?property=pm25", 404, "observations_not_available"),
    ("/collections/population/h3?resolution=8", 404, "cells_not_available"),
    ("/tiles/population/7/102/57.mvt?set=nope", 400, "set_unknown"),
    ("/tiles/population/7/102/57.mvt?method=magic", 400, "method_unknown"),
    ("/collections/cameras/classes", 404, "indicator_not_available"),
    ("/collections/cameras/series?set=a&unit=b", 404, "indicator_not_available"),
    ("/collections/sensors/items/1/observations", 400, "parameter_missing"),
    ("/collections/sensors/items/1/observations?property=colour", 400, "property_unknown"),
    ("/collections/sensors/items/1/observations?property=pm25&every=minute", 400, "every_unknown"),
    ("/collections/sensors/items/1/observations?property=pm25&limit=99999", 400, "limit_invalid"),
    ("/collections/sensors/items/1/observations?property=pm25&datetime=x", 400, "datetime_invalid"),
    ("/collections/sensors/items/1/observations?property=pm25&after=AAAA", 400, "cursor_invalid"),
    ("/collections/sensors/items/abc/observations?property=pm25", 404, "feature_not_found"),
    (f"/collections/sensors/items/{2**62}/observations?property=pm25", 404, "feature_not_found"),
]


async def test_bad_requests_answer_a_problem(talker: Talker) -> None:
    for address, status, code in BAD:
        answer = await talker.raw(address)
        assert answer.status_code == status, f"{address}: {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"
        assert code in (None, answer.json()["code"]), address


BAD_PUSHES: list[tuple[str, dict[str, str], str | None]] = [
    ("cameras", {"kind": "observations"}, "observations_not_available"),
    ("population", {"kind": "observations"}, "observations_not_available"),
    ("sensors", {"kind": "observations", "mode": "snapshot"}, "mode_not_available"),
    ("sensors", {"kind": "observations", "import": "a"}, "import_not_available"),
    ("population", {"mode": "snapshot"}, "mode_not_available"),
    ("sensors", {"kind": "magic"}, None),
]


async def test_a_push_that_cannot_be_meant_is_a_bad_request(talker: Talker) -> None:
    for layer, more, code in BAD_PUSHES:
        answer = await talker.push(layer, [], **more)
        assert answer.status_code == 400, answer.text
        assert code in (None, answer.json()["code"]), (layer, more)


async def test_the_description_names_the_new_addresses(talker: Talker) -> None:
    paths = (await talker.get("/api"))["paths"]
    assert {
        "/collections/{layer}/classes",
        "/collections/{layer}/series",
        "/collections/{layer}/items/{item}/observations",
    } <= set(paths)
    push = {one["name"] for one in paths["/ingest/{source}"]["post"]["parameters"]}
    assert {"layer", "mode", "kind", "import"} <= push
