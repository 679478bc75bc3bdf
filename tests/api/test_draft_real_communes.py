# SPDX-License-Identifier: Apache-2.0
"""The four packs of the 92 real communes, from the upload to a clean draft; the shapes lie elsewhere."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.db.pool import Database, DatabaseOptions, open_database
from layers.registry import LayerRegistry
from tests.boundaries.check_samples import SHARED
from tests.conftest import _database, migrated, new_key_of
from tests.support.drafts import Desk, open_desk

PACKS = [
    "thai_nguyen_2025_communes.geojson", "thai_nguyen_2025_vn2000_utf8.zip", "thai_nguyen_2025_communes_vn2000.gpkg",
    "thai_nguyen_2025_vn2000_tcvn3_nocpg.zip",
]  # fmt: skip
OFFICIAL_M2 = 8_375.21e6
pytestmark = [
    pytest.mark.postgis,
    pytest.mark.slow,
    pytest.mark.skipif(not (SHARED / PACKS[0]).exists(), reason="needs ../shared with the real communes"),
]


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture
async def desk(own_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Desk]:
    key = new_key_of(own_url, "gis-desk", "--role", "gis")
    async with open_desk(own_url, registry, tmp_path / "files", key) as made:
        yield made


@pytest.fixture
async def stored(own_url: str) -> AsyncIterator[Database]:
    database = await open_database(DatabaseOptions(own_url, pool_size=2))
    yield database
    await database.close()


def official() -> list[tuple[str, str, str]]:
    features = json.loads((SHARED / PACKS[0]).read_text(encoding="utf-8"))["features"]
    return sorted(tuple(one["properties"][name] for name in ("code", "name", "type")) for one in features)


async def names(stored: Database, version: int) -> list[Any]:
    async with stored.connection() as connection:
        rows = await connection.fetch("select code, name, type from unit where version = $1 order by code", version)
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("pack", PACKS)
async def test_a_pack_is_repaired_to_a_clean_draft(desk: Desk, stored: Database, pack: str) -> None:
    draft = await desk.checked(SHARED / pack, set="real-2025", valid_from="2025-07-01", title_vi="92 xã, phường")
    if draft["state"] == "questions":
        choice = draft["questions"][0]["choices"][0]
        assert (draft["questions"][0]["kind"], choice["value"]) == ("encoding", "tcvn3")
        draft = await desk.check(await desk.change(draft, answers={"encoding": "tcvn3"}))
    found = await desk.findings(draft)
    assert sum(one["code"] == "TOPO_OVERLAP" for one in found) == 4 and draft["summary"]["blocking"] >= 1
    proposed = [one["id"] for one in draft["available_repairs"]]
    mended = await desk.check(await desk.change(draft, repairs=proposed))
    assert [one for one in await desk.findings(mended) if one["severity"] != "info"] == []
    assert mended["summary"]["units"] == 92 and "publish" in mended["may"]
    assert mended["summary"]["area_after_m2"] == pytest.approx(OFFICIAL_M2, rel=0.0005)
    told = await names(stored, mended["version"])
    assert told == official()
