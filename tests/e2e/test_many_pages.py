# SPDX-License-Identifier: Apache-2.0
"""What happens elsewhere reaches an open page without a reload: a sign-out in another tab, newly published units."""

import copy
import re
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.boundaries.unit_samples import CITY
from tests.e2e.test_console import opened
from tests.e2e.test_people import sign_in
from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]
_VERSION = re.compile(r"/tiles/units/\d+/\d+/\d+\.mvt\?version=(\d+)")
_NAMES = """() => window.__toancanh.map.queryRenderedFeatures()
    .filter((f) => f.properties.code === "05431").map((f) => f.properties.name)"""
_LOADED = "() => window.__toancanh.ready && window.__toancanh.map.areTilesLoaded()"


def test_signing_out_in_one_tab_signs_the_other_out(shown: Shown, page: Page, passwords: dict[str, str]) -> None:
    stack, _ = shown
    opened(page, stack)
    sign_in(page, "operator", passwords["operator"])
    other = opened(page.context.new_page(), stack)
    expect(other.locator(".account-button")).to_be_visible()
    page.locator(".account-button").click()
    page.get_by_text("Đăng xuất").click()
    expect(page.locator(".account-button")).to_have_count(0)
    # Nobody touches the other tab, and its next look of its own accord would be a minute away.
    expect(other.locator(".account-button")).to_have_count(0, timeout=15_000)
    wait_for(lambda: other.evaluate("() => window.__toancanh.stream === 'live'"), "it follows as nobody")


def test_newly_published_units_come_to_an_open_page(shown: Shown, page: Page) -> None:
    stack, key = shown
    versions: list[int] = []

    def note(url: str) -> None:
        if found := _VERSION.search(url):
            versions.append(int(found[1]))

    page.on("request", lambda request: note(request.url))
    opened(page, stack)
    wait_for(lambda: page.evaluate(_LOADED), "its tiles are loaded")
    page.evaluate("() => { window.__here = true; }")
    known = set(versions)
    [name] = set(page.evaluate(_NAMES))
    for wanted in (f"{name} mới", name):
        versions.clear()
        _publish(stack, key, wanted)
        wait_for(partial(_is_named, page, wanted), "the new units are drawn")
        assert not known & set(versions), "tiles of an older version were asked for"
        known |= set(versions)
    assert page.evaluate("() => window.__here"), "the page was loaded again"


def _is_named(page: Page, name: str) -> bool:
    return set(page.evaluate(_NAMES)) == {name}


def _publish(stack: Stack, key: str, name: str) -> None:
    upload: dict[str, Any] = copy.deepcopy(CITY)
    about = httpx.get(f"{stack.url}/boundaries/sets").json()
    kept = next(one for one in (about["sets"] if isinstance(about, dict) else about) if one["id"] == "city-2017")
    upload["unit_set"] |= {part: kept[part] for part in ("title", "attribution", "licence") if part in kept}
    for unit in upload["features"]:
        if unit["properties"]["code"] == "05431":
            unit["properties"]["name"] = name
    answer = httpx.post(
        f"{stack.url}/ingest/demo?layer=units", json=upload, headers={"Authorization": f"Bearer {key}"}, timeout=60
    )
    assert answer.status_code == 200, answer.text
