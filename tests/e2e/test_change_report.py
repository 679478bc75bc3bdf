# SPDX-License-Identifier: Apache-2.0
"""Change reports opened from disk in Chromium with the network off, on the screen and on paper."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from boundaries.report.assets import read_assets
from boundaries.report.facts import ReportFacts
from boundaries.report.html import html_report
from tests.boundaries.report_samples import merged_city, redrawn_wards
from tests.boundaries.test_report_facts import first_set_gone
from tests.boundaries.test_report_html import hostile
from tests.support.stack import ROOT

pytestmark = pytest.mark.browser
STATIC = ROOT / "frontend" / "dist"


@dataclass
class Opened:
    """A report in the browser, and all that went wrong there."""

    page: Page
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def opened(browser: Browser, folder: Path, facts: ReportFacts) -> Opened:
    """Write the report, and open it."""
    if not (STATIC / "assets" / "report").exists():
        pytest.skip("needs the built front end (npm run build in frontend/)")
    file = folder / "report.html"
    file.write_bytes(html_report(facts, read_assets(STATIC)))
    return opened_file(browser, file)


def opened_file(browser: Browser, file: Path) -> Opened:
    """Cut the network, open the file."""
    context = browser.new_context(viewport={"width": 1366, "height": 900}, offline=True, locale="vi-VN")
    found = Opened(context.new_page())

    def block(route: Route) -> None:
        route.abort()

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            found.asked.append(request.url)

    context.route(lambda url: not url.startswith(("file:", "data:")), block)
    found.page.on("request", note)
    found.page.on("console", lambda said: found.faults.append(said.text) if said.type in ("error", "warning") else None)
    found.page.on("pageerror", lambda error: found.faults.append(str(error)))
    found.page.on("dialog", lambda dialog: found.faults.append("dialog"))
    found.page.goto(file.as_uri())
    found.page.wait_for_selector("html[data-ready], iframe", state="attached")
    return found


@pytest.mark.parametrize("sample", [merged_city, redrawn_wards, hostile])
def test_a_report_opens_from_disk_without_a_network(
    browser: Browser, tmp_path: Path, sample: Callable[[], ReportFacts]
) -> None:
    facts = sample()
    report = opened(browser, tmp_path, facts)
    maps = report.page.locator(".folium-map")
    assert maps.count() == 2
    for index, units in enumerate((facts.maps.before, facts.maps.after)):
        drawn = maps.nth(index).locator("path.leaflet-interactive")
        assert drawn.count() == len(units)
    assert report.page.locator(".unit-name").count() == len(facts.maps.before) + len(facts.maps.after)
    report.page.screenshot(path=tmp_path / "report.png", full_page=True)
    assert (report.faults, report.asked) == ([], [])
    report.page.context.close()


def test_where_nothing_is_left_one_map_shows_what_was(browser: Browser, tmp_path: Path) -> None:
    report = opened(browser, tmp_path, first_set_gone())
    assert report.page.locator(".folium-map path.leaflet-interactive").count() == 32
    assert report.page.locator("input[data-layer=won]").count() == 0
    assert (report.faults, report.asked) == ([], [])
    report.page.context.close()


def test_both_maps_show_the_same_ground(browser: Browser, tmp_path: Path) -> None:
    report = opened(browser, tmp_path, redrawn_wards())
    views = "[map_before, map_after].map(map => [map.getZoom(), map.getCenter().lat, map.getCenter().lng])"
    first = report.page.evaluate(views)
    report.page.evaluate("map_before.setView([21.6, 105.85], 12, {animate: false})")
    before, after = report.page.evaluate(views)
    assert before == pytest.approx(after, abs=0.002)
    assert before != pytest.approx(first[0], abs=0.002)
    report.page.locator("[data-reset]").click()
    assert report.page.evaluate(views)[1] == pytest.approx(first[1], abs=0.002)
    report.page.context.close()


def test_layers_are_switched_by_the_legend(browser: Browser, tmp_path: Path) -> None:
    report = opened(browser, tmp_path, redrawn_wards())
    won = report.page.locator("input[data-layer=won]")
    assert won.is_checked() and report.page.evaluate("map_after.hasLayer(won)")
    won.uncheck()
    assert not report.page.evaluate("map_after.hasLayer(won)")
    # Where nearly all ground changes hands the colours of the units say it, and the overlay waits.
    merged = opened(browser, tmp_path, merged_city())
    assert not merged.page.locator("input[data-layer=won]").is_checked()
    report.page.context.close()
    merged.page.context.close()


def test_the_maps_stay_near_the_units(browser: Browser, tmp_path: Path) -> None:
    report = opened(browser, tmp_path, redrawn_wards())
    report.page.evaluate("map_after.setZoom(1, {animate: false})")
    west, south, east, north = report.page.evaluate("map_after.getBounds().toBBoxString().split(',').map(Number)")
    assert (west > 104.5, east < 107.2, south > 20.7, north < 22.5) == (True,) * 4
    report.page.context.close()


def test_names_show_on_hover_as_text(browser: Browser, tmp_path: Path) -> None:
    report = opened(browser, tmp_path, hostile())
    report.page.evaluate("units_after.getLayers()[0].openTooltip()")
    assert "<script>alert(1)</script>" in report.page.locator(".unit-tip strong").inner_text()
    assert report.faults == []
    report.page.context.close()


def test_the_printed_report_has_its_maps(browser: Browser, tmp_path: Path) -> None:
    report = opened(browser, tmp_path, redrawn_wards())
    pdf = report.page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF") and len(pdf) > 40_000
    assert report.faults == []
    report.page.context.close()


def test_a_report_in_a_window_that_is_hidden_at_first_shows_its_maps_later(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, redrawn_wards()).page.context.close()
    host = tmp_path / "host.html"
    host.write_text('<iframe src="report.html" style="display:none;width:1200px;height:800px"></iframe>')
    report = opened_file(browser, host)
    inside = report.page.frames[1]
    inside.wait_for_selector("html[data-ready]", state="attached")
    report.page.evaluate("document.querySelector('iframe').style.display = 'block'")
    inside.wait_for_function("() => map_after.getSize().x > 300 && map_after.getZoom() > 10.5")
    assert report.faults == []
    report.page.context.close()
