# SPDX-License-Identifier: Apache-2.0
"""Sources for browser tests: a file in the stack's folder, a key, and what the system sends."""

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
from playwright.sync_api import Page

from tests.support.stack import ROOT, Stack, wait_for

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


def cookies_of(page: Page) -> dict[str, str]:
    """Who the page is signed in as, for requests beside it."""
    return {str(cookie["name"]): str(cookie["value"]) for cookie in page.context.cookies()}
