# SPDX-License-Identifier: Apache-2.0
"""The console as an operator uses it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg2
import pytest
from playwright.sync_api import Page, expect

from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]
CENTRE = (105.835, 21.59)


def opened(page: Page, stack: Stack, fragment: str = "") -> Page:
    """The console, drawn and connected."""
    page.goto(f"{stack.url}/{fragment}")
    wait_for(lambda: page.evaluate("() => window.__toancanh?.ready === true"), "the map is drawn", timeout_s=60)
    wait_for(lambda: page.evaluate("() => window.__toancanh.stream === 'live'"), "the stream is open")
    return page


def rendered(page: Page, name: str, value: str) -> list[Any]:
    """Drawn features with that property."""
    found: list[Any] = page.evaluate(
        """([name, value]) => window.__toancanh.map.queryRenderedFeatures()
            .filter((feature) => feature.properties[name] === value)
            .map((feature) => ({id: feature.id, layer: feature.layer.id, properties: feature.properties}))""",
        [name, value],
    )
    return found


def incident(title: str, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "title": title,
        "kind": "traffic",
        "severity": "critical",
        "status": "new",
        "lon": CENTRE[0],
        "lat": CENTRE[1],
        "time": datetime.now(UTC).isoformat(),
        **more,
    }


def push(shown: Shown, record: dict[str, Any]) -> None:
    stack, key = shown
    answer = httpx.post(
        f"{stack.url}/ingest/demo?layer=incidents", json=record, headers={"Authorization": f"Bearer {key}"}, timeout=20
    )
    assert answer.status_code == 200 and not answer.json()["rejected"], answer.text


def test_the_page_opens_on_the_city_and_asks_nobody_else(shown: Shown, page: Page) -> None:
    stack, _ = shown
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page, stack)
    assert [url for url in asked if not url.startswith((stack.url, "data:", "blob:"))] == []
    assert complaints == []
    expect(page.get_by_text("DỮ LIỆU MINH HOẠ").first).to_be_visible()
    names = {
        feature["properties"]["code"]
        for feature in page.evaluate(
            "() => window.__toancanh.map.queryRenderedFeatures().filter((f) => f.properties.code)"
            ".map((f) => ({properties: f.properties}))"
        )
    }
    assert {"05431", "05443", "05482"} <= names


def test_an_incident_pushed_over_http_appears_without_a_reload(shown: Shown, page: Page) -> None:
    opened(page, shown[0])
    title = f"Thử nghiệm {uuid.uuid4().hex[:8]}"
    push(shown, incident(title))
    wait_for(lambda: rendered(page, "title", title), "the pushed incident is drawn")
    expect(page.get_by_text(title).first).to_be_visible()


def test_an_incident_written_by_psql_appears_without_a_reload(shown: Shown, page: Page) -> None:
    stack, _ = shown
    opened(page, stack)
    title = f"Ghi bằng psql {uuid.uuid4().hex[:8]}"
    connection = psycopg2.connect(stack.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into layer_incidents (source, external_id, title, kind, severity, status, valid_from, geom) values "
            "('psql', %s, %s, 'fire', 'high', 'new', now(), ST_SetSRID(ST_Point(%s, %s), 4326))",
            (uuid.uuid4().hex, title, *CENTRE),
        )
    connection.close()
    wait_for(lambda: rendered(page, "title", title), "the incident of psql is drawn")


def test_a_live_incident_is_drawn_once_and_goes_when_it_is_withdrawn(shown: Shown, page: Page) -> None:
    stack, key = shown
    opened(page, stack)
    record = incident(f"Một lần {uuid.uuid4().hex[:8]}")
    push(shown, record)
    wait_for(lambda: rendered(page, "title", record["title"]), "the incident is drawn")
    drawn = rendered(page, "title", record["title"])
    assert len({feature["id"] for feature in drawn}) == 1
    assert len(drawn) == len({feature["layer"].split(":")[0] for feature in drawn})
    httpx.delete(
        f"{stack.url}/ingest/demo/{record['id']}?layer=incidents",
        headers={"Authorization": f"Bearer {key}"},
        timeout=20,
    ).raise_for_status()
    wait_for(lambda: not rendered(page, "title", record["title"]), "the withdrawn incident is gone")


def test_one_switch_leads_to_the_units_of_today(shown: Shown, page: Page) -> None:
    opened(page, shown[0])
    page.get_by_text("92 xã, phường hiện nay").click()

    def generations() -> Any:
        return page.evaluate(
            "() => [...new Set(window.__toancanh.map.queryRenderedFeatures()"
            ".filter((f) => f.properties.code).map((f) => f.properties.code))].length"
        )

    wait_for(lambda: generations() > 60, "the province is drawn", timeout_s=60)


def test_a_click_on_a_unit_shows_its_values(shown: Shown, page: Page) -> None:
    stack, _ = shown
    opened(page, stack)
    unit = httpx.get(f"{stack.url}/boundaries/sets/city-2017/units/05443").json()
    lon, lat = unit["label_point"]
    page.evaluate("([lon, lat]) => window.__toancanh.map.jumpTo({center: [lon, lat], zoom: 15})", [lon, lat])
    wait_for(lambda: page.evaluate("() => window.__toancanh.map.areTilesLoaded()"), "tiles are loaded")
    # Beside the features that may lie at the label: the first empty spot of the unit.
    spot = page.evaluate(
        """() => { const map = window.__toancanh.map; const {width, height} = map.getCanvas().getBoundingClientRect();
        for (let r = 0; r < 200; r += 12) for (let a = 0; a < 6.28; a += 0.5) {
            const at = [width / 2 + r * Math.cos(a), height / 2 + r * Math.sin(a)];
            const box = [[at[0] - 10, at[1] - 10], [at[0] + 10, at[1] + 10]];
            const hits = map.queryRenderedFeatures(box);
            if (hits.length && hits.every((f) => f.properties.code === '05443')) {
                const box = map.getCanvas().getBoundingClientRect(); return [box.x + at[0], box.y + at[1]]; } }
        return null; }"""
    )
    assert spot is not None
    page.mouse.click(*spot)
    expect(page.get_by_text("Trưng Vương").first).to_be_visible()
    expect(page.get_by_text("05443").first).to_be_visible()


def test_one_switch_turns_the_page_to_english(shown: Shown, page: Page) -> None:
    opened(page, shown[0])
    expect(page.get_by_text("Sự việc").first).to_be_visible()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_text("Incidents").first).to_be_visible()
