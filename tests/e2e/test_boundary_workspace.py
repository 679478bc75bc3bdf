# SPDX-License-Identifier: Apache-2.0
"""Boundaries as the GIS person works on them: from a broken file to a publication, and back."""

import os
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_console import opened
from tests.e2e.test_people import sign_in
from tests.support.stack import ROOT, Stack, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]
Shoot = Callable[[str], None]
UNITS = ROOT / "tests" / "boundaries" / "data" / "defects" / "00_control_ok.geojson"
# The worker begins a process for each job, and machines are shared.
JOB_MS = 120_000
WINNER = "05470"


@pytest.fixture
def shoot(page: Page, tmp_path: Path) -> Shoot:
    """Keeps a screenshot; in SCREENSHOTS if that is set, for a person to look at."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))

    def keep(name: str) -> None:
        page.wait_for_timeout(800)
        page.screenshot(path=folder / f"boundaries-{name}.png")

    return keep


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 32 units with faults: no .prj, a crack of 2 m around 05452, and 60 m of 05461 given to 05470."""
    frame = geopandas.read_file(UNITS).to_crs(9213)
    row = {code: index for index, code in enumerate(frame["code"])}
    winner, loser, shrunk = row[WINNER], row["05461"], row["05452"]
    shapes = list(frame.geometry)
    border = shapes[winner].intersection(shapes[loser])
    strip = border.buffer(60, cap_style="flat").intersection(shapes[loser])
    shapes[winner] = shapes[winner].union(strip.buffer(0.01))
    shapes[loser] = shapes[loser].difference(strip)
    shapes[shrunk] = shapes[shrunk].buffer(-2)
    folder = tmp_path_factory.mktemp("survey")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.set_geometry(shapes).set_crs(None, allow_override=True).to_file(folder / "khao_sat.shp", encoding="UTF-8")
    packed = folder / "khao_sat.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("khao_sat.*")):
            if part.suffix in (".shp", ".shx", ".dbf", ".cpg"):
                archive.write(part, part.name)
    return packed


def workspace(page: Page, stack: Stack, name: str, password: str) -> None:
    """The workspace, opened by somebody who has signed in."""
    opened(page, stack)
    sign_in(page, name, password)
    page.locator(".set-borders").click()
    expect(page.get_by_role("heading", name="Ranh giới hành chính")).to_be_visible()


def drop(page: Page, file: Path) -> None:
    """As dragged from a folder onto the zone."""
    content = file.read_bytes()
    transfer = page.evaluate_handle(
        """([name, bytes]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], name));
            return transfer;
        }""",
        [file.name, list(content)],
    )
    page.locator(".upload .drop").dispatch_event("drop", {"dataTransfer": transfer})


def versions_drawn(page: Page, which: str) -> set[str]:
    """The versions whose tiles a map of the page has as its sources."""
    found: list[str] = page.evaluate(
        """(which) => Object.values(window.__toancanh[which].getStyle().sources)
            .flatMap((source) => source.tiles ?? []).filter((tiles) => tiles.includes('version='))""",
        which,
    )
    return {match[1] for tiles in found if (match := re.search(r"version=(\d+)", tiles))}


def number_of(legend: Locator) -> str:
    return legend.locator("strong").inner_text()


def area_of(stack_page: Page, code: str) -> float:
    """What the server says today, in km²."""
    told: Any = stack_page.evaluate(
        "(code) => fetch('/boundaries/sets/city-2017/units/' + code).then((a) => a.json()).then((u) => u.area_km2)",
        code,
    )
    return float(told)


def published_version(page: Page) -> int:
    """Of the set of 2017."""
    told: Any = page.evaluate(
        """() => fetch('/boundaries/versions?set=city-2017').then((a) => a.json())
            .then((b) => b.versions.find((v) => v.status === 'published').id)"""
    )
    return int(told)


def confirm(page: Page, typed: str, reason: str = "") -> None:
    """Fill in what an act asks for, and send it."""
    dialog = page.locator("dialog.dialog")
    if reason:
        dialog.locator("[name=reason]").fill(reason)
    dialog.locator("[name=confirm]").fill(typed)
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("[data-step=done]")).to_be_visible(timeout=JOB_MS)


def zoom(page: Page) -> float:
    """Of the workspace's map."""
    return float(page.evaluate("() => window.__toancanh.review.getZoom()"))


