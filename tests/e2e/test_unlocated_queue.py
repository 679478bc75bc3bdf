# SPDX-License-Identifier: Apache-2.0
"""What has no place, worked on the map by mouse and keys; what is known only to a unit, as a number on it."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.sources import Shown, Source, cookies_of, keep, report, source_of
from tests.e2e.test_console import opened
from tests.e2e.test_people import sign_in
from tests.support.stack import Stack, wait_for

__all__ = ["keep", "source_of"]  # fixtures
pytestmark = pytest.mark.browser


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
    csrf = httpx.get(f"{stack.url}/session", cookies=cookies_of(page)).json()["csrf"]
    httpx.post(
        f"{stack.url}/unlocated/incidents/{other['id']}",
        json={"lon": 105.84, "lat": 21.58},
        headers={"X-CSRF-Token": csrf},
        cookies=cookies_of(page),
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
