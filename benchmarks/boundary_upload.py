# SPDX-License-Identifier: Apache-2.0
"""A very large file of boundaries: how long its check takes, how much memory, and how tiles fare meanwhile.

    PYTHONPATH=. python -m benchmarks.boundary_upload --url postgresql://postgres@/postgres?host=/run/cluster

The file has the 92 communes of the demonstration with two million vertices: the borders are given points, and each
point is pushed aside by a hash of its place, so that neighbours keep one border and no two uploads in a row are alike.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import shapely

from benchmarks.rig import migrated_database, say
from simulators.boundaries import PROVINCE_SET, upload
from simulators.door import Door
from tests.conftest import new_key_of
from tests.support.stack import Stack, running_stack, wait_for

RESULTS = Path(__file__).parent / "results"
VERTICES, BYTES = 2_000_000, 100_000_000
_ENDED = ("checked", "questions", "refused", "failed", "cancelled")


def large_file(target: Path, vertices: int = VERTICES, size_bytes: int = BYTES) -> int:
    """Write the file; answers how many vertices it has."""
    features = upload(PROVINCE_SET)["features"]
    shapes = np.array([shapely.geometry.shape(feature["geometry"]) for feature in features], dtype=object)
    step = float(shapely.length(shapes).sum()) / vertices
    rough = shapely.transform(shapely.segmentize(shapes, step), lambda points: _pushed(points, step / 4))
    count = int(shapely.get_num_coordinates(rough).sum())
    for feature, shape in zip(features, rough, strict=True):
        feature["geometry"] = shapely.geometry.mapping(shape)
        feature["properties"] = {key: feature["properties"][key] for key in ("code", "name", "type")}
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    # Files of surveyors carry blanks and notes too.
    target.write_text(text + " " * max(0, size_bytes - len(text.encode())), encoding="utf-8")
    return count


def _pushed(points: Any, far: float) -> Any:
    """Each point a little aside, by where it is alone: a border's two sides stay one line."""
    # Off the middle: points that divide an edge of six decimals evenly would be rounded either way.
    keys = np.round(points * 1e7 + 0.3137).astype(np.int64)
    noise = (keys[:, 0] * 2_654_435_761 + keys[:, 1] * 40_503) % 1_000_003 / 1_000_003 - 0.5
    return keys / 1e7 + np.column_stack((noise, -noise)) * far


class Memory(threading.Thread):
    """The most memory that the worker's processes held together, and the largest of them."""

    def __init__(self, worker: int) -> None:
        super().__init__(daemon=True)
        self._worker = worker
        self.most_bytes = self.largest_bytes = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.05):
            held = [_resident(pid) for pid in _family(self._worker) if pid != self._worker]
            self.most_bytes = max(self.most_bytes, sum(held))
            self.largest_bytes = max(self.largest_bytes, max(held, default=0))


def _family(of: int) -> set[int]:
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found, more = {of}, True
    while more:
        young = {pid for pid, parent in parents.items() if parent in found} - found
        found |= young
        more = bool(young)
    return found


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


class TileReader(threading.Thread):
    """Asks for new tiles of units and cameras, one after the other, until it is stopped."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.took_ms: list[float] = []
        self.failed = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        rows = np.random.default_rng(7)
        with httpx.Client(base_url=self._url, timeout=30) as client:
            while not self.stopped.wait(0.05):
                x, y = 3253 + int(rows.integers(0, 12)), 1792 + int(rows.integers(0, 12))
                begun = time.perf_counter()
                answer = client.get(f"/tiles/units,cameras/12/{x}/{y}.mvt", headers={"Cache-Control": "no-cache"})
                self.took_ms.append((time.perf_counter() - begun) * 1000)
                self.failed += answer.status_code not in (200, 204)


def measure(stack: Stack, key: str, path: Path) -> dict[str, Any]:
    """Upload and wait until the check ended, with tiles asked for before and meanwhile."""
    quiet = _tiles_for(stack.url, 10.0)
    memory, tiles = Memory(stack.processes["worker"].pid), TileReader(stack.url)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=stack.url, headers=headers, timeout=120) as client:
        memory.start()
        tiles.start()
        begun = time.monotonic()
        with path.open("rb") as file:
            sent = client.post("/boundaries/uploads", params={"name": path.name, "base": PROVINCE_SET}, content=file)
        uploaded_s = time.monotonic() - begun
        assert sent.status_code == 201, sent.text
        address = sent.headers["Location"]
        steps: dict[str, float] = {}

        def ended() -> Any:
            draft = client.get(address).raise_for_status().json()
            steps.setdefault((draft["job"] or {}).get("step") or "", round(time.monotonic() - begun, 1))
            return draft if draft["state"] in _ENDED else None

        draft = wait_for(ended, "the check ended", timeout_s=600)
        whole_s = time.monotonic() - begun
    for thread in (memory, tiles):
        thread.stopped.set()
        thread.join()
    return {
        "state": draft["state"],
        "summary": draft["summary"],
        "uploaded_s": round(uploaded_s, 2),
        "upload_to_checked_s": round(whole_s, 2),
        "steps_seen_at_s": steps,
        "most_memory_mb": round(memory.most_bytes / 1e6),
        "largest_process_mb": round(memory.largest_bytes / 1e6),
        "tiles_before": _spread(quiet),
        "tiles_meanwhile": {**_spread(tiles.took_ms), "failed": tiles.failed},
    }


def _tiles_for(url: str, seconds: float) -> list[float]:
    tiles = TileReader(url)
    tiles.start()
    time.sleep(seconds)
    tiles.stopped.set()
    tiles.join()
    return tiles.took_ms


def _spread(took_ms: list[float]) -> dict[str, Any]:
    ordered = sorted(took_ms)
    return {
        "requests": len(ordered),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "slowest_ms": round(ordered[-1], 1),
    }


def main() -> int:
    """Measure once and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="superuser's address of a throw-away PostGIS cluster")
    parser.add_argument("--vertices", type=int, default=VERTICES)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tc-bench-") as folder,
        migrated_database(chosen.url) as (_, serving, _),
        running_stack(serving, Path(folder), "serve", "relay", "worker") as stack,
    ):
        path = Path(folder) / "ranh-gioi.geojson"
        vertices = large_file(path, chosen.vertices)
        size = path.stat().st_size
        say(f"{vertices} vertices, {size / 1e6:.0f} MB")
        door = Door(stack.url, new_key_of(serving, "demo"), patience_s=60, stop=threading.Event())
        door.push("units", upload(PROVINCE_SET), "demo")
        found = measure(stack, new_key_of(serving, "gis", "--role", "gis"), path)
    found = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "vertices": vertices, "bytes": size, **found}
    text = json.dumps(found, indent=2, ensure_ascii=False)
    (RESULTS / "boundary_upload.json").write_text(text + "\n", encoding="utf-8")
    say(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