def test_a_broken_survey_is_answered_repaired_published_and_taken_back(
    shown: Shown, page: Page, passwords: dict[str, str], survey: Path, shoot: Shoot
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    workspace(page, shown[0], "gis", passwords["gis"])
    before, was_km2 = published_version(page), area_of(page, WINNER)
    shoot("start")
    drop(page, survey)
    _answer(page, shoot)
    _repair(page, shoot)
    _compare(page, shoot)
    _publish(page, shoot)
    now = published_version(page)
    assert now != before
    assert area_of(page, WINNER) > was_km2 + 0.05
    _see_in_the_console(page, shoot, now)
    _take_back(page, shoot)
    assert area_of(page, WINNER) == was_km2
    assert complaints == []


def _answer(page: Page, shoot: Shoot) -> None:
    question = page.locator(".answer-crs").first
    expect(question).to_contain_text("EPSG:9213", timeout=JOB_MS)
    expect(question.locator("svg path.crs-preview-shapes")).to_have_count(1)
    shoot("question")
    question.get_by_role("button", name="Dùng").click()


def _repair(page: Page, shoot: Shoot) -> None:
    crack = page.locator("[data-code=TOPO_SLIVER_GAP]").first
    expect(crack).to_contain_text("chặn công bố", timeout=JOB_MS)
    far = zoom(page)
    crack.locator("button").first.click()
    wait_for(lambda: zoom(page) > far + 1, "the map goes to the finding")
    shoot("findings")
    expect(page.get_by_role("button", name="Công bố…")).to_be_disabled()
    page.get_by_role("button", name=re.compile("Sửa tất cả")).click()
    expect(page.locator(".repair-applied")).to_have_count(2, timeout=JOB_MS)
    expect(page.locator("[data-repair='coverage.clean']")).to_contain_text(
        re.compile(r"m² đổi chỗ, \d+ đơn vị"), timeout=JOB_MS
    )
    expect(page.locator("[data-code=TOPO_SLIVER_GAP]")).to_have_count(0, timeout=JOB_MS)


def _compare(page: Page, shoot: Shoot) -> None:
    page.get_by_role("tab", name=re.compile("Thay đổi")).click()
    legend = page.locator(".rlegend")
    assert number_of(legend.locator("[data-kind=reshaped]")) == "2"
    assert number_of(legend.locator("[data-kind=unchanged]")) == "30"
    page.get_by_role("button", name="Xem trên bản đồ: Phường Phú Xá").click()
    expect(page.locator(".change-picked .won")).to_contain_text("+")
    shoot("changes")
    page.locator("[data-mode=swipe]").click()
    divider = page.get_by_role("slider", name="Thanh so sánh trước và sau")
    divider.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "60")
    shoot("swipe")
    page.get_by_role("tab", name=re.compile("Hệ quả")).click()
    expect(page.locator(".consequences tr.felt").first).to_be_visible()
    shoot("consequences")


def _publish(page: Page, shoot: Shoot) -> None:
    page.get_by_role("button", name="Công bố…").click()
    dialog = page.locator("dialog.dialog")
    expect(dialog).to_contain_text("Không kèm văn bản pháp lý")
    dialog.locator("[name=confirm]").fill("city-2025")
    expect(dialog.locator("button[type=submit]")).to_be_disabled()
    shoot("publish")
    confirm(page, "city-2017")
    expect(dialog.get_by_role("button", name="Hoàn tác công bố…")).to_be_visible()
    shoot("published")


def _see_in_the_console(page: Page, shoot: Shoot, version: int) -> None:
    page.get_by_role("button", name="Xem trên bản đồ điều hành").click()
    wait_for(lambda: page.evaluate("() => window.__toancanh.map?.loaded() === true"), "the console is back")
    wait_for(lambda: str(version) in versions_drawn(page, "map"), "the console draws the new version", timeout_s=60)
    shoot("console")


def _take_back(page: Page, shoot: Shoot) -> None:
    page.locator(".set-borders").click()
    newest = page.locator("[data-publication]").first
    expect(newest).to_contain_text("Công bố")
    newest.get_by_role("button", name="Hoàn tác công bố…").click()
    confirm(page, "city-2017", "Thử hoàn tác")
    shoot("rolled-back")
    page.locator("dialog.dialog").get_by_role("button", name="Đóng").last.click()
    expect(page.locator("[data-publication]").first).to_contain_text("Hoàn tác")
    shoot("history")


def test_the_console_comes_back_as_it_was(shown: Shown, page: Page, passwords: dict[str, str], shoot: Shoot) -> None:
    opened(page, shown[0], "#map=12.50/21.58000/105.83000&layers=units,cameras&set=city-2017")
    sign_in(page, "gis", passwords["gis"])
    before = page.evaluate("() => location.hash")
    page.locator(".set-borders").click()
    wait_for(lambda: page.evaluate("() => window.__toancanh.review !== null"), "the workspace's map is there")
    assert page.evaluate("() => window.__toancanh.map") is None
    page.get_by_role("button", name="Về bản đồ điều hành").click()
    wait_for(lambda: page.evaluate("() => window.__toancanh.map?.loaded() === true"), "the map is drawn", timeout_s=60)
    assert page.evaluate("() => window.__toancanh.review") is None
    assert page.evaluate("() => location.hash") == before
    assert page.locator("canvas.maplibregl-canvas").count() == 1
    wait_for(lambda: page.evaluate("() => window.__toancanh.stream === 'live'"), "the stream goes on")
    shoot("back")


def test_others_read_the_history_only(shown: Shown, page: Page, passwords: dict[str, str], shoot: Shoot) -> None:
    workspace(page, shown[0], "planner", passwords["planner"])
    expect(page.get_by_text("Soạn và công bố ranh giới dành cho vai trò GIS và quản trị.")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    expect(page.get_by_role("heading", name="Lịch sử công bố")).to_be_visible()
    shoot("reader")


def test_a_refused_file_says_why_in_the_persons_language(
    shown: Shown, page: Page, passwords: dict[str, str], tmp_path: Path, shoot: Shoot
) -> None:
    workspace(page, shown[0], "gis", passwords["gis"])
    alone = tmp_path / "ranh.shp"
    alone.write_bytes(b"x")
    page.set_input_files(".upload input[type=file]", str(alone))
    expect(page.get_by_role("alert").filter(has_text=".zip")).to_be_visible()
    page.set_input_files(".upload input[type=file]", str(UNITS.parent / "16_path_traversal.zip"))
    refused = page.locator(".fgroup", has=page.locator("[data-code=FILE_UNSAFE_NAME]"))
    expect(refused).to_contain_text("bị từ chối", timeout=JOB_MS)
    shoot("refused")
    page.get_by_role("button", name="English").click()
    expect(refused).to_contain_text("refused")
