# SPDX-License-Identifier: Apache-2.0
"""A child process that touches the raster in our stead: own folder, own limits, no network, one driver."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from boundaries.reading.faults import Fault
from boundaries.reading.sandbox import Refused
from boundaries.underlays.limits import RasterLimits
from geo.bbox import BBox

_ROOT = str(Path(__file__).resolve().parents[2])
# -I: neither the environment nor the working folder (which holds the upload) adds modules.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from boundaries.underlays.child import main; sys.exit(main())"
_STARVED = (signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ)
# Read by GDAL itself: no network, no file beside the raster, no place but the one that the raster says.
_GDAL = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}


@dataclass(frozen=True)
class Order:
    """What is to be made of the file ``upload`` in a folder.

    Attributes:
        crs: what a person stated, see ``look.look``.
        area: where the raster must lie, lon/lat.
    """

    folder: Path
    crs: str | None
    area: BBox


async def make(order: Order, tell: Callable[[str, float], Awaitable[None]], limits: RasterLimits) -> dict[str, Any]:
    """What the child answers; ``made.tif`` lies in the folder then. The child ends when ``tell`` raises.

    Raises:
        Refused: with the faults that the child found, or the one that stopped it.
        RuntimeError: the child failed for a reason that is not the raster's.
    """
    folder = order.folder
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment |= {**_GDAL, "CPL_TMPDIR": str(folder)}
    with (folder / "child.err").open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", _START, _ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
            cwd=folder, env=environment, start_new_session=True,
        )  # fmt: skip
    try:
        async with asyncio.timeout(limits.wall_s):
            answer = await _converse(process, order, tell, limits)
    except TimeoutError:
        raise Refused(Fault("RASTER_READ_LIMIT", f"{limits.wall_s} s.", f"{limits.wall_s} s.")) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if "refused" in answer:
        raise Refused(*(Fault(**fault) for fault in answer["refused"]), peak_bytes=answer["peak_bytes"])
    return answer


async def _converse(
    process: asyncio.subprocess.Process,
    order: Order,
    tell: Callable[[str, float], Awaitable[None]],
    limits: RasterLimits,
) -> dict[str, Any]:
    assert process.stdin is not None and process.stdout is not None
    job = {"crs": order.crs, "area": list(order.area), "limits": asdict(limits)}
    with contextlib.suppress(ConnectionError):
        process.stdin.write(json.dumps(job).encode())
        await process.stdin.drain()
    process.stdin.close()
    async for line in process.stdout:
        told: dict[str, Any] = json.loads(line)
        if "step" not in told:
            return told
        await tell(told["step"], told["share"])
    code = await process.wait()
    if code < 0:
        # A reader that crashes on a file was given a broken file.
        raise Refused(Fault("RASTER_READ_LIMIT" if -code in _STARVED else "RASTER_CORRUPT"))
    said = (order.folder / "child.err").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"the raster's process ended with {code}: {said[-2_000:]}")
