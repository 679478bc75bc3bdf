# SPDX-License-Identifier: Apache-2.0
"""The reports of a real upload, its publication and the rollback, saved over HTTP and opened without a network."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from geo.db.pool import DatabaseOptions, open_database
from layers.registry import discover
from tests.conftest import _database, migrated, new_key_of
from tests.e2e.test_change_report import STATIC, opened_file
from tests.support.report_path import fill, law_draft, open_desk, publish, roll_back

pytestmark = [pytest.mark.browser, pytest.mark.postgis]
UNITS = {"draft": (32, 8), "publication": (32, 8), "rollback": (8, 32)}


async def saved(url: str, folder: Path) -> None:
    """Walk from the file to the rollback, and save each report as a browser would."""
    registry, key = discover(), new_key_of(url, "gis-desk", "--role", "gis")
    database = await open_database(DatabaseOptions(url, pool_size=2, statement_timeout_s=60))
    await fill(database, registry)
    await database.close()
    async with open_desk(url, key, registry, folder) as desk:

        async def save(name: str, path: str) -> None:
            for kind in ("html", "pdf"):
                answer = await desk.client.get(f"{path}/report.{kind}")
                assert answer.status_code == 200, answer.text
                (folder / f"{name}.{kind}").write_bytes(answer.content)

        draft = await law_draft(desk)
        await save("draft", f"/boundaries/drafts/{draft['id']}")
        publication = await publish(desk, draft)
        await save("publication", f"/boundaries/publications/{publication}")
        await save("rollback", f"/boundaries/publications/{await roll_back(desk, publication, draft)}")


@pytest.fixture(scope="module")
def reports(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of saved reports."""
    if not (STATIC / "assets" / "report").exists():
        pytest.skip("needs the built front end (npm run build in frontend/)")
    folder = tmp_path_factory.mktemp("reports")
    for admin_url in _database(cluster_url):
        asyncio.run(saved(migrated(admin_url), folder))
        yield folder


@pytest.mark.parametrize("name", list(UNITS))
def test_a_saved_report_opens_without_a_network(reports: Path, browser: Browser, name: str) -> None:
    report = opened_file(browser, reports / f"{name}.html")
    maps = report.page.locator(".folium-map")
    drawn = [maps.nth(side).locator("path.leaflet-interactive").count() for side in (0, 1)]
    assert tuple(drawn) == UNITS[name]
    report.page.screenshot(path=reports / f"{name}.png", full_page=True)
    assert (report.faults, report.asked) == ([], [])
    report.page.context.close()
