# SPDX-License-Identifier: Apache-2.0
"""The seed's year: the figures, the same bytes every time, records that the catalog takes, and a run that compares."""

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from layers.records import normalise
from layers.registry import discover
from simulators import seed_2022
from simulators.boundaries import CITY_SET
from simulators.door import Door
from simulators.places_in_unit import distance_m
from simulators.seed_2022_records import BLOCK, TOTALS, Year, blocks_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SPECS = discover()


@pytest.fixture(scope="module")
def year() -> Year:
    return Year()


def test_the_figures_are_those_of_the_seed() -> None:
    assert TOTALS == {"detections": 224_301, "media": 359_354, "incidents": 1_819, "alerts": 448}


@pytest.mark.parametrize("layer", TOTALS)
def test_the_last_block_ends_at_the_figure_and_is_made_without_the_rest(year: Year, layer: str) -> None:
    last = blocks_of(layer) - 1
    records = year.block(layer, last)
    assert last * BLOCK + len(records) == TOTALS[layer]
    assert json.dumps(records) == json.dumps(Year(year.ground).block(layer, last))


def test_the_bytes_are_the_same_on_every_machine(year: Year) -> None:
    digest = hashlib.sha256()
    for layer in TOTALS:
        digest.update(json.dumps(year.block(layer, 0), ensure_ascii=False, sort_keys=True).encode())
    assert digest.hexdigest()[:16] == "e3c6c7bb16c8d84a"


@pytest.mark.parametrize("layer", TOTALS)
def test_the_catalog_takes_every_record_and_each_is_of_2022(year: Year, layer: str) -> None:
    ids = set()
    for number in {0, blocks_of(layer) // 2, blocks_of(layer) - 1}:
        for record in year.block(layer, number):
            found = normalise(SPECS[layer], record, NOW)
            assert found.valid_from is not None and str(record["time"]).startswith("2022-")
            ids.add(found.external_id)
    assert len(ids) == sum(len(year.block(layer, n)) for n in {0, blocks_of(layer) // 2, blocks_of(layer) - 1})


def test_detections_lie_at_forty_junctions_of_the_city(year: Year) -> None:
    at = {junction.camera: junction.place for junction in year.junctions}
    assert len(at) == 40
    for record in year.block("detections", 7):
        assert distance_m(at[record["camera"]], (record["lon"], record["lat"])) < 70
        assert year.ground.before_at(record["lon"], record["lat"]) is not None


def test_media_are_known_to_a_unit_of_2022_or_nowhere(year: Year) -> None:
    codes = {unit.code for unit in year.ground.city}
    records = year.block("media", 3)
    known = [record for record in records if "unit_code" in record]
    assert 0.4 < len(known) / len(records) < 0.7
    assert all(record["unit_code"] in codes and record["unit_set"] == CITY_SET for record in known)
    assert not any({"lon", "lat", "geometry", "author"} & record.keys() for record in records)


class Server:
    """As much of the product as the simulator talks to, in memory."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {layer: {} for layer in TOTALS}
        self.sets: set[str] = set()
        self.pushes = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        if request.url.path == "/boundaries/sets":
            return httpx.Response(200, json={"sets": [{"id": one} for one in self.sets]})
        if request.url.path.startswith("/collections"):
            if "authorization" in request.headers:
                return httpx.Response(403, json={"code": "key_cannot_read", "detail": ""})
            known = self.records[request.url.path.split("/")[2]]
            if request.url.path.endswith("/units"):
                return httpx.Response(200, json={"total": len(known), "units": []})
            return httpx.Response(200, json={"features": [1] * (query["external_id"] in known)})
        assert request.url.path == "/ingest/seed-2022"
        body = json.loads(request.content)
        if query["layer"] == "units":
            self.sets.add(body["unit_set"]["id"])
            return httpx.Response(200, json={"rejected": []})
        self.pushes += 1
        known = self.records[query["layer"]]
        new = [record for record in body if record["id"] not in known]
        known |= {record["id"]: record for record in body}
        counts = {"accepted": len(new), "unchanged": len(body) - len(new), "rejected": []}
        return httpx.Response(200, json=counts)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A small year and a server for it."""
    for layer, total in {"detections": 2_400, "media": 3_100, "incidents": 20, "alerts": 5}.items():
        monkeypatch.setitem(TOTALS, layer, total)
    found = Server()

    def door(url: str, key: str, *, patience_s: float | None, stop: threading.Event) -> Door:
        return Door(url, key, patience_s=patience_s, stop=stop, transport=httpx.MockTransport(found))

    monkeypatch.setattr(seed_2022, "Door", door)
    yield found


def run(*words: str) -> int:
    return seed_2022.main(["--url", "http://x", "--key", "k", *words])


def test_twice_gives_the_same_totals(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--batch", "1000") == 0 and server.sets == {"city-2017", "province-2025"}
    assert "detections      2,400 sent: 2,400 accepted" in capsys.readouterr().out
    assert run("--batch", "2000") == 0
    out = capsys.readouterr().out
    assert "media           3,100 sent: 3,100 unchanged" in out and "alerts              5 on the server" in out


def test_what_is_missing_is_an_error_and_resume_sends_only_that(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--batch", "1000") == 0
    for number in range(2_001, 2_401):
        del server.records["detections"][f"VP-2022-{number:06d}"]
    assert run("--check") == 1 and "EXPECTED 2,400" in capsys.readouterr().out
    server.pushes = 0
    assert run("--resume", "--batch", "1000") == 0 and server.pushes == 1


def test_a_batch_larger_than_the_door_takes_is_a_misuse() -> None:
    with pytest.raises(SystemExit):
        run("--batch", "6000")
