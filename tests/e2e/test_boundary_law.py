# SPDX-License-Identifier: Apache-2.0
"""A change of the law as the GIS person enters it, a survey of one ward, and what two people must agree on."""

import re
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.test_boundary_workspace import JOB_MS, UNITS, confirm, workspace
from tests.support.stack import ROOT, Stack, free_port, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]
NEW_LAW = ROOT / "tests" / "boundaries" / "data" / "synthetic_city_2025_8.geojson"
GAPS = UNITS.parent / "02_gap_and_sliver.geojson"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def one_ward(tmp_path: Path) -> Path:
    """The ward of Phú Xá alone, with 60 m of its neighbour's ground."""
    frame = geopandas.read_file(UNITS).to_crs(9213).set_index("code")
    shapes = frame.geometry
    strip = shapes["05470"].intersection(shapes["05461"]).buffer(60, cap_style="flat").intersection(shapes["05461"])
    ward = frame.loc[["05470"]].set_geometry([shapes["05470"].union(strip.buffer(0.01))], crs=frame.crs)
    path = tmp_path / "phu_xa.geojson"
    ward.reset_index().to_crs(4326).to_file(path, driver="GeoJSON")
    return path


@pytest.fixture
def approving(shown: Shown, tmp_path: Path) -> Iterator[Stack]:
    """Another server of the same database, at which a second person must approve."""
    stack, _ = shown
    port = free_port()
    environment = {**stack.environment, "TOANCANH_PORT": str(port), "TOANCANH_BOUNDARY_APPROVAL": "true"}
    other = Stack(f"http://127.0.0.1:{port}", stack.database_url, environment, tmp_path)
    other.start("serve")
    other.wait_ready()
    yield other
    other.kill("serve")


def sent(page: Page, file: Path) -> None:
    """Upload, and wait for the end of the check."""
    page.set_input_files(".upload input[type=file]", str(file))
    expect(page.locator(".draft-title .state")).to_have_text("Đã kiểm tra", timeout=JOB_MS)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(name)).click()


def settled(page: Page) -> int:
    """The draft's version, once its latest inputs are checked."""

    def version() -> int | None:
        told: int | None = page.evaluate(
            """() => fetch('/boundaries/drafts/' + /work=draft-([0-9]+)/.exec(location.hash)[1])
                .then((answer) => answer.json())
                .then(({ state, revision, checked_revision, version }) =>
                    (state === 'checked' && revision === checked_revision && version) || null)"""
        )
        return told

    return int(wait_for(version, "the draft is checked", timeout_s=JOB_MS / 1000))


def withdraw(page: Page) -> None:
    """So that the next test may send the same bytes."""
    tab(page, "Hồ sơ")
    page.get_by_role("button", name="Rút dự thảo").click()
    page.get_by_role("button", name="Rút dự thảo").click()
    expect(page.locator(".upload")).to_be_visible()


def units_on(page: Page, day: str) -> dict[str, int]:
    """How many units of each set are valid on a day."""
    told: dict[str, int] = page.evaluate(
        """async (day) => {
            const answer = await fetch(`/collections/units/items?limit=500&datetime=${day}T12:00:00Z`);
            const counts = {};
            for (const { properties } of (await answer.json()).features)
                counts[properties.unit_set] = (counts[properties.unit_set] ?? 0) + 1;
            return counts;
        }""",
        day,
    )
    return told


def test_a_new_law_is_entered_published_and_taken_back(shown: Shown, page: Page, passwords: dict[str, str]) -> None:
    workspace(page, shown[0], "gis", passwords["gis"])
    before = units_on(page, "2026-01-01")
    _upload_of_another_set(page)
    _changes_of_the_law(page)
    _legal_basis(page)
    page.get_by_role("button", name="Công bố…").click()
    expect(page.locator("dialog.dialog")).to_contain_text("hết hiệu lực cùng ngày")
    confirm(page, "city-2025")
    assert units_on(page, "2025-06-30") == {"city-2017": 32}
    assert units_on(page, "2025-07-01").get("city-2025") == 8
    page.get_by_role("button", name="Xem trên bản đồ điều hành").click()
    wait_for(lambda: "set=city-2025" in page.evaluate("() => location.hash"), "the console shows the new set")
    _take_back(page)
    assert units_on(page, "2026-01-01") == before


