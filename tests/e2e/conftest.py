# SPDX-License-Identifier: Apache-2.0
"""The console in Debian's Chromium, on a real stack with the demonstration's units and some features."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import _database, migrated, new_key_of
from tests.support.stack import ROOT, Stack, running_stack

CHROMIUM = Path("/usr/bin/chromium")
# Mesa's software renderer: the fastest WebGL without a GPU. The rest keeps Chromium from calling home.
FLAGS = (
    "--no-sandbox --use-gl=angle --use-angle=gl-egl --ignore-gpu-blocklist --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def shown(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, str]]:
    """The stack with the demonstration loaded, and its push key."""
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.skip("needs the built front end (npm run build in frontend/)")
    for admin_url in _database(cluster_url):
        url = migrated(admin_url)
        key = new_key_of(url, "demo")
        folder = tmp_path_factory.mktemp("stack")
        more = {"TOANCANH_ADMIN_URL": admin_url, "TOANCANH_SOURCES": str(folder / "sources")}
        with running_stack(url, folder, root=ROOT, TOANCANH_DEFAULT_SET="city-2017", **more) as stack:
            loader = [sys.executable, "-m", "simulators.demo", "load", "--url", stack.url, "--key", key]
            subprocess.run(loader, cwd=ROOT, env=stack.environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
            yield stack, key


@pytest.fixture(scope="session")
def passwords(shown: tuple[Stack, str]) -> dict[str, str]:
    """The demonstration's sign-ins, as its command prints them."""
    made = subprocess.run(
        [sys.executable, "-m", "api.cli", "user", "demo"],
        cwd=ROOT,
        env=shown[0].environment,
        check=True,
        capture_output=True,
    )
    return {user["name"]: user["password"] for user in json.loads(made.stdout)}


# By module: while playwright runs, its event loop is the thread's, and no asynchronous test could run after it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's package chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page at an operator's laptop size."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    opened = context.new_page()
    yield opened
    context.close()
