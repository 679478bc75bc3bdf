# SPDX-License-Identifier: Apache-2.0
"""The routes of change reports, on a draft as a check leaves it in the database."""

import asyncpg
import httpx
import pytest

from boundaries.report.facts import Both
from boundaries.report.gather import draft_facts
from geo.db.pool import Database
from tests.boundaries.report_samples import redrawn_wards
from tests.conftest import new_key_of
from tests.support.report_rows import WHY, store_draft
from tests.support.stack import ROOT

pytestmark = [
    pytest.mark.postgis,
    pytest.mark.skipif(
        not (ROOT / "frontend" / "dist" / "assets" / "report").exists(), reason="needs the built front end"
    ),
]


@pytest.fixture
async def draft(admin_url: str, database: Database) -> int:
    """A draft of two redrawn wards."""
    connection = await asyncpg.connect(admin_url)
    try:
        return await store_draft(connection, redrawn_wards())
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def gis(database_url: str) -> dict[str, str]:
    """The header of a key of GIS staff."""
    return {"Authorization": f"Bearer {new_key_of(database_url, 'gis-report', '--role', 'gis')}"}


async def test_the_facts_of_a_draft_are_those_of_the_database(database: Database, draft: int) -> None:
    facts, sample = await draft_facts(database, draft), redrawn_wards()
    assert (facts.subject, facts.number, facts.state, facts.is_current) == ("draft", draft, "checked", True)
    assert facts.title == sample.title
    assert facts.sentence == Both("32 đơn vị: 30 không đổi, 2 vẽ lại 1,7 km²", "32 units: 30 unchanged")
    assert facts.base is not None and (facts.base.number, facts.target.number) == (1, None)
    assert (len(facts.maps.before), len(facts.maps.after), len(facts.maps.won)) == (32, 32, 1)
    assert [one.lineage for one in facts.changes] == [one.lineage for one in sample.changes]
    assert facts.totals is not None and facts.totals.units_before == 32
    assert facts.findings[0].waiver is not None and facts.findings[0].waiver.why == WHY
    assert facts.legal is not None and facts.legal.number == "12/QĐ-UBND"
    assert facts.consequences is not None and facts.consequences[0].moves[0].features == 14
    assert facts.unagreed[0].length_m is not None and facts.unagreed[0].length_m > 1000
    assert facts.source is not None and facts.source.crs == "EPSG:9213"


async def test_the_html_report_is_one_closed_document(
    client: httpx.AsyncClient, gis: dict[str, str], draft: int
) -> None:
    answer = await client.get(f"/boundaries/drafts/{draft}/report.html", headers=gis)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"] == f'inline; filename="bao-cao-draft-{draft}.html"'
    said = answer.headers["content-security-policy"]
    assert said.startswith("default-src 'none'") and "sandbox allow-scripts" in said and "allow-same-origin" not in said
    assert "Đo lại ranh giới hai phường giáp nhau" in answer.text
    assert "&lt;b&gt;ngày 5&lt;/b&gt;" in answer.text and "<b>ngày 5</b>" not in answer.text


async def test_the_pdf_report_is_a_pdf(client: httpx.AsyncClient, gis: dict[str, str], draft: int) -> None:
    answer = await client.get(f"/boundaries/drafts/{draft}/report.pdf?lang=en", headers=gis)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'inline; filename="report-draft-{draft}.pdf"'
    assert answer.content.startswith(b"%PDF-")


async def test_who_does_not_work_on_boundaries_sees_no_draft(client: httpx.AsyncClient, draft: int) -> None:
    for kind in ("html", "pdf"):
        assert (await client.get(f"/boundaries/drafts/{draft}/report.{kind}")).status_code in (401, 403)


async def test_a_draft_that_is_not_there_is_a_problem(client: httpx.AsyncClient, gis: dict[str, str]) -> None:
    answer = await client.get("/boundaries/drafts/999999999/report.html", headers=gis)
    assert (answer.status_code, answer.json()["code"]) == (404, "draft_not_found")
    assert answer.json()["detail_vi"] == "Không có bản dự thảo này."
