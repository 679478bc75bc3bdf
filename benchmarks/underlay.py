# SPDX-License-Identifier: Apache-2.0
"""A scanned map of 10,000 by 10,000 pixels under a draft: upload to ready, memory, and tiles that nobody asked for yet.

    PYTHONPATH=. python -m benchmarks.underlay --url postgresql://postgres@/postgres?host=/run/cluster

The scan is generated in the local grid: paper with contour lines and the grain of a scanner, which packs badly. Tiles
are drawn at random from all zooms, each asked for once on a server that has just been started.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import psycopg2
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

from benchmarks.boundary_upload import Memory
from benchmarks.figures import Figure, Part
from benchmarks.load import fetch_all, percentiles
from benchmarks.report import RESULTS, machine, table
from benchmarks.rig import migrated_database, say
from geo.bbox import BBox
from geo.tile import TileId, patch_of
from tests.conftest import new_key_of
from tests.support.stack import Stack, running_stack, wait_for

SIDE_PX, PIXEL_M, TILES = 10_000, 2.5, 200
_ENDED = ("ready", "refused", "failed", "cancelled")
_DRAFT = """
with sent as (
    insert into stored_file (sha256, size_bytes, name, media_type, stored_by)
    values (repeat('0', 64), 1, 'ranh.zip', 'application/zip', 'bench') returning id)
