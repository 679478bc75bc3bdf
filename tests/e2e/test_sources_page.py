# SPDX-License-Identifier: Apache-2.0
"""Connected systems at the console: how they do, what could not be read of them, and the queue worked on the map."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_console import opened
from tests.e2e.test_people import sign_in
from tests.support.stack import ROOT, Stack, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]


class Source:
    """A source of this test: its file, its key, and what it sends."""

    def __init__(self, stack: Stack, name: str, **members: Any) -> None:
        self.id, self._stack = name, stack
        self._members = {"system": "field_reports", "connector": "records_json", "layer": "incidents", **members}
        self.write()
        command = [sys.executable, "-m", "api.cli", "key", "create", "--source", name]
        made = subprocess.run(command, cwd=ROOT, env=stack.environment, check=True, capture_output=True, text=True)
        self.key = made.stdout.strip()
        wait_for(lambda: self.push([]).status_code != 404, "the server has read the source's file")

    def write(self, **members: Any) -> None:
        """The source's file, with these members changed."""
        self._members |= members
        layer = self._members["layer"]
        rest = {name: value for name, value in self._members.items() if name != "layer"}
        title = {"vi": f"Nguồn {self.id}", "en": f"Source {self.id}"}
        folder = Path(self._stack.environment["TOANCANH_SOURCES"])
        folder.mkdir(exist_ok=True)
        spec = {"id": self.id, "title": title, "options": {"layer": layer}, **rest}
        # JSON is YAML.
        (folder / f"{self.id}.yaml").write_text(json.dumps(spec, ensure_ascii=False))

    def push(self, body: Any) -> httpx.Response:
        """Send a message as the system does."""
        return httpx.post(
            f"{self._stack.url}/ingest/{self.id}",
            json=body,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=20,
        )


def report(title: str, **more: Any) -> dict[str, Any]:
    moment = datetime.now(UTC) - timedelta(minutes=1)
    return {
        "id": uuid.uuid4().hex,
        "revision": 1,
        "title": title,
        "time": moment.isoformat(),
        "kind": "traffic",
        **more,
    }