def _upload_of_another_set(page: Page) -> None:
    page.locator(".upload-options summary").click()
    page.get_by_label("So với bộ ranh giới").select_option("city-2017")
    page.get_by_label("Bộ mới theo văn bản").check()
    page.set_input_files(".upload input[type=file]", str(NEW_LAW))
    expect(page.get_by_role("alert").filter(has_text="Mã bộ")).to_be_in_viewport()
    page.get_by_label("Mã bộ mới").fill("city-2025")
    page.get_by_label("Tên bộ mới").fill("8 xã, phường từ 01/7/2025")
    page.get_by_label("Có hiệu lực từ ngày").fill("2025-07-01")
    sent(page, NEW_LAW)
    expect(page.locator(".work-foot")).to_contain_text("Thiếu cơ sở pháp lý")


def _changes_of_the_law(page: Page) -> None:
    tab(page, "Thay đổi")
    ward = page.locator(".change", has_text="05467").filter(has_text="Phường Gia Sàng")
    expect(ward).to_contain_text("Phường Gia Sàng (79,5 %)")
    expect(ward).to_contain_text("mã này trước là của Phường Cam Giá")
    tab(page, "Hệ quả")
    expect(page.locator(".moves").first).to_contain_text("Phường Phan Đình Phùng (05443)")


def _legal_basis(page: Page) -> None:
    page.get_by_role("button", name="Thiếu cơ sở pháp lý").click()
    page.get_by_role("button", name="Nhập văn bản").click()
    page.fill("[name=legal-number]", "1683/NQ-UBTVQH15")
    page.fill("[name=legal-issuer]", "Uỷ ban Thường vụ Quốc hội")
    page.fill("[name=legal-signed]", "2025-06-16")
    page.fill("[name=legal-effective]", "2025-07-01")
    chosen = page.locator("input[accept*=pdf]")
    chosen.set_input_files({"name": "nq.pdf", "mimeType": "application/pdf", "buffer": b"no PDF"})
    page.get_by_role("button", name="Lưu").click()
    problem = page.get_by_role("alert").filter(has_text="phải là tệp PDF")
    expect(problem).to_be_visible()
    chosen.set_input_files({"name": "nq.pdf", "mimeType": "application/pdf", "buffer": PDF})
    expect(problem).to_have_count(0)
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".document")).to_contain_text("nq.pdf", timeout=JOB_MS)
    expect(page.locator(".work-foot")).to_contain_text("Sẵn sàng công bố", timeout=JOB_MS)


def _take_back(page: Page) -> None:
    page.locator(".set-borders").click()
    newest = page.locator("[data-publication]").first
    expect(newest).to_contain_text("1683/NQ-UBTVQH15")
    answers(page, page.locator("[data-publication] a"))
    newest.get_by_role("button", name="Hoàn tác công bố…").click()
    confirm(page, "city-2025", "Thử hoàn tác")
    page.locator("dialog.dialog").get_by_role("button", name="Đóng").last.click()
    expect(newest).to_contain_text("Thử hoàn tác")
    answers(page, newest.locator("a"))
    page.locator("[data-draft]").first.click()
    withdraw(page)


def test_a_survey_of_one_ward_leaves_the_others_as_they_are(
    shown: Shown, page: Page, passwords: dict[str, str], one_ward: Path
) -> None:
    workspace(page, shown[0], "gis", passwords["gis"])
    sent(page, one_ward)
    page.get_by_role("button", name="Chỉ lấy 1 đơn vị trong tệp").click()
    expect(page.locator(".draft-sentence")).to_contain_text("30 không đổi", timeout=JOB_MS)
    tab(page, "Thay đổi")
    neighbour = page.locator(".change", has=page.get_by_role("button", name="Xem trên bản đồ: Phường Gia Sàng"))
    expect(neighbour).to_contain_text("lân cận")
    page.locator("[data-mode=swipe]").click()
    handle = page.locator(".divider-handle").bounding_box()
    assert handle
    page.mouse.move(handle["x"] + 5, handle["y"] + 5)
    page.mouse.down()
    page.mouse.move(handle["x"] - 200, handle["y"] + 5, steps=4)
    page.mouse.up()
    divider = page.get_by_role("slider", name="Thanh so sánh trước và sau")
    assert 20 < int(divider.get_attribute("aria-valuenow") or 0) < 40
    _columns(page)
    _every_link_answers(page)
    withdraw(page)


