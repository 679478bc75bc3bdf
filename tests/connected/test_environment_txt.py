# SPDX-License-Identifier: Apache-2.0
"""Loggers' text files by folder, vsftpd (plain and TLS) and OpenSSH end as observations of sensors, come what may."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.db.pool import Database
from layers.registry import LayerRegistry
from layers.sources.spec import SourceSpec
from simulators import station_txt
from simulators.file_targets import ftp_server, send, sftp_server, target_of
from simulators.station_lines import STATIONS, Habits, Sent, file_of, readings, schedule
from simulators.station_txt import moments
from tests.support.fetching import fetching, letters_of, readings_of, sensors_of, source_of, state_of
from tests.support.grid import publish_grid
from tests.support.servers import self_signed, sshd, vsftpd
from tests.support.waiting import until

pytestmark = pytest.mark.postgis
# What each symbol of the loggers is in the layer, and how much of its unit: written down here once more, by hand.
MEANS = {
    "PM2,5": ("pm25", 1), "PM2.5": ("pm25", 1), "PM10": ("pm10", 1), "NO2": ("no2", 1), "CO": ("co", 1),
    "Temp": ("temp", 1), "SO2": ("so2", 1_000), "O3": ("o3", 1), "RH": ("rh", 1), "pH": ("ph", 1), "TSS": ("tss", 1),
    "NH4": ("nh4", 1), "Flow": ("flow", 1), "COD": ("cod", 1), "Color": ("color", 1),
}  # fmt: skip
QUALITY = {"00": "good", "01": "calibrating", "02": "fault"}
PLACES = {"KK01": (107.05, 16.25), "KK02": (107.06, 16.25), "NM01": (107.07, 16.25), "NT01": (107.08, 16.25)}
OPTIONS = {
    "prefix": "TNG_",
    "stations": {code: {"name": f"Trạm {code}", "lon": lon, "lat": lat} for code, (lon, lat) in PLACES.items()},
}
UNTIL = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
RULES = {"pattern": "*.txt", "settle_s": 0.15}


@dataclass(frozen=True)
class Way:
    """How files get from a logger to us."""

    door: Mapping[str, Any]
    to: str
    root: Path
    key: Path | None = None


@pytest.fixture(autouse=True)
async def ground(database: Database) -> None:
    """Units around the stations: coordinates far from all units are not believed."""
    await publish_grid(database)


def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A drop folder and one of secrets."""
    made = tmp_path / "drop", tmp_path / "secrets"
    for folder in made:
        folder.mkdir()
    return made


