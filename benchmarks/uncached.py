# SPDX-License-Identifier: Apache-2.0
"""Tiles that nobody has asked for: statement against statement, then over HTTP, then any tile over all incidents.

Over HTTP our server is started anew for every round and each tile is asked once, so that its cache never answers and
no path of it is switched off. Martin runs without its cache; tipg and pg_tileserv have none.
"""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from benchmarks.figures import Figure, Part
from benchmarks.load import fetch_all, in_turns, median_of, percentiles
from benchmarks.peers import TILE_FIELDS, Peer
from benchmarks.rig import Rig, say
from geo.bbox import BBox
from geo.db.pool import Connection, Database, connect
from geo.tile import TileId, tile_at
from layers.filters import FeatureQuery
from layers.registry import discover
from tiles.vector import layer_tile

CITY = BBox(105.70, 21.42, 105.98, 21.70)
CONCURRENCY = 8
# The plain way, with the attributes that we send: transform the tile's square, clip the transformed shapes.
_RAW = (
    "with square as (select ST_TileEnvelope($1, $2, $3) as box), rows as (select t.id, {fields}, "
    "ST_AsMVTGeom(ST_Transform(t.geom, 3857), square.box, 4096, 64, true) as geom from {table}, square "
    "where {where}t.geom && ST_Transform(square.box, 4326)) "
    "select ST_AsMVT(rows, '{layer}', 4096, 'geom', 'id') from rows"
)
# From the rows that we read ourselves, and from a peer's table, where nothing has to be taken out of JSON.
RAW = {
    layer: _RAW.format(layer=layer, fields=", ".join(names), table=f"peer.{layer} t", where="")
    for layer, names in TILE_FIELDS.items()
}
RAW_STORED = {
    "units": _RAW.format(
        layer="units",
        fields="t.code, t.name, t.full_name, t.type",
        table="unit t join unit_set_version v on v.id = t.version",
        where="v.status = 'published' and ",
    ),
    "cameras": _RAW.format(
        layer="cameras",
        fields="t.properties->>'name' as name, t.kind, t.status, (t.properties->>'azimuth')::float8 as azimuth",
        table="feature t",
        where="t.layer = 'cameras' and ",
    ),
}


@dataclass(frozen=True)
class _Sent:
    name: str
    peer: Peer | None


def run(rig: Rig) -> dict[str, Any]:
    """All three comparisons."""
    part = Part()
    asyncio.run(_statements(rig, part))
    for layer in ("units", "cameras"):
        _over_http(rig, part, layer)
    _any_tile(rig, part)
    return part.as_json()


