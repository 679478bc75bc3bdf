# SPDX-License-Identifier: Apache-2.0
"""From an upload to the reports of its draft, of its publication and of the rollback, as people read them."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from boundaries.report.facts import ReportFacts
from boundaries.report.gather import draft_facts
from boundaries.report.gather_publication import publication_facts
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.registry import LayerRegistry
from tests.conftest import _database, migrated, new_key_of
from tests.support.drafts import Desk
from tests.support.report_path import fill, law_draft, open_desk, publish, roll_back
from tests.support.stack import ROOT

pytestmark = [
    pytest.mark.postgis,
    pytest.mark.skipif(
        not (ROOT / "frontend" / "dist" / "assets" / "report").exists(), reason="needs the built front end"
    ),
]
EVERY = frozenset({"incidents", "cameras"})


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture(scope="module")
def keys(own_url: str) -> dict[str, str]:
    """Headers of GIS staff, and of somebody who sees one unit only."""
    made = {"gis": new_key_of(own_url, "gis-desk", "--role", "gis")}
    made["part"] = new_key_of(own_url, "part", "--layers", "--role", "operator", "--area", "city-2017/05443")
    return made


@pytest.fixture
async def stored(own_url: str, registry: LayerRegistry) -> AsyncIterator[Database]:
    database = await open_database(DatabaseOptions(own_url, pool_size=4, statement_timeout_s=60))
    await fill(database, registry)
    yield database
    await database.close()


@pytest.fixture
async def desk(
    own_url: str, stored: Database, keys: dict[str, str], registry: LayerRegistry, tmp_path: Path
) -> AsyncIterator[Desk]:
    async with open_desk(own_url, keys["gis"], registry, tmp_path) as made:
        yield made


def deeds(facts: ReportFacts) -> list[tuple[str, str | None]]:
    return [(act.deed, act.who) for act in facts.acts]


async def read(desk: Desk, path: str, **headers: str) -> str:
    answer = await desk.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_from_an_upload_to_the_reports_of_what_became_of_it(
    desk: Desk, stored: Database, keys: dict[str, str]
) -> None:
    draft = await law_draft(desk)
    of_draft = await draft_facts(stored, draft["id"])
    assert (of_draft.state, len(of_draft.maps.before), len(of_draft.maps.after)) == ("checked", 32, 8)
    publication = await publish(desk, draft)
    facts = await publication_facts(stored, publication, EVERY)
    assert (facts.subject, facts.state, facts.is_current, facts.is_examined) == ("publish", "published", True, True)
    assert facts.base is not None and (facts.base.id, facts.base.number) == ("city-2017", 1)
    assert (facts.target.id, facts.target.number, facts.target.title.en) == (
        "city-2025", 1, "The city's ground, 8 units",
    )  # fmt: skip
    assert (facts.changes, facts.totals, facts.legal) == (of_draft.changes, of_draft.totals, of_draft.legal)
    assert facts.source.sha256 == draft["file"]["sha256"]
    assert deeds(facts) == [("created", "gis-desk"), ("published", "gis-desk")]
    assert facts.consequences is not None and of_draft.consequences is not None
    assert facts.consequences == tuple(one for one in of_draft.consequences if one.layer in EVERY)
    assert {one.layer for one in facts.consequences} == EVERY and facts.consequences[0].changed > 100
    assert (await publication_facts(stored, publication, ())).consequences is None
    assert deeds(await draft_facts(stored, draft["id"])) == deeds(facts)
    html = await read(desk, f"/boundaries/publications/{publication}/report.html")
    for part in ("Lần công bố số", "1683/NQ-UBTVQH15", "Thi hành &lt;b&gt;nghị quyết&lt;/b&gt;", "Sự việc"):
        assert part in html, part
    partly = await read(
        desk, f"/boundaries/publications/{publication}/report.html", Authorization=f"Bearer {keys['part']}"
    )
    assert "1683/NQ-UBTVQH15" in partly and "Hệ quả đối với dữ liệu" not in partly
    back = await roll_back(desk, publication, draft)
    await reports_of_the_rollback(desk, stored, (publication, back), draft)


async def reports_of_the_rollback(
    desk: Desk, stored: Database, publications: tuple[int, int], draft: dict[str, Any]
) -> None:
    """What was taken back says so, and the rollback tells both sides; what a draft became later is no part of it."""
    publication, back = publications
    undone, facts = [await publication_facts(stored, one, EVERY) for one in publications]
    assert (undone.state, undone.is_examined) == ("reverted", True)
    assert (facts.subject, facts.state, facts.reverts) == ("rollback", "restored", publication)
    assert facts.base is not None and (facts.base.id, facts.target.id) == ("city-2025", "city-2017")
    assert (len(facts.maps.before), len(facts.maps.after), facts.target.valid_to) == (8, 32, date(2025, 7, 1))
    assert facts.totals is not None and undone.totals is not None
    assert (facts.totals.units_before, facts.totals.units_after) == (8, 32)
    assert facts.totals.won_m2 == pytest.approx(undone.totals.lost_m2, rel=1e-6)
    assert deeds(facts)[-1] == ("reverted", "gis-desk") and facts.reason == "Công bố nhầm"
    await desk.change(await desk.get(draft["id"]), title="Tên khác")
    after = await publication_facts(stored, publication, EVERY)
    assert (after.is_current, after.is_examined, after.title, after.findings) == (False, False, "", ())
    assert [one.code_after for one in after.changes] == [one.code_after for one in undone.changes]
    for number in publications:
        html = await read(desk, f"/boundaries/publications/{number}/report.html?lang=en")
        assert "Tên khác" not in html
        answer = await desk.client.get(f"/boundaries/publications/{number}/report.pdf")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


async def test_a_first_load_has_a_report(desk: Desk, stored: Database) -> None:
    listed = (await desk.client.get("/boundaries/publications")).json()["publications"]
    number = next(one["id"] for one in listed if one["kind"] == "import")
    facts = await publication_facts(stored, number, EVERY)
    assert (facts.subject, facts.base, facts.title, facts.is_examined) == ("import", None, "", False)
    assert deeds(facts)[0] == ("loaded", "demo") and len(facts.maps.after) == 32
    html = await read(desk, f"/boundaries/publications/{number}/report.html")
    assert "Lần nạp ban đầu" in html and "Nạp trực tiếp" not in html and "Không phát hiện vấn đề" not in html


async def test_a_publication_that_is_not_there_is_a_problem(desk: Desk) -> None:
    for kind in ("html", "pdf"):
        answer = await desk.client.get(f"/boundaries/publications/999999999/report.{kind}")
        assert (answer.status_code, answer.json()["code"]) == (404, "publication_not_found")
