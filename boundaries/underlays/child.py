# SPDX-License-Identifier: Apache-2.0
"""The child process: takes one raster from its folder, confines itself, and tells line by line how far it is.

On standard input comes the job; each line of standard output is JSON: ``{"step", "share"}`` while it works, at last
``{"made": ...}`` with what was made, or ``{"refused": [...]}``.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boundaries.reading import confine
from boundaries.reading.faults import Fault
from boundaries.underlays.limits import RasterLimits
from geo.bbox import BBox


def main() -> int:
    """Do the job; 0 also when the raster is refused, as that is an answer."""
    job: dict[str, Any] = json.load(sys.stdin.buffer)
    limits = RasterLimits(**job["limits"])
    # Whatever a library prints goes to the log, not into the answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    confine.end_with_parent()
    # Loaded before the file system closes; no byte of the upload was looked at yet.
    import rasterio
    from pyproj import CRS

    from boundaries.underlays import convert, look  # noqa: F401  # imported now, used once nothing can be loaded

    CRS.from_epsg(9213)  # opens the table of coordinate systems
    confined = {"network": confine.drop_network(), "files": confine.keep_to(str(Path.cwd()))}
    confine.take_limits(limits.memory_bytes, limits.cpu_s, limits.written_bytes)

    def say(told: dict[str, Any]) -> None:
        answers.write(json.dumps(told) + "\n")
        answers.flush()

    try:
        # Of rasterio this number is in bytes.
        with rasterio.Env(GDAL_CACHEMAX=limits.cache_bytes):
            answer = _make(job, limits, say)
    except Fault as fault:
        answer = {"refused": [fault.to_json()]}
    except MemoryError:
        answer = {"refused": [Fault("RASTER_READ_LIMIT").to_json()]}
    say(answer | {"peak_bytes": _peak_bytes(), "confined": confined})
    return 0


def _make(job: dict[str, Any], limits: RasterLimits, say: Any) -> dict[str, Any]:
    from boundaries.underlays.convert import convert
    from boundaries.underlays.look import look, open_raster

    say({"step": "reading", "share": 0.0})
    with open_raster(Path("upload")) as raster:
        looked = look(raster, job["crs"], BBox(*job["area"]), limits)
        convert(raster, looked, Path(), lambda step, share: say({"step": step, "share": share}))
        facts = {
            "width": raster.width,
            "height": raster.height,
            "bands": raster.count,
            "dtype": raster.dtypes[0],
            "crs": looked.crs.to_string()[:2_000],
            "pixel_m": looked.grid.pixel_m,
        }
    grid = looked.grid
    return {
        "made": {
            "facts": facts,
            "min_zoom": grid.min_zoom,
            "max_zoom": grid.zoom,
            "bounds_m": list(grid.bounds_m),
            "notes": [asdict(note) for note in looked.notes],
        }
    }


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024