def tiles_of_city(zooms: Sequence[int], most: int, seed: int) -> list[TileId]:
    """Tiles that meet the city, up to ``most`` a zoom, drawn without putting back and shuffled."""
    drawn = random.Random(seed)
    found: list[TileId] = []
    for zoom in zooms:
        first, last = tile_at(CITY.west, CITY.north, zoom), tile_at(CITY.east, CITY.south, zoom)
        there = [TileId(zoom, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]
        found += drawn.sample(there, min(most, len(there)))
    drawn.shuffle(found)
    return found


async def _statements(rig: Rig, part: Part) -> None:
    """The statements alone on one asyncpg connection, in turns, the same tiles."""
    say("uncached: statement against statement")
    registry, now = discover(), datetime.now(UTC)
    ours = await connect(rig.serving_url)
    database = _OneConnection(ours)
    connection = await connect(rig.owner_url)
    tiles = tiles_of_city(range(8, 17), max(4, rig.options.tiles // 8), rig.options.seed)
    try:
        for layer in ("units", "cameras"):
            raw = {"raw": RAW_STORED[layer], "raw, typed table": RAW[layer]}
            seconds: dict[str, list[float]] = {"ours": [], **{name: [] for name in raw}}
            for number in range(rig.options.rounds + 1):
                for name in seconds if number % 2 == 0 else reversed(seconds):
                    started = time.perf_counter()
                    for tile in tiles:
                        if name == "ours":
                            await _our_tile(database, registry[layer], tile, now)
                        else:
                            await connection.fetchval(raw[name], *tile)
                    seconds[name].append(time.perf_counter() - started)
            # The first round prepares the statements.
            rates = {name: round(len(tiles) / statistics.median(values[1:]), 1) for name, values in seconds.items()}
            part.raw[f"statement {layer}"] = {"tiles": len(tiles), "seconds": seconds, "rates": rates}
            part.bars[f"Statement of a {layer} tile, a second on one connection"] = rates
            name = f"{layer} tile statement, same driver: ours / raw ST_AsMVT"
            part.ratio(f"{name} of the same rows", rates["ours"], rates["raw"], 5.0 if layer == "units" else 1.0)
            part.ratio(f"{name} of a table with typed columns", rates["ours"], rates["raw, typed table"])
    finally:
        await connection.close()
        await ours.close()


class _OneConnection(Database):
    """The use case's statements on one connection, as the raw statement has one: no pool for either."""

    def __init__(self, connection: Connection) -> None:
        self._one = connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        yield self._one


async def _our_tile(database: Database, spec: Any, tile: TileId, now: datetime) -> int:
    """What the server does on a miss, without HTTP."""
    return len((await layer_tile(database, spec, FeatureQuery(), tile, now)).data)


def _over_http(rig: Rig, part: Part, layer: str) -> None:
    say(f"uncached: {layer} over HTTP")
    peers = rig.peers
    known = [
        _Sent("ours", None),
        _Sent("tipg", peers.tipg(rig.owner_url)),
        _Sent("martin", peers.martin(rig.owner_url, cache_mb=0)),
        _Sent("pg_tileserv", peers.pg_tileserv(rig.owner_url)),
    ]
    tiles = tiles_of_city(range(9, 17), max(4, rig.options.tiles // 6), rig.options.seed + 1)
    warm = tiles_of_city([17], 24, 1)
    details: dict[str, list[Any]] = {one.name: [] for one in known}

    def ask(sent: _Sent) -> float:
        if sent.peer is None:
            rig.restart_server()
            base, paths = rig.url, [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for z, x, y in tiles]
            before = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for z, x, y in warm]
        else:
            base, paths = sent.peer.url, [sent.peer.tile(layer, *tile) for tile in tiles]
            before = [sent.peer.tile(layer, *tile) for tile in warm]
        fetch_all(base, before, CONCURRENCY)  # connections and prepared statements; other tiles
        answers = fetch_all(base, paths, CONCURRENCY)
        assert all(status in (200, 204) for status in answers.statuses), (sent.name, answers.statuses)
        details[sent.name].append(answers.summary())
        return answers.rate

    there = [one for one in known if one.name == "ours" or one.peer is not None]
    found = in_turns({one.name: partial(ask, one) for one in there}, min(3, rig.options.rounds))
    peers.stop()
    rate = median_of(found)
    part.raw[f"http {layer}"] = {"tiles": len(tiles), "concurrency": CONCURRENCY, "rounds": found, "details": details}
    part.bars[f"Tiles of {layer} that nobody asked for, a second over HTTP"] = rate
    for name, target in (("tipg", 10.0), ("martin", None), ("pg_tileserv", None)):
        part.ratio(f"uncached {layer} tile over HTTP: ours / {name}", rate["ours"], rate.get(name), target)


def _any_tile(rig: Rig, part: Part) -> None:
    """Tiles of all incidents, one at a time, each once on a server that has none."""
    say("uncached: any tile over all incidents")
    tiles = tiles_of_city(range(6, 17), max(4, rig.options.tiles // 6), rig.options.seed + 2)
    rig.restart_server()
    paths = {tile: f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.mvt" for tile in tiles}
    fetch_all(rig.url, [f"/tiles/cameras/{z}/{x}/{y}.mvt" for z, x, y in tiles_of_city([17], 24, 1)], CONCURRENCY)
    answers = fetch_all(rig.url, list(paths.values()), 1)
    spread = percentiles(answers.ms)
    by_zoom: dict[int, Any] = {
        zoom: {
            "ms": percentiles([ms for tile, ms in zip(tiles, answers.ms, strict=True) if tile.z == zoom]),
            "bytes_max": max(size for tile, size in zip(tiles, answers.sizes, strict=True) if tile.z == zoom),
        }
        for zoom in sorted({tile.z for tile in tiles})
    }
    raw = asyncio.run(_raw_incidents(rig, [tile for tile in tiles if tile.z >= 11][:40]))
    part.raw["incidents"] = {"tiles": len(tiles), "ours": answers.summary(), "by_zoom": by_zoom, "raw": raw}
    part.lines["Any tile of the incidents, uncached, ms by zoom (p95)"] = {
        "zoom": [float(zoom) for zoom in by_zoom],
        "ours": [one["ms"]["p95"] for one in by_zoom.values()],
    }
    part.figures += [
        Figure("any incidents tile z6-z16, uncached: p95", spread["p95"], 100.0, at_least=False, unit="ms"),
        Figure("any incidents tile z6-z16, uncached: slowest", spread["max"], None, unit="ms"),
        Figure(
            "any incidents tile z6-z16: largest", round(max(answers.sizes) / 1000, 1), 100.0, at_least=False, unit="kB"
        ),
    ]
    same = statistics.median(answers.ms[tiles.index(TileId(*one["tile"]))] for one in raw)
    part.ratio(
        "incidents tiles z11-z16: raw statement's median time / ours over HTTP",
        statistics.median(one["ms"] for one in raw),
        same,
    )


async def _raw_incidents(rig: Rig, tiles: Sequence[TileId]) -> list[dict[str, Any]]:
    connection = await connect(rig.owner_url)
    statement = RAW["incidents"]
    found = []
    try:
        for tile in tiles:
            started = time.perf_counter()
            data = await connection.fetchval(statement, *tile)
            found.append(
                {"tile": list(tile), "ms": round((time.perf_counter() - started) * 1000, 2), "bytes": len(data)}
            )
    finally:
        await connection.close()
    return found
