# SPDX-License-Identifier: Apache-2.0
"""From a commit to the eviction of its tiles, to the first right answer, and to a hundred streams.

The beginning is PostgreSQL's own commit timestamp, the end is taken on the same machine's clock: when the server
dropped the tiles (its own histogram), when a conditional request first got new bytes, when an event's bytes came in.
"""

import asyncio
import random
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.figures import Figure, Part
from benchmarks.load import Line, percentiles
from benchmarks.rig import Rig, say
from benchmarks.subscribers import Subscriber, arrivals
from benchmarks.writers import Commit, Writers, commit_times
from geo.db.pool import connect
from geo.tile import tile_at

SUBSCRIBERS = 100
EVENTS_PER_S = 200
UNITS_BOXES = (
    "select ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) from unit u join unit_set_version v "
    "on v.id = u.version where v.status = 'published' order by u.id"
)
_BUCKET = re.compile(r'^toancanh_eviction_delay_seconds_bucket\{le="([^"]+)"\} ([\d.e+]+)$', re.MULTILINE)


def run(rig: Rig) -> dict[str, Any]:
    """Evictions one by one, then streams under load."""
    return asyncio.run(_run(rig)).as_json()


async def _run(rig: Rig) -> Part:
    part = Part(raw={"subscribers": SUBSCRIBERS, "events_per_s": EVENTS_PER_S})
    await _evictions(rig, part)
    boxes = [",".join(f"{side:.6f}" for side in row) for row in await _boxes(rig)]
    for name, windows in (
        ("everybody sees everything", [""] * SUBSCRIBERS),
        ("each sees a unit", [f"&bbox={boxes[number % len(boxes)]}" for number in range(SUBSCRIBERS)]),
    ):
        say(f"freshness: {SUBSCRIBERS} streams, {name}")
        part.raw[name] = found = await _streams(rig, windows)
        ms = found["ms"]
        part.figures += [
            Figure(f"commit to event, {SUBSCRIBERS} streams at {EVENTS_PER_S}/s, {name}: p50", ms["p50"], unit="ms"),
            Figure(f"the same: p99, {name}", ms["p99"], 200.0, at_least=False, unit="ms"),
            Figure(f"commits written a second (asked: {EVENTS_PER_S}), {name}", found["commits_per_s"], unit="/s"),
            Figure(f"events lost or doubled, {name}", float(found["lost"] + found["doubled"]), 0, False, ""),
        ]
        evicted = found["evicted"]
        part.figures += [
            Figure(f"commit to evicted under that load: p50, {name}", evicted["p50"], 25.0, at_least=False, unit="ms"),
            Figure(f"commit to evicted under that load: p99, {name}", evicted["p99"], 100.0, at_least=False, unit="ms"),
        ]
        part.bars[f"Commit to event, ms, {name}"] = {f"ours {key}": value for key, value in ms.items()}
    return part


async def _evictions(rig: Rig, part: Part) -> None:
    """One change at a time on cameras whose tile is held; a client asks for it again and again."""
    say("freshness: commit to evicted, one at a time")
    connection, line = await connect(rig.owner_url), await Line.open(rig.url)
    drawn = random.Random(rig.options.seed)
    number = 30 if rig.options.quick else 200
    cameras = await connection.fetch(
        "select id, ST_X(geom) as lon, ST_Y(geom) as lat from feature where layer = 'cameras' order by id limit $1",
        number,
    )
    before = await _histogram(rig)
    commits: list[Commit] = []
    seen: list[float] = []
    for camera in cameras:
        z, x, y = tile_at(camera["lon"], camera["lat"], 16)
        path = f"/tiles/cameras/{z}/{x}/{y}.mvt"
        tag = (await line.get(path, {}))[1]["etag"]
        await asyncio.sleep(drawn.uniform(0.02, 0.12))
        commits.append(await Commit.of(connection, "cameras", camera["id"], drawn))
        async with asyncio.timeout(10):
            while (await line.get(path, {"If-None-Match": tag}))[0] == 304:
                pass
        seen.append(time.time())
    times = await commit_times(connection, commits)
    visible = percentiles([(at - since) * 1000 for at, since in zip(seen, times, strict=True)])
    evicted = _between(before, await _histogram(rig))
    await connection.close()
    line.close()
    part.raw["one at a time"] = {"changes": number, "first_right_answer_ms": visible, "evicted": evicted}
    part.figures += [
        Figure("commit to evicted, one at a time: p50", evicted["p50"], 25.0, at_least=False, unit="ms"),
        Figure("commit to evicted, one at a time: p99", evicted["p99"], 100.0, at_least=False, unit="ms"),
        Figure("commit to the first new bytes over HTTP: p50", visible["p50"], 25.0, at_least=False, unit="ms"),
        Figure("commit to the first new bytes over HTTP: p99", visible["p99"], 100.0, at_least=False, unit="ms"),
    ]


async def _streams(rig: Rig, windows: Sequence[str]) -> dict[str, Any]:
    seconds = 5.0 if rig.options.quick else 20.0
    streams = [await Subscriber.open(rig.url, f"/live?layers=incidents{window}") for window in windows]
    before = await _histogram(rig)
    async with asyncio.TaskGroup() as group:
        keep_tiles = group.create_task(_ask_tiles(rig, seconds))
        commits = await Writers(rig.owner_url, EVENTS_PER_S, rig.options.seed).write(seconds)
        await keep_tiles
    await asyncio.sleep(2)
    for stream in streams:
        stream.close()
    connection = await connect(rig.owner_url)
    since = dict(zip([one.key for one in commits], await commit_times(connection, commits), strict=True))
    await connection.close()
    found = arrivals(streams, since, expects_all=not windows[0])
    return {
        **found,
        "commits": len(commits),
        "commits_per_s": round(len(commits) / seconds, 1),
        "evicted": _between(before, await _histogram(rig)),
    }


async def _ask_tiles(rig: Rig, seconds: float) -> None:
    """A viewer: tiles are held, so that there is something to evict."""
    line = await Line.open(rig.url)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for dx in range(2):
            z, x, y = tile_at(105.84, 21.56, 13)
            await line.get(f"/tiles/incidents/{z}/{x + dx}/{y}.mvt", {})
        await asyncio.sleep(0.5)
    line.close()


async def _boxes(rig: Rig) -> list[Any]:
    connection = await connect(rig.owner_url)
    rows = await connection.fetch(UNITS_BOXES)
    await connection.close()
    return rows


async def _histogram(rig: Rig) -> dict[float, float]:
    line = await Line.open(rig.url)
    text = (await line.get("/metrics", {}))[2].decode()
    line.close()
    return {float(bound): float(count) for bound, count in _BUCKET.findall(text)}


def _between(before: Mapping[float, float], after: Mapping[float, float]) -> dict[str, float]:
    """Percentiles in ms of what came in between, each by its bucket's upper bound: never better than it was."""
    counts = [(bound, after[bound] - before.get(bound, 0)) for bound in sorted(after)]
    whole = counts[-1][1] if counts else 0
    found = {"changes": whole}
    for part in (50, 95, 99):
        over = next((bound for bound, count in counts if whole and count >= whole * part / 100), float("nan"))
        found[f"p{part}"] = round(over * 1000, 1)
    return found
