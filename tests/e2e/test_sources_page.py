# SPDX-License-Identifier: Apache-2.0
"""Connected systems at the console: how they do, how they are connected, and what could not be read of them."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.sources import Shown, Source, cookies_of, keep, report, source_of
from tests.e2e.test_console import opened
from tests.e2e.test_people import sign_in
from tests.support.stack import wait_for

__all__ = ["keep", "source_of"]  # fixtures
pytestmark = pytest.mark.browser


def open_sources(page: Page, source: Source) -> Locator:
    """The page of sources with one of them open; answers its row."""
    page.locator(".set-line").get_by_text("Nguồn dữ liệu").click()
    row = page.locator(f"tr[data-source={source.id}]")
    row.locator(".src-open").click()
    expect(page.locator(".src-aside h3")).to_have_text(f"Nguồn {source.id}")
    return row


def test_whoever_only_looks_sees_no_door_and_asks_for_nothing(
    shown: Shown, page: Page, passwords: dict[str, str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, shown[0])
    expect(page.locator(".set-line")).not_to_contain_text("Nguồn dữ liệu")
    sign_in(page, "viewer", passwords["viewer"])
    expect(page.locator(".set-line")).not_to_contain_text("Nguồn dữ liệu")
    assert [url for url in asked if "/sources" in url or "/unlocated" in url] == []
    sign_out(page)
    sign_in(page, "operator", passwords["operator"])
    wait_for(lambda: any(url.endswith("/sources") for url in asked), "an operator's page asks")


def sign_out(page: Page) -> None:
    page.locator(".account-button").click()
    page.get_by_text("Đăng xuất").click()
    expect(page.get_by_role("button", name="Đăng nhập", exact=True).first).to_be_visible()


def test_every_system_is_listed_and_says_how_it_does_or_how_to_connect_it(
    shown: Shown, page: Page, passwords: dict[str, str], source_of: Callable[..., Source], keep: Any
) -> None:
    stack, _ = shown
    source = source_of("bao-cao", expected_every_s=600)
    assert source.push([report("Tắc đường", lon=105.83, lat=21.59)]).json()["accepted"] == 1
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page, stack)
    sign_in(page, "operator", passwords["operator"])
    row = open_sources(page, source)
    expect(row).to_contain_text("Đang nhận")
    expect(row).to_contain_text("vừa xong")
    expect(page.locator(".src-hour-taken")).to_have_count(1)
    keep(page, "sources")
    listed = httpx.get(f"{stack.url}/sources", cookies=cookies_of(page)).json()["systems"]
    assert {system["id"] for system in listed} == {
        name for name in page.locator("[data-system]").evaluate_all("(all) => all.map((one) => one.dataset.system)")
    }
    page.locator(".src-search input").fill("du lich")
    expect(page.locator("[data-system]")).to_have_count(1)
    page.locator("[data-system=tourism] .src-open").click()
    expect(page.locator(".src-ways > li")).to_have_count(3)
    keep(page, "sources-connect")
    for link in page.locator(".src-templates a").all():
        template = httpx.get(f"{stack.url}{link.get_attribute('href')}")
        assert template.status_code == 200 and len(template.content) > 100
    assert "work=sources-tourism" in page.url
    page.keyboard.press("Escape")
    expect(page.locator(".feed")).to_be_visible()
    assert complaints == [], "the strict policy of content holds here, too"


def test_a_silent_source_raises_the_alarm_at_the_door(
    shown: Shown, page: Page, passwords: dict[str, str], source_of: Callable[..., Source]
) -> None:
    source = source_of("im-lang", expected_every_s=1)
    source.push([report("Một lần rồi thôi", lon=105.83, lat=21.59)])
    opened(page, shown[0])
    sign_in(page, "operator", passwords["operator"])
    expect(page.locator(".door-badge-bad")).to_be_visible(timeout=20_000)
    row = open_sources(page, source)
    expect(row).to_contain_text("Im lặng")
    expect(page.locator(".src-trouble")).to_contain_text("Kiểm tra hệ thống nguồn")


def test_dead_letters_are_replayed_after_the_mend_and_discarded_with_a_reason(
    shown: Shown, page: Page, passwords: dict[str, str], source_of: Callable[..., Source], keep: Any
) -> None:
    stack, _ = shown
    source = source_of("sai-lop", layer="clinics")
    title = f"Đèn hỏng {uuid.uuid4().hex[:6]}"
    refused = source.push([report(title, lon=105.83, lat=21.59), {"id": "khong-cuu-duoc"}]).json()
    assert len(refused["rejected"]) == 2
    opened(page, stack)
    sign_in(page, "operator", passwords["operator"])
    row = open_sources(page, source)
    row.locator(".src-count-bad").click()
    expect(page.locator(".letter")).to_have_count(2)
    letter = page.locator(".letter").filter(has_text="record 0")
    letter.locator(".letter-head").click()
    expect(letter.locator(".letter-record")).to_contain_text(title)
    keep(page, "dead-letters")
    letter.get_by_role("button", name="Phát lại").click()
    expect(page.locator(".toast-bad")).to_contain_text("Vẫn bị loại")
    source.write(layer="incidents")
    everything = page.get_by_role("button", name="Phát lại tất cả")

    def replayed() -> bool:
        everything.click()
        page.locator(".toast").filter(has_text="Đã phát lại 2").locator(".toast-close").click()
        expect(everything).to_be_enabled()
        return page.locator(".letter").count() == 1

    wait_for(replayed, "the mended file is read and the letters with it")
    found = httpx.get(f"{stack.url}/collections/incidents/items", params={"limit": 10, "filter": f"title = '{title}'"})
    assert [item["properties"]["title"] for item in found.json()["features"]] == [title]
    page.get_by_role("button", name="Bỏ hẳn").click()
    confirm = page.locator("dialog .button-danger")
    expect(confirm).to_be_disabled()
    page.locator("dialog input").fill("Thử nghiệm")
    confirm.click()
    expect(page.get_by_text("Không có bản tin lỗi")).to_be_visible()


def test_an_administrator_switches_a_source_off_and_on(
    shown: Shown, page: Page, passwords: dict[str, str], source_of: Callable[..., Source]
) -> None:
    source = source_of("cong-tac")
    opened(page, shown[0])
    sign_in(page, "admin", passwords["admin"])
    row = open_sources(page, source)
    page.get_by_role("button", name="Tắt nguồn").click()
    page.locator("dialog .button-danger").click()
    expect(row).to_contain_text("Đã tắt")
    assert source.push([report("Không ai nghe")]).status_code == 409
    page.get_by_role("button", name="Bật nguồn").click()
    expect(row).to_contain_text("Đang nhận")
    assert source.push([report("Có người nghe", lon=105.83, lat=21.59)]).status_code == 200
