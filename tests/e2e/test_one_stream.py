# SPDX-License-Identifier: Apache-2.0
"""All pages of one browser share one stream, and none of them is needed for it."""

import uuid
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_console import CENTRE, incident, opened, push, rendered
from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.browser
Shown = tuple[Stack, str]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile."""
    made = browser.new_context(viewport={"width": 1100, "height": 700}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    yield made
    made.close()


def _streams(stack: Stack) -> int:
    """How many streams the server has open, by its own account."""
    lines = httpx.get(f"{stack.url}/metrics").text.splitlines()
    return int(float(next(line for line in lines if line.startswith("toancanh_live_streams ")).split()[1]))


def _all_drawn(page: Page, titles: list[str]) -> bool:
    return all(rendered(page, "title", title) for title in titles)


def _page(context: BrowserContext, stack: Stack) -> Page:
    return opened(context.new_page(), stack, f"#map=14.5/{CENTRE[1]}/{CENTRE[0]}")


def test_many_pages_have_one_stream_that_outlives_the_first(shown: Shown, context: BrowserContext) -> None:
    stack, _ = shown
    wait_for(lambda: _streams(stack) == 0, "earlier pages are gone", timeout_s=30)
    first, desk, wall = (_page(context, stack) for _ in range(3))
    assert _streams(stack) == 1
    titles = [f"Một luồng {uuid.uuid4().hex[:8]}" for _ in range(12)]
    for at, title in enumerate(titles):
        if at == 4:
            first.close()
        push(shown, incident(title, lon=CENTRE[0] + at / 2_000))
    for page in (desk, wall):
        wait_for(partial(_all_drawn, page, titles), "every incident is drawn")
        for title in titles:
            expect(page.locator(".feed").get_by_text(title)).to_have_count(1)
    assert _streams(stack) == 1
    desk.close()
    wall.close()
    wait_for(lambda: _streams(stack) == 0, "nobody listens any more", timeout_s=30)


def test_a_page_whose_browser_shares_no_workers_has_a_stream_of_its_own(shown: Shown, context: BrowserContext) -> None:
    stack, _ = shown
    wait_for(lambda: _streams(stack) == 0, "earlier pages are gone", timeout_s=30)
    context.add_init_script("delete window.SharedWorker")
    pages = [_page(context, stack) for _ in range(2)]
    assert _streams(stack) == 2
    title = f"Luồng riêng {uuid.uuid4().hex[:8]}"
    push(shown, incident(title))
    for page in pages:
        wait_for(partial(_all_drawn, page, [title]), "the incident is drawn")
