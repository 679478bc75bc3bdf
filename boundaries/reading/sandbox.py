# SPDX-License-Identifier: Apache-2.0
"""A child process that touches the upload in our stead: own folder, own limits, no network, one driver.

The child is started anew for each step with an environment of ours; nothing of the server's environment, and no
module that lies in its folder, reaches it. Jobs go in and answers come out as JSON, shapes through a file.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boundaries.reading.faults import Fault
from boundaries.reading.limits import Limits

_ROOT = str(Path(__file__).resolve().parents[2])
# -I: neither the environment nor the working folder (which holds the upload) adds modules.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from boundaries.reading.child import main; sys.exit(main())"
_STARVED = (signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ)
# Read by GDAL itself: no network, no neighbours' files, no sidecar that it writes, a missing index rebuilt.
_GDAL = {
    "CPL_CURL_ENABLE_VSIMEM": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "100",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "SHAPE_RESTORE_SHX": "YES",
    "SHAPE_ENCODING": "ISO-8859-1",
}


class Refused(Exception):  # noqa: N818 - an answer about the file, no failure of ours
    """The child refused the file, or was stopped by it."""

    def __init__(self, *faults: Fault, peak_bytes: int = 0) -> None:
        super().__init__(*faults)
        self.faults = faults
        self.peak_bytes = peak_bytes


def run_child(job: dict[str, Any], folder: Path, limits: Limits, size_bytes: int, skipped_drivers: str = "") -> Any:
    """What the child answers to one job; its working folder is ``folder``.

    Raises:
        Refused: with the faults that the child found, or the one that stopped it.
    """
    order = {
        **job,
        "limits": asdict(limits),
        "memory_bytes": limits.memory_for(size_bytes),
        "bsdtar": shutil.which("bsdtar"),
    }
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if skipped_drivers:
        environment |= {**_GDAL, "GDAL_SKIP": skipped_drivers, "CPL_TMPDIR": str(folder)}
    with (folder / "child.err").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, _ROOT],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            cwd=folder, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            answer, _ = process.communicate(json.dumps(order).encode(), timeout=limits.wall_s)
        except subprocess.TimeoutExpired:
            raise Refused(Fault("FILE_READ_LIMIT", f"{limits.wall_s} s.", f"{limits.wall_s} s.")) from None
        finally:
            _end(process)
    return _answer_of(process.returncode, answer)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the child and what it started, also when the wait for it was broken off."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _answer_of(returncode: int, answer: bytes) -> Any:
    try:
        parsed = json.loads(answer)
    except ValueError:
        starved = -returncode in _STARVED
        # A reader that crashes on a file was given a broken file.
        raise Refused(Fault("FILE_READ_LIMIT" if starved else "FILE_CORRUPT")) from None
    if "refused" in parsed:
        raise Refused(*(Fault(**fault) for fault in parsed["refused"]), peak_bytes=parsed["peak_bytes"])
    return parsed
