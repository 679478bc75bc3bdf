# SPDX-License-Identifier: Apache-2.0
"""The citizen app against a real server, with the GeoReport client of PyPI as the judge of what the server answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
from georeport import GeoReport

from api.auth import hash_of, new_key
from tests.api.open311_door import write_source
from tests.conftest import _database, migrated
from tests.support.stack import ROOT, Stack, running_stack, wait_for

pytestmark = [pytest.mark.postgis]
SOURCE = "c-thainguyen"


@dataclass(frozen=True)
class World:
    """A running server, the app's key, and a handler's."""

    stack: Stack
    key: str
    handler: httpx.Client

    @property
    def root(self) -> str:
        return f"{self.stack.url}/open311/v2"

    def start_app(self, *more: str) -> "subprocess.Popen[str]":
        """The simulator as a person starts it."""
        command = [sys.executable, "-m", "simulators", SOURCE, "--url", self.stack.url, "--key", self.key, *more]
        return subprocess.Popen(command, cwd=ROOT, env=self.stack.environment, stdout=subprocess.PIPE, text=True)

    def open_incidents(self) -> list[dict[str, Any]]:
        """The app's incidents that nobody closed, as the console lists them."""
        query = {"source": SOURCE, "filter": "status NOT IN ('resolved','rejected')", "limit": "1000"}
        answer = self.handler.get("/collections/incidents/items", params=query)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["features"]
        return found

    def close(self, feature: dict[str, Any], status: str) -> None:
        """A handler settles an incident."""
        answer = self.handler.patch(
            f"/collections/incidents/items/{feature['id']}",
            json={"status": status, "status_notes": "Đã xử lý"},
            headers={"If-Match": str(feature["properties"]["revision"])},
        )
        answer.raise_for_status()


def add_key(admin_url: str, source: str, role: str | None = None) -> str:
    """A key of a source, as the command makes one."""
    key = new_key()
    connection = psycopg2.connect(admin_url)
    with connection, connection.cursor() as cursor:
        values = (source, hash_of(key), ["incidents"] if role is None else [], role)
        cursor.execute("insert into api_key (source, key_hash, layers, role) values (%s, %s, %s, %s)", values)
    connection.close()
    return key


@pytest.fixture(scope="module")
def world(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server of its own, whose folder of sources has the app."""
    folder: Path = tmp_path_factory.mktemp("open311")
    write_source(folder, SOURCE)
    for admin_url in _database(cluster_url):
        url = migrated(admin_url)
        key = add_key(admin_url, SOURCE)
        reading = {"Authorization": f"Bearer {add_key(admin_url, 'desk', 'handler')}"}
        with running_stack(url, folder, "serve", TOANCANH_SOURCES=str(folder)) as stack:
            with httpx.Client(base_url=stack.url, headers=reading, trust_env=False, timeout=20) as handler:
                yield World(stack, key, handler)


def test_the_app_reports_twice_and_is_told_when_its_reports_are_closed(world: World) -> None:
    app = world.start_app(
        "--count", "12", "--rate", "0", "--duplicates", "1", "--corrupt", "0.3", "--seed", "twice",
        "--watch-s", "60", "--every-s", "0.1",
    )  # fmt: skip
    try:
        first = wait_for(world.open_incidents, "the app has reported something")
        world.close(first[0], "rejected")

        def settled() -> bool:
            for feature in world.open_incidents():
                world.close(feature, "resolved")
            return app.poll() is not None

        wait_for(settled, "the app was told that everything is closed")
    finally:
        app.kill()
        said = app.communicate()[0]
    told = json.loads(said)
    refused = told.get("refused_400", 0)
    assert app.returncode == 0 and "doubled" not in told
    assert (told["posted"], told["repeated"], told["open"]) == (12, 12, 0)
    assert told["closed"] == told["reports"] == 12 - refused // 2 > 0 and refused > 0
    listed = httpx.get(f"{world.root}/requests.json", params={"api_key": world.key}).json()
    assert len(listed) == told["reports"]
    assert {one["x_status"] for one in listed} == {"resolved", "rejected"}
    assert {one["status_notes"] for one in listed} == {"Đã xử lý"}


def test_the_same_reports_again_are_no_new_ones(world: World) -> None:
    for form in ("json", "xml"):
        app = world.start_app("--count", "5", "--rate", "0", "--seed", "again", "--form", form)
        told = json.loads(app.communicate(timeout=60)[0])
        assert (app.returncode, told["reports"]) == (0, 5)
    listed = httpx.get(f"{world.root}/requests.json", params={"api_key": world.key}).json()
    assert len({one["service_request_id"] for one in listed}) == len(listed)
    open_now = [one for one in listed if one["status"] == "open"]
    assert len(open_now) == 5


@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_independent_client_lists_services_and_reads_requests(world: World, form: str) -> None:
    for code in ("giao_thong.o_ga", "moi_truong.rac"):
        fields = {"api_key": world.key, "service_code": code, "lat": "21.59", "long": "105.84"}
        httpx.post(f"{world.root}/requests.json", data=fields).raise_for_status()
    client = GeoReport(world.root, jurisdiction="thainguyen.gov.vn", output_format=form)
    services = client.get_service_list()
    assert len(services) == 71 and {"service_code", "service_name", "metadata", "type", "group"} <= set(services[0])
    assert client.get_service_definition("giao_thong.o_ga")["service_code"] == "giao_thong.o_ga"

    lately = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    requests = client.get_service_requests(status="open,closed", start_date=lately)
    assert len(requests) >= 2
    assert all(one["status"] in ("open", "closed") and one["requested_datetime"].endswith("+07:00") for one in requests)
    chosen = client.get_service_requests(service_code="moi_truong.rac", status="open")
    only = chosen if isinstance(chosen, dict) else chosen[0]
    assert (only["service_name"], float(only["lat"]), float(only["long"])) == ("Rác thải", 21.59, 105.84)
    assert client.get_service_request(only["service_request_id"]) == only
