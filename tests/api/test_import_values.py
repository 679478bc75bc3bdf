# SPDX-License-Identifier: Apache-2.0
"""Values of an indicator from a spreadsheet: template, preview, import, undo."""

import io
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from geo.db.pool import Database
from layers.import_cells import EXAMPLE_ID
from tests.api.test_imports import XLSX, send, workbook
from tests.support.grid import OLD, publish_grid

pytestmark = pytest.mark.postgis


@pytest.fixture
async def desk(client: httpx.AsyncClient, push_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The client with the key of the source "test"."""
    client.headers["Authorization"] = f"Bearer {push_key}"
    yield client


async def test_population_comes_from_an_excel_template_and_goes_again(
    desk: httpx.AsyncClient, database: Database
) -> None:
    await publish_grid(database)
    made = await desk.get("/imports/template", params={"layer": "population", "f": "xlsx"})
    sheet = load_workbook(io.BytesIO(made.content)).active
    header = [cell.value for cell in sheet[1]]
    assert header == ["Mã ĐVHC", "Bộ địa giới", "Kỳ", "Dân số", "Ước tính"] and sheet[2][0].value == EXAMPLE_ID

    name = uuid.uuid4().hex
    rows = [
        [cell.value for cell in sheet[2]],
        ["00001", OLD, 2011, 1200, "không"],
        [2, OLD, 2011, "3.400", "có"],
        ["00003", OLD, 2011, None, None],
        ["00004", OLD, 2011, -5, None],
        ["99999", OLD, 2011, 1, None],
    ]
    file = workbook(header, *rows)
    told = await send(desk, file, XLSX, layer="population", name=name, mode="preview")
    counts = {word: told["receipt"][word] for word in ("received", "accepted", "changed", "unchanged")}
    assert counts == {"received": 5, "accepted": 3, "changed": 0, "unchanged": 0}
    assert [(one["row"], one["code"]) for one in told["receipt"]["rejected"]] == [
        (6, "value_out_of_range"), (7, "unit_unknown"),
    ]  # fmt: skip
    query = {"set": OLD, "period": "2011"}

    async def values() -> dict[str, Any]:
        answer = (await desk.get("/collections/population/units", params=query)).json()
        return {unit["code"]: (unit["value"], unit["estimated"]) for unit in answer["units"]}

    assert set(dict(await values()).values()) == {(None, None)}
    await send(desk, file, XLSX, layer="population", name=name, mode="commit")
    assert await values() == {
        "00001": (1200, False), "00002": (3400, True), "00003": (None, False), "00004": (None, None),
    }  # fmt: skip
    again = await send(desk, file, XLSX, layer="population", name=name, mode="preview")
    assert (again["receipt"]["accepted"], again["receipt"]["unchanged"]) == (0, 3)
    undone = await desk.delete(f"/ingest/test/imports/{name}", params={"layer": "population"})
    assert undone.status_code == 200 and undone.json()["removed"] == 3
    assert set((await values()).values()) == {(None, None)}