@pytest.fixture
def source_of(shown: Shown) -> Iterator[Callable[..., Source]]:
    """Makes sources; their files go with the test."""
    stack, _ = shown

    def make(name: str, **members: Any) -> Source:
        return Source(stack, f"{name}-{uuid.uuid4().hex[:6]}", **members)

    yield make
    for file in Path(stack.environment["TOANCANH_SOURCES"]).glob("*.yaml"):
        file.unlink()


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Page, str], None]:
    """Keeps a screenshot; in SCREENSHOTS if that is set, for a person to look at."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))

    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png")

    return shoot


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
    listed = httpx.get(f"{stack.url}/sources", cookies=_cookies(page)).json()["systems"]
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


def _cookies(page: Page) -> dict[str, str]:
    return {str(cookie["name"]): str(cookie["value"]) for cookie in page.context.cookies()}


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


def item_of(stack: Stack, title: str) -> dict[str, Any]:
    found = httpx.get(f"{stack.url}/collections/incidents/items", params={"limit": 1, "filter": f"title = '{title}'"})
    (feature,) = found.json()["features"]
    return dict(feature)


def test_the_queue_is_worked_on_the_map_by_mouse_and_keys(
    shown: Shown, page: Page, passwords: dict[str, str], source_of: Callable[..., Source], keep: Any
) -> None:
    stack, _ = shown
    mark = uuid.uuid4().hex[:6]
    titles = [f"{what} {mark}" for what in ("Cây đổ", "Nắp cống vỡ", "Khói lạ")]
    source = source_of("hang-doi")
    texts = ("Ở đâu không rõ", "Giữa Túc Duyên và Trưng Vương", "Không nói nơi nào")
    for title, text in zip(titles, texts, strict=True):
        answer = source.push([report(title, place_text=text, severity="high")])
        assert answer.json()["unlocated"] == 1, answer.text
    opened(page, stack)
    sign_in(page, "operator", passwords["operator"])
    page.locator("[data-layer=incidents] .layer-unlocated").click()
    heading = page.locator(".queue-item h3")
    # Newest first.
    expect(heading).to_have_text(titles[2])
    page.keyboard.press("j")
    expect(heading).to_have_text(titles[1])
    page.keyboard.press("k")
    expect(heading).to_have_text(titles[2])

    # By the map: place, how sure, confirm by key; the next one comes by itself.
    page.keyboard.press("p")
    expect(page.locator(".queue-place")).to_contain_text("Bấm lên bản đồ")
    wait_for(lambda: page.evaluate("() => !window.__toancanh.map.isMoving()"), "the map stands still")
    at = page.evaluate("() => { const p = window.__toancanh.map.project([105.83, 21.6]); return [p.x, p.y]; }")
    page.locator(".map canvas").click(position={"x": at[0], "y": at[1]})
    page.get_by_role("button", name="~100 m").click()
    expect(page.locator(".reach")).to_be_visible()
    keep(page, "queue-placing")
    page.keyboard.press("Enter")
    expect(heading).to_have_text(titles[1])
    placed = item_of(stack, titles[2])
    assert placed["geometry"]["coordinates"] == pytest.approx([105.83, 21.6], abs=0.002)
    assert placed["properties"]["location_radius_m"] == 100

    # Back again: it waits where it was, and has no place.
    page.locator(".toast-action").click()
    expect(heading).to_have_text(titles[2])
    wait_for(lambda: item_of(stack, titles[2])["geometry"] is None, "the place is taken back")

    # By a suggestion, in one click; they are on the map under the same numbers.
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(heading).to_have_text(titles[1])
    expect(page.locator(".candidate-mark")).to_have_count(page.locator(".candidate").count())
    keep(page, "queue-candidates")
    page.locator(".candidate-choose").filter(has_text="Túc Duyên").click()
    expect(heading).to_have_text(titles[0])
    assert item_of(stack, titles[1])["properties"]["location_method"] == "operator_unit"

    # What somebody else places leaves by itself.
    other = item_of(stack, titles[0])
    csrf = httpx.get(f"{stack.url}/session", cookies=_cookies(page)).json()["csrf"]
    httpx.post(
        f"{stack.url}/unlocated/incidents/{other['id']}",
        json={"lon": 105.84, "lat": 21.58},
        headers={"X-CSRF-Token": csrf},
        cookies=_cookies(page),
    ).raise_for_status()
    expect(page.locator(".queue-row").filter(has_text=titles[0])).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".feed")).to_be_visible()


def test_what_is_known_only_to_a_unit_is_a_number_on_it_and_left_out_of_hexagons_in_words(
    shown: Shown, page: Page, source_of: Callable[..., Source], keep: Any
) -> None:
    stack, _ = shown
    source = source_of("chi-biet-xa")
    source.push([report(f"Chỉ biết phường {n}", unit_set="city-2017", unit_code="05443") for n in range(3)])
    opened(page, stack)
    counted = httpx.get(f"{stack.url}/collections/incidents/units?set=city-2017").json()["units"]
    (unit,) = (unit for unit in counted if unit["code"] == "05443")
    assert unit["unit_only"] >= 3

    def badges() -> list[Any]:
        drawn: list[Any] = page.evaluate(
            "() => window.__toancanh.map.queryRenderedFeatures({layers: ['toancanh-unit-badges']})"
            ".map((one) => one.properties.code)"
        )
        return drawn

    wait_for(
        lambda: (
            page.evaluate("() => window.__toancanh.map.getLayer('toancanh-unit-badges') !== undefined")
            and "05443" in badges()
        ),
        "the number is on the ward",
    )
    page.select_option("#hex-layer", "incidents")
    expect(page.locator(".ramp-left-out")).to_contain_text("chỉ biết đến xã, phường")
    keep(page, "unit-badges")