insert into boundary_draft (state, file, title, unit_set, title_vi, title_en, valid_from, created_by)
select 'checked', id, 'Ranh', 'bench', 'Bench', 'Bench', '2025-07-01', 'bench' from sent returning id
"""


def scan(target: Path, side_px: int) -> None:
    """Write the scan."""
    grain = np.random.default_rng(1)
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": side_px, "height": side_px, "count": 3, "dtype": "uint8", "crs": "EPSG:9213",
        "transform": from_origin(420_000, 2_400_000, PIXEL_M, PIXEL_M), "compress": "deflate", "zlevel": 1,
        "predictor": 2, "photometric": "rgb",
    }  # fmt: skip
    with rasterio.open(target, "w", **profile) as out:
        for row in range(0, side_px, 500):
            y, x = np.mgrid[row : min(row + 500, side_px), 0:side_px].astype("float32")
            hill = np.sin(x / 310 + np.sin(y / 173) * 3) + np.cos(y / 270 + np.sin(x / 401) * 2)
            colours = np.stack([225 + 12 * hill, 220 + 14 * np.cos(hill * 2), 190 + 20 * np.sin(hill)])
            colours[:, np.abs((hill * 6) % 1 - 0.5) < 0.04] = [[120], [80], [40]]
            colours += grain.normal(0, 4, (1, *hill.shape))
            out.write(np.clip(colours, 0, 255).astype("uint8"), window=Window(0, row, side_px, y.shape[0]))


def make_ready(stack: Stack, key: str, owner_url: str, path: Path) -> dict[str, Any]:
    """Upload and wait; the underlay, and how long and how much memory it took."""
    connection = psycopg2.connect(owner_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(_DRAFT)
        draft = cursor.fetchone()[0]
    connection.close()
    memory = Memory(stack.processes["worker"].pid)
    memory.start()
    with httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {key}"}, timeout=300) as client:
        begun = time.monotonic()
        with path.open("rb") as file:
            sent = client.post("/boundaries/underlays", params={"draft": draft, "name": path.name}, content=file)
        uploaded_s = time.monotonic() - begun
        assert sent.status_code == 201, sent.text

        def ended() -> Any:
            shown = client.get(sent.headers["Location"]).raise_for_status().json()
            return shown if shown["state"] in _ENDED else None

        shown = wait_for(ended, "the underlay is ready", timeout_s=1_200)
        ready_s = time.monotonic() - begun
    memory.stopped.set()
    memory.join()
    assert shown["state"] == "ready", shown
    return {
        "underlay": shown,
        "uploaded_s": round(uploaded_s, 2),
        "upload_to_ready_s": round(ready_s, 2),
        "job_memory_mb": round(memory.most_bytes / 1e6),
        "largest_process_mb": round(memory.largest_bytes / 1e6),
    }


def places(shown: dict[str, Any], number: int, seed: int) -> list[TileId]:
    """Different tiles that show something, from all zooms alike as long as there are enough."""
    drawn = random.Random(seed)
    patch = patch_of(*BBox(*shown["bbox"]))
    zooms = [list(patch.span(zoom, 0).tiles()) for zoom in range(shown["min_zoom"], shown["max_zoom"] + 1)]
    for tiles in zooms:
        drawn.shuffle(tiles)
    found: list[TileId] = []
    while len(found) < number and any(zooms):
        found += [tiles.pop() for tiles in zooms if tiles]
    found = found[:number]
    drawn.shuffle(found)
    return found


def uncached(stack: Stack, key: str, shown: dict[str, Any], part: Part, quick: bool) -> None:
    """Each tile once, on a server that was started for it: one at a time, and four at a time."""
    tiles = places(shown, 40 if quick else TILES, 7)
    paths = [f"/boundaries/underlays/{shown['id']}/tiles/{z}/{x}/{y}.png" for z, x, y in tiles]
    for kind, at_once in (("png", 1), ("png", 4), ("webp", 1), ("webp", 4)):
        say(f"underlay: {len(tiles)} tiles as {kind}, {at_once} at a time")
        stack.kill("serve", signal.SIGTERM)
        stack.start("serve")
        stack.wait_ready()
        memory = Memory(stack.processes["serve"].pid)
        memory.start()
        headers = {"Authorization": f"Bearer {key}", "Accept": "image/webp" if kind == "webp" else "*/*"}
        # A map reads the description first, and the server loads the library for it.
        described = fetch_all(stack.url, [f"/boundaries/underlays/{shown['id']}.json"], 1, headers)
        busy_s = _busy_s(stack.processes["serve"].pid)
        answers = fetch_all(stack.url, paths, at_once, headers)
        busy_ms = (_busy_s(stack.processes["serve"].pid) - busy_s) * 1000 / len(paths)
        memory.stopped.set()
        memory.join()
        assert set(answers.statuses) <= {200, 204}, answers.statuses
        by_zoom = {
            zoom: percentiles([ms for tile, ms in zip(tiles, answers.ms, strict=True) if tile.z == zoom])
            for zoom in sorted({tile.z for tile in tiles})
        }
        name = f"uncached tile as {kind}, {at_once} at a time"
        part.raw[name] = {
            **answers.summary(), "tilejson_ms": round(described.ms[0], 1), "by_zoom": by_zoom,
            "server_memory_mb": round((memory.most_bytes + _held(stack.processes["serve"].pid)) / 1e6),
        }  # fmt: skip
        spread = percentiles(answers.ms)
        part.figures += [
            Figure(f"{name}: p50", spread["p50"], unit="ms"),
            Figure(f"{name}: p95", spread["p95"], 60.0, at_least=False, unit="ms"),
            Figure(f"{name}: slowest", spread["max"], unit="ms"),
            Figure(f"{name}: processor time of the server", round(busy_ms, 1), unit="ms"),
        ]


def _family_held(pid: int) -> int:
    memory = Memory(pid)
    memory.start()
    time.sleep(0.5)
    memory.stopped.set()
    memory.join()
    return round((memory.most_bytes + _held(pid)) / 1e6)


def _busy_s(pid: int) -> float:
    """Processor time of a process and its children so far: it does not depend on who else works."""
    spent = 0.0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _held(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> int:
    """Measure once and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="superuser's address of a throw-away PostGIS cluster")
    parser.add_argument("--quick", action="store_true", help="a scan of 1,500 pixels: does it work at all")
    parser.add_argument("--results", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    part = Part()
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": chosen.quick}
    with (
        tempfile.TemporaryDirectory(prefix="tc-bench-") as folder,
        migrated_database(chosen.url) as (owner, serving, _),
        running_stack(serving, Path(folder), "serve", "relay", "worker") as stack,
    ):
        found["machine"] = machine(chosen.url)
        path = Path(folder) / "quyet-dinh.tif"
        scan(path, 1_500 if chosen.quick else SIDE_PX)
        key = new_key_of(serving, "gis", "--role", "gis")
        say(f"underlay: {path.stat().st_size / 1e6:.0f} MB")
        made = make_ready(stack, key, owner, path)
        part.raw["made"] = made
        part.figures += [
            Figure("upload", made["uploaded_s"], unit="s"),
            Figure("upload to ready", made["upload_to_ready_s"], unit="s"),
            Figure("memory of the job, all its processes", made["job_memory_mb"], unit="MB"),
            Figure("raster for tiles", round(made["underlay"]["tile_bytes"] / 1e6, 1), unit="MB"),
        ]
        # No tile was asked for yet.
        quiet = _family_held(stack.processes["serve"].pid)
        part.figures.append(Figure("memory of the server before its first tile", quiet, unit="MB"))
        uncached(stack, key, made["underlay"], part, chosen.quick)
        slowest = max(raw["tilejson_ms"] for name, raw in part.raw.items() if name != "made")
        part.figures.append(Figure("TileJSON right after the start of the server: slowest of four", slowest, unit="ms"))
        most = max(raw["server_memory_mb"] for name, raw in part.raw.items() if name != "made")
        part.figures.append(Figure("memory of the server, all its processes", most, unit="MB"))
    found["parts"] = {"underlay": part.as_json()}
    name = datetime.now(UTC).strftime("%Y-%m-%d") + "-underlay" + ("-quick" if chosen.quick else "")
    style = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    (chosen.results / f"{name}.json").write_bytes(orjson.dumps(found, option=style))
    (chosen.results / f"{name}.md").write_text(table(found), encoding="utf-8")
    say(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
