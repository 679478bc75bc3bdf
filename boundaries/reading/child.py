# SPDX-License-Identifier: Apache-2.0
"""The child process: takes one job from standard input, confines itself, answers on standard output.

Jobs are "stage" (judge and unpack) and "open" (list the layers, and read one of them).
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from boundaries.reading import confine
from boundaries.reading.faults import Fault
from boundaries.reading.limits import Limits


def main() -> int:
    """Do the job; 0 also when the upload is refused, as that is an answer."""
    job: dict[str, Any] = json.load(sys.stdin.buffer)
    limits = Limits(**job["limits"])
    # Whatever a library prints goes to the log, not into the answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    confined = _confine(job, limits)
    try:
        answer = _JOBS[job["do"]](job, limits)
    except ExceptionGroup as group:
        answer = {"refused": [fault.to_json() for fault in group.exceptions if isinstance(fault, Fault)]}
    except Fault as fault:
        answer = {"refused": [fault.to_json()]}
    except MemoryError:
        answer = {"refused": [Fault("FILE_READ_LIMIT").to_json()]}
    answer |= {"peak_bytes": _peak_bytes(), "confined": confined}
    answers.write(json.dumps(answer).encode())
    answers.close()
    return 0


def _peak_bytes() -> int:
    """The most memory that was resident: of this process since it began, and of the tool that it started.

    Its own ``ru_maxrss`` would count the server's memory too, of which the process began as a copy.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, started) * 1024


def _confine(job: dict[str, Any], limits: Limits) -> dict[str, bool]:
    confine.end_with_parent()
    if job["do"] == "open":
        # Loaded before the file system closes; no byte of the upload was looked at yet.
        # Data frames are not needed to read WKB, and take twice the memory and time to load.
        for unneeded in ("geopandas", "pandas", "pyarrow"):
            sys.modules[unneeded] = None  # type: ignore[assignment]  # None is what makes an import fail
        from boundaries.reading import opening  # noqa: F401  # imported now, used once nothing can be loaded
    network = confine.drop_network()
    files = confine.keep_to(str(Path.cwd()))
    confine.take_limits(job["memory_bytes"], limits.cpu_s, limits.unpacked_bytes + (64 << 20))
    return {"network": network, "files": files}


def _stage(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    from boundaries.reading.staging import stage

    return stage(Path("upload"), job["name"], Path(), limits, job["bsdtar"]).to_json()


def _open(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    from boundaries.reading.opening import open_datasets

    return open_datasets(job["datasets"], job["wanted"], limits)


_JOBS = {"stage": _stage, "open": _open}
