# SPDX-License-Identifier: Apache-2.0
"""People at the console: signing in as each role, units coloured by values, a spreadsheet previewed and undone."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.e2e.test_console import opened
from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]
ROLES = {
    "viewer": "Người xem",
    "operator": "Trực ban",
    "handler": "Xử lý",
    "planner": "Quy hoạch",
    "gis": "GIS",
    "admin": "Quản trị",
}


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Page, str], None]:
    """Keeps a screenshot; in SCREENSHOTS if that is set, for a person to look at."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))

    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png")

    return shoot


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_role("button", name="Đăng nhập", exact=True).first.click()
    page.fill("input[name=username]", name)
    page.fill("input[name=current-password]", password)
    page.keyboard.press("Enter")
    expect(page.locator(".account-button")).to_be_visible()
    wait_for(lambda: page.evaluate("() => window.__toancanh?.ready === true"), "the map is drawn again", timeout_s=60)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_signs_in_and_out(shown: Shown, page: Page, passwords: dict[str, str], role: str) -> None:
    opened(page, shown[0])
    sign_in(page, role, passwords[role])
    page.locator(".account-button").click()
    expect(page.get_by_text(ROLES[role]).locator("visible=true").first).to_be_visible()
    page.get_by_text("Đăng xuất").click()
    expect(page.get_by_role("button", name="Đăng nhập", exact=True).first).to_be_visible()


def test_who_sees_one_unit_sees_it_alone(
    shown: Shown, page: Page, passwords: dict[str, str], keep: Callable[[Page, str], None]
) -> None:
    opened(page, shown[0])
    everything = _count(page, "incidents")
    sign_in(page, "operator-pdp", passwords["operator-pdp"])
    wait_for(lambda: 0 < _count(page, "incidents") < everything, "the count is that of the area")
    keep(page, "area")


def _count(page: Page, layer: str) -> int:
    told: Any = page.evaluate(
        "(layer) => fetch('/collections/' + layer).then((answer) => answer.json()).then((body) => body.toancanh.count)",
        layer,
    )
    return int(told)


def test_units_are_coloured_with_a_legend_and_a_table(
    shown: Shown, page: Page, keep: Callable[[Page, str], None]
) -> None:
    stack, key = shown
    listed = httpx.get(f"{stack.url}/collections/units/items", params={"set": "city-2017", "limit": "100"}).json()
    codes = [unit["properties"]["code"] for unit in listed["features"]]
    values = [
        {"unit_code": code, "unit_set": "city-2017", "period": "2024", "value": 5_000 + 317 * number}
        for number, code in enumerate(codes[:-2])
    ]
    answer = httpx.post(
        f"{stack.url}/ingest/demo?layer=population&import=people",
        json=values,
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.json()["accepted"] == 30, answer.text
    opened(page, stack)
    page.select_option("#values-layer", "population")
    expect(page.get_by_text("chưa có dữ liệu", exact=False).first).to_be_visible()
    page.get_by_text("Bảng số liệu").click()
    expect(page.locator(".vtable tbody tr")).to_have_count(32)
    keep(page, "choropleth")
    httpx.delete(
        f"{stack.url}/ingest/demo/imports/people?layer=population", headers={"Authorization": f"Bearer {key}"}
    ).raise_for_status()


def test_a_spreadsheet_is_previewed_imported_and_undone(
    shown: Shown, page: Page, passwords: dict[str, str], tmp_path: Path, keep: Callable[[Page, str], None]
) -> None:
    stack, _ = shown
    opened(page, stack)
    sign_in(page, "gis", passwords["gis"])
    book = Workbook()
    book.active.append(["Mã", "Tên", "Loại", "Kinh độ", "Vĩ độ"])
    for number in range(6):
        book.active.append([f"YT-{number}", f"Trạm y tế thử {number}", "Bệnh viện", 105.8 + number / 100, 21.58])
    book.active.append(["YT-9", "Sai toạ độ", "Bệnh viện", 21.58, 105.8])
    file = tmp_path / "co-so-y-te.xlsx"
    content = io.BytesIO()
    book.save(content)
    file.write_bytes(content.getvalue())

    before = _count(page, "clinics")
    row = page.locator("[data-layer=clinics]")
    row.locator("summary").click()
    page.get_by_text("Nhập từ bảng tính").click()
    page.set_input_files("input[type=file]", str(file))
    expect(page.locator(".import-actions .button-primary")).to_be_visible()
    keep(page, "import-preview")
    assert _count(page, "clinics") == before
    page.locator(".import-actions .button-primary").click()
    wait_for(lambda: _count(page, "clinics") == before + 6, "the rows are in")
    expect(page.locator(".import-recent .button").first).to_be_visible()
    keep(page, "import-done")
    page.locator(".import-recent .button").first.click()
    wait_for(lambda: _count(page, "clinics") == before, "the rows are gone again")
