# SPDX-License-Identifier: Apache-2.0
"""A tile that everybody has ready: ours, Martin's from its cache, and nginx with our very bytes from the disk.

Each server works on one core and the load comes from the other; the cameras' tile is the same points with the same
attributes for everybody. A server that is not being measured does nothing, so they may all be up.
"""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.figures import Part
from benchmarks.load import GENERATOR, Line, in_turns, median_of, pin, rate_of
from benchmarks.peers import Peer
from benchmarks.rig import Rig, say
from geo.tile import tile_at

ENCODINGS = {"identity": {}, "gzip": {"Accept-Encoding": "gzip"}, "br": {"Accept-Encoding": "br"}}
ZOOMS = {"cameras": 12, "units": 11}
PLACE = (105.84, 21.56)
SERVER_CORE, LOAD_CORE = 1, 0


def run(rig: Rig) -> dict[str, Any]:
    """Rates of a cached tile of cameras and of units."""
    part = Part(raw={"generator": GENERATOR, "connections": rig.options.connections})
    two = (os.cpu_count() or 1) > 1
    if two:
        pin(rig.server_pid, [SERVER_CORE])
    try:
        martin = rig.peers.martin(rig.owner_url, cache_mb=256)
        for layer, zoom in ZOOMS.items():
            say(f"cached: {layer}, zoom {zoom}")
            found, about = _rates(rig, layer, martin, LOAD_CORE if two else None)
            part.raw[layer] = {"rounds": found, **about}
            _judge(part, layer, median_of(found))
            rig.peers.stop_one("nginx")
    finally:
        rig.peers.stop()
        if two:
            pin(rig.server_pid, range(os.cpu_count() or 1))
    return part.as_json()


def _rates(rig: Rig, layer: str, martin: Peer | None, cpu: int | None) -> tuple[dict[str, list[float]], dict[str, Any]]:
    tile = tile_at(*PLACE, ZOOMS[layer])
    ours = f"{rig.url}/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"
    bodies, about = {}, {}
    addresses: dict[str, tuple[str, dict[str, str]]] = {}
    for name, headers in ENCODINGS.items():
        answer = asyncio.run(_one(ours, headers))
        bodies[name] = answer[2]
        about[f"ours {name}"] = len(answer[2])
        addresses[f"ours {name}"] = (ours, headers)
        if martin is not None:
            there = martin.url + martin.tile(layer, *tile)
            addresses[f"martin {name}"] = (there, headers)
            about[f"martin {name}"] = len(asyncio.run(_one(there, headers))[2])
    nginx = rig.peers.nginx(bodies)
    if nginx is not None:
        addresses |= {f"nginx {name}": (f"{nginx.url}/{name}", {}) for name in bodies}
    for name, server in (
        ("ours", ours),
        ("martin", addresses.get("martin identity", ("",))[0]),
        ("nginx", nginx and f"{nginx.url}/identity"),
    ):
        tag = asyncio.run(_one(server, {}))[1].get("etag") if server else None
        if server and tag and asyncio.run(_one(server, {"If-None-Match": tag}))[0] == 304:
            addresses[f"{name} 304"] = (server, {"If-None-Match": tag})
    if cpu is not None:
        for peer in (martin, nginx):
            if peer is not None:
                pin(peer.pid, [SERVER_CORE])
    options = rig.options
    turns: dict[str, Callable[[], float]] = {
        name: partial(rate_of, url, options.seconds / 2, options.connections, headers, cpu)
        for name, (url, headers) in addresses.items()
    }
    return in_turns(turns, options.rounds), {"bytes": about, "tile": list(tile)}


def _judge(part: Part, layer: str, rate: dict[str, float]) -> None:
    part.bars[f"Cached tile of {layer}, answers a second"] = rate
    for name in ENCODINGS:
        mine = rate[f"ours {name}"]
        part.ratio(f"cached {layer} tile, {name}: ours / Martin", mine, rate.get(f"martin {name}"), 1.0)
        part.ratio(f"cached {layer} tile, {name}: ours / nginx, same bytes", mine, rate.get(f"nginx {name}"), 0.5)
    part.ratio(f"{layer}: 304 / 200 of ours", rate.get("ours 304"), rate["ours identity"], 1.0)
    part.ratio(f"{layer}: 304 of ours / 304 of Martin", rate.get("ours 304"), rate.get("martin 304"))
    part.ratio(f"{layer}: 304 of ours / 304 of nginx", rate.get("ours 304"), rate.get("nginx 304"))


async def _one(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Twice: what the first request makes, the second finds."""
    base, _, path = url.partition("//")[2].partition("/")
    line = await Line.open(f"http://{base}")
    await line.get(f"/{path}", headers)
    answer = await line.get(f"/{path}", headers)
    line.close()
    return answer