@pytest.fixture(params=["folder", "ftp", "ftps", "sftp"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    root, secrets = folders(tmp_path)
    match request.param:
        case "folder":
            yield Way({"kind": "folder", "path": str(root), **RULES}, str(root), root)
        case "ftp":
            with vsftpd(tmp_path, root) as port:
                door = {"kind": "ftp", "host": "127.0.0.1", "port": port, **RULES}
                yield Way(door, f"ftp://127.0.0.1:{port}/", root)
        case "ftps":
            tls = self_signed(tmp_path)
            with vsftpd(tmp_path, root, tls) as port:
                door = {"kind": "ftp", "host": "127.0.0.1", "port": port, "tls": "explicit", **RULES}
                # The logger writes beside the server: it is our encrypted side that is tried.
                yield Way({**door, "ca_file": str(tls.certificate)}, str(root), root)
        case "sftp":
            with sshd(tmp_path) as server:
                (secrets / "key").write_text(server.key.read_text())
                door = {
                    "kind": "sftp", "host": "127.0.0.1", "port": server.port, "user": server.user, "folder": str(root),
                    "host_key": server.host_key, "key": {"secret": "key"}, **RULES,
                }  # fmt: skip
                yield Way(door, f"sftp://{server.user}@127.0.0.1:{server.port}{root}", root, server.key)


def expected(
    files: list[Sent], habits: Habits, ticks: list[datetime]
) -> dict[tuple[str, str, datetime], tuple[float, str]]:
    """What must be known after these files: of each name the one that was sent last."""
    last = {sent.name: sent.body for sent in files}
    known = {}
    for station in STATIONS:
        for tick in ticks:
            for correction in (0, 1):
                sent = file_of(habits, station, tick, correction)
                if last[sent.name] != sent.body:
                    continue
                for one in readings(habits.seed, station, tick, correction):
                    name, factor = MEANS[one.symbol]
                    value = round(one.value * factor, 9)
                    known[station.removeprefix("TNG_"), name, tick] = (value, QUALITY[one.status])
    return known


def shorn(found: Mapping[Any, tuple[Any, str, int]]) -> dict[Any, tuple[Any, str]]:
    return {key: (None if value is None else round(value, 9), quality) for key, (value, quality, _) in found.items()}


async def test_what_loggers_write_is_what_the_map_has(
    way: Way, database: Database, registry: LayerRegistry, database_url: str, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    source = source_of("station_txt", OPTIONS, way.door)
    arguments = [
        "--to", way.to, "--history-h", "2", "--every", "0", "--until", UNTIL.isoformat(), "--seed", source.id,
        "--corrupt", "10", "--corrections", "10", "--repeats", "10", "--outage", "3:5",
        *(["--key", str(way.key)] if way.key else []),
    ]  # fmt: skip
    habits = Habits(source.id, corrupt=10, corrections=10, repeats=10, outage=(3, 5))
    ticks = moments(UNTIL, 2, 600)
    files = list(schedule(habits, ticks))
    want = expected(files, habits, ticks)
    async with fetching(database, registry, source, database_url, tmp_path / "secrets"):
        assert await asyncio.to_thread(station_txt.main, arguments) == 0

        async def is_whole() -> bool:
            return shorn(await readings_of(database, source)) == want

        await until(is_whole, within_s=20)
        await until(lambda: _is_tidy(way.root), within_s=10)
        await _hours_are_of_what_is_known_now(client, database, source, want)
        assert set(await letters_of(database, source)) == {"line_malformed"}
        assert {name: one["lon"] for name, one in (await sensors_of(database, source)).items()} == {
            code: lon for code, (lon, _) in PLACES.items()
        }
        await _again_is_nothing_and_a_correction_a_revision(way, database, source, habits)
    assert (await state_of(database, source))["failures"] == 0


async def _is_tidy(root: Path) -> bool:
    """Every file was moved, with the folder of its day."""
    return not [file for file in root.rglob("*.*") if file.is_file() and file.relative_to(root).parts[0] != "done"]


async def _hours_are_of_what_is_known_now(
    client: httpx.AsyncClient,
    database: Database,
    source: SourceSpec,
    want: Mapping[tuple[str, str, datetime], tuple[float, str]],
) -> None:
    sensor = (await sensors_of(database, source))["KK01"]["id"]
    address = f"/collections/sensors/items/{sensor}/observations"
    answer = (await client.get(address, params={"property": "pm25", "every": "hour"})).json()
    hours: dict[datetime, list[float]] = {}
    for (station, name, tick), (value, quality) in want.items():
        if (station, name, quality) == ("KK01", "pm25", "good"):
            hours.setdefault(tick.replace(minute=0), []).append(value)
    said = [one for one in answer["values"] if one["counted"]]
    found = {datetime.fromisoformat(one["time"]): (one["mean"], one["counted"]) for one in said}
    assert found == {hour: (pytest.approx(sum(values) / len(values)), len(values)) for hour, values in hours.items()}


async def _again_is_nothing_and_a_correction_a_revision(
    way: Way, database: Database, source: SourceSpec, habits: Habits
) -> None:
    before = await readings_of(database, source)
    moment = UNTIL - timedelta(seconds=30)  # a new one, so that we know when everything before it was taken
    same = file_of(habits, "TNG_NM01", UNTIL - timedelta(minutes=20))
    corrected = file_of(habits, "TNG_NT01", UNTIL - timedelta(minutes=20), 1)
    async with target_of(way.to, way.key) as target:
        for sent in (same, corrected, file_of(habits, "TNG_KK02", moment)):
            await send(target, sent)

    async def has_come() -> bool:
        return any(tick == moment for _, _, tick in await readings_of(database, source)) and await _is_tidy(way.root)

    await until(has_come, within_s=15)
    after = await readings_of(database, source)
    changed = {key for key, known in before.items() if after[key] != known}
    tick = UNTIL - timedelta(minutes=20)
    assert changed <= {("NT01", name, tick) for name in ("flow", "cod", "ph", "color")} | {
        ("NM01", name, tick)
        for name in ("ph", "tss", "nh4")  # where the schedule had corrected it already
    }
    for one in readings(habits.seed, "TNG_NT01", tick, 1):
        key = ("NT01", MEANS[one.symbol][0], tick)
        assert after[key][0] == pytest.approx(one.value)
        if before[key][0] != after[key][0]:
            assert after[key][2] == before[key][2] + 1


async def test_a_server_that_only_lets_us_read_is_remembered(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    """Files stay where they are; the cursor says what was taken, also to the next process."""
    root, _ = folders(tmp_path)
    habits = Habits("keep", upload="whole")
    ticks = moments(UNTIL, 0.5, 600)
    with vsftpd(tmp_path, root) as port:
        door = {"kind": "ftp", "host": "127.0.0.1", "port": port, "after": "keep", **RULES}
        source = source_of("station_txt", OPTIONS, door)
        async with target_of(str(root)) as target:
            for sent in schedule(habits, ticks):
                await send(target, sent)

        async def is_whole() -> bool:
            return len(await readings_of(database, source)) == 3 * 16

        async with fetching(database, registry, source, database_url):
            await until(is_whole, within_s=10)
        assert len((await state_of(database, source))["cursor"]["seen"]) == 12
        async with target_of(str(root)) as target:
            await send(target, file_of(habits, "TNG_KK01", UNTIL - timedelta(seconds=40)))

        async def has_one_more() -> bool:
            return len(await readings_of(database, source)) == 3 * 16 + 5

        async with fetching(database, registry, source, database_url):
            await until(has_one_more, within_s=10)
        async with database.connection() as connection:
            messages = await connection.fetchval("select sum(messages) from source_minute where source = $1", source.id)
        assert messages == 13  # nothing was read twice


@pytest.mark.parametrize("serving", ["ftp", "sftp"])
async def test_the_simulators_own_servers_serve_files_that_grow_while_we_look(
    serving: str, database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    root, secrets = folders(tmp_path)
    (secrets / "password").write_text("station\n")
    habits = Habits("grow", dialect="utf16", upload="slow")
    ticks = moments(UNTIL, 1 / 6, 600)
    async with contextlib.AsyncExitStack() as stack:
        rules = {**RULES, "settle_s": 0.6}  # longer than the pause of a writer
        if serving == "ftp":
            address = await stack.enter_async_context(ftp_server(root, 0))
            door: dict[str, Any] = {"kind": "ftp", "host": "127.0.0.1", "port": httpx.URL(address).port, **rules}
        else:
            address, host_key = await stack.enter_async_context(sftp_server(root, 0))
            door = {
                "kind": "sftp", "host": "127.0.0.1", "port": httpx.URL(address).port, "user": "station",
                "password": {"secret": "password"}, "host_key": host_key, **rules,
            }  # fmt: skip
        source = source_of("station_txt", OPTIONS, door)
        await stack.enter_async_context(fetching(database, registry, source, database_url, secrets))
        async with target_of(str(root)) as target:
            files = list(schedule(habits, ticks))
            for sent in files:
                await send(target, sent)

        async def is_whole() -> bool:
            return shorn(await readings_of(database, source)) == expected(files, habits, ticks)

        await until(is_whole, within_s=15)
        assert await letters_of(database, source) == []  # half a line would have been one


async def test_a_wrong_host_key_is_a_failure_that_the_source_page_shows(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    _, secrets = folders(tmp_path)
    (secrets / "password").write_text("station")
    async with sftp_server(tmp_path, 0) as (_, wrong), sftp_server(tmp_path, 0) as (address, _):
        door = {
            "kind": "sftp", "host": "127.0.0.1", "port": httpx.URL(address).port, "user": "station",
            "password": {"secret": "password"}, "host_key": wrong, **RULES,
        }  # fmt: skip
        source = source_of("station_txt", OPTIONS, door)

        async def has_failed() -> bool:
            return bool((await state_of(database, source)).get("failures"))

        async with fetching(database, registry, source, database_url, secrets):
            await until(has_failed, within_s=10)
        assert "HostKey" in (await state_of(database, source))["last_error"]["detail"]


async def test_a_file_beyond_the_limit_is_a_dead_letter_and_holds_up_no_other(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    root, _ = folders(tmp_path)
    (root / "TNG_KK01_20261122081000.txt").write_text("x" * 5_001)
    source = source_of("station_txt", OPTIONS, {"kind": "folder", "path": str(root), **RULES, "max_bytes": 5_000})
    sent = file_of(Habits("large", upload="whole"), "TNG_KK02", UNTIL)
    async with target_of(str(root)) as target:
        await send(target, sent)

    async def has_come() -> bool:
        return len(await readings_of(database, source)) == 4 and await _is_tidy(root)

    async with fetching(database, registry, source, database_url):
        await until(has_come, within_s=10)
    assert await letters_of(database, source) == ["message_not_read"]
