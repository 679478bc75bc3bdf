# SPDX-License-Identifier: Apache-2.0
"""Make a file of a version in a child process, in a folder that is gone before the answer begins."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import orjson

from boundaries.export.child import ORDER
from boundaries.export.values import Export, Plan, file_name
from boundaries.reading import handover
from geo.errors import Unavailable

_ROOT = str(Path(__file__).resolve().parents[2])
# -I: neither the environment nor the working folder adds modules.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from boundaries.export.child import main; sys.exit(main())"
# Everything that could differ from one machine or day to the next is given, not inherited.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",
    "PROJ_NETWORK": "OFF",
}
_WALL_S, _CPU_S = 120, 110
_FILE_BYTES = 2 << 30
_MEMORY_FLOOR, _MEMORY_PER_BYTE = 400 << 20, 40


async def make_file(export: Export, plan: Plan) -> BinaryIO:
    """The file, opened for reading and without a name: closing it frees it.

    Raises:
        Unavailable: it took too long or needed too much memory.
    """
    with tempfile.TemporaryDirectory(prefix="toancanh-export-") as name:
        folder = Path(name)
        await asyncio.to_thread(_hand_over, folder, export, plan)
        await _run(folder)
        return (folder / file_name(export.version, plan)).open("rb")


def _hand_over(folder: Path, export: Export, plan: Plan) -> None:
    shapes = [unit.wkb for unit in export.units]
    names = ("code", "name", "full_name", "type", "valid_from", "valid_to", "area_m2", "predecessors")
    columns = {name: [getattr(unit, name) for unit in export.units] for name in names}
    for days in ("valid_from", "valid_to"):
        columns[days] = [day and day.isoformat() for day in columns[days]]
    handover.write(folder, shapes, columns)
    order = {
        "plan": asdict(plan),
        "version": export.version.to_json(),
        "memory_bytes": _MEMORY_FLOOR + _MEMORY_PER_BYTE * sum(map(len, shapes)),
        "cpu_s": _CPU_S,
        "file_bytes": _FILE_BYTES,
    }
    (folder / ORDER).write_bytes(orjson.dumps(order))


async def _run(folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _START, _ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        cwd=folder, env=_ENVIRONMENT | {"CPL_TMPDIR": str(folder)}, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_WALL_S):
            code = await process.wait()
    except TimeoutError:
        code = -signal.SIGKILL
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if code != 0:
        raise Unavailable(
            "The file could not be made: it took too long or too much memory. Try again, or another format.",
            code="export_failed",
            detail_vi="Không tạo được tệp: mất quá nhiều thời gian hoặc bộ nhớ. Hãy thử lại hoặc chọn định dạng khác.",
        )