def _columns(page: Page) -> None:
    tab(page, "Đọc tệp")
    name = page.get_by_label("Tên đơn vị")
    expect(name.locator("option:checked")).to_have_text("Tự nhận: name")
    name.select_option("full_name")
    page.get_by_role("button", name="Dùng các cột này").click()
    settled(page)
    tab(page, "Đọc tệp")
    expect(page.get_by_label("Tên đơn vị").locator("option:checked")).to_have_text("full_name", timeout=JOB_MS)


def answers(page: Page, links: Locator) -> None:
    for address in links.evaluate_all("(all) => all.map((a) => a.getAttribute('href'))"):
        told = page.evaluate("(url) => fetch(url).then((one) => (one.ok ? 'ok' : one.text()))", address)
        assert told == "ok", address


def _every_link_answers(page: Page) -> None:
    tab(page, "Hồ sơ")
    expect(page.locator(f"a[href^='/boundaries/versions/{settled(page)}/']").first).to_be_visible()
    for system in ("WGS 84", "VN-2000"):
        page.get_by_role("button", name=re.compile(system)).click()
        links = page.locator(".work-scroll a[href^='/boundaries']")
        expect(links.first).to_be_visible()
        answers(page, links)


def test_findings_are_waived_and_repairs_undone(shown: Shown, page: Page, passwords: dict[str, str]) -> None:
    workspace(page, shown[0], "gis", passwords["gis"])
    sent(page, GAPS)
    foot = page.locator(".work-foot")
    expect(foot).to_contain_text("Còn 3 phát hiện")
    gap = page.locator("[data-code=TOPO_GAP]")
    expect(gap).to_contain_text(re.compile(r"\d+\.\d{3} m².*rộng \d+"))
    gap.get_by_role("button", name="Chấp nhận…").click()
    why = gap.get_by_label("Lý do chấp nhận")
    expect(why).to_be_focused()
    why.fill("Hồ nước, chờ đo lại")
    why.press("Enter")
    expect(gap).to_contain_text("Hồ nước, chờ đo lại")
    expect(foot).to_contain_text("Còn 2 phát hiện")
    gap.get_by_role("button", name="Bỏ chấp nhận").click()
    expect(foot).to_contain_text("Còn 3 phát hiện")
    page.locator(".repair").get_by_role("button", name="Sửa", exact=True).click()
    expect(foot).to_contain_text("Còn 2 phát hiện", timeout=JOB_MS)
    page.get_by_role("button", name="Bỏ sửa").click()
    expect(foot).to_contain_text("Còn 3 phát hiện", timeout=JOB_MS)
    withdraw(page)


def test_a_file_is_sent_again_after_the_network_was_away(
    shown: Shown, page: Page, passwords: dict[str, str], one_ward: Path
) -> None:
    workspace(page, shown[0], "gis", passwords["gis"])
    page.context.set_offline(True)
    page.set_input_files(".upload input[type=file]", str(one_ward))
    expect(page.locator(".form-problem").filter(has_text="Không kết nối được máy chủ")).to_be_visible()
    page.context.set_offline(False)
    page.locator(".upload").get_by_role("button", name="Thử lại").click()
    expect(page.locator(".draft-title .state")).to_have_text("Đã kiểm tra", timeout=JOB_MS)
    withdraw(page)


def test_a_second_person_approves(
    approving: Stack, browser: Browser, page: Page, passwords: dict[str, str], one_ward: Path
) -> None:
    workspace(page, approving, "gis", passwords["gis"])
    sent(page, one_ward)
    page.get_by_role("button", name="Chỉ lấy 1 đơn vị trong tệp").click()
    page.get_by_role("button", name="Cần gửi người thứ hai duyệt").click(timeout=JOB_MS)
    page.get_by_role("button", name="Gửi duyệt").click()
    expect(page.get_by_text("Người gửi duyệt không tự duyệt được.")).to_be_visible()
    second = browser.new_page(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    workspace(second, approving, "admin", passwords["admin"])
    second.locator("[data-draft]").first.click()
    second.get_by_role("button", name="Đang chờ người thứ hai duyệt").click()
    second.get_by_role("button", name="Duyệt dự thảo này").click()
    expect(second.locator(".draft-title .state")).to_have_text("Đã duyệt")
    expect(second.get_by_role("button", name="Công bố…")).to_be_enabled()
    second.close()
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(page.locator(".draft-title .state")).to_have_text("Đã duyệt")
    withdraw(page)
